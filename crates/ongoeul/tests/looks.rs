//! Looks at personal records: none is lost when the server is killed right after it answered; `verify` and `backup`
//! know of them.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use access::Readers;
use common::http::{Ask, Line};
use common::server::{Server, ongoeul, refusal};
use common::town::Town;

fn ledger(town: &Town) -> PathBuf {
    town.dir.path().join("access.sqlite")
}

#[test]
fn no_look_is_lost_with_the_server() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let mut kept = 0;
        for _ in 0..3 {
            let server = Server::start(&town.config);
            let answered = AtomicU64::new(0);
            let address = server.address;
            std::thread::scope(|scope| {
                for citizen in &town.citizens {
                    let (answered, clerk) = (&answered, &town.clerk);
                    scope.spawn(move || {
                        let path = format!("/api/v1/cards/{}", citizen.card);
                        let mut line = Line::to(address);
                        while line.ask(&Ask::get(&path, clerk)).is_ok_and(|answer| answer.is_good()) {
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                    });
                }
                std::thread::sleep(Duration::from_millis(400));
                server.kill9();
            });
            let told = answered.into_inner();
            assert!(told > 20, "hardly any load: {told}");
            let readers = Readers::open(&ledger(&town)).unwrap();
            let verified = readers.verify(None).unwrap();
            let now = verified.to.no.0;
            // Some were kept whose answer was still under way.
            assert!(now >= kept + told, "{engine:?}: {told} answers, {} looks", now - kept);
            kept = now;
        }
        let server = Server::start(&town.config);
        server.stop();
        let arguments = town.verify_arguments();
        let said = ongoeul(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        assert!(said.contains(&format!("the access ledger is right up to look {kept}: ")), "{said}");
    }
}

#[test]
fn verify_finds_a_changed_look_and_backup_copies_all() {
    let town = Town::on(testkit::Engine::Sqlite);
    let server = Server::start(&town.config);
    let mut line = Line::to(server.address);
    for citizen in &town.citizens {
        let path = format!("/api/v1/cards/{}", citizen.card);
        assert!(line.ask(&Ask::get(&path, &town.clerk)).unwrap().is_good());
    }
    let looks = town.citizens.len() as u64;
    let (dir, copy) = (town.dir.path().to_str().unwrap(), town.dir.path().join("copy.sqlite"));
    let output = ongoeul(&["backup", copy.to_str().unwrap(), "--dir", dir]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    server.stop();
    let beside = town.dir.path().join("copy.access.sqlite");
    let head = Readers::open(&ledger(&town)).unwrap().head().unwrap();
    assert_eq!((head.no.0, Readers::open(&beside).unwrap().verify(None).unwrap().to), (looks, head));
    let said = refusal(&ongoeul(&["backup", copy.to_str().unwrap(), "--dir", dir]));
    assert!(said.contains("never overwrites"), "{said}");

    let ledger = rusqlite::Connection::open(ledger(&town)).unwrap();
    ledger.execute("UPDATE looks SET who = 'nobody' WHERE no = 2", []).unwrap();
    let said = refusal(&ongoeul(&["verify", "--dir", dir]));
    assert!(said.contains("entry 2 is not what was written"), "{said}");
}
