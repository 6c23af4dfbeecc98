//! One writer at a time; and a commit whose fate is unknown is neither lost nor doubled.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::time::Duration;

use base::PostingNo;
use common::{Deed, Small, code, setup};
use pen::{Envelope, Failure, Pen, Stop};
use store::Target;
use testkit::{Cluster, Cut, CutProxy, Engine, Place, engines};

fn named(prefix: &str, deeds: &[Deed]) -> Vec<(String, Deed)> {
    deeds.iter().enumerate().map(|(number, deed)| (format!("{prefix}-{number}"), deed.clone())).collect()
}

/// The ways a group can go to the database: rows alone (one statement), with domain rows, begun before its commit.
fn groups() -> Vec<Vec<Deed>> {
    vec![
        vec![Deed::Bare(5)],
        vec![Deed::Bare(5), Deed::Bare(6), Deed::Bare(7)],
        vec![Deed::Put("p", 3)],
        vec![Deed::Note("n"), Deed::Put("p", 3), Deed::Look("l"), Deed::Bare(1)],
        vec![Deed::Find(PostingNo(1)), Deed::Refuse, Deed::Put("p", 4)],
        vec![Deed::Bare(2); 3_000],
    ]
}

#[test]
fn a_newcomer_is_refused_while_the_leader_lives() {
    for engine in engines() {
        let mut town = Small::new(engine);
        town.one("a", Deed::Put("a", 1)).unwrap();
        let refused = setup(&town.target, &town.folder, &town.clock, 2).err();
        assert!(matches!(refused, Some(Stop::Store(store::Error::LeaderAlive))), "{refused:?}");
        town.one("b", Deed::Put("b", 1)).unwrap();
        let town = town.again(3);
        assert_eq!(town.seen().2.len(), 2);
    }
}

/// Takes the leader lock away from under a living writer.
fn force(town: &Small) {
    match &town.place {
        Place::Sqlite { file, .. } => std::fs::remove_file(format!("{}.lock", file.display())).unwrap(),
        Place::Postgres(database) => {
            // The locks of other tests in the same cluster are shown too.
            database.psql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' \
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            );
        }
    }
}

fn ask(pen: &mut Pen<common::Memory>, key: &str, deed: Deed) -> Result<common::Answer, Failure> {
    let (reply, mut answer) = tokio::sync::oneshot::channel();
    let request = common::request(key, &deed);
    pen.run(vec![Envelope { request, command: deed, reply: Some(reply) }]);
    answer.try_recv().unwrap()
}

#[test]
fn a_zombie_writes_nothing_and_stops() {
    for engine in engines() {
        for (number, group) in groups().into_iter().enumerate() {
            for heir_lives in [true, false] {
                let mut zombie = Small::new(engine);
                zombie.one("first", Deed::Put("first", 1)).unwrap();
                let seen = zombie.seen();
                force(&zombie);
                let mut heir = testkit::wait_for("the lock", Duration::from_secs(5), || {
                    setup(&zombie.target, &zombie.folder, &zombie.clock, 9).ok()
                });
                assert_eq!(code(&ask(&mut heir.pen, "heir", Deed::Put("heir", 5))), "done");
                let rows = zombie.rows();
                let kept = heir_lives.then_some(heir);

                let what = format!("{engine:?} group {number}, heir lives: {heir_lives}");
                let answers = zombie.ask(&named("zombie", &group));
                assert!(
                    answers.iter().all(|answer| *answer == Err(Failure::Unknown)),
                    "{what}: {:?}",
                    answers[0]
                );
                assert!(zombie.pen.stopped(), "{what}");
                assert_eq!(zombie.seen(), seen, "{what}");
                assert_eq!(zombie.rows(), rows, "{what}");
                // And it stays so, even for what it knows.
                for (key, deed) in [("late", Deed::Bare(1)), ("first", Deed::Put("first", 1))] {
                    assert_eq!(zombie.one(key, deed), Err(Failure::Unknown), "{what}");
                }
                if let Some(mut heir) = kept {
                    assert_eq!(code(&ask(&mut heir.pen, "more", Deed::Look("more"))), "done", "{what}");
                    assert_eq!(code(&ask(&mut heir.pen, "first", Deed::Bare(1))), "key.reused");
                }
            }
        }
    }
}

fn behind_a_proxy() -> Option<(CutProxy, Small)> {
    let postgres = engines().contains(&Engine::Postgres);
    postgres.then(|| {
        let place = Place::fresh(Engine::Postgres);
        let proxy = CutProxy::to(&place.location());
        let town = Small::through(Target::Postgres(proxy.url().to_owned()), place);
        (proxy, town)
    })
}

