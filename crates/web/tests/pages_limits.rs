//! How much one caller may ask: answered calmly, in both languages, and never to somebody else's loss.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use base::{Clock, Instant};
use city::clock::HandClock;
use common::{Answer, Town};
use testkit::{Engine, engines};
use tower::ServiceExt;
use web::{LimitRules, Limits, Rate};

fn rate(per_minute: u32, burst: u32) -> Rate {
    let of = |n| NonZeroU32::new(n).unwrap();
    Rate { per_minute: of(per_minute), burst: of(burst) }
}

fn limited(engine: Engine, rules: LimitRules) -> (Town, Arc<HandClock>) {
    let clock = Arc::new(HandClock::at(Instant(1_000_000_000_000)));
    let own = clock.clone();
    (Town::with(engine, move |app| app.limits = Limits::new(rules, own)), clock)
}

async fn get(town: &Town, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    town.send(request.body(Body::empty()).unwrap()).await
}

fn retry_after(answer: &Answer) -> u64 {
    answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn each_token_has_its_own_limit() {
    for engine in engines() {
        let rules = LimitRules { caller: rate(6, 3), ..LimitRules::default() };
        let (town, clock) = limited(engine, rules);
        for _ in 0..3 {
            assert_eq!(town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await.status, 200);
        }
        let full = town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await;
        assert_eq!(full.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(full.code(), "requests.many");
        assert_eq!(full.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(retry_after(&full), 10);
        let body = format!("{{\"card\":\"{}\",\"amount\":1000}}", town.card);
        let other = town.call("till", Method::POST, "/api/v1/payments", Some("a"), &body).await;
        assert_eq!(other.status, StatusCode::CREATED, "{}", other.body);
        clock.set(clock.now().plus_seconds(10));
        assert_eq!(town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await.status, 200);
        assert_eq!(town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await.status, 429);
    }
}

#[tokio::test]
async fn too_much_from_an_address_is_answered_with_a_calm_page() {
    let rules = LimitRules { address: rate(2, 4), ..LimitRules::default() };
    let (town, _) = limited(Engine::Sqlite, rules);
    // Two of the four go into coming in.
    let mut signed_in = town.browser("citizen").await;
    for path in ["/", "/no-such-page"] {
        get(&town, path, &[]).await;
    }
    let full = get(&town, "/", &[]).await;
    assert_eq!((full.status, retry_after(&full)), (StatusCode::TOO_MANY_REQUESTS, 30));
    assert!(full.body.contains("잠시만 기다려 주세요") && full.body.contains("30초"), "{}", full.body);
    assert!(full.headers.contains_key(header::CONTENT_SECURITY_POLICY));
    assert_eq!(full.headers[header::CACHE_CONTROL], "no-store");
    let english = get(&town, "/", &[("cookie", "lang=en")]).await;
    assert!(english.body.contains("Try again in 30 seconds"), "{}", english.body);
    let api = get(&town, "/api/v1/city/today", &[("accept-language", "en")]).await;
    assert_eq!((api.status, api.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "requests.many"));
    assert!(api.json()["remedy"].as_str().unwrap().contains("30 seconds"));
    // Whoever is signed in, behind the same address, goes on.
    assert_eq!(signed_in.get("/wallet").await.status, StatusCode::OK);
    assert_eq!(town.call("till", Method::GET, "/api/v1/city/today", None, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn each_session_has_its_own_limit() {
    let rules = LimitRules { caller: rate(1, 2), ..LimitRules::default() };
    let (town, _) = limited(Engine::Sqlite, rules);
    let mut one = town.browser("citizen").await;
    // The same person, signed in a moment later: the demo's citizen is many people.
    town.clock.jump_to(town.clock.now().plus_seconds(1));
    for _ in 0..2 {
        assert_eq!(one.get("/wallet").await.status, StatusCode::OK);
    }
    assert_eq!(one.get("/wallet").await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut other = town.browser("citizen").await;
    assert_eq!(other.get("/wallet").await.status, StatusCode::OK);
}

#[tokio::test]
async fn wrong_tokens_are_counted_tighter() {
    let rules = LimitRules { failures: rate(1, 3), ..LimitRules::default() };
    let (town, clock) = limited(Engine::Sqlite, rules);
    let guess = [("authorization", "Bearer guessed")];
    for _ in 0..3 {
        assert_eq!(get(&town, "/api/v1/wallet", &guess).await.status, StatusCode::UNAUTHORIZED);
    }
    let full = get(&town, "/api/v1/wallet", &guess).await;
    assert_eq!((full.status, full.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "wrong.many"));
    assert_eq!(retry_after(&full), 60);
    let right = town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await;
    assert_eq!(right.status, StatusCode::OK, "the address is shared with people who are right");
    assert_eq!(get(&town, "/", &[]).await.status, StatusCode::OK, "reading the town is no guess");
    clock.set(clock.now().plus_seconds(60));
    assert_eq!(get(&town, "/api/v1/wallet", &guess).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_in_wrongly_is_paused() {
    let rules = LimitRules { failures: rate(1, 2), ..LimitRules::default() };
    let (town, clock) = limited(Engine::Sqlite, rules);
    let mut browser = town.browser("citizen").await;
    browser.get("/wallet").await;
    let fields = |token| [("token", token), ("next", "/")];
    for _ in 0..2 {
        assert_eq!(browser.post("/sign-in", &fields("guessed")).await.status, StatusCode::UNAUTHORIZED);
    }
    let paused = browser.post("/sign-in", &fields("guessed again")).await;
    assert_eq!((paused.status, retry_after(&paused)), (StatusCode::TOO_MANY_REQUESTS, 60));
    assert!(paused.body.contains("너무 여러 번 틀렸어요"), "{}", paused.body);
    clock.set(clock.now().plus_seconds(60));
    assert_eq!(browser.post("/sign-in", &fields("guessed")).await.status, StatusCode::UNAUTHORIZED);
    // Who tries wrong ones behind an address keeps nobody else there out.
    let answer = browser.post("/sign-in", &fields("guessed again")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.post("/sign-in", &fields("token-clerk")).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn one_till_can_not_try_many_pins() {
    for engine in engines() {
        let rules = LimitRules { pins: rate(1, 2), ..LimitRules::default() };
        let (town, _) = limited(engine, rules);
        let pay = |key: &'static str, pin: &str, role: &'static str| {
            let body = format!("{{\"card\":\"{}\",\"amount\":1000,\"pin\":\"{pin}\"}}", town.card);
            let town = &town;
            async move { town.call(role, Method::POST, "/api/v1/payments", Some(key), &body).await }
        };
        assert_eq!(pay("a", "0000", "till").await.code(), "pin.wrong");
        assert_eq!(pay("b", "0001", "till").await.code(), "pin.wrong");
        let paused = pay("c", "1234", "till").await;
        assert_eq!((paused.status, paused.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "wrong.many"));
        let body = format!("{{\"card\":\"{}\",\"amount\":1000}}", town.card);
        let without = town.call("till", Method::POST, "/api/v1/payments", Some("d"), &body).await;
        assert_eq!(without.status, StatusCode::CREATED, "a payment without a PIN is no guess");
        // All tokens of a shop are one place: a new one gives no new tries.
        assert_eq!(pay("e", "1234", "merchant").await.code(), "wrong.many");
    }
}

/// Whoever has a wallet can't go through the telephone numbers to learn which are citizens'.
#[tokio::test]
async fn telephone_numbers_are_asked_about_a_few_times_only() {
    for engine in engines() {
        let rules = LimitRules { phones: rate(1, 3), ..LimitRules::default() };
        let (town, clock) = limited(engine, rules);
        let mut me = town.browser("citizen").await;
        me.get("/wallet").await;
        // With an amount that can't be given nobody is looked for: both are answered alike, and none is counted.
        for amount in ["", "x", "999,999,999"] {
            for to in ["010-2345-6789", "010-0000-0000"] {
                let answer =
                    me.post("/wallet/gift", &[("to", to), ("amount", amount), ("request_key", "g")]).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount}");
                assert!(
                    !answer.body.contains("<li><a href=\"#to\">")
                        && answer.body.contains("<li><a href=\"#gift_amount\">")
                );
            }
        }
        let gift = [("to", "010-0000-0000"), ("amount", "1000"), ("request_key", "g")];
        let help = [("to", "010-0000-0000"), ("tie", "family"), ("see", "1"), ("request_key", "h")];
        for (path, fields) in [("/wallet/gift", &gift[..]), ("/me/helpers", &help), ("/wallet/gift", &gift)] {
            assert_eq!(me.post(path, fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
        for (path, fields) in [("/wallet/gift", &gift[..]), ("/me/helpers", &help)] {
            let full = me.post(path, fields).await;
            assert_eq!((full.status, retry_after(&full)), (StatusCode::TOO_MANY_REQUESTS, 60), "{path}");
            assert!(full.body.contains("번호를 너무 많이 찾아봤어요"), "{}", full.body);
        }
        // A card's number is no telephone's; another account has its own; and it comes back.
        let card = format!("{:016}", town.card_number);
        let own = me.post("/wallet/gift", &[("to", &card), ("amount", "1000"), ("request_key", "g")]).await;
        assert!(own.body.contains("gift.self"), "{}", own.body);
        clock.set(clock.now().plus_seconds(60));
        assert_eq!(me.post("/wallet/gift", &gift).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

/// All at once: what each would be allowed alone, all together are not.
async fn at_once(requests: Vec<Request<Body>>, town: &Town) -> Vec<StatusCode> {
    let mut running = tokio::task::JoinSet::new();
    for request in requests {
        let router = town.router.clone();
        running.spawn(async move { router.oneshot(request).await.unwrap().status() });
    }
    running.join_all().await
}

fn how_many(all: &[StatusCode], status: StatusCode) -> usize {
    all.iter().filter(|one| **one == status).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_tried_at_once_are_counted_before_they_are_tried() {
    for engine in engines() {
        let rules = LimitRules { pins: rate(1, 20), ..LimitRules::default() };
        let (town, _) = limited(engine, rules);
        // A card that nobody has is answered like one that somebody has, and never locks.
        let pay = |no: usize| {
            let body =
                format!("{{\"card\":\"{}\",\"amount\":1000,\"pin\":\"0000\"}}", base::CardId(no as u64 + 1));
            Request::post("/api/v1/payments")
                .header(header::AUTHORIZATION, "Bearer token-till")
                .header(header::CONTENT_TYPE, "application/json")
                .header("Idempotency-Key", format!("at-once-{no}"))
                .body(Body::from(body))
                .unwrap()
        };
        let all = at_once((0..150).map(pay).collect(), &town).await;
        assert_eq!(how_many(&all, StatusCode::TOO_MANY_REQUESTS), 130, "{all:?}");
        // A right one takes nothing: with room for one, many go through one after another.
        let (town, _) = limited(engine, LimitRules { pins: rate(1, 1), ..LimitRules::default() });
        let body = format!("{{\"card\":\"{}\",\"amount\":1000,\"pin\":\"1234\"}}", town.card);
        for key in ["a", "b", "c"] {
            let paid = town.call("till", Method::POST, "/api/v1/payments", Some(key), &body).await;
            assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_tried_at_once_are_counted_before_they_are_tried() {
    for engine in engines() {
        let rules = LimitRules { codes: rate(1, 20), card_codes: rate(1, 5), ..LimitRules::default() };
        let (town, _) = limited(engine, rules);
        let mut me = town.browser("citizen").await;
        me.get("/").await;
        let send = |number: u64| {
            let body = format!("csrf={}&number={number:016}&code=00000000&next=/", me.csrf);
            me.request(Method::POST, "/sign-in/code")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(Body::from(body))
                .unwrap()
        };
        let of_one = at_once((0..150).map(|_| send(town.card_number)).collect(), &town).await;
        assert_eq!(how_many(&of_one, StatusCode::UNAUTHORIZED), 5, "of one card");
        let of_many = at_once(
            (1..=150).map(|no| send(economy::holder::card_number(town.card_number / 10 + no))).collect(),
            &town,
        )
        .await;
        assert_eq!(how_many(&of_many, StatusCode::UNAUTHORIZED), 15, "of all");
    }
}

#[tokio::test]
async fn live_pages_have_seats() {
    let rules = LimitRules { live_address: 2, live_caller: 1, live: 3, ..LimitRules::default() };
    let (town, _) = limited(Engine::Sqlite, rules);
    let open = |cookie: String, path: &'static str| {
        let request =
            Request::builder().uri(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        town.router.clone().oneshot(request)
    };
    let shop = town.browser("merchant").await;
    let cookie = shop.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
    let first = open(String::new(), "/live").await.unwrap();
    let second = open(String::new(), "/live").await.unwrap();
    assert_eq!((first.status(), second.status()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(open(String::new(), "/live").await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    let till = open(cookie.clone(), "/shop/live").await.unwrap();
    assert_eq!(till.status(), StatusCode::OK, "the hall's screens don't take the till's seat");
    assert_eq!(open(cookie.clone(), "/shop/live").await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    drop(first);
    assert_eq!(
        open(String::new(), "/live").await.unwrap().status(),
        StatusCode::OK,
        "a closed page's is free"
    );
    drop((second, till));
}
