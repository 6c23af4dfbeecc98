//! What a payment answers: which purses paid, why there is so much cashback, what is left; and to whom.

use axum::body::Body;
use axum::http::{Method, Request, header};

use super::common::table::Script;
use super::common::{Answer, Town};

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_hears_all_of_it() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":12000} | 201 | paid_from.0.purpose=cash, paid_from.0.amount=12000, paid_from.0.expires=2026-02-28, paid_from.1!, cashback.reward=1200, cashback.base=12000, cashback.earned=12000, cashback.cut=full, cashback.month_left=988000, balance=89200, balances.0.purpose=cash, balances.0.balance=88000, balances.1.purpose=reward, balances.1.balance=1200, balances.2!, explanation.0>earned, explanation.1>left, explanation.2!
            # cashback goes first and earns none again
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":2000} | 201 | id>second, paid_from.0.purpose=reward, paid_from.0.amount=1200, paid_from.1.purpose=cash, paid_from.1.amount=800, paid_from.2!, cashback.base=800, cashback.reward=80, balance=87280, balances.0.balance=87200, balances.1.balance=80, explanation.1>again, explanation.3!
            citizen | GET /api/v1/payments/$second | | 200 | id=$second, paid_from.0.amount=1200, balance=87280, balances.1.balance=80, explanation.1>as_before
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":80} | 201 | cashback.cut=nothing-earns, balances.0.balance=87200, balances.1!, explanation.0>nothing
            # reserved: nothing is earned yet, and what is reserved is gone from the purse
            citizen | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":7200} | 201 | id>hold, paid_from.0.amount=7200, cashback.reward=720, balance=80000, balances.0.balance=80000, balances.1!, explanation.0>reserved
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":10000} | 201 | balance=71000, balances.0.balance=70000, balances.1.balance=1000
        "#,
            )
            .await;
        script
            .run("till | POST /api/v1/authorizations/$hold/capture | {\"amount\":5000} | 201 | id>taken")
            .await;
        script
            .run(
                r#"
            citizen | GET /api/v1/payments/$taken | | 200 | amount=5000, paid_from.0.amount=5000, cashback.reward=500, balance=73700, balances.0.balance=72200, balances.1.balance=1500, explanation.0>captured
            citizen | GET /api/v1/wallet | | 200 | total=73700, purses.0.balance=72200, purses.1.balance=1500
        "#,
            )
            .await;
        for (name, words) in [
            ("earned", &["12,000원", "10%", "1,200원", "적립됐어요"][..]),
            ("left", &["988,000원"]),
            ("again", &["1,200원", "캐시백으로 낸"]),
            ("as_before", &["1,200원", "캐시백으로 낸"]),
            ("nothing", &["캐시백으로"]),
            ("reserved", &["7,200원", "10%", "720원", "결제를 마치면"]),
            ("captured", &["5,000원", "500원", "적립됐어요"]),
        ] {
            let said = script.name(name);
            assert!(words.iter().all(|word| said.contains(word)), "{name}: {said}");
        }
    }
}

/// A shop learns what was granted, and nothing of the holder's purses and limits.
#[tokio::test(flavor = "multi_thread")]
async fn a_shop_hears_nothing_of_the_holder() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            till     | POST /api/v1/payments | {"card":"$number","amount":12000} | 201 | id>paid, amount=12000, cashback.reward=1200, cashback.rate=1000, cashback.cut=full, cashback.base!, cashback.earned!, cashback.month_left!, paid_from!, balance!, balances!, explanation.0>said, explanation.1!
            till     | GET /api/v1/payments/$paid | | 200 | cashback.base!, cashback.earned!, cashback.month_left!, paid_from!, balance!, balances!, explanation.0>same, explanation.1!
            merchant | GET /api/v1/payments/$paid | | 200 | cashback.month_left!, paid_from!, balance!, balances!, explanation.0>too
            officer  | GET /api/v1/payments/$paid | | 200 | cashback.month_left!, paid_from!, balance!, balances!
            auditor  | GET /api/v1/payments/$paid | | 200 | cashback.month_left!, paid_from!, balance!, balances!
            # out of cashback alone, and over her limit: both are hers to know
            merchant | POST /api/v1/payments | {"card":"$card","amount":1200} | 201 | cashback.reward=0, cashback.cut!, explanation.0!
            citizen  | POST /api/v1/cards/$card/top-ups | {"amount":1400000} | 201
            till     | POST /api/v1/authorizations | {"card":"$card","amount":1000000,"pin":"1234"} | 201 | id>hold, cashback.reward=98800, cashback.cut!, cashback.base!, paid_from!, explanation.0!
            till     | POST /api/v1/authorizations/$hold/capture | {} | 201 | id>taken, cashback.reward=98800, cashback.cut!, cashback.earned!, balances!, explanation.0!
            merchant | GET /api/v1/payments/$taken | | 200 | cashback.cut!, cashback.month_left!, explanation.0!
            citizen  | GET /api/v1/payments/$taken | | 200 | cashback.cut=month-limit, cashback.earned=988000, cashback.month_left=0, explanation.0>hers
        "#,
            )
            .await;
        assert!(script.name("hers").contains("988,000원"), "{}", script.name("hers"));
        assert_eq!(script.name("said"), "손님에게 1,200원이 적립됐어요. 12,000원의 10%예요.");
        assert_eq!(["same", "too"].map(|name| script.name(name)), [script.name("said"); 2]);
    }
}