#[test]
fn a_commit_of_unknown_fate_is_found_out() {
    let Some((proxy, mut town)) = behind_a_proxy() else { return };
    // The same life without any accident: what comes of it may not differ in a single byte.
    let mut quiet = Small::new(Engine::Sqlite);
    let first = named("first", &[Deed::Bare(1), Deed::Put("first", 1)]);
    assert_eq!(town.ask(&first), quiet.ask(&first));
    let late = Cut::CommitArrivesLate(Duration::from_millis(200));
    let mut cuts = 0;
    for cut in [Cut::AfterCommit, Cut::BeforeCommit, late] {
        for (number, group) in groups().iter().enumerate() {
            let group = named(&format!("{cut:?}-{number}"), group);
            proxy.arm(cut);
            cuts += 1;
            let answers = town.ask(&group);
            testkit::wait_until("the cut", Duration::from_secs(5), || proxy.cuts() == cuts);
            assert_eq!(answers, quiet.ask(&group), "{cut:?} {number}");
            // Asked once more: the same answers, and nothing new.
            let done: Vec<_> = group.iter().zip(&answers).filter(|(_, answer)| answer.is_ok()).collect();
            let again: Vec<_> = done.iter().map(|(asked, _)| (*asked).clone()).collect();
            assert_eq!(town.ask(&again), done.iter().map(|(_, a)| (*a).clone()).collect::<Vec<_>>());
        }
    }
    assert!(!town.pen.stopped());
    assert_eq!(town.rows(), quiet.rows());
    assert_eq!(town.seen(), quiet.seen());
    let seen = town.seen();
    assert_eq!(town.again(5).seen(), seen);
}

#[test]
fn a_server_that_is_away_for_a_moment_is_waited_for() {
    let Some((proxy, mut town)) = behind_a_proxy() else { return };
    town.one("first", Deed::Put("first", 1)).unwrap();
    for (number, cut) in [Cut::AfterCommit, Cut::BeforeCommit].into_iter().enumerate() {
        proxy.arm(cut);
        proxy.refuse(true);
        let group = named(&format!("away-{number}"), &[Deed::Put("p", 1), Deed::Bare(2)]);
        let answers = std::thread::scope(|scope| {
            let asking = scope.spawn(|| town.ask(&group));
            testkit::wait_until("the cut", Duration::from_secs(5), || proxy.cuts() == number + 1);
            std::thread::sleep(Duration::from_millis(700));
            proxy.refuse(false);
            asking.join().unwrap()
        });
        assert!(answers.iter().all(Result::is_ok), "{cut:?} {answers:?}");
    }
    assert_eq!(town.pen.shared().read().books.last_posting(), PostingNo(5));
    assert_eq!(town.rows().iter().filter(|row| row.contains("PostingRow")).count(), 5);
}

#[test]
fn a_server_that_is_gone_gives_honest_answers() {
    let Some((proxy, mut town)) = behind_a_proxy() else { return };
    let first = town.one("first", Deed::Put("first", 1)).unwrap();
    // A connection that broke while nobody used it: the next command doesn't even notice, read first or not.
    for (key, deed) in
        [("read", Deed::Find(PostingNo(1))), ("look", Deed::Look("l")), ("bare", Deed::Bare(1))]
    {
        proxy.cut_all();
        assert_eq!(code(&town.one(key, deed)), "done", "{key}");
    }
    let seen = town.seen();
    proxy.refuse(true);
    proxy.cut_all();
    let group = named("gone", &[Deed::Bare(1), Deed::Put("p", 1), Deed::Refuse, Deed::Look("l")]);
    let answers = town.ask(&group);
    assert!(answers.iter().all(|answer| *answer == Err(Failure::Unreachable)), "{answers:?}");
    // What was carried out before is not said to be nothing, though its answer can't be read now.
    let known = town.ask(&[("first".to_owned(), Deed::Put("first", 1)), ("new".to_owned(), Deed::Bare(1))]);
    assert_eq!((known[0].clone(), code(&known[1])), (Err(Failure::Unknown), "unreachable"));
    assert_eq!(town.one("first", Deed::Put("first", 1)), Err(Failure::Unknown));
    assert_eq!(town.seen(), seen);
    assert!(!town.pen.stopped());
    proxy.refuse(false);
    assert_eq!(town.one("first", Deed::Put("first", 1)), Ok(first));
    assert_eq!(town.ask(&group).iter().map(code).collect::<Vec<_>>(), ["done", "done", "no", "done"]);
}

/// The whole server is killed under load and comes back: what was answered is there, once.
#[test]
fn a_killed_postgres_loses_nothing() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let mut cluster = Cluster::start();
    let database = cluster.database();
    let target = Target::Postgres(database.url().to_owned());
    let mut town = Small::through(target, Place::Postgres(database));
    let mut group = 0;
    for _ in 0..3 {
        let asked: Vec<_> =
            (group..group + 200).map(|number| (format!("k{number}"), Deed::Put("p", 1))).collect();
        group += 200;
        let town = &mut town;
        let answers = std::thread::scope(|scope| {
            let asking =
                scope.spawn(|| asked.chunks(4).flat_map(|group| town.ask(group)).collect::<Vec<_>>());
            cluster.kill9();
            cluster.restart();
            asking.join().unwrap()
        });
        assert!(!town.pen.stopped());
        // Whoever was told that nothing was written asks again.
        for (asked, answer) in asked.iter().zip(&answers) {
            match answer {
                Ok(answer) => assert_eq!(town.one(&asked.0, asked.1.clone()).as_ref(), Ok(answer)),
                Err(failure) => {
                    assert_eq!(*failure, Failure::Unreachable);
                    assert_eq!(code(&town.one(&asked.0, asked.1.clone())), "done");
                }
            }
        }
        assert_eq!(town.seen().2.len(), group);
        assert_eq!(town.rows().iter().filter(|row| row.contains("PostingRow")).count(), group);
    }
}
