//! `ongoeul dispose --year`: a dry run that changes nothing, a year that goes, killed in the middle and gone on with; and a
//! city that counts, starts and pays on what stays.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::io::{BufRead, BufReader};
use std::process::{Command as Process, Output, Stdio};
use std::time::Duration;

use base::{Actor, Instant, MerchantId, PersonId, PostingNo, Zone, date};
use city::clock::HandClock;
use city::open::City;
use city::{CardRef, Command, NewCard, NewMerchant, NewPerson, Reply};
use common::load::under_load;
use common::proof::verify;
use common::server::{LOCK, Server, ongoeul, refusal};
use common::town::Town;
use economy::{CardKind, Facts};
use pen::{Recorded, Request};
use testkit::{engines, wait_for};

/// Votes of that year, so that it goes in several parts.
const VOTES: usize = 9_000;
/// Who asks for them at once.
const AT_ONCE: usize = 30;

fn day(year: i16, month: i8, day: i8) -> Instant {
    Zone::named("Asia/Seoul").unwrap().instant(date(year, month, day), 12, 0)
}

fn ask(city: &City, command: Command) -> (PostingNo, Facts) {
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match city.ask_waiting(request, command).unwrap() {
        Reply::Done { recorded: Recorded::Posting(no), facts, .. } => (no, facts),
        Reply::Done { facts, .. } => (PostingNo(0), facts),
        other => panic!("{other:?}"),
    }
}

/// 2020: a payment, a good many votes. 2021: the payment is taken back. 2026: what is past its date is kept apart.
fn past(city: &City, clock: &HandClock) {
    let wish = NewMerchant {
        name: "옛날 가게".into(),
        business_number: "124-81-00998".into(),
        trade: "restaurant".into(),
        district: "4511153000".into(),
        sales: None,
        owner: None,
    };
    let (_, Facts::Shop { merchant, .. }) = ask(city, Command::Join(wish)) else { panic!() };
    ask(city, Command::Vote { budget: "cashback-2020".into(), amount: 1_000_000 });
    let paid = paid(city, merchant);
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                for _ in 0..VOTES / AT_ONCE {
                    ask(city, Command::Vote { budget: "cashback-2020".into(), amount: 1 });
                }
            });
        }
    });
    clock.set(day(2021, 1, 5));
    ask(city, Command::Refund { payment: paid, amount: None });
    clock.set(day(2026, 2, 2));
    let expire = Command::Expire { from: 0, at_most: 100 };
    let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: expire.input_hash() };
    city.ask_waiting(request, expire).unwrap();
}

