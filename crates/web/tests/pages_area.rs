//! A clerk of one neighbourhood tries another's people: by page, id, search, count and call, they look just like nobody.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use base::{CardId, PersonId, PostingNo, Role};
use city::{CardRef, Command, NewCard, NewPerson, Reply};
use common::{Answer, Browser, Town, field};
use economy::{CardKind, Facts};
use pen::Recorded;

/// The citizen lives in this one.
const THERE: &str = "4511153000";
const NAME: &str = "김순자";
/// Theirs.
const BORN: &str = "1943-03-04";

fn here(town: &Town) -> String {
    let view = town.app.city.shared.read();
    let mut all = view.town.pack.city.districts.iter().map(|d| d.code.clone());
    all.find(|code| code != THERE).unwrap()
}

async fn done(town: &Town, key: &str, command: Command) -> (Recorded, Facts) {
    let request =
        pen::Request { actor: base::Actor::SYSTEM, key: key.to_owned(), input_hash: command.input_hash() };
    match town.app.city.ask(request, command).await.unwrap() {
        Ok(Reply::Done { recorded, facts, .. }) => (recorded, facts),
        other => panic!("{other:?}"),
    }
}

/// One of the same name, of the clerk's own neighbourhood.
async fn neighbour(town: &Town, phone: &str) -> (PersonId, CardId) {
    let wish = NewPerson {
        name: NAME.into(),
        phone: Some(phone.into()),
        birth_day: Some(-9_800),
        district: Some(here(town)),
        card: Some(NewCard { kind: CardKind::Plastic }),
    };
    match done(town, phone, Command::Enrol(wish)).await.1 {
        Facts::Card { card, person, .. } => (person, card),
        other => panic!("{other:?}"),
    }
}

async fn clerk(town: &Town) -> Browser<'_> {
    town.grant_in("near", Role::Clerk, Some(&here(town))).await;
    let cookie = town.signed_in("near").await;
    Browser { town, cookies: vec![("session".into(), cookie)], csrf: String::new() }
}

