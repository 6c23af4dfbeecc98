//! On every way in, what is known and what is not get one answer: status, headers, words, and the work behind it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::{Duration, Instant as Stopwatch};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::{Actor, CardId, Role};
use city::{CardRef, Command, NewCard, NewMerchant, tokens};
use common::{Answer, Browser, Town, field};
use economy::holder::card_number;
use economy::{CardKind, CardState};
use web::{LimitRules, Limits, Mode, Rate};

/// All that an answer tells, but for what is the request's own and what was typed.
fn told(answer: &Answer, typed: &[&str]) -> (StatusCode, Vec<(String, String)>, String) {
    let own = |name: &str| ["x-request-id", "set-cookie", "date"].contains(&name);
    let headers = answer.headers.iter().filter(|(name, _)| !own(name.as_str()));
    let mut headers: Vec<(String, String)> =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    headers.sort();
    let mut body = answer.body.clone();
    let id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    let csrf = field(&answer.body, "csrf").unwrap_or_default();
    for part in [id.as_str(), csrf.as_str()].iter().chain(typed).filter(|part| !part.is_empty()) {
        body = body.replace(*part, "");
    }
    (answer.status, headers, body)
}

async fn ask(town: &Town, key: &str, command: Command) {
    let input_hash = command.input_hash();
    let request = pen::Request { actor: Actor::SYSTEM, key: key.to_owned(), input_hash };
    town.app.city.ask(request, command).await.unwrap().unwrap();
}

