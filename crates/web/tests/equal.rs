//! On every way in, what is known and what is not get one answer: status, headers, words, and the work behind it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::time::{Duration, Instant as Stopwatch};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::Actor;
use city::{Command, tokens};
use common::{Answer, Browser, Town, field};
use economy::holder::card_number;
use web::Mode;

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
