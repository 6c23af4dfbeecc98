//! The other ends of the command line: what the server refuses to start on, what `verify` finds, what a backup is.
//! Each refusal is a clear sentence and an exit that is not zero, and no secret is in it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use base::{Actor, PostingNo};
use city::open::City;
use city::{CardRef, Command, NewGrant, OnPayouts, Payee, Reply};
use common::http::{Ask, Line};
use common::load::{Told, under_load};
use common::proof::{Proof, ask_again, verify};
use common::server::{Server, ongoeul, refusal};
use common::town::{Town, pack_folder};
use economy::Facts;
use outbox::Outbox;
use pen::{Failure, Request};
use store::Readers;
use testkit::{Engine, TempDir, wait_until};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What `serve` says when it must not start.
fn refused(town: &Town) -> String {
    match Server::try_start(&town.config) {
        Ok(_) => panic!("it serves"),
        Err(why) => why,
    }
}

fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word:?} is not in: {text}");
    }
    assert!(!text.contains("panicked"), "{text}");
}

#[test]
fn without_its_secrets_nothing_starts() {
    let town = Town::on(Engine::Sqlite);
    let (good, other) = ("5a".repeat(32), "c3".repeat(32));
    let secrets = town.secrets();
    let name = secrets.to_str().unwrap();
    for (file, missing, not_missing) in [
        (
            format!("signing = \"{good}\"\nmasters = [\"{good}\"]\nseal = \"{good}\"\n"),
            "lacks: pins (",
            "signing,",
        ),
        (format!("pins = \"{good}\"\n"), "lacks: signing, masters, seal (", "pins ("),
        (String::new(), "lacks: signing, pins, masters, seal (", "!"),
        (format!("signing = \"{good}\"\npins = \"{}\"\n", &other[1..]), "lacks: pins, masters, seal (", "!"),
        (
            format!("masters = [\"{good}\", \"{}zz\"]\n", &other[2..]),
            "lacks: signing, pins, masters, seal (",
            "!",
        ),
        (format!("signing = \"{good}\"\npin = \"{other}\"\n"), "not as it should be", "!"),
        (format!("signing = \"{good}\npins = \"{other}\"\n"), "not as it should be", "!"),
        (format!("signing = {good}\n"), "not as it should be", "!"),
    ] {
        fs::write(&secrets, &file).unwrap();
        let why = refused(&town);
        has(&why, &[name, missing, "make one with"]);
        assert!(!why.contains(not_missing), "{why}");
        for key in [&good, &other] {
            assert!(!why.contains(&key[..16]), "a secret is told: {why}");
        }
        // The token command needs them as much.
        let why = token(&town, "officer", None).map(|_| ()).unwrap_err();
        has(&why, &[name]);
        assert!(!why.contains(&good[..16]), "{why}");
    }
    fs::remove_file(&secrets).unwrap();
    has(&refused(&town), &[name, "can't be read", "make one with: ongoeul keys make"]);
    // What it says makes a good one, and never a second time.
    let config = town.config.to_str().unwrap();
    assert!(ongoeul(&["keys", "make", "--config", config]).status.success());
    let made = fs::read_to_string(&secrets).unwrap();
    assert!(!ongoeul(&["keys", "make", "--config", config]).status.success());
    assert_eq!(fs::read_to_string(&secrets).unwrap(), made);
    // It is a good file, and not the keys this city was made with.
    has(&refused(&town), &["can't be opened", "not among the keys at hand"]);
    town.write_secrets("ab");
    Server::start(&town.config).stop();
}

