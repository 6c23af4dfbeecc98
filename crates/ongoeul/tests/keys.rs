//! Keys are changed under a server that serves: nothing is lost, all that was sealed opens afterwards, and the old keys
//! can go.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;
#[path = "../../city/tests/common/everything.rs"]
#[expect(dead_code, reason = "what is told apart by the city's own tests")]
mod everything;

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::Actor;
use city::Command;
use city::read::people::Register;
use common::http::{Ask, Line};
use common::load::under_load;
use common::proof::{Proof, verify};
use common::server::{Server, has, ongoeul, refusal, said};
use common::town::{Town, keys};
use everything::{NAME, PHONE, SECRETS, record};
use sha2::{Digest, Sha256};
use store::Readers;

/// A town about one of whose people everything is recorded that is sealed.
fn town(engine: testkit::Engine) -> (Town, everything::Everything) {
    let town = Town::on(engine);
    let city = town.open();
    let known = record(&mut |actor: Actor, command: Command| {
        let request = pen::Request { actor, key: String::new(), input_hash: command.input_hash() };
        city.ask_waiting(request, command).unwrap()
    });
    city.close().unwrap();
    (town, known)
}

/// Somebody who was taken in while keys changed, and how big a household they spoke of.
struct TakenIn {
    person: String,
    size: u64,
}

