//! Looks at personal records: each is kept before it is shown, and the person sees who looked.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use access::Entry;
use axum::http::{Method, StatusCode};
use base::{PersonId, Role};
use city::{CardRef, Command, NewCard, NewPerson, Reply};
use common::{Town, field};
use economy::{CardKind, Facts};

/// Looks at a person's record, the oldest first: role, what, purpose.
fn looks(town: &Town, whom: PersonId) -> Vec<Entry> {
    let mut found = town.app.city.access.readers().of_person(whom, None, 1_000).unwrap();
    found.reverse();
    found
}

fn told(town: &Town, whom: PersonId) -> Vec<(String, String, String)> {
    let told = |entry: Entry| (entry.look.role, entry.look.what, entry.look.purpose);
    looks(town, whom).into_iter().map(told).collect()
}

fn one(role: &str, what: &str, purpose: &str) -> (String, String, String) {
    (role.to_owned(), what.to_owned(), purpose.to_owned())
}

/// A second citizen, with a card.
async fn neighbour(town: &Town) -> (PersonId, String) {
    let person = NewPerson {
        name: "박정호".into(),
        phone: Some("010-7777-8888".into()),
        birth_day: Some(-5_000),
        district: Some("4511153000".into()),
        card: Some(NewCard { kind: CardKind::Phone }),
    };
    let command = Command::Enrol(person);
    let actor = base::Actor { role: Role::System, client: base::Client(9) };
    let request = pen::Request { actor, key: "n".into(), input_hash: command.input_hash() };
    let reply = town.app.city.ask(request, command).await.unwrap().unwrap();
    let Reply::Done { facts: Facts::Card { card, person, .. }, .. } = reply else { panic!("{reply:?}") };
    let number = town.app.city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().number;
    (person, number.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_read_is_a_look_and_ones_own_is_none() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (other, number) = neighbour(&town).await;
        let mut me = town.browser("citizen").await;
        for path in ["/wallet", "/wallet/history", "/wallet/large"] {
            assert_eq!(me.get(path).await.status, StatusCode::OK, "{path}");
        }
        let own = format!("/api/v1/cards/{}", town.card);
        assert_eq!(town.call("citizen", Method::GET, &own, None, "").await.status, StatusCode::OK);
        assert_eq!(told(&town, town.citizen), [], "a person's own record is no look");

        let mut clerk = town.browser("clerk").await;
        clerk.get("/clerk?find=%EA%B9%80%EC%88%9C%EC%9E%90").await;
        let entry = looks(&town, town.citizen).pop().unwrap();
        assert_eq!((entry.look.who.as_str(), entry.look.from.as_str()), ("clerk/1", "0.0.0.0"));
        assert_eq!(town.call("clerk", Method::GET, &own, None, "").await.status, StatusCode::OK);
        let freeze = format!("{own}/freeze");
        assert_eq!(town.call("clerk", Method::POST, &freeze, Some("f"), "").await.status, StatusCode::OK);
        let unfreeze = format!("{own}/unfreeze");
        assert_eq!(town.call("clerk", Method::POST, &unfreeze, Some("u"), "").await.status, StatusCode::OK);
        let expected = [
            one("clerk", "window.person", "service"),
            one("clerk", "api.card", "service"),
            one("clerk", "api.change", "service"),
            one("clerk", "api.change", "service"),
        ];
        assert_eq!(told(&town, town.citizen), expected);

        // A gift: the receiver's masked name is shown to the giver.
        let page = me.get("/wallet").await;
        let at = page.body.find("action=\"/wallet/gift\"").unwrap();
        let key = field(&page.body[at..], "request_key").unwrap();
        let gift = [("request_key", key.as_str()), ("to", number.as_str()), ("amount", "1,000")];
        let given = me.post_and_follow("/wallet/gift", &gift).await;
        assert!(given.body.contains("박*호"), "{}", given.body);
        let gifts = told(&town, other);
        assert!(gifts.contains(&one("citizen", "wallet.gift-to", "gift")), "{gifts:?}");
        let giver = format!("citizen/{:x}", town.citizen.0);
        assert!(looks(&town, other).iter().all(|entry| entry.look.who == giver));

        // An auditor reads a movement of both.
        let before = (looks(&town, town.citizen).len(), looks(&town, other).len());
        let last = town.app.city.shared.read().books.last_posting();
        let mut auditor = town.browser("auditor").await;
        assert_eq!(auditor.get(&format!("/books/postings/{}", last.0)).await.status, StatusCode::OK);
        let path = format!("/api/v1/postings/{last}");
        assert_eq!(town.call("auditor", Method::GET, &path, None, "").await.status, StatusCode::OK);
        for (person, before) in [(town.citizen, before.0), (other, before.1)] {
            let new = [one("auditor", "books.posting", "audit"), one("auditor", "api.posting", "audit")];
            assert_eq!(told(&town, person)[before..], new);
        }
    }
}

/// A list of many is a look at each; a task that is open stands with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_look_at_each() {
    let town = Town::new(testkit::Engine::Sqlite);
    let (other, _) = neighbour(&town).await;
    let lock = town.card;
    for n in 0..5 {
        let body = format!(r#"{{"card":"{lock}","merchant":"{}","amount":100,"pin":"9999"}}"#, town.shop);
        town.call("till", Method::POST, "/api/v1/payments", Some(&format!("w{n}")), &body).await;
    }
    let state = town.app.city.shared.read().town.directory.card(CardRef::Id(lock)).unwrap().state;
    assert_eq!(state, economy::CardState::Locked);
    let mut clerk = town.browser("clerk").await;
    clerk.get("/clerk").await;
    clerk.get("/clerk?find=010-7777-8888").await;
    clerk.get(&format!("/clerk?find={}", town.citizen)).await;
    let found: Vec<_> = looks(&town, town.citizen).into_iter().map(|e| (e.look.what, e.look.task)).collect();
    let task = Some("unlock".to_owned());
    let expected = [("window.tasks", &task), ("window.tasks", &task), ("window.person", &task)];
    assert_eq!(found, expected.map(|(what, task)| (what.to_owned(), task.clone())));
    let found: Vec<_> = looks(&town, other).into_iter().map(|e| (e.look.what, e.look.task)).collect();
    assert_eq!(found, [("window.person".to_owned(), None)]);
}

/// What can't be noted is not shown.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shown_while_the_ledger_is_away() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = town.browser("clerk").await;
        let find = format!("/clerk?find={}", town.citizen);
        assert!(clerk.get(&find).await.body.contains("김순자"));
        let held = rusqlite::Connection::open(town.access()).unwrap();
        held.execute_batch("BEGIN IMMEDIATE").unwrap();
        let before = looks(&town, town.citizen).len();
        let page = clerk.get(&find).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{}", page.body);
        assert!(page.body.contains("access.away") && !page.body.contains("순자"), "{}", page.body);
        let card = format!("/api/v1/cards/{}", town.card);
        let answer = town.call("clerk", Method::GET, &card, None, "").await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::SERVICE_UNAVAILABLE, "access.away"));
        // Who reads their own record, and who takes a payment, goes on.
        assert_eq!(town.call("citizen", Method::GET, &card, None, "").await.status, StatusCode::OK);
        held.execute_batch("ROLLBACK").unwrap();
        assert_eq!(looks(&town, town.citizen).len(), before, "nothing was shown, and nothing is noted");
        assert!(clerk.get(&find).await.body.contains("김순자"));
        assert_eq!(looks(&town, town.citizen).len(), before + 1);
    }
}