fn paid(city: &City, merchant: MerchantId) -> PostingNo {
    let card = Some(NewCard { kind: CardKind::Phone });
    let wish = NewPerson { name: "이영희".into(), phone: None, birth_day: None, district: None, card };
    let (_, Facts::Card { card, person, .. }) = ask(city, Command::Enrol(wish)) else { panic!() };
    let person: PersonId = person;
    ask(city, Command::TopUp { person, amount: 50_000 });
    let card = CardRef::Id(card);
    ask(city, Command::Pay { card, merchant, amount: 30_000, pin: None, order: None }).0
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn dispose(town: &Town, year: &str, how: &str) -> Output {
    let config = town.config.to_str().unwrap();
    // Whoever was killed: PostgreSQL may need a moment to notice.
    wait_for("the leader lock", LOCK, || {
        let output = ongoeul(&["dispose", "--year", year, "--config", config, how]);
        (!said(&output).contains("another writer is alive")).then_some(output)
    })
}

/// Starts it in earnest and kills it a moment after it has said this.
fn killed(town: &Town, after: &str, moment: Duration) {
    // Its ear stays open: whoever speaks into nothing ends.
    let (mut process, _lines) = wait_for("the leader lock", LOCK, || {
        let mut process = Process::new(env!("CARGO_BIN_EXE_ongoeul"))
            .args(["dispose", "--year", "2020", "--config", town.config.to_str().unwrap(), "--do"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let heard = lines.any(|line| line.is_ok_and(|line| line.starts_with(after)));
        if !heard {
            process.wait().unwrap();
        }
        heard.then_some((process, lines))
    });
    std::thread::sleep(moment);
    process.kill().unwrap();
    process.wait().unwrap();
}

fn line<'a>(text: &'a str, begins: &str) -> &'a str {
    text.lines().find(|line| line.starts_with(begins)).unwrap_or_else(|| panic!("no {begins:?} in: {text}"))
}

/// A town whose year 2020 is closed.
fn closed(engine: testkit::Engine) -> Town {
    let town = Town::with_past(engine, day(2020, 12, 5), past);
    let server = Server::start(&town.config);
    let while_it_serves =
        ongoeul(&["dispose", "--year", "2020", "--config", town.config.to_str().unwrap(), "--dry-run"]);
    assert!(refusal(&while_it_serves).contains("another writer is alive"));
    // Only who serves seals: a slow machine is given the time for it.
    let config = town.config.to_str().unwrap();
    wait_for("the seal", LOCK, || {
        let output = ongoeul(&["close", "--config", config, "--until", "2020-12-31", "--dry-run"]);
        (!said(&output).contains("the seal has to catch up")).then_some(())
    });
    server.stop();
    let not_closed = dispose(&town, "2020", "--dry-run");
    assert!(refusal(&not_closed).contains("ongoeul close --until 2020-12-31"), "{}", said(&not_closed));
    let closed = ongoeul(&["close", "--config", config, "--until", "2020-12-31"]);
    assert!(closed.status.success(), "{}", said(&closed));
    town
}

/// It counts, starts, and pays on what is left.
fn goes_on(town: &Town, backing: &str) {
    let counted = verify(town);
    assert_eq!(line(&counted, "backing"), backing);
    assert!(line(&counted, "disposed").contains("counted from the closing that stays"), "{counted}");
    let server = Server::start(&town.config);
    let (_, told) =
        under_load(town, server.address, "after", || std::thread::sleep(Duration::from_millis(300)));
    assert!(told.iter().any(|told| told.answer.is_some()), "nobody paid");
    server.stop();
    verify(town);
}

#[test]
fn a_year_goes_by_the_command_line_and_the_city_goes_on() {
    for engine in engines() {
        let town = closed(engine);
        let before = verify(&town);
        let dry = dispose(&town, "2020", "--dry-run");
        assert!(dry.status.success(), "{}", said(&dry));
        let told = said(&dry);
        let goes = line(&told, "goes ");
        assert!(goes.contains("postings with their legs and facts"), "{told}");
        // The payment that was taken back a year later stays.
        assert!(line(&told, "stays ").contains(" 1 postings that later ones refer to"), "{told}");
        assert!(told.contains("nothing was changed") && !told.contains("open "), "{told}");
        assert_eq!(verify(&town), before);

        let done = dispose(&town, "2020", "--do");
        assert!(done.status.success(), "{}", said(&done));
        let told = said(&done);
        assert!(told.contains(goes) && told.contains("the year is gone"), "{told}");
        goes_on(&town, line(&before, "backing"));
        // Once more: there is nothing left to go.
        let again = said(&dispose(&town, "2020", "--do"));
        assert!(
            line(&again, "goes ").contains(" 0 postings") && again.contains("the year is gone"),
            "{again}"
        );
    }
}

#[test]
fn killed_in_the_middle_it_is_gone_on_with() {
    for engine in engines() {
        let town = closed(engine);
        let before = verify(&town);
        killed(&town, "what stays is kept", Duration::ZERO);
        // Whoever serves it meanwhile serves a city that is right.
        verify(&town);
        Server::start(&town.config).stop();
        killed(&town, "begun ", Duration::from_millis(40));
        verify(&town);
        let done = dispose(&town, "2020", "--do");
        assert!(done.status.success(), "{}", said(&done));
        let told = said(&done);
        assert!(told.contains("it was begun before, and is gone on with"), "{told}");
        assert!(told.contains("the year is gone"), "{told}");
        goes_on(&town, line(&before, "backing"));
    }
}
