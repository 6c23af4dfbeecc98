//! A citizen's pages, against a real city: what they show, what their forms do, and what they refuse.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod codes;
#[path = "../common/mod.rs"]
mod common;
mod history;
mod refused;
mod walk;

use std::sync::Arc;

use axum::http::{StatusCode, header};
use base::{CardId, PersonId, PostingNo, Role};
use city::{CardRef, Command, NewCard, NewMerchant, NewPerson, Reply};
use common::{Answer, Browser, Town, ask, door, field};
use economy::{CardKind, Facts};
use hmac::{Hmac, Mac};
use pen::Recorded;
use sha2::Sha256;
use testkit::Engine;

/// Carries out a command as the city itself: commands wait, so on a thread of their own.
fn system(town: &Town, key: &str, command: Command) -> Reply {
    act(town, Role::System, key, command)
}

fn act(town: &Town, role: Role, key: &str, command: Command) -> Reply {
    let (app, key) = (Arc::clone(&town.app), key.to_owned());
    std::thread::spawn(move || ask(&app.city, role, &key, command)).join().unwrap()
}

fn posting(reply: &Reply) -> PostingNo {
    match reply {
        Reply::Done { recorded: Recorded::Posting(no), .. } => *no,
        other => panic!("{other:?}"),
    }
}

/// Another person with a card and 50,000 won.
fn neighbour(town: &Town) -> (PersonId, CardId) {
    let person = NewPerson {
        name: "박영수".into(),
        phone: Some("010-1111-2222".into()),
        birth_day: Some(-5_000),
        district: None,
        card: Some(NewCard { kind: CardKind::Phone }),
    };
    let reply = system(town, "neighbour", Command::Enrol(person));
    let Reply::Done { facts: Facts::Card { card, person, .. }, .. } = reply else { panic!("{reply:?}") };
    system(town, "neighbour-money", Command::TopUp { person, amount: 50_000 });
    (person, card)
}

fn pay(town: &Town, card: CardId, amount: i64, key: &str) -> PostingNo {
    let command =
        Command::Pay { card: CardRef::Id(card), merchant: town.shop, amount, pin: None, order: None };
    posting(&system(town, key, command))
}

fn last(town: &Town) -> PostingNo {
    town.app.city.shared.read().books.last_posting()
}

fn location(answer: &Answer) -> String {
    answer.headers.get(header::LOCATION).unwrap().to_str().unwrap().to_owned()
}

/// The page's text without tags, for reading.
fn text(answer: &Answer) -> String {
    let body = answer.body.split("<main").nth(1).unwrap_or(&answer.body);
    let mut text = String::new();
    let mut inside = true;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A page's form, by its address: the value of one of its fields.
fn in_form(page: &str, action: &str, name: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}"));
    field(&page[at..], name).unwrap()
}

/// What the house signs with the test town's key.
fn seal(purpose: &str, message: &str, length: usize) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut mac = Hmac::<Sha256>::new_from_slice(&[3; 32]).unwrap();
    mac.update(format!("{purpose}\0{message}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let bit = |index: usize| (bytes[index / 8] >> (7 - index % 8)) & 1;
    (0..length)
        .map(|digit| (0..5).fold(0u8, |value, offset| (value << 1) | bit(digit * 5 + offset)))
        .map(|value| char::from(ALPHABET[usize::from(value)]))
        .collect()
}

/// A shop's code as the shop's page signs it, of three minutes.
fn code(shop: &str, amount: i64, until: i64, nonce: u64) -> String {
    const LIFE: i64 = 180_000_000;
    let body = format!("{shop}-{amount:x}-{:x}-{LIFE:x}-{nonce:x}", until - LIFE);
    format!("{body}-{}", seal("shop-code", &body, 16))
}

/// A browser signed in as a person who is no persona.
async fn browser_of(town: &Town, person: PersonId) -> Browser<'_> {
    let session = town.session("somebody", base::Role::Citizen(person)).await;
    let mut browser = Browser { town, cookies: vec![("session".into(), session)], csrf: String::new() };
    assert_eq!(browser.get("/wallet").await.status, StatusCode::OK);
    browser
}

async fn pay_form<'a>(browser: &mut Browser<'a>, shop: &str, amount: &str) -> Answer {
    let page = browser.get("/wallet").await;
    let key = in_form(&page.body, "/wallet/pay", "request_key");
    browser.post("/wallet/pay", &[("request_key", &key), ("shop", shop), ("amount", amount)]).await
}