#[test]
fn a_city_from_before_the_seal_is_told_what_is_missing() {
    let town = Town::on(Engine::Sqlite);
    let config = town.config.to_str().unwrap();
    let key = "ab".repeat(32);
    let old = format!("signing = \"{key}\"\npins = \"{key}\"\nmasters = [\"{key}\"]\n");
    fs::write(town.secrets(), &old).unwrap();
    has(&refused(&town), &["lacks: seal (", "new since this city was made", "ongoeul keys make --config"]);
    has(&said(&ongoeul(&["keys", "make", "--config", config])), &["seal added", "all else is as it was"]);
    let made = fs::read_to_string(town.secrets()).unwrap();
    // The seal's line, and the compartments' table.
    assert!(made.starts_with(&old) && made.lines().count() == 7, "{made}");
    Server::start(&town.config).stop();
    // What was paid before is sealed as well, and everything is as it was sealed.
    has(
        &said(&ongoeul(&["verify", "log", "--config", config])),
        &["unsealed               0", "is what was sealed"],
    );
    // Another secret is not this log's.
    fs::write(town.secrets(), made.replace(made.lines().nth(3).unwrap(), &format!("seal = \"{key}\"")))
        .unwrap();
    has(&refused(&town), &["sealed with another secret"]);
    has(&refusal(&ongoeul(&["verify", "log", "--config", config])), &["isn't signed by this key"]);
}

#[test]
fn a_master_key_is_changed_and_the_old_one_dropped() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let config = town.config.to_str().unwrap();
        let listed = || said(&ongoeul(&["keys", "list", "--config", config]));
        let before = listed();
        has(&before, &["in use", "data key 1: seal in general", "data key 2: index in general"]);
        assert!(ongoeul(&["keys", "rotate", "--config", config]).status.success());
        has(&listed(), &["wraps 0 data keys, in use", "wraps 2 data keys\n"]);
        has(&said(&ongoeul(&["keys", "drop", "--config", config])), &["still needed"]);
        Server::start(&town.config).stop();
        has(&listed(), &["wraps 2 data keys, in use", "wraps 0 data keys\n"]);
        has(&said(&ongoeul(&["keys", "drop", "--config", config])), &["dropped"]);
        Server::start(&town.config).stop();
        // Keys are told by their marks, never shown.
        let file = fs::read_to_string(town.secrets()).unwrap();
        let master = file.split("masters = [\"").nth(1).unwrap();
        assert!(!listed().contains(&master[..16]));
    }
}

#[test]
fn a_bad_configuration_is_told_by_its_line_and_not_quoted() {
    let town = Town::on(Engine::Sqlite);
    let good = town.configuration(None, "127.0.0.1:0", &pack_folder());
    let name = town.config.to_str().unwrap();
    for (text, words) in [
        (format!("{good}databse = \"postgres://city:hidden@h/c\"\n"), &[":6: ", "databse"][..]),
        (good.replace("127.0.0.1:0", "here"), &[":1: "]),
        (good.replace("secrets", "secret"), &["secret"]),
        (format!("{good}database = postgres://city:hidden@h/c\n"), &[":6: "]),
    ] {
        fs::write(&town.config, text).unwrap();
        let why = refused(&town);
        has(&why, &[name]);
        has(&why, words);
        assert!(!why.contains("hidden"), "a secret is told: {why}");
    }
    fs::remove_file(&town.config).unwrap();
    has(&refused(&town), &[name, "can't be read"]);
}

#[test]
fn a_bad_pack_is_told_by_file_and_line() {
    let town = Town::on(Engine::Sqlite);
    // The pack of a city that exists is in its database.
    for file in ["city.sqlite", "city.sqlite-wal", "city.sqlite-shm"] {
        fs::remove_file(town.dir.path().join(file)).or_else(gone).unwrap();
    }
    fs::remove_dir_all(town.dir.path().join("checkpoints")).unwrap();
    let pack = TempDir::new();
    copy(&pack_folder(), pack.path());
    let configure = |pack: &Path| {
        fs::write(&town.config, town.configuration(None, "127.0.0.1:0", pack)).unwrap();
    };
    configure(pack.path());
    let card = pack.path().join("card.toml");
    let text = fs::read_to_string(&card).unwrap();
    let line = 1 + text.lines().position(|line| line.starts_with("validity_years")).unwrap();
    let place = format!("card.toml:{line}: ");
    fs::write(&card, text.replacen("validity_years = 5", "validity_years = \"five\"", 1)).unwrap();
    has(&refused(&town), &[&place, "\"five\""]);
    fs::write(&card, text.replacen("validity_years = 5", "validity_years = ", 1)).unwrap();
    has(&refused(&town), &[&place]);
    fs::write(&card, b"from = \"\xff\"").unwrap();
    has(&refused(&town), &["card.toml", "UTF-8"]);
    fs::remove_file(&card).unwrap();
    has(&refused(&town), &["card.toml"]);
    configure(&pack.path().join("nowhere"));
    has(&refused(&town), &["nowhere", "can't be read"]);
    // The good one starts a new city.
    configure(&pack_folder());
    Server::start(&town.config).stop();
}

