//! The real server, killed at a random moment under load, or its database under it, again and again: what was
//! answered is there, nothing is there twice, nothing half.

use crate::common;

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base::{Entropy, Seeded};
use common::load::under_load;
use common::proof::{Proof, verify};
use common::server::Server;
use common::town::Town;
use testkit::{Cluster, Cut, CutProxy, Engine, crash_rounds, wait_until};

/// How long a server may take to find out what became of it.
const LIMIT: Duration = Duration::from_secs(60);

fn killed_again_and_again(engine: Engine) {
    let begun = Instant::now();
    let town = Town::on(engine);
    let mut proof = Proof::of(&town);
    let mut server = Server::start(&town.config);
    let mut dice = Seeded::new(20_210_223);
    let (mut restarts, mut slowest) = (Duration::ZERO, Duration::ZERO);
    for round in 0..crash_rounds() {
        if round % 6 == 5 {
            // From here on a start has a checkpoint and a tail.
            server.stop();
            server = Server::start(&town.config);
            assert_eq!(server.read, 0, "a stop in good order leaves nothing to read");
        }
        let moment = Duration::from_millis(250 + dice.below(500));
        let ((), told) = under_load(&town, server.address, &format!("r{round}"), || {
            std::thread::sleep(moment);
            server.kill9();
        });
        let start = Instant::now();
        server = Server::start(&town.config);
        restarts += start.elapsed();
        slowest = slowest.max(start.elapsed());
        proof.check(&town, server.address, &told);
        verify(&town);
    }
    server.stop();
    eprintln!(
        "{engine:?}: {:?}, {:.1?} in all, {restarts:.1?} starting, {slowest:.1?} the slowest",
        proof.tally,
        begun.elapsed()
    );
    assert!(proof.tally.answered > 20 * crash_rounds(), "hardly any load: {:?}", proof.tally);
}

#[test]
fn a_server_killed_at_any_moment_keeps_what_it_answered_on_sqlite() {
    killed_again_and_again(Engine::Sqlite);
}

#[test]
fn a_server_killed_at_any_moment_keeps_what_it_answered_on_postgres() {
    if !testkit::embedded_only() {
        killed_again_and_again(Engine::Postgres);
    }
}

/// A server after its database was in trouble: it has recovered, or it has ended by itself and said why.
fn recovered(town: &Town, mut server: Server) -> Server {
    if server.has_ended() {
        assert!(server.log().contains("has stopped writing"), "{}", server.log());
        server = Server::start(&town.config);
    }
    server
}

#[test]
fn postgres_killed_under_load_loses_nothing() {
    if testkit::embedded_only() {
        return;
    }
    let mut cluster = Cluster::start();
    let town = Town::in_database(Some(cluster.database()));
    let mut proof = Proof::of(&town);
    let mut server = Server::start(&town.config);
    let mut dice = Seeded::new(2_021);
    for round in 0..4 {
        let ((), told) = under_load(&town, server.address, &format!("p{round}"), || {
            std::thread::sleep(Duration::from_millis(250 + dice.below(300)));
            match round % 3 {
                0 => cluster.kill9(),
                1 => cluster.stop_immediate(),
                _ => cluster.stop_fast(),
            }
            std::thread::sleep(Duration::from_millis(dice.below(400)));
            cluster.restart();
            std::thread::sleep(Duration::from_millis(800));
        });
        server = recovered(&town, server);
        proof.check(&town, server.address, &told);
        verify(&town);
    }
    server.kill9();
    let server = Server::start(&town.config);
    proof.check(&town, server.address, &[]);
    server.stop();
    eprintln!("PostgreSQL killed: {:?}", proof.tally);
}

#[test]
fn connections_cut_around_commit_lose_nothing() {
    if testkit::embedded_only() {
        return;
    }
    let town = Town::on(Engine::Postgres);
    let proxy = CutProxy::to(town.url().unwrap());
    town.configure(Some(proxy.url()));
    let mut proof = Proof::of(&town);
    let mut server = Server::start(&town.config);
    let late = Cut::CommitArrivesLate(Duration::from_millis(300));
    for round in 0..4 {
        let ((), told) = under_load(&town, server.address, &format!("c{round}"), || {
            for cut in [Cut::AfterCommit, Cut::BeforeCommit, late, Cut::AfterCommit] {
                std::thread::sleep(Duration::from_millis(150));
                let cuts = proxy.cuts();
                proxy.arm(cut);
                wait_until("the cut", LIMIT, || proxy.cuts() > cuts);
            }
            // Not around a COMMIT, but the readers' connections too.
            proxy.cut_all();
            std::thread::sleep(Duration::from_millis(300));
        });
        server = recovered(&town, server);
        proof.check(&town, server.address, &told);
        verify(&town);
        if round % 2 == 1 {
            server.kill9();
            server = Server::start(&town.config);
        }
    }
    proof.check(&town, server.address, &[]);
    server.stop();
    eprintln!("{} cuts: {:?}", proxy.cuts(), proof.tally);
}

