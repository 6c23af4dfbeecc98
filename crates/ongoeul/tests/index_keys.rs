//! The key that people are found by is changed under a server that serves, and under one that is killed: whoever is looked for
//! at a window is found, before, meanwhile and afterwards.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base::{Actor, Clock, SystemClock};
use city::{Command, NewPerson, Reply, tokens};
use common::http::Line;
use common::load::under_load;
use common::proof::{Proof, verify};
use common::server::{Server, has, refusal, said};
use common::town::{Town, keys};
use people::How;

/// So many, with names, telephones and birth days of their own: some seconds' walk.
const KNOWN: u32 = 3_000;
const COOKIE: &str = "a-clerks-session";

fn ask(city: &city::open::City, command: Command) -> Reply {
    let input_hash = command.input_hash();
    city.ask_waiting(pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash }, command).unwrap()
}

/// A family name and one syllable: a number at its end would be no part of a name.
fn name(number: u32) -> String {
    format!("한{}", char::from_u32(0xac00 + number).unwrap())
}

fn phone(number: u32) -> String {
    format!("010-7000-{number:04}")
}

/// Days since 1970-01-01.
fn birth_day(number: u32) -> i32 {
    i32::try_from(number).unwrap() - 5_000
}

/// A town with people to look for, and a clerk who is in.
fn town(engine: testkit::Engine, known: u32) -> Town {
    let town = Town::on(engine);
    let city = town.open();
    let commands = (0..known).map(|number| {
        let (name, phone, birth_day) = (name(number), Some(phone(number)), Some(birth_day(number)));
        Command::Enrol(NewPerson { name, phone, birth_day, district: None, card: None })
    });
    let sent: Vec<_> = commands
        .map(|command| {
            let input_hash = command.input_hash();
            let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash };
            city.commands.send_waiting(request, command).unwrap()
        })
        .collect();
    for answer in sent {
        answer.blocking_recv().unwrap().unwrap();
    }
    let grant = city.shared.read().town.doors.grant_of_token(&tokens::hash(&town.clerk)).unwrap();
    let until = SystemClock.now().plus_seconds(86_400);
    ask(&city, Command::SignIn { grant, session: tokens::hash(COOKIE), until, how: How::Passkey });
    city.close().unwrap();
    town
}

/// Somebody looks three people up at the window, each by what was told.
fn look_up(line: &mut Line, number: u32) {
    let day = base::date_of_day(birth_day(number)).to_string();
    for text in [name(number), phone(number), day.clone(), format!("{}%20{day}", name(number))] {
        let text: String = text
            .bytes()
            .map(|byte| match byte {
                b'0'..=b'9' | b'-' | b'%' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect();
        let page = line.page(&format!("/clerk?find={text}"), COOKIE).unwrap();
        assert_eq!(page.status, 200, "{}", page.body);
        assert!(page.body.contains(&name(number)), "{text} finds nobody: {}", page.body);
    }
}

/// A clerk who looks people up until told to stop; how often.
fn at_the_window(address: SocketAddr, stop: &AtomicBool) -> u32 {
    let mut line = Line::to(address);
    let mut looked = 0;
    while !stop.load(Ordering::SeqCst) {
        look_up(&mut line, (looked * 1_013) % KNOWN);
        looked += 1;
        std::thread::sleep(Duration::from_millis(40));
    }
    looked
}

#[test]
fn index_keys_are_changed_under_load_and_everybody_is_found() {
    for engine in testkit::engines() {
        let town = town(engine, KNOWN);
        let mut proof = Proof::of(&town);
        let server = Server::start(&town.config);
        let address = server.address;
        let stop = &AtomicBool::new(false);
        let (looked, told) = std::thread::scope(|scope| {
            let clerk = scope.spawn(|| at_the_window(address, stop));
            let ((), told) = under_load(&town, address, "indexed", || {
                has(&said(&keys(&town, &["list"])), &["data key 2: index in general", "in use"]);
                let told = said(&keys(&town, &["reindex"]));
                has(&told, &["a server has this city", "indexes made anew"]);
                has(&told, &["data key 2: nobody is found under it any more; removed"]);
                let list = said(&keys(&town, &["list"]));
                has(&list, &["data key 3: index in general", "in use"]);
                assert!(!list.contains("data key 2"), "{list}");
            });
            stop.store(true, Ordering::SeqCst);
            (clerk.join().unwrap(), told)
        });
        assert!(looked > 5 && told.len() > 30, "hardly any load: {looked} {}", told.len());
        proof.check(&town, address, &told);
        let mut line = Line::to(address);
        look_up(&mut line, 7);
        server.stop();
        // A start finds them too, and a second change begins from there.
        let server = Server::start(&town.config);
        look_up(&mut Line::to(server.address), KNOWN - 1);
        server.stop();
        has(&said(&keys(&town, &["reindex"])), &["data key 3: nobody is found under it any more; removed"]);
        verify(&town);
    }
}

#[test]
fn killed_in_the_middle_it_goes_on() {
    for engine in testkit::engines() {
        let town = town(engine, KNOWN);
        for round in 0..3_u64 {
            let server = Server::start(&town.config);
            std::thread::scope(|scope| {
                let asked = scope.spawn(|| said(&keys(&town, &["reindex"])));
                // Before the first row, among them, and about the end.
                std::thread::sleep(Duration::from_millis(600 + round * 700));
                server.kill9();
                let server = Server::start(&town.config);
                look_up(&mut Line::to(server.address), 11);
                has(&asked.join().unwrap(), &["indexes made anew", "everybody is found under it, in use"]);
                let mut line = Line::to(server.address);
                for number in [0, 1, KNOWN / 2, KNOWN - 1] {
                    look_up(&mut line, number);
                }
                server.stop();
            });
            let list = said(&keys(&town, &["list"]));
            assert_eq!(list.matches(": index in general").count(), 1, "{list}");
        }
        assert!(!town.dir.path().join("reseal.wish").exists());
    }
}

#[test]
fn without_the_key_that_finds_people_nothing_starts() {
    for engine in testkit::engines() {
        let town = town(engine, 1);
        let gone = "DELETE FROM data_keys WHERE used_for = 'index'";
        match &town.database {
            Some(database) => drop(database.psql(gone)),
            None => {
                let file = town.dir.path().join("city.sqlite");
                rusqlite::Connection::open(file).unwrap().execute(gone, []).unwrap();
            }
        }
        let why = Server::try_start(&town.config).map(drop).unwrap_err();
        has(&why, &["data key 2", "(secrets.index)"]);
        has(&refusal(&keys(&town, &["reindex"])), &["(secrets.index)"]);
    }
}