fn gone(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let there = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &there);
        } else {
            fs::copy(entry.path(), there).unwrap();
        }
    }
}

#[test]
fn a_second_server_and_a_taken_port_are_refused() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let mut proof = Proof::of(&town);
        let first = Server::start(&town.config);
        let second = town.config.with_file_name("second.toml");
        fs::copy(&town.config, &second).unwrap();
        let why = Server::try_start(&second).map(|_| ()).unwrap_err();
        has(&why, &["another writer is alive"]);
        has(
            &token(&town, "officer", None).unwrap_err(),
            &["another writer is alive", "Stop the server", "/desk/access/tokens"],
        );
        // The first one is none the worse.
        let mut line = Line::to(first.address);
        assert!(line.ask(&Ask::get("/api/v1/wallet", &town.citizens[0].token)).unwrap().is_good());
        first.stop();

        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = taken.local_addr().unwrap().to_string();
        fs::write(&town.config, town.configuration(town.url(), &listen, &pack_folder())).unwrap();
        has(&refused(&town), &[&listen, "in use"]);
        drop(taken);
        // Another port: the freed one may be anybody's by now, other tests run beside this one.
        fs::write(&town.config, town.configuration(town.url(), "127.0.0.1:0", &pack_folder())).unwrap();
        let server = Server::start(&town.config);
        let ((), told) = under_load(&town, server.address, "after", || pause(200));
        proof.check(&town, server.address, &told);
        server.stop();
    }
}

fn pause(millis: u64) {
    std::thread::sleep(Duration::from_millis(millis));
}

/// Runs `ongoeul token`; the token, or what was said.
fn token(town: &Town, role: &str, subject: Option<&str>) -> Result<String, String> {
    let config = town.config.to_str().unwrap();
    let mut arguments = vec!["token", "--config", config, "--role", role, "--name", "test"];
    arguments.extend(subject.iter().flat_map(|subject| ["--subject", *subject]));
    let output = ongoeul(&arguments);
    if output.status.success() { Ok(said(&output).trim().to_owned()) } else { Err(refusal(&output)) }
}

#[test]
fn a_granted_token_is_good_at_the_next_start() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let me = &town.citizens[0];
        let granted = token(&town, "citizen", Some(&me.person)).unwrap();
        assert!(granted.starts_with("ogl_") && granted.len() > 40, "{granted}");
        has(&token(&town, "mayor", None).unwrap_err(), &["not granted", "role.unknown"]);
        has(&token(&town, "citizen", None).unwrap_err(), &["not granted"]);
        let server = Server::start(&town.config);
        let mut line = Line::to(server.address);
        let wallet = line.ask(&Ask::get("/api/v1/wallet", &granted)).unwrap();
        assert_eq!(wallet.json()["person"], me.person.as_str());
        assert_eq!(line.ask(&Ask::get("/api/v1/wallet", "ogl_no")).unwrap().status, 401);
        server.stop();
    }
}

/// A city begins with two officers for access, both by command: what one of them gives, the other confirms.
#[test]
fn the_second_officer_for_access_comes_by_the_command_line() {
    let help = said(&ongoeul(&["token", "--help"]));
    has(&help, &["--role access-officer", "second officer for access", "/desk/access"]);
    has(&said(&ongoeul(&["--help"])), &["officers for access"]);
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let first = token(&town, "access-officer", None).unwrap();
        let city = town.open();
        let one = bearer(&city, &first);
        let Facts::Account { account, .. } =
            asked(&city, one, Command::OpenAccount { person: None }).unwrap()
        else {
            panic!("an account")
        };
        let role = "card-officer".to_owned();
        let wish = NewGrant { account, role, subject: None, district: None, from: 0, until: None };
        let Facts::Role { grant, .. } = asked(&city, one, Command::GiveRole(wish)).unwrap() else {
            panic!("a role")
        };
        let yes = || Command::ConfirmRole { grant };
        assert_eq!(asked(&city, one, yes()).unwrap_err(), "role.second-person");
        city.close().unwrap();
        let second = token(&town, "access-officer", None).unwrap();
        let city = town.open();
        asked(&city, bearer(&city, &second), yes()).unwrap();
        city.close().unwrap();
    }
}

