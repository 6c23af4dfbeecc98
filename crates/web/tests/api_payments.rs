//! Payments over the API: the happy path, each kind of refusal, other people's records, malformed input.

use crate::common;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use common::Town;
use testkit::Engine;

#[tokio::test(flavor = "multi_thread")]
async fn pay_show_refund() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let body = format!(r#"{{"card":"{}","merchant":"{}","amount":12000}}"#, town.card, town.shop);
        let paid = town.call("citizen", Method::POST, "/api/v1/payments", Some("k1"), &body).await;
        assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        let json = paid.json();
        assert_eq!(json["cashback"]["reward"], 1_200);
        assert_eq!(json["balance"], 100_000 - 12_000 + 1_200);
        // The same key: the same answer, to the letter.
        let again = town.call("citizen", Method::POST, "/api/v1/payments", Some("k1"), &body).await;
        assert_eq!(again.body, paid.body);
        // The shop sees it, without the holder's balance; another shop and another role don't.
        let path = format!("/api/v1/payments/{}", json["id"].as_str().unwrap());
        let seen = town.call("merchant", Method::GET, &path, None, "").await;
        assert_eq!((seen.status, seen.json().get("balance").is_none()), (StatusCode::OK, true));
        assert_eq!(town.call("other", Method::GET, &path, None, "").await.status, StatusCode::NOT_FOUND);
        let refund = format!("{path}/refunds");
        let stranger = town.call("other", Method::POST, &refund, Some("r0"), "{}").await;
        assert_eq!(stranger.code(), "payment.unknown");
        let citizen = town.call("citizen", Method::POST, &refund, Some("r0"), "{}").await;
        assert_eq!((citizen.status, citizen.code().as_str()), (StatusCode::FORBIDDEN, "role.needed"));
        let remedy = citizen.json()["remedy"].as_str().unwrap().to_owned();
        assert!(
            remedy.contains("가게 주인, 가게 직원, 카드 담당 공무원 (merchant, till, card-officer)"),
            "{remedy}"
        );
        let back = town.call("till", Method::POST, &refund, Some("r1"), r#"{"amount":5000}"#).await;
        assert_eq!(back.status, StatusCode::CREATED, "{}", back.body);
        assert_eq!(back.json()["reward"], 500);
        let more = town.call("merchant", Method::POST, &refund, Some("r2"), r#"{"amount":7001}"#).await;
        assert_eq!(more.code(), "refund.more-than-left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_till_asks_for_the_pin_above_the_sum() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let body = |pin: &str| format!(r#"{{"card":"{:016}","amount":60000{pin}}}"#, town.card_number);
        let none = town.call("till", Method::POST, "/api/v1/payments", Some("a"), &body("")).await;
        assert_eq!(none.code(), "pin.needed");
        let wrong =
            town.call("till", Method::POST, "/api/v1/payments", Some("a"), &body(r#","pin":"9999""#)).await;
        assert_eq!(wrong.code(), "pin.wrong");
        let right =
            town.call("till", Method::POST, "/api/v1/payments", Some("a"), &body(r#","pin":"1234""#)).await;
        assert_eq!(right.status, StatusCode::CREATED, "{}", right.body);
        assert!(right.json().get("balance").is_none(), "a till must not learn the holder's balance");
    }
}

/// A small payment asks for no PIN, so it says nothing about who holds the card: it gives no new tries. After five the shop
/// waits for a day, and no other shop with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_without_a_pin_gives_no_new_tries() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let body = |rest: &str| format!(r#"{{"card":"{:016}","amount":1000{rest}}}"#, town.card_number);
        let pay = |who: &'static str, key: &'static str, rest: &'static str| {
            let (town, body) = (&town, body(rest));
            async move { town.call(who, Method::POST, "/api/v1/payments", Some(key), &body).await }
        };
        for key in ["a", "b", "c", "d"] {
            assert_eq!(pay("till", key, r#","pin":"9999""#).await.code(), "pin.wrong");
        }
        assert_eq!(pay("till", "e", "").await.status, StatusCode::CREATED);
        assert_eq!(pay("till", "f", r#","pin":"9999""#).await.code(), "pin.wrong", "the fifth");
        // The shop waits, by whichever token and whatever it types; the card is not locked, and pays elsewhere.
        for (key, rest) in [("g", ""), ("h", r#","pin":"1234""#)] {
            let paused = pay("till", key, rest).await;
            assert_eq!((paused.status.as_u16(), paused.code().as_str()), (422, "pin.paused"));
            assert!(paused.body.contains("2월 24일"), "until when is told: {}", paused.body);
            assert_eq!(pay("merchant", key, rest).await.code(), "pin.paused");
        }
        assert_eq!(pay("other", "i", "").await.status, StatusCode::CREATED);
        assert_eq!(pay("other", "j", r#","pin":"1234""#).await.status, StatusCode::CREATED);
        assert_eq!(pay("till", "k", "").await.code(), "pin.paused", "the right one elsewhere ends no wait");
        town.clock.jump_to(town.app.city.clock.now().plus_seconds(86_401));
        assert_eq!(pay("till", "l", r#","pin":"1234""#).await.status, StatusCode::CREATED);
    }
}

/// A PIN is a part of what is asked: under the same key another one is another wish, and the same one is answered again. It
/// can't be guessed from what is kept of the asking.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_stands_for_one_pin() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let set = format!("/api/v1/cards/{}/pin", town.card);
        let pin = |pin: &str| format!(r#"{{"pin":"{pin}"}}"#);
        let first = town.call("citizen", Method::POST, &set, Some("pin-1"), &pin("1111")).await;
        assert!(first.status.is_success(), "{}", first.body);
        let other = town.call("citizen", Method::POST, &set, Some("pin-1"), &pin("2222")).await;
        assert_eq!((other.status, other.code().as_str()), (StatusCode::CONFLICT, "key.reused"));
        let again = town.call("citizen", Method::POST, &set, Some("pin-1"), &pin("1111")).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        let pay = |pin: &str| format!(r#"{{"card":"{}","amount":51000,"pin":"{pin}"}}"#, town.card);
        let wrong = town.call("till", Method::POST, "/api/v1/payments", Some("p"), &pay("2222")).await;
        assert_eq!(wrong.code(), "pin.wrong", "it is not the card's");
        let paid = town.call("till", Method::POST, "/api/v1/payments", Some("p"), &pay("1111")).await;
        assert_eq!(paid.status, StatusCode::CREATED, "a wrong PIN leaves the key free: {}", paid.body);
        let other = town.call("till", Method::POST, "/api/v1/payments", Some("p"), &pay("2222")).await;
        assert_eq!(other.code(), "key.reused");
        let again = town.call("till", Method::POST, "/api/v1/payments", Some("p"), &pay("1111")).await;
        assert_eq!(again.body, paid.body);
        // What the journal keeps is no hash that ten thousand PINs could be tried against.
        let no = paid.json()["id"].as_str().unwrap().parse::<base::PostingNo>().unwrap();
        let readers = town.app.city.readers.clone();
        let kept = move || readers.read(|snapshot| snapshot.posting_alone(no));
        let kept = tokio::task::spawn_blocking(kept).await.unwrap().unwrap().unwrap().input_hash;
        let command = city::Command::Pay {
            card: city::CardRef::Id(town.card),
            merchant: town.shop,
            amount: 51_000,
            pin: Some("1111".into()),
            order: None,
        };
        assert_ne!(kept, command.input_hash());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_a_coded_answer_and_nothing_is_written() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let before = town.app.city.shared.read().books.last_posting();
        let good = format!(r#"{{"card":"{}","merchant":"{}","amount":1000}}"#, town.card, town.shop);
        let cases: Vec<(&str, Option<&str>, String, u16, &str)> = vec![
            ("citizen", None, good.clone(), 400, "key.missing"),
            ("citizen", Some(""), good.clone(), 400, "key.form"),
            ("nobody", Some("k"), good.clone(), 401, "token.missing"),
            ("auditor", Some("k"), good.clone(), 403, "role.needed"),
            ("citizen", Some("k"), String::new(), 400, "body.malformed"),
            ("citizen", Some("k"), "{".into(), 400, "body.malformed"),
            ("citizen", Some("k"), "[]".into(), 400, "body.malformed"),
            ("citizen", Some("k"), good.replace("1000", "\"1000\""), 422, "amount.form"),
            ("citizen", Some("k"), good.replace("1000", "1000.5"), 422, "amount.form"),
            ("citizen", Some("k"), good.replace("1000", "99999999999999999999"), 422, "amount.range"),
            ("citizen", Some("k"), good.replace("amount", "amuont"), 400, "body.malformed"),
            ("citizen", Some("k"), good.replace('}', ",\"extra\":1}"), 400, "body.malformed"),
            ("citizen", Some("k"), good.replace("1000", "0"), 422, "amount.range"),
            ("citizen", Some("k"), good.replace("1000", "-5"), 422, "amount.range"),
            ("citizen", Some("k"), good.replace("1000", "9223372036854775807"), 422, "amount.range"),
            ("citizen", Some("k"), good.replace("crd_", "per_"), 404, "card.unknown"),
            ("citizen", Some("k"), good.replace("mer_", "crd_"), 404, "shop.unknown"),
            ("citizen", Some("k"), format!("{{\"card\":\"{}\"}}", "x".repeat(20_000)), 413, "body.large"),
        ];
        for (role, key, body, status, code) in cases {
            let answer = town.call(role, Method::POST, "/api/v1/payments", key, &body).await;
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body:.80}");
        }
        let after = town.app.city.shared.read().books.last_posting();
        assert_eq!(before, after);
    }
}

/// Who calls is a program: a refusal names the header and the number it has, and never a page to open.
#[tokio::test(flavor = "multi_thread")]
async fn refusals_speak_to_a_program() {
    let town = Town::new(Engine::Sqlite);
    let body =
        |amount: i64| format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, town.card, town.shop);
    let ask = async |lang: &str, method: Method, path: &str, key: Option<&str>, body: String| {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("Authorization", "Bearer token-citizen")
            .header("Content-Type", "application/json")
            .header("Accept-Language", lang);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        town.send(request.body(Body::from(body)).unwrap()).await
    };
    let pay = "/api/v1/payments";
    for lang in ["ko", "en"] {
        assert_eq!(ask(lang, Method::POST, pay, Some(lang), body(1_000)).await.status.as_u16(), 201);
        let nowhere = body(1_000).replace("crd_", "per_");
        for (answer, code, names) in [
            (ask(lang, Method::POST, pay, None, body(1_000)).await, "key.missing", "Idempotency-Key"),
            (ask(lang, Method::POST, pay, Some(lang), body(2_000)).await, "key.reused", "Idempotency-Key"),
            (
                ask(lang, Method::GET, "/api/v1/nothing", None, String::new()).await,
                "not.found",
                "/api/openapi.json",
            ),
            (ask(lang, Method::POST, pay, Some("other"), nowhere).await, "card.unknown", "crd_"),
        ] {
            assert_eq!(answer.code(), code, "{}", answer.body);
            let told = answer.json();
            let said = format!("{} {} {}", told["title"], told["detail"], told["remedy"]);
            assert!(said.contains(names), "{code} doesn't say {names}: {said}");
            for of_a_page in ["화면", "눌러", "page again", "press"] {
                assert!(!said.to_lowercase().contains(of_a_page), "{code} speaks of a page: {said}");
            }
        }
    }
}