/// A clerk who takes people in, records something of each, and reads it back, until told to stop.
fn clerk_at_work(town: &Town, address: SocketAddr, stop: &AtomicBool) -> Vec<TakenIn> {
    let mut line = Line::to(address);
    let mut taken = Vec::new();
    while !stop.load(Ordering::SeqCst) {
        let number = taken.len() as u64;
        let size = 1 + number % 9;
        let name = format!("한새롬{number}");
        let body = format!(r#"{{"name":"{name}","phone":"010-7000-{number:04}","born":"1961-02-03"}}"#);
        let key = format!("in-{number}");
        let ask =
            Ask { method: "POST", path: "/api/v1/people", token: &town.clerk, key: Some(&key), body: &body };
        let answer = line.ask(&ask).unwrap();
        assert!(answer.is_good(), "{answer:?}");
        let person = answer.json()["person"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/people/{person}/facts");
        let body =
            format!(r#"{{"is":{{"kind":"household-size","value":{size}}},"source":{{"kind":"observed"}}}}"#);
        let key = format!("fact-{number}");
        let ask = Ask { method: "POST", path: &path, token: &town.clerk, key: Some(&key), body: &body };
        let answer = line.ask(&ask).unwrap();
        assert!(answer.is_good(), "{answer:?}");
        taken.push(TakenIn { person, size });
        // Whoever was taken in some time ago opens as well as the last one.
        for one in [&taken[taken.len() / 2], &taken[taken.len() - 1]] {
            read_back(&mut line, town, one);
        }
    }
    taken
}

fn read_back(line: &mut Line, town: &Town, one: &TakenIn) {
    let path = format!("/api/v1/people/{}/facts", one.person);
    let answer = line.ask(&Ask::get(&path, &town.clerk)).unwrap();
    assert!(answer.is_good(), "{answer:?}");
    assert_eq!(answer.json()["facts"][0]["is"]["value"], one.size, "{answer:?}");
}

/// Every name in the register opens, as a clerk's page would open it.
fn names(town: &Town) -> Vec<String> {
    let city = town.open();
    let vault = city.vault();
    let people: Vec<_> = {
        let view = city.shared.read();
        view.town.directory.holders().iter().map(|holder| holder.person.id).collect()
    };
    let readers = Readers::open(&town.target, 1).unwrap();
    let names = readers
        .read(|snapshot| {
            let mut register = Register::new(snapshot, &vault);
            people.iter().map(|person| Ok(register.naming(*person)?.unwrap().name)).collect()
        })
        .unwrap();
    city.close().unwrap();
    names
}

#[test]
fn keys_are_changed_under_load_and_nothing_is_lost() {
    for engine in testkit::engines() {
        let (town, _) = town(engine);
        let mut proof = Proof::of(&town);
        let before = names_sealed(&town);
        let server = Server::start(&town.config);
        let address = server.address;
        let stop = &AtomicBool::new(false);
        let (taken, told) = std::thread::scope(|scope| {
            let clerk = scope.spawn(|| clerk_at_work(&town, address, stop));
            let ((), told) = under_load(&town, address, "rotated", || {
                std::thread::sleep(Duration::from_millis(300));
                // Another master key, and another data key, while everyone goes on.
                has(&said(&keys(&town, &["rotate"])), &["keys reseal"]);
                let told = said(&keys(&town, &["reseal", "--new-key"]));
                has(
                    &told,
                    &["a server has this city", "data key 1: nothing is sealed under it any more; removed"],
                );
                has(&told, &["data key 3: seals", "in use"]);
                assert!(!told.contains("data key 1: seals") && !told.contains("STILL SEALS"), "{told}");
                has(&said(&keys(&town, &["list"])), &["wraps 2 data keys, in use", "wraps 0 data keys"]);
                has(&said(&keys(&town, &["drop"])), &["dropped"]);
                // And once more without a new key: nothing is left to do.
                has(&said(&keys(&town, &["reseal"])), &["0 fields sealed anew"]);
                std::thread::sleep(Duration::from_millis(300));
            });
            stop.store(true, Ordering::SeqCst);
            (clerk.join().unwrap(), told)
        });
        assert!(taken.len() > 3 && told.len() > 30, "hardly any load: {} {}", taken.len(), told.len());
        proof.check(&town, address, &told);
        server.stop();
        // The old master key is gone from the file, and nothing misses it.
        let old = "ab".repeat(32);
        let file = fs::read_to_string(town.secrets()).unwrap();
        let masters = file.lines().find(|line| line.starts_with("masters")).unwrap();
        assert!(!masters.contains(&old) && masters.matches('"').count() == 2, "{masters}");
        let server = Server::start(&town.config);
        let mut line = Line::to(server.address);
        for one in &taken {
            read_back(&mut line, &town, one);
        }
        server.stop();
        verify(&town);
        assert!(names_sealed(&town) > before, "what was sealed is there, and more");
        // With the old one alone nothing starts, and it is said why.
        town.write_secrets("ab");
        let why = Server::try_start(&town.config).map(drop).unwrap_err();
        has(&why, &["can't be opened", "not among the keys at hand"]);
    }
}

/// How many fields are sealed, under whatever key.
fn names_sealed(town: &Town) -> u64 {
    let readers = Readers::open(&town.target, 1).unwrap();
    readers.read(city::reseal::in_use).unwrap().values().sum()
}

#[test]
fn without_a_server_the_command_does_it_itself() {
    for engine in testkit::engines() {
        let (town, _) = town(engine);
        let sealed = names_sealed(&town);
        let told = said(&keys(&town, &["reseal", "--new-key"]));
        has(
            &told,
            &[
                &format!("{sealed} fields sealed anew"),
                "data key 1: nothing is sealed under it any more; removed",
            ],
        );
        assert!(names(&town).iter().any(|name| name == NAME));
        // Its keys must be at hand, and a server must not be told what it can't do.
        town.write_secrets("cd");
        let why = refusal(&keys(&town, &["reseal"]));
        has(&why, &["can't be opened", "not among the keys at hand"]);
        town.write_secrets("ab");
        let server = Server::start(&town.config);
        town.write_secrets("cd");
        let why = refusal(&keys(&town, &["reseal"]));
        has(&why, &["not everything is sealed anew", "not among the keys at hand"]);
        server.stop();
    }
}

#[test]
fn a_wish_outlives_the_server() {
    for engine in testkit::engines() {
        let (town, _) = town(engine);
        let sealed = names_sealed(&town);
        for round in 0..3_u64 {
            let server = Server::start(&town.config);
            std::thread::scope(|scope| {
                let asked = scope.spawn(|| said(&keys(&town, &["reseal", "--new-key"])));
                std::thread::sleep(Duration::from_millis(40 + round * 250));
                server.kill9();
                let server = Server::start(&town.config);
                let told = asked.join().unwrap();
                has(&told, &["nothing is sealed under it any more", "in use"]);
                assert!(!told.contains("STILL SEALS"), "{told}");
                server.stop();
            });
        }
        assert_eq!(names_sealed(&town), sealed);
        assert!(!town.dir.path().join("reseal.wish").exists());
        assert!(names(&town).iter().any(|name| name == NAME));
    }
}

/// Every file of the city's, with its name: all that stands in its folder but the keys and the configuration.
fn files(folder: &Path, into: &mut Vec<(String, Vec<u8>)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_none_or(|kind| kind != "toml") {
            into.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
}

fn holds(bytes: &[u8], text: &[u8]) -> bool {
    // Nearly no place of a file begins like the text: the first two bytes decide it.
    bytes.windows(text.len()).any(|window| window[0] == text[0] && window == text)
}

#[test]
fn nothing_that_is_kept_names_anyone() {
    for engine in testkit::engines() {
        let (town, known) = town(engine);
        let server = Server::start(&town.config);
        let mut line = Line::to(server.address);
        // Looks at the record, a search that finds nobody, and a draft's worth of refusals, as they come in a day.
        let facts = format!("/api/v1/people/{}/facts", known.person);
        assert!(line.ask(&Ask::get(&facts, &town.clerk)).unwrap().is_good());
        let body = format!(r#"{{"name":"{NAME}","phone":"{PHONE}","born":"1943-05-01"}}"#);
        let ask = Ask {
            method: "POST",
            path: "/api/v1/people",
            token: &town.clerk,
            key: Some("twice"),
            body: &body,
        };
        assert!(line.ask(&ask).unwrap().is_good());
        let dir = town.dir.path().to_str().unwrap();
        let copy = town.dir.path().join("copy.sqlite");
        said(&ongoeul(&["backup", copy.to_str().unwrap(), "--dir", dir]));
        let mut all = Vec::new();
        files(town.dir.path(), &mut all);
        if let Some(database) = &town.database {
            all.push(("the dump".into(), testkit::dump(database.url())));
        }
        let log = server.stop();
        // What a server leaves when it ends is in a backup too: when each token was used last.
        let later = town.dir.path().join("later.sqlite");
        said(&ongoeul(&["backup", later.to_str().unwrap(), "--dir", dir]));
        let uses = fs::read_to_string(town.dir.path().join("token_uses")).unwrap();
        assert!(uses.lines().count() > 1, "{uses}");
        assert_eq!(fs::read_to_string(town.dir.path().join("later.token_uses")).unwrap(), uses);
        files(town.dir.path(), &mut all);
        all.push(("the server's log".into(), log.into_bytes()));
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        // Where PostgreSQL has the books, its own tools copy them: the first copy is the access ledger's.
        let of_the_engine = match engine {
            testkit::Engine::Sqlite => ["city.sqlite-wal", "copy.access.sqlite"],
            testkit::Engine::Postgres => ["the dump", "copy.outbox.sqlite"],
        };
        let all_kinds =
            ["access.sqlite", "outbox.sqlite", "checkpoints/books", "copy.sqlite", "later.token_uses"];
        for expected in all_kinds.into_iter().chain(of_the_engine) {
            assert!(names.iter().any(|name| name.contains(expected)), "{expected} is not in {names:?}");
        }
        let person = known.person.to_string();
        let of_the_city = all.iter().filter(|(_, bytes)| holds(bytes, person.as_bytes())).count();
        assert!(of_the_city > 2, "the files are the city's");
        for text in SECRETS {
            // PostgreSQL writes bytes as hex.
            let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            for (name, bytes) in &all {
                let found = holds(bytes, text.as_bytes()) || holds(bytes, hex.as_bytes());
                assert!(!found, "{text:?} stands in {name}");
            }
        }
        // Few birth dates and telephones can be meant: nor does a hash of one, that anybody can make, stand there.
        for guess in [NAME, PHONE, "01023456789", "1943-05-01", "-9741"] {
            let hash = Sha256::digest(guess.as_bytes());
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            for (name, bytes) in &all {
                let found = holds(bytes, &hash[..16]) || holds(bytes, &hex.as_bytes()[..32]);
                assert!(!found, "the hash of {guess} stands in {name}");
            }
        }
    }
}