/// Whom a token lets in.
fn bearer(city: &City, token: &str) -> Actor {
    let view = city.shared.read();
    let (hash, now) = (city::tokens::hash(token), city.clock.now());
    view.town.doors.bearer(&hash, now, view.town.zone.day_number(now), &view.town.pack).unwrap()
}

/// What was done, or the code of the refusal.
fn asked(city: &City, actor: Actor, command: Command) -> Result<Facts, &'static str> {
    let request = Request { actor, key: String::new(), input_hash: command.input_hash() };
    match city.ask_waiting(request, command) {
        Ok(Reply::Done { facts, .. }) => Ok(facts),
        Err(Failure::Refused(refusal)) => Err(refusal.code),
        other => panic!("{other:?}"),
    }
}

/// Changes the database behind the city's back.
fn tamper(town: &Town, statements: &str) {
    match (&town.database, town.target.path()) {
        (Some(database), _) => drop(database.psql(statements)),
        (None, Some(file)) => rusqlite::Connection::open(file).unwrap().execute_batch(statements).unwrap(),
        (None, None) => panic!("a city without a place"),
    }
}

#[test]
fn verify_names_the_first_difference() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let server = Server::start(&town.config);
        under_load(&town, server.address, "some", || pause(200));
        server.stop();
        verify(&town);
        for table in ["accounts", "postings", "entries"] {
            tamper(&town, &format!("CREATE TABLE good_{table} AS SELECT * FROM {table}"));
        }
        for (statements, words) in [
            ("UPDATE entries SET amount = amount + 1 WHERE no = 9", &["EntryNo(9)"][..]),
            (
                "UPDATE entries SET credit_after = credit_after + 1 WHERE no = 9",
                &["EntryNo(9)", "should stand at"],
            ),
            ("UPDATE entries SET debit_previous = 1 WHERE no = 12", &["EntryNo(12)", "previous"]),
            ("UPDATE entries SET debit = 999999 WHERE no = 7", &["EntryNo(7)", "malformed"]),
            ("DELETE FROM entries WHERE no = 10", &["EntryNo"]),
            ("DELETE FROM postings WHERE no = 8", &["posting"]),
            ("UPDATE postings SET at = 5 WHERE no = 8", &["earlier"]),
            ("UPDATE accounts SET floor = 1 - floor, side = 1 - side WHERE no = 1", &["EntryNo"]),
            ("DELETE FROM accounts WHERE no = 3", &["gap"]),
            (TAIL, &["ends at posting"]),
        ] {
            tamper(&town, statements);
            let why = tampered(&town);
            has(&why, words);
            for table in ["accounts", "postings", "entries"] {
                tamper(
                    &town,
                    &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM good_{table}"),
                );
            }
        }
        verify(&town);
        // The checkpoint is of this journal.
        let books = town.dir.path().join("checkpoints/books");
        fs::remove_file(&books).unwrap();
        assert!(verify(&town).contains("no checkpoint to compare"));
    }
}