/// A commit's fate is unknown and the database stays away: the server doesn't wait for ever.
#[test]
fn a_server_whose_database_stays_away_ends() {
    if testkit::embedded_only() {
        return;
    }
    let town = Town::on(Engine::Postgres);
    let proxy = CutProxy::to(town.url().unwrap());
    town.configure(Some(proxy.url()));
    let mut proof = Proof::of(&town);
    let mut server = Server::start(&town.config);
    let (server, told) = under_load(&town, server.address, "away", || {
        std::thread::sleep(Duration::from_millis(200));
        proxy.refuse(true);
        proxy.arm(Cut::AfterCommit);
        let status = server.ends_within(LIMIT);
        assert!(status.is_some_and(|status| status.code() == Some(1)), "{status:?}: {}", server.log());
        server
    });
    let log = server.log();
    assert!(
        log.contains("fate of a commit could not be found out") && log.contains("has stopped writing"),
        "{log}"
    );
    proxy.refuse(false);
    let server = Server::start(&town.config);
    proof.check(&town, server.address, &told);
    verify(&town);
    server.stop();
}

/// While the server is cut off from its database another writer takes over; or, on SQLite, somebody has deleted the
/// lock. The first one can write nothing any more, and ends by itself.
#[test]
fn a_server_that_was_taken_over_ends() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let proxy = town.url().map(CutProxy::to);
        town.configure(proxy.as_ref().map(CutProxy::url));
        let mut proof = Proof::of(&town);
        let mut server = Server::start(&town.config);
        let ((), before) =
            under_load(&town, server.address, "before", || std::thread::sleep(Duration::from_millis(200)));
        if let Some(proxy) = &proxy {
            proxy.refuse(true);
            proxy.cut_all();
        } else {
            std::fs::remove_file(town.dir.path().join("city.sqlite.lock")).unwrap();
        }
        // In a lull: two who write at once would be fenced the one or the other.
        let other = town.open();
        town.vote(&other);
        if let Some(proxy) = &proxy {
            proxy.refuse(false);
        }
        let (status, told) = under_load(&town, server.address, "taken", || server.ends_within(LIMIT));
        other.close().unwrap();
        assert!(status.is_some_and(|status| status.code() == Some(1)), "{status:?}: {}", server.log());
        let log = server.log();
        assert!(log.contains("another writer") && log.contains("has stopped writing"), "{log}");
        let server = Server::start(&town.config);
        proof.check(&town, server.address, &before);
        proof.check(&town, server.address, &told);
        verify(&town);
        server.stop();
    }
}

#[test]
fn a_stop_in_good_order_keeps_all_and_leaves_nothing_to_read() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let mut proof = Proof::of(&town);
        let mut server = Server::start(&town.config);
        for (round, hanging) in ["", "GET /live HTTP/1.1\r\nHost: test\r\n\r\n", "POST /api/v1/payments HT"]
            .into_iter()
            .enumerate()
        {
            let (status, told) = under_load(&town, server.address, &format!("s{round}"), || {
                // Beside the load: someone who asks nothing, who listens for ever, or who never says all of it.
                let mut stays = TcpStream::connect(server.address).unwrap();
                stays.write_all(hanging.as_bytes()).unwrap();
                std::thread::sleep(Duration::from_millis(400));
                server.tell_to_stop();
                let status = server.ends_within(LIMIT);
                drop(stays);
                status
            });
            assert!(status.is_some_and(|status| status.success()), "{status:?}: {}", server.log());
            assert!(verify(&town).contains("checkpoint at posting"), "no checkpoint was written");
            server = Server::start(&town.config);
            assert_eq!(server.read, 0, "after {hanging:?}");
            proof.check(&town, server.address, &told);
        }
        server.stop();
    }
}