/// A token that was ended, its text known, and the number of one that lasts.
async fn ended_token(town: &Town) -> (String, String) {
    town.grant_duty("gone", "auditor").await;
    let (client, lasting) = {
        let view = town.app.city.shared.read();
        let all = view.town.doors.tokens(town.app.city.clock.now());
        let of = |name: &str| {
            let hash = tokens::hash(&format!("token-{name}"));
            all.iter().find(|token| token.hash == hash).unwrap().client
        };
        (of("gone"), of("auditor"))
    };
    ask(town, "end", Command::EndToken { client: client.0 }).await;
    ("token-gone".to_owned(), format!("{:016x}", lasting.0))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ended_is_like_one_that_never_was() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (gone, number) = ended_token(&town).await;
        // Programs: every given text is hashed, and looked for by its hash; there is no other work.
        let mut answers = Vec::new();
        let broken = format!("ogs_{}.{:x}.{}", "0".repeat(64), i64::MAX, "0".repeat(51));
        for bearer in [gone.as_str(), "never-was", "", broken.as_str()] {
            let request = Request::builder()
                .uri("/api/v1/wallet")
                .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
                .body(Body::empty())
                .unwrap();
            answers.push(told(&town.send(request).await, &[]));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        // Systems: the number of one that is known, and of none, with what is no secret of theirs.
        let mut answers = Vec::new();
        for (client, secret) in [
            (number.as_str(), "never-was"),
            ("00000000000000aa", "never-was"),
            (number.as_str(), gone.as_str()),
            (number.as_str(), "token-clerk"),
            ("nonsense", ""),
        ] {
            let body = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
            let request = Request::builder()
                .method(Method::POST)
                .uri("/oauth/token")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body))
                .unwrap();
            answers.push(told(&town.send(request).await, &[]));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_says_no_alike() {
    for engine in testkit::engines() {
        let town = Town::with(engine, |app| app.mode = Mode::Real);
        let (gone, _) = ended_token(&town).await;
        let mut me = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
        me.get("/sign-in").await;
        let mut answers = Vec::new();
        for token in [gone.as_str(), "never-was", "김순자", "acc_0000000000001"] {
            answers.push(told(&me.post("/sign-in", &[("token", token), ("next", "/")]).await, &[token]));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");

        // A card's number and a counter's code: a card nobody has, one that somebody has, one with an open code.
        let known = format!("{:016}", town.card_number);
        let unknown = format!("{:016}", card_number(town.card_number / 10 + 1));
        let mut answers = Vec::new();
        for (nth, number) in [&unknown, &known, &known].into_iter().enumerate() {
            if nth == 2 {
                let until = town.app.city.clock.now().plus_seconds(600);
                ask(&town, "code", Command::IssueCode { person: town.citizen, hash: [1; 16], until }).await;
            }
            // The code is hashed and handed to the pen each time, and no answer is quicker than a commit.
            let (asked, begun) = (town.app.city.tally.sizes.now().sum, Stopwatch::now());
            let fields = [("number", number.as_str()), ("code", "00000000"), ("next", "/")];
            let answer = me.post("/sign-in/code", &fields).await;
            assert_eq!(town.app.city.tally.sizes.now().sum, asked + 1, "{nth}");
            assert!(begun.elapsed() >= Duration::from_millis(400), "{nth}");
            answers.push(told(&answer, &[number]));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    }
}

/// A citizen's new card in a state, as its id and number.
async fn card_of(town: &Town, name: &str, state: CardState) -> (CardId, u64) {
    let card = NewCard { kind: CardKind::Plastic };
    ask(town, &format!("issue-{name}"), Command::IssueCard { person: town.citizen, card }).await;
    let card = *town.app.city.shared.read().town.directory.cards().last().unwrap();
    let own = CardRef::Id(card.id);
    ask(town, &format!("pin-{name}"), Command::SetPin { card: own, pin: "1234".into() }).await;
    match state {
        CardState::Active => {}
        CardState::Frozen => ask(town, &format!("state-{name}"), Command::Freeze { card: own }).await,
        CardState::Lost => ask(town, &format!("state-{name}"), Command::Replace { card: own }).await,
        CardState::Closed => ask(town, &format!("state-{name}"), Command::CloseCard { card: own }).await,
        CardState::Locked => {
            let third = town.app.city.shared.read().town.directory.shops().last().unwrap().id;
            for (till, n) in (0..10).map(|n| (if n < 5 { town.other_shop } else { third }, n)) {
                let pin = Some("9999".into());
                let pay = Command::Pay { card: own, merchant: till, amount: 1, pin, order: None };
                let request = pen::Request {
                    actor: Actor::new(Role::Till(till), base::Client(9)),
                    key: format!("lock-{name}-{n}"),
                    input_hash: pay.input_hash(),
                };
                town.app.city.ask(request, pay).await.unwrap().ok();
            }
        }
    }
    let now = *town.app.city.shared.read().town.directory.card(own).unwrap();
    assert_eq!(now.state, state, "{name}");
    (card.id, card.number)
}

/// A page without what stands in its fields: keys of requests are drawn anew for each.
fn without_values(body: &str) -> String {
    let mut parts = body.split(" value=\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |page, part| page + part.split_once('"').map_or("", |(_, rest)| rest))
}

/// A till types a PIN, or wants a sum that needs one: nothing tells a card from a number that is none, nor one that is blocked
/// from one that pays.
#[tokio::test(flavor = "multi_thread")]
async fn a_till_hears_the_same_of_every_number() {
    for engine in testkit::engines() {
        let many = std::num::NonZeroU32::new(10_000).unwrap();
        let many = LimitRules { pins: Rate { per_minute: many, burst: many }, ..LimitRules::default() };
        let town = Town::with(engine, move |app| app.limits = Limits::new(many, app.city.clock.clone()));
        let join = NewMerchant {
            name: "세 번째".into(),
            business_number: "124-81-00998".into(),
            trade: "bakery".into(),
            district: "4511153000".into(),
            sales: None,
            owner: None,
        };
        ask(&town, "third", Command::Join(join)).await;
        let mut numbers = vec![
            ("unknown", format!("{:016}", card_number(town.card_number / 10 + 1))),
            ("unknown id", CardId(town.card.0 ^ 1).to_string()),
            ("with a PIN", format!("{:016}", town.card_number)),
        ];
        ask(
            &town,
            "bare",
            Command::IssueCard { person: town.citizen, card: NewCard { kind: CardKind::Phone } },
        )
        .await;
        let bare = town.app.city.shared.read().town.directory.cards().last().unwrap().number;
        numbers.push(("without one", format!("{bare:016}")));
        for (name, state) in [
            ("frozen", CardState::Frozen),
            ("lost", CardState::Lost),
            ("closed", CardState::Closed),
            ("locked", CardState::Locked),
        ] {
            numbers.push((name, format!("{:016}", card_of(&town, name, state).await.1)));
        }
        let mut till = town.browser("till").await;
        let mut first: Option<Vec<_>> = None;
        for (name, number) in &numbers {
            let mut answers = Vec::new();
            let quote = format!(r#"{{"card":"{number}","amount":1000}}"#);
            answers.push(told(
                &town.call("till", Method::POST, "/api/v1/quotes", None, &quote).await,
                &[number],
            ));
            assert_eq!(answers[0].0, StatusCode::OK, "{name}");
            // The right PIN of the locked one is as wrong as any.
            let pin = if *name == "locked" { "1234" } else { "9999" };
            for (nth, way) in
                ["payments", "payments", "authorizations", "page", "payments", "payments", "payments"]
                    .into_iter()
                    .enumerate()
            {
                // Once without a PIN for a sum that needs one, five times with a wrong one, then the shop waits.
                let typed = if nth == 0 { "" } else { pin };
                let before = town.app.city.tally.sizes.now().sum;
                let answer = if way == "page" {
                    let key = format!("page-{name}").replace(' ', "-");
                    let form = [
                        ("amount", "60000"),
                        ("card", number.as_str()),
                        ("pin", typed),
                        ("request_key", key.as_str()),
                    ];
                    let (status, headers, body) =
                        told(&till.post("/shop/charge", &form).await, &[number, &key]);
                    // What was typed stands in it, longer or shorter.
                    let headers = headers.into_iter().filter(|(name, _)| name != "content-length").collect();
                    (status, headers, without_values(&body))
                } else {
                    let key = format!("{name}-{nth}").replace(' ', "-");
                    let pin = if nth == 0 { String::new() } else { format!(r#","pin":"{typed}""#) };
                    let body = format!(r#"{{"card":"{number}","amount":60000{pin}}}"#);
                    let path = format!("/api/v1/{way}");
                    told(&town.call("till", Method::POST, &path, Some(&key), &body).await, &[number])
                };
                // Each goes the same way through the pen; each wrong one ends with a commit.
                assert_eq!(town.app.city.tally.sizes.now().sum, before + 1, "{name} {nth}");
                assert_eq!(answer.0, StatusCode::UNPROCESSABLE_ENTITY, "{name} {nth}: {}", answer.2);
                answers.push(answer);
            }
            for (nth, code) in [(1, "pin.needed"), (2, "pin.wrong"), (6, "pin.wrong"), (7, "pin.paused")] {
                assert!(answers[nth].2.contains(code), "{name} {nth}: {}", answers[nth].2);
            }
            match &first {
                None => first = Some(answers),
                Some(first) => assert_eq!(&answers, first, "{name}"),
            }
        }
    }
}