/// What `verify` says of a city that was tampered with.
fn tampered(town: &Town) -> String {
    let arguments = town.verify_arguments();
    let output = ongoeul(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(!said(&output).contains("the books are right"), "{output:?}");
    refusal(&output)
}

/// The last postings, with all their entries: what is left is whole in itself.
const TAIL: &str = "DELETE FROM entries WHERE posting > (SELECT MAX(no) FROM postings) - 3; \
    DELETE FROM postings WHERE no > (SELECT MAX(no) FROM good_postings) - 3";

#[test]
fn verify_and_backup_say_what_is_not_there() {
    let empty = TempDir::new();
    let dir = empty.path().to_str().unwrap();
    has(&refusal(&ongoeul(&["verify", "--dir", dir])), &["no city", dir]);
    let file = empty.path().join("copy").display().to_string();
    has(&refusal(&ongoeul(&["backup", &file, "--dir", dir])), &["no SQLite city", dir]);
    assert!(!empty.path().join("copy").exists());
    let nowhere = format!("postgres://ongoeul@127.0.0.1:{}/none", testkit::free_port());
    has(&refusal(&ongoeul(&["verify", "--postgres", &nowhere])), &["refused"]);
}

#[test]
fn a_backup_of_a_running_city_can_be_gone_on_with() {
    let town = Town::on(Engine::Sqlite);
    let mut proof = Proof::of(&town);
    let server = Server::start(&town.config);
    let ((), before) = under_load(&town, server.address, "before", || pause(300));
    let copy = town.dir.path().join("copy.sqlite");
    let (copy_name, dir) = (copy.to_str().unwrap(), town.dir.path().to_str().unwrap());
    let ((), during) = under_load(&town, server.address, "during", || {
        pause(100);
        let output = ongoeul(&["backup", copy_name, "--dir", dir]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        has(&said(&output), &["backup written", copy_name]);
        pause(100);
    });
    // Never over anything.
    let bytes = fs::read(&copy).unwrap();
    has(&refusal(&ongoeul(&["backup", copy_name, "--dir", dir])), &[copy_name, "never overwrites"]);
    assert_eq!(fs::read(&copy).unwrap(), bytes);
    let all: Vec<Told> = before.iter().cloned().chain(during).collect();
    proof.check(&town, server.address, &all);
    server.stop();
    verify(&town);

    // What was told, and what is still to tell, comes with it: the new city goes on telling where this one stood.
    let outbox = copy.with_extension("outbox.sqlite");
    let told = told_in(&outbox);
    assert!(told > 0, "nothing was told before the backup");

    // The copy in a new folder is a city: everything from before the backup is in it, and it goes on.
    let restored = TempDir::new();
    let dir = restored.path().to_str().unwrap();
    fs::rename(&copy, restored.path().join("city.sqlite")).unwrap();
    fs::rename(&outbox, restored.path().join("outbox.sqlite")).unwrap();
    has(&said(&ongoeul(&["verify", "--dir", dir])), &["the books are right"]);
    let config = restored.path().join("ongoeul.toml");
    let text = town.configuration(None, "127.0.0.1:0", &pack_folder());
    fs::write(
        &config,
        text.replace(&format!("data = \"{}\"", town.dir.path().display()), &format!("data = \"{dir}\"")),
    )
    .unwrap();
    let server = Server::start(&config);
    for (told, again) in before.iter().zip(ask_again(server.address, &before)) {
        assert!(told.answer.is_none() || told.answer.as_ref() == Some(&again), "{told:?}: {again:?}");
    }
    under_load(&town, server.address, "after", || pause(200));
    server.stop();
    has(&said(&ongoeul(&["verify", "--dir", dir])), &["the books are right", "checkpoint at posting"]);
    assert!(told_in(&restored.path().join("outbox.sqlite")) > told, "it goes on telling");
}

/// How far an outbox has followed its city: postings and commands without one.
fn told_in(file: &Path) -> u64 {
    let outbox = Outbox::open(file).unwrap();
    outbox.cursor(city::follow::NAME).unwrap().map_or(0, |at| at.posting + at.request)
}

/// What the machinery wrote: kinds and keys, of postings and of commands without one.
fn by_the_machinery(town: &Town) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let readers = Readers::open(&town.target, 1).unwrap();
    readers
        .read(|snapshot| {
            snapshot.for_each_posting(PostingNo(1), None, &mut |row, _| {
                if ["settle", "confirm", "treasury"].contains(&&*row.kind) {
                    found.push((row.kind.to_string(), row.request_key));
                }
                Ok(())
            })?;
            snapshot.for_each_request(1, &mut |row| {
                if row.kind == "settle" {
                    found.push((row.kind.to_string(), row.request_key));
                }
                Ok(())
            })
        })
        .unwrap();
    found
}

#[test]
fn a_server_in_earnest_pays_shops_out_once_and_leaves_the_bank_to_the_bank() {
    for engine in testkit::engines() {
        let town = Town::on(engine);
        let city = town.open();
        let merchant = town.shops[0].id.parse().unwrap();
        let account = Command::OnPayouts(OnPayouts::SetAccount {
            payee: Payee::Shop(merchant),
            bank: "037".into(),
            number: "1013010000001".into(),
            holder: "가게".into(),
            seen: true,
        });
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: account.input_hash() };
        city.ask_waiting(request, account).unwrap();
        let pay = Command::Pay {
            card: CardRef::Id(town.citizens[0].card.parse().unwrap()),
            merchant,
            amount: 12_300,
            pin: None,
            order: None,
        };
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: pay.input_hash() };
        city.ask_waiting(request, pay).unwrap();
        city.close().unwrap();
        for _ in 0..2 {
            let server = Server::start(&town.config);
            wait_until("the settlement", Duration::from_secs(20), || by_the_machinery(&town).len() >= 2);
            server.stop();
        }
        // The last business day's, late: the posting, and the record of the batch under its key.
        let found = by_the_machinery(&town);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0], ("settle".to_owned(), String::new()));
        assert!(found[1].1.starts_with("chore/settle/2") && found[1].1.ends_with("/0"), "{found:?}");
        verify(&town);
    }
}