/// What a page says, apart from what is new on every one and what was asked.
fn said(answer: &Answer, asked: &str) -> (StatusCode, String) {
    let main = answer.body.split("<main").nth(1).unwrap_or_default().replace(asked, "");
    let mut said = String::new();
    for part in main.split("value=\"") {
        // Keys and tokens differ from page to page.
        said += part.split_once('"').map_or(part, |(_, rest)| rest);
    }
    let code = said.find("<p class=\"code").unwrap_or(said.len());
    (answer.status, said[..code].to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn another_neighbourhoods_people_look_like_nobody() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = clerk(&town).await;
        let number = format!("{:016}", town.card_number);
        let nobody = PersonId(town.citizen.0 ^ 1).to_string();
        // By name, telephone, card number and id.
        let none = said(&clerk.get("/clerk?find=010-0000-0000").await, "010-0000-0000");
        let encoded = "%EA%B9%80%EC%88%9C%EC%9E%90";
        let citizen = town.citizen.to_string();
        for (find, asked) in
            [(encoded, NAME), ("010-2345-6789", "010-2345-6789"), (BORN, BORN), (&nobody, &nobody)]
        {
            let page = clerk.get(&format!("/clerk?find={find}")).await;
            assert_eq!(said(&page, asked), none, "{find}");
        }
        // Whose very card or number is at hand stands behind glass: nothing but that is shown of them.
        for find in [&number, &citizen] {
            let page = clerk.get(&format!("/clerk?find={find}")).await;
            assert!(page.body.contains("/glass\"") && !page.body.contains(NAME), "{find}");
            assert!(!page.body.contains("2345") && !page.body.contains("100,000"), "{find}");
        }
        // What a form left behind tells nothing either.
        let (recorded, _) = done(&town, "t2", Command::TopUp { person: town.citizen, amount: 1_000 }).await;
        let Recorded::Posting(no) = recorded else { panic!() };
        let plain = said(&clerk.get("/clerk").await, "");
        for path in [
            format!("/clerk?done={no}"),
            format!("/clerk?done={}", PostingNo(no.0 + 50)),
            format!("/clerk?card={}&did=enrolled", town.card),
            format!("/clerk?card={}&did=enrolled", CardId(town.card.0 ^ 1)),
        ] {
            assert_eq!(said(&clerk.get(&path).await, ""), plain, "{path}");
        }
        // Of one's own neighbourhood, one of the same name is found alone.
        let (near, _) = neighbour(&town, "010-1111-2222").await;
        let page = clerk.get(&format!("/clerk?find={encoded}")).await;
        assert!(page.body.contains("010-1111-2222") && !page.body.contains("2345"), "{}", page.body);
        assert!(page.body.contains(&near.to_string()) && !page.body.contains(&citizen));
        // By birth date alone, too; the other one is of the same day.
        let page = clerk.get(&format!("/clerk?find={BORN}")).await;
        assert!(page.body.contains(&near.to_string()) && !page.body.contains(&citizen), "{}", page.body);
        // The counter of the whole city sees both.
        let mut hall = town.browser("clerk").await;
        let page = hall.get(&format!("/clerk?find={encoded}")).await;
        assert!(page.body.contains("2명을 찾았어요"), "{}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_neighbourhoods_locked_cards_are_not_counted() {
    for engine in testkit::engines() {
        another_neighbourhoods_locked_cards_are_not_counted_on(&Town::new(engine)).await;
    }
}

async fn another_neighbourhoods_locked_cards_are_not_counted_on(town: &Town) {
    let mut clerk = clerk(town).await;
    let (_, near) = neighbour(town, "010-1111-2222").await;
    done(town, "pin-near", Command::SetPin { card: CardRef::Id(near), pin: "1234".into() }).await;
    lock(town, town.card).await;
    let mut hall = town.browser("clerk").await;
    assert!(hall.get("/clerk").await.body.contains("오늘 할 일이 1가지"));
    let page = clerk.get("/clerk").await;
    assert!(page.body.contains("오늘 할 일을 다 했어요") && !page.body.contains("김*자"), "{}", page.body);
    // And one's own are.
    done(town, "t-near", Command::TopUp { person: neighbour_of(town, near), amount: 100_000 }).await;
    lock(town, near).await;
    assert!(clerk.get("/clerk").await.body.contains("오늘 할 일이 1가지"));
    assert!(hall.get("/clerk").await.body.contains("오늘 할 일이 2가지"));
}

/// Ten wrong PINs, five at each of two shops.
async fn lock(town: &Town, card: CardId) {
    for n in 0..10 {
        let body = format!(r#"{{"card":"{card}","amount":60000,"pin":"9999"}}"#);
        let till = if n < 5 { "till" } else { "other" };
        town.call(till, Method::POST, "/api/v1/payments", Some(&format!("w-{card}-{n}")), &body).await;
    }
}

fn neighbour_of(town: &Town, card: CardId) -> PersonId {
    town.app.city.shared.read().town.directory.card(CardRef::Id(card)).unwrap().person
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_can_be_done_to_them_on_a_page() {
    for engine in testkit::engines() {
        nothing_can_be_done_to_them_on_a_page_on(&Town::new(engine)).await;
    }
}

async fn nothing_can_be_done_to_them_on_a_page_on(town: &Town) {
    let mut clerk = clerk(town).await;
    clerk.get("/clerk").await;
    let (person, card) = (town.citizen, town.card);
    let (nobody, none) = (PersonId(person.0 ^ 1), CardId(card.0 ^ 1));
    let before = standing(town);
    for (known, unknown) in [
        (format!("/clerk/people/{person}/top-ups"), format!("/clerk/people/{nobody}/top-ups")),
        (format!("/clerk/people/{person}/cards"), format!("/clerk/people/{nobody}/cards")),
        (format!("/clerk/cards/{card}/replace"), format!("/clerk/cards/{none}/replace")),
        (format!("/clerk/cards/{card}/unlock"), format!("/clerk/cards/{none}/unlock")),
        (format!("/clerk/cards/{card}/pin"), format!("/clerk/cards/{none}/pin")),
    ] {
        for extra in [("amount", "1000"), ("amount", "much"), ("pin", "1"), ("pin", "2580")] {
            let fields = [("request_key", "k"), ("kind", "plastic"), extra];
            let theirs = clerk.post(&known, &fields).await;
            let nobodys = clerk.post(&unknown, &fields).await;
            assert_eq!(theirs.status, StatusCode::NOT_FOUND, "{known}");
            assert_eq!(said(&theirs, ""), said(&nobodys, ""), "{known}");
        }
    }
    // Whoever is known elsewhere is not known here; and who is taken in is of this neighbourhood.
    let page = clerk.get("/clerk").await;
    assert!(page.body.contains(&here(town)) && !page.body.contains(THERE), "{}", page.body);
    let born = base::date_of_day(-9_800).to_string();
    let mut fields = vec![
        ("request_key", "e1"),
        ("name", NAME),
        ("born", &*born),
        ("district", THERE),
        ("kind", "plastic"),
    ];
    let refused = clerk.post("/clerk/people", &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("다른 동 사람이에요"), "{}", refused.body);
    assert_eq!(standing(town), before, "nothing was written");
    let own = here(town);
    fields[3].1 = &own;
    let taken = clerk.post_and_follow("/clerk/people", &fields).await;
    assert!(taken.body.contains("김순자님을 받고"), "nobody of that name is known here: {}", taken.body);
    assert!(field(&taken.body, "request_key").is_some());
}

/// The number of a card that nobody has.
fn unheld(town: &Town) -> String {
    format!("{:016}", economy::holder::card_number(town.card_number / 10 + 1))
}

/// Sends a form of what is kept about somebody, with a key that was on the page.
async fn send(clerk: &mut Browser<'_>, person: PersonId, action: &str, fields: &[(&str, &str)]) -> Answer {
    let page = format!("/clerk/people/{person}/records");
    let shown = clerk.get(&page).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    let key = field(&shown.body, "request_key").unwrap();
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    clerk.post_and_follow(&format!("/clerk/people/{person}/{action}"), &all).await
}

/// On the forms that name a second person, somebody of another neighbourhood is as unknown as nobody, by telephone and by id;
/// and with no less wrong on the form, so that nothing is written to find out.
#[tokio::test(flavor = "multi_thread")]
async fn they_are_not_known_as_second_persons_either() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = clerk(&town).await;
        let (near, _) = neighbour(&town, "010-1111-2222").await;
        let before = standing(&town);
        let citizen = town.citizen.to_string();
        let nobody = PersonId(town.citizen.0 ^ 1).to_string();
        // Where a form goes, the field that names the other, and the rest of it.
        type Asking<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);
        let forms: [Asking<'_>; 7] = [
            ("helpers", "to", &[("tie", "family"), ("see", "1")]),
            ("helpers", "to", &[("tie", "family"), ("per_payment", "x")]),
            ("consents", "guardian", &[("purpose", "none"), ("by", "parent")]),
            ("consents", "guardian", &[("purpose", "none"), ("by", "appointed")]),
            ("household/join", "to", &[("relation", "kin")]),
            ("household/join", "to", &[("relation", "kin"), ("from", "soon")]),
            ("links", "other", &[("why", "주민등록표를 함께 보았어요")]),
        ];
        for (action, name, rest) in forms {
            let mut answers = Vec::new();
            for asked in ["010-2345-6789", "010-0000-0000", &citizen, &nobody] {
                let mut fields = vec![(name, asked)];
                fields.extend_from_slice(rest);
                let answer = send(&mut clerk, near, action, &fields).await;
                answers.push(said(&answer, asked));
            }
            assert_eq!(answers[0].0, StatusCode::UNPROCESSABLE_ENTITY, "{action} {rest:?}");
            for answer in &answers[1..] {
                assert_eq!(*answer, answers[0], "{action} {rest:?}");
            }
        }
        // What joins two records takes no card of theirs either.
        let (number, none) = (format!("{:016}", town.card_number), unheld(&town));
        for (action, name) in [("household/join", "to"), ("links", "other")] {
            let mut answers = Vec::new();
            for asked in [&number, &none] {
                let fields = [(name, asked.as_str()), ("why", "주민등록표를 함께 보았어요")];
                answers.push(said(&send(&mut clerk, near, action, &fields).await, asked));
            }
            assert_eq!(answers[0], answers[1], "{action}");
        }
        let after = standing(&town);
        assert_eq!((before.0, before.2), (after.0, after.2), "nothing was written");
        // A helper who lives elsewhere stands there with their card: its number names them, and their name stays masked.
        let fields = [("to", number.as_str()), ("tie", "family"), ("see", "1")];
        let given = send(&mut clerk, near, "helpers", &fields).await;
        assert!(given.body.contains("김*자"), "{}", given.body);
        let lines = given.body.matches(NAME).count();
        let mut hall = town.browser("clerk").await;
        let page = hall.get(&format!("/clerk/people/{near}/records")).await;
        assert!(page.body.matches(NAME).count() > lines, "who sees both reads the name: {}", page.body);
        // Whoever is seen is found by telephone as before.
        let other = neighbour(&town, "010-3333-4444").await.0;
        let fields = [("to", "010-3333-4444"), ("tie", "family"), ("see", "1")];
        let given = send(&mut clerk, near, "helpers", &fields).await;
        assert_eq!(given.status, StatusCode::OK, "{other}: {}", given.body);
    }
}

fn standing(town: &Town) -> (u64, u64, usize) {
    let view = town.app.city.shared.read();
    (view.books.last_posting().0, view.requests, view.town.directory.holders().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_by_a_call() {
    for engine in testkit::engines() {
        nor_by_a_call_on(&Town::new(engine)).await;
    }
}

async fn nor_by_a_call_on(town: &Town) {
    town.grant_in("near", Role::Clerk, Some(&here(town))).await;
    let before = standing(town);
    let (card, none) = (town.card.to_string(), CardId(town.card.0 ^ 1).to_string());
    let number = format!("{:016}", town.card_number);
    for (method, what, body) in [
        (Method::GET, "", ""),
        (Method::POST, "/top-ups", r#"{"amount":1000}"#),
        (Method::POST, "/freeze", ""),
        (Method::POST, "/unfreeze", ""),
        (Method::POST, "/reissue", ""),
        (Method::POST, "/pin", r#"{"pin":"2580"}"#),
    ] {
        let mut answers = Vec::new();
        for (n, card) in [&none, &card, &number].into_iter().enumerate() {
            let key = format!("k{what}{n}");
            let path = format!("/api/v1/cards/{card}{what}");
            let answer = town.call("near", method.clone(), &path, Some(&key), body).await;
            answers.push((answer.status, answer.told()));
        }
        assert_eq!(answers[0].0, StatusCode::NOT_FOUND, "{what}");
        assert!(answers.iter().all(|one| *one == answers[0]), "{what}: {answers:?}");
    }
    let mut answers = Vec::new();
    for person in [PersonId(town.citizen.0 ^ 1), town.citizen] {
        let body = format!(r#"{{"kind":"phone","person":"{person}"}}"#);
        let key = format!("i-{person}");
        let answer = town.call("near", Method::POST, "/api/v1/cards", Some(&key), &body).await;
        answers.push((answer.status, answer.told()));
    }
    assert_eq!((answers[0].0, &answers[0]), (StatusCode::NOT_FOUND, &answers[1]));
    assert_eq!(standing(town), before);
}

/// What leaves the house as a file names people of the whole city: no counter has a way to it, of whatever neighbourhood.
#[tokio::test(flavor = "multi_thread")]
async fn nor_by_an_export() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut clerk = clerk(&town).await;
        clerk.get("/clerk").await;
        let before = standing(&town);
        for path in
            ["/desk/issue-report", "/desk/inspection", "/desk/looks", "/desk/payouts", "/chest", "/books"]
        {
            let page = clerk.get(path).await;
            assert_ne!(page.status, StatusCode::OK, "{path}");
            assert!(!page.body.contains(NAME) && !page.body.contains("2345"), "{path}");
        }
        for (path, what) in [
            ("/desk/inspection/download", ("month", "2021-02")),
            ("/desk/payouts/files/1/download", ("form", "xml")),
            ("/chest/receipts/2021/download", ("form", "csv")),
        ] {
            let fields = [("request_key", "x1"), ("why", "다른 동 사람을 찾아보려고 해요"), what];
            let page = clerk.post(path, &fields).await;
            assert_ne!(page.status, StatusCode::OK, "{path}");
            assert!(!page.headers.contains_key("content-disposition"), "{path}");
            assert!(!page.body.contains(NAME), "{path}");
        }
        for path in ["/api/v1/payout-files", "/api/v1/bank-answers"] {
            let answer = town.call("near", Method::POST, path, Some("x2"), "{}").await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
        }
        assert_eq!(standing(&town), before);
    }
}
