//! A code from a counter: given once, for one sign-in; who guesses learns nothing and locks nobody out.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{StatusCode, header};
use base::PersonId;
use common::{Answer, Browser, Town, field};
use economy::holder::{card_number, show_card_number};
use testkit::Engine;
use web::Mode;

fn nobody(town: &Town) -> Browser<'_> {
    Browser { town, cookies: Vec::new(), csrf: String::new() }
}

fn real(engine: Engine) -> Town {
    Town::with(engine, |app| app.mode = Mode::Real)
}

async fn clerk(town: &Town) -> Browser<'_> {
    let session = town.session("behind-the-counter", base::Role::Clerk).await;
    Browser { town, cookies: vec![("session".into(), session)], csrf: String::new() }
}

/// The page that shows a code, and the code.
async fn give(clerk: &mut Browser<'_>, person: PersonId) -> (Answer, String) {
    let page = clerk.get(&format!("/clerk?find={person}")).await;
    let action = format!("/clerk/people/{person}/code");
    let form = page.body.split(&format!("action=\"{action}\"")).nth(1).unwrap();
    let key = field(form, "request_key").unwrap();
    let page = clerk.post(&action, &[("request_key", &key)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let code = page.body.split("id=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let again = clerk.post(&action, &[("request_key", &key)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "it is shown once");
    assert!(!again.body.contains(&code));
    (page, code)
}

async fn try_code(town: &Town, number: &str, code: &str) -> Answer {
    let mut me = nobody(town);
    me.get("/sign-in").await;
    me.post("/sign-in/code", &[("number", number), ("code", code), ("next", "/wallet/history")]).await
}

fn is_in(answer: &Answer) -> bool {
    answer.status == StatusCode::SEE_OTHER && answer.headers[header::LOCATION] == "/wallet/history"
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_opens_the_wallet_once() {
    for engine in testkit::engines() {
        let town = real(engine);
        let mut clerk = clerk(&town).await;
        let (page, code) = give(&mut clerk, town.citizen).await;
        assert_eq!(code.len(), 9, "{code}");
        assert!(page.body.contains("김순자님의 코드예요") && page.body.contains("/sign-in"), "{}", page.body);
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        let number = show_card_number(town.card_number);
        assert!(is_in(&try_code(&town, &number, &code).await));
        assert_eq!(try_code(&town, &number, &code).await.status, StatusCode::UNAUTHORIZED, "once");
        let town = &town;
        let (_, code) = give(&mut clerk, town.citizen).await;
        town.on(2021, 2, 24);
        assert_eq!(try_code(town, &number, &code).await.status, StatusCode::UNAUTHORIZED, "ten minutes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_learns_nothing() {
    let town = real(Engine::Sqlite);
    let mut clerk = clerk(&town).await;
    let known = format!("{:016}", town.card_number);
    let unknown = format!("{:016}", card_number(town.card_number / 10 + 1));
    let said = |answer: &Answer, number: &str| {
        let main = answer.body.split("<main").nth(1).unwrap().replace(number, "");
        let csrf = field(&answer.body, "csrf").unwrap();
        (answer.status, main.replace(&csrf, ""))
    };
    let (mut answers, mut times) = (Vec::new(), Vec::new());
    for (number, with_code) in [(&unknown, false), (&known, false), (&known, true)] {
        if with_code {
            give(&mut clerk, town.citizen).await;
        }
        let begun = std::time::Instant::now();
        let answer = try_code(&town, number, "00000000").await;
        times.push(begun.elapsed());
        answers.push(said(&answer, number));
    }
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
    assert!(answers[0].1.contains("다섯 번 틀리면"), "it says what happens to a spoiled code");
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert!(times.iter().all(|time| time.as_millis() >= 400), "no answer is quicker than another: {times:?}");
    // What can't be a number or a code says so at its field, and is not tried.
    let wrong = try_code(&town, "1234", "abcd").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"number-error\"") && wrong.body.contains("id=\"code-error\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spoiled_code_is_replaced_and_the_card_is_not_locked() {
    let town = real(Engine::Sqlite);
    let mut clerk = clerk(&town).await;
    let number = show_card_number(town.card_number);
    let (_, code) = give(&mut clerk, town.citizen).await;
    let wrong = if code == "0000 0001" { "00000002" } else { "00000001" };
    for _ in 0..5 {
        assert_eq!(try_code(&town, &number, wrong).await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(try_code(&town, &number, &code).await.status, StatusCode::UNAUTHORIZED, "it is spoiled");
    let (_, code) = give(&mut clerk, town.citizen).await;
    assert!(is_in(&try_code(&town, &number, &code).await), "and the counter gives another");
    // From one address a card is not tried without end; another card still is.
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        last = try_code(&town, &number, wrong).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let other = format!("{:016}", card_number(town.card_number / 10 + 1));
    assert_eq!(try_code(&town, &other, wrong).await.status, StatusCode::UNAUTHORIZED);
}