#[test]
fn a_period_is_closed_exported_and_audited() {
    let town = Town::on(Engine::Sqlite);
    let config = town.config.to_str().unwrap();
    let server = Server::start(&town.config);
    let (_, told) = under_load(&town, server.address, "audit", || {
        std::thread::sleep(std::time::Duration::from_millis(300));
    });
    assert!(!told.is_empty());
    server.stop();
    let log = said(&ongoeul(&["verify", "log", "--config", config]));
    has(&log, &["unsealed               0"]);
    let key = log.lines().find_map(|line| line.strip_prefix("key       ")).unwrap();
    // Everything was paid today: nothing of it is over.
    let today = base::date_of_day(day_of_today()).to_string();
    has(&refusal(&ongoeul(&["close", "--config", config, "--until", &today])), &["is not over yet"]);
    has(
        &refusal(&ongoeul(&["export", "--config", config, "--to", "x", "--without-bank"])),
        &["no such period is closed"],
    );
    let yesterday = base::date_of_day(day_of_today() - 1).to_string();
    has(
        &said(&ongoeul(&["close", "--config", config, "--until", &yesterday, "--dry-run"])),
        &["nothing was signed"],
    );
    has(&said(&ongoeul(&["close", "--config", config, "--until", &yesterday])), &["closed and signed"]);
    let pack = town.dir.path().join("archive").join("one");
    fs::create_dir(town.dir.path().join("archive")).unwrap();
    let to = pack.to_str().unwrap();
    let exported = said(&ongoeul(&["export", "--config", config, "--to", to, "--why", "회계 감사"]));
    has(&exported, &["postings               0", "the city's page /verify"]);
    // The command it names is the whole command.
    let named = exported.lines().find_map(|line| line.strip_prefix("check it with: ongoeul ")).unwrap();
    let words: Vec<&str> = named.split(' ').map(|word| word.trim_matches('\'')).collect();
    assert_eq!(words.last(), Some(&key));
    has(&said(&ongoeul(&words)), &["the period is right"]);
    has(&refusal(&ongoeul(&["verify", "pack", to])), &["--key KEY", "/verify", "not from the pack"]);
    has(&refusal(&ongoeul(&["export", "--config", config, "--to", to, "--without-bank"])), &["is not empty"]);
    let archive = town.dir.path().join("archive");
    let kept = ongoeul(&["dispose", "--config", config, "--archive", archive.to_str().unwrap(), "--dry-run"]);
    has(&said(&kept), &["no pack ended 5 years ago"]);
}

/// The city's day by the machine's clock, in the pack's zone.
fn day_of_today() -> i32 {
    let zone = base::Zone::named("Asia/Seoul").unwrap();
    zone.day_number(base::Clock::now(&base::SystemClock))
}
