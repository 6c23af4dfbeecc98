//! Looks at personal records: none is lost when the server is killed right after it answered; `verify` and `backup`
//! know of them.

use crate::common;

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

#[test]
fn a_month_is_inspected_beside_the_running_server() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let server = Server::start(&town.config);
        let mut line = Line::to(server.address);
        for citizen in &town.citizens {
            let path = format!("/api/v1/cards/{}", citizen.card);
            assert!(line.ask(&Ask::get(&path, &town.clerk)).unwrap().is_good());
        }
        let now = base::Clock::now(&base::SystemClock);
        let month = base::Month::of(base::Zone::named("Asia/Seoul").unwrap().date(now));
        let month = city::looks::inspection::named(month);
        let mut arguments = town.verify_arguments();
        arguments[0] = "inspect".into();
        arguments.extend(["--month".into(), month.clone()]);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = ongoeul(&arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let people = town.citizens.len();
        assert!(said.contains(&format!("{month}: {people} looks at {people} people")), "{said}{output:?}");
        assert!(said.contains("clerk service") && said.contains("the access ledger is right"), "{said}");
        let mut wrong = arguments.clone();
        *wrong.last_mut().unwrap() = "2021-13";
        assert!(refusal(&ongoeul(&wrong)).contains("is no month"));
        server.stop();
    }
}

/// Looks of three years ago go, later ones stay, and so does everyone's name who was here of late.
#[test]
fn what_the_law_lets_go_goes_by_a_command() {
    let town = Town::on(testkit::Engine::Sqlite);
    let look = |years: i64| access::Look {
        at: base::Clock::now(&base::SystemClock).plus_seconds(-years * 366 * 86_400),
        who: "clerk/1".into(),
        role: "clerk".into(),
        whom: town.citizens[0].person.parse().unwrap(),
        what: "window.person".into(),
        purpose: "service".into(),
        from: "10.0.0.1".into(),
        reason: None,
        task: None,
    };
    let (handle, joiner) = access::AccessLedger::open(&ledger(&town), access::Options::default()).unwrap();
    handle.record(vec![look(3), look(3), look(1)]).unwrap().wait().unwrap();
    drop(handle);
    joiner.join().unwrap();
    let config = town.config.to_str().unwrap();
    let retain = |how: &str| {
        let output = ongoeul(&["retain", "--config", config, how]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let left =
        || Readers::open(&ledger(&town)).unwrap().count(base::Instant(0), base::Instant(i64::MAX)).unwrap();
    let said = retain("--dry-run");
    assert!(said.contains("2 looks from before") && said.contains("would go"), "{said}");
    assert!(said.contains("names of 0 persons"), "{said}");
    assert_eq!(left(), 3, "dry changes nothing");
    let said = retain("--do");
    assert!(said.contains("2 looks from before") && said.contains("are gone"), "{said}");
    assert_eq!(left(), 1);
    assert!(retain("--do").contains("0 looks from before"));
    assert!(Readers::open(&ledger(&town)).unwrap().verify(None).is_ok());
    for wrong in [&["retain", "--config", config][..], &["retain", "--config", config, "--do", "--dry-run"]] {
        assert!(!ongoeul(wrong).status.success(), "{wrong:?}");
    }
}