async fn pay(town: &Town, key: &str, language: &str, amount: i64) -> Answer {
    let body = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, town.card, town.shop);
    let request = Request::post("/api/v1/payments")
        .header(header::AUTHORIZATION, "Bearer token-citizen")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT_LANGUAGE, language)
        .header("Idempotency-Key", key);
    let answer = town.send(request.body(Body::from(body)).unwrap()).await;
    assert_eq!(answer.status.as_u16(), 201, "{}", answer.body);
    answer
}

/// The same bytes for the same key: explanation and balances are those of the payment, whatever was done since and
/// whatever day it is.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_key_gives_the_same_bytes() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let top_ups = format!("/api/v1/cards/{}/top-ups", town.card);
        let filled = town.call("citizen", Method::POST, &top_ups, Some("fill"), r#"{"amount":900000}"#).await;
        assert_eq!(filled.status.as_u16(), 201, "{}", filled.body);
        // On the last day of a year, over the month's limit: it starts again on a day of another year.
        town.on(2021, 12, 31);
        let first = pay(&town, "one", "ko", 700_000).await;
        let json = first.json();
        assert_eq!(json["cashback"]["cut"], "month-limit", "{}", first.body);
        // A day of another year is told with its year; on that day itself it wouldn't be.
        assert!(json["explanation"][0].as_str().unwrap().contains("2022년"), "{}", first.body);
        let english = pay(&town, "two", "en", 100_000).await;
        assert!(english.json()["explanation"][0].as_str().unwrap().contains("limit"), "{}", english.body);
        assert_eq!(pay(&town, "one", "ko", 700_000).await.body, first.body);
        town.on(2022, 1, 2);
        pay(&town, "three", "ko", 1_000).await;
        assert_eq!(pay(&town, "one", "ko", 700_000).await.body, first.body, "in another year");
        assert_eq!(pay(&town, "two", "en", 100_000).await.body, english.body, "in another year");
        // And behind another web floor.
        let town = town.started_anew();
        assert_eq!(pay(&town, "one", "ko", 700_000).await.body, first.body, "after a restart");
    }
}

/// A part of a reservation that was made out of cashback and own money: shares are rounded, and no won of it is
/// explained by money that isn't there.
#[tokio::test(flavor = "multi_thread")]
async fn a_captured_part_is_explained_by_what_paid() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        let mut with_cashback = 0;
        for (own, hold, taken) in
            [(3_330, 1_000, 10), (1_110, 1_000, 501), (7_770, 2_000, 31), (990, 700, 699)]
        {
            script
                .run(&format!(
                    r#"
                citizen | POST /api/v1/payments | {{"card":"$card","merchant":"$shop","amount":{own}}} | 201
                citizen | POST /api/v1/authorizations | {{"card":"$card","merchant":"$shop","amount":{hold}}} | 201 | id>hold, paid_from.0.purpose=reward, paid_from.1.purpose=cash, explanation.0>reserved, explanation.1>part
                till    | POST /api/v1/authorizations/$hold/capture | {{"amount":{taken}}} | 201 | id>taken
            "#
                ))
                .await;
            assert!(script.name("part").contains("캐시백으로 낸"), "{}", script.name("part"));
            let path = format!("/api/v1/payments/{}", script.name("taken"));
            let seen = town.call("citizen", Method::GET, &path, None, "").await;
            let said = seen.json()["explanation"].to_string();
            assert!(!said.contains("쿠폰"), "{taken} of {hold}: {}", seen.body);
            with_cashback += usize::from(said.contains("캐시백으로 낸"));
        }
        assert!(with_cashback >= 2, "{with_cashback}");
    }
}
