//! Coupons, quotes and releases as programs meet them, on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use base::{Role, Zone, date};
use city::{Command, NewMerchant, NewPerson, OnCoupons};
use common::{Town, ask};
use economy::Facts;
use serde_json::json;

fn system(town: &Town, key: &str, command: Command) -> Facts {
    let city = &town.app.city;
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| ask(city, Role::System, key, command));
        match asked.join().unwrap() {
            city::Reply::Done { facts, .. } => facts,
            other => panic!("{other:?}"),
        }
    })
}

fn on_day(town: &Town, day: base::Date, hour: i8) {
    let zone = Zone::named("Asia/Seoul").unwrap();
    assert!(town.clock.jump_to(zone.instant(day, hour, 0)));
}

fn shop(trade: &str) -> Command {
    Command::Join(NewMerchant {
        name: "온정".into(),
        business_number: "1048293675".into(),
        trade: trade.into(),
        district: "4511153000".into(),
        sales: None,
        owner: None,
    })
}

async fn post(town: &Town, role: &str, path: &str, key: &str, body: serde_json::Value) -> common::Answer {
    town.call(role, Method::POST, path, Some(key), &body.to_string()).await
}

#[tokio::test]
async fn a_till_says_what_a_coupon_may_buy() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        on_day(&town, date(2021, 7, 15), 10);
        system(&town, "b", Command::Vote { budget: "care-coupon-2021".into(), amount: 9_000_000 });
        let Facts::Shop { merchant, .. } = system(&town, "j", shop("care-service")) else { panic!() };
        let name = OnCoupons::Name { purpose: "care".into(), merchant, on: true };
        system(&town, "n", Command::OnCoupons(name));
        town.grant("carers", Role::Till(merchant)).await;
        let give = json!({"coupon": "care-2021", "person": town.citizen.to_string(), "amount": 40_000});
        let given = post(&town, "officer", "/api/v1/coupons", "g", give.clone()).await;
        assert_eq!((given.status, &given.json()["amount"]), (StatusCode::CREATED, &json!(40_000)));
        assert_eq!(post(&town, "citizen", "/api/v1/coupons", "g", give).await.status, StatusCode::FORBIDDEN);
        let mine = town.call("citizen", Method::GET, "/api/v1/coupons", None, "").await.json();
        assert_eq!(mine["items"][0]["balance"], 40_000);
        assert_eq!(mine["items"][0]["until"], "2021-12-31");
        assert_eq!(mine["items"][0]["merchants"], json!([merchant.to_string()]));

        let pay = |eligible: serde_json::Value| json!({"card": town.card.to_string(), "amount": 30_000, "eligible": eligible});
        for (eligible, code) in
            [(json!(30_001), "coupon.eligible"), (json!(-1), "coupon.eligible"), (json!(1.5), "amount.form")]
        {
            let answer = post(&town, "carers", "/api/v1/payments", "x", pay(eligible)).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, code.into()));
        }
        let quote = post(&town, "carers", "/api/v1/quotes", "q", pay(json!(12_000))).await.json();
        assert_eq!((&quote["to_pay"], &quote["cashback"]), (&json!(30_000), &json!(null)));
        let paid = post(&town, "carers", "/api/v1/payments", "p", pay(json!(12_000))).await;
        assert_eq!(paid.status, StatusCode::CREATED, "{}", paid.body);
        let again = post(&town, "carers", "/api/v1/payments", "p", pay(json!(12_000))).await;
        assert_eq!(paid.body, again.body);
        let id = paid.json()["id"].as_str().unwrap().to_owned();
        let seen =
            town.call("citizen", Method::GET, &format!("/api/v1/payments/{id}"), None, "").await.json();
        assert_eq!(
            seen["paid_from"][0],
            json!({"purpose": "care", "expires": "2021-12-31", "amount": 12_000})
        );
        assert_eq!(seen["paid_from"][1]["amount"], 18_000);
        assert_eq!(seen["cashback"]["reward"], 1_800);
        // The till hears what concerns it, of its customer; which coupon it was, and what is left, is the customer's.
        let told = paid.json()["explanation"].clone();
        assert_eq!(
            told,
            json!([
                "손님에게 1,800원이 적립됐어요. 18,000원의 10%예요.",
                "손님이 12,000원은 쿠폰으로, 나머지 18,000원은 다른 돈으로 냈어요."
            ])
        );
        let all = json!({"card": town.card.to_string(), "amount": 300, "eligible": 300});
        let all = post(&town, "carers", "/api/v1/payments", "a", all).await.json();
        assert_eq!(all["explanation"], json!(["손님이 300원을 모두 쿠폰으로 냈어요."]));
        let path = format!("/api/v1/payments/{}", all["id"].as_str().unwrap());
        let english = axum::http::Request::get(path)
            .header("Authorization", "Bearer token-carers")
            .header("Accept-Language", "en");
        let english = town.send(english.body(axum::body::Body::empty()).unwrap()).await.json();
        assert_eq!(english["explanation"], json!(["Your customer paid all 300 won with a coupon."]));
    }
}

#[tokio::test]
async fn a_sale_is_quoted_before_it_is_paid() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        on_day(&town, date(2021, 3, 8), 10);
        system(&town, "b", Command::Vote { budget: "joint-sale-2021".into(), amount: 50_000 });
        let Facts::Shop { merchant, .. } = system(&town, "j", shop("supermarket")) else { panic!() };
        let body = json!({"card": town.card.to_string(), "merchant": merchant.to_string(), "amount": 10_000});
        let quote = post(&town, "citizen", "/api/v1/quotes", "q", body.clone()).await.json();
        assert_eq!((&quote["to_pay"], &quote["discount"]), (&json!(10_000), &json!(null)));
        let join = OnCoupons::Join { sale: "joint-2021-03".into(), merchant, on: true };
        system(&town, "s", Command::OnCoupons(join));
        let quote = post(&town, "citizen", "/api/v1/quotes", "q", body.clone()).await.json();
        assert_eq!((&quote["to_pay"], &quote["discount"]["amount"]), (&json!(8_000), &json!(2_000)));
        assert_eq!(quote["cashback"], 800);
        let paid = post(&town, "citizen", "/api/v1/payments", "p", body.clone()).await.json();
        assert_eq!((&paid["amount"], &paid["discount"]["to_pay"]), (&json!(10_000), &json!(8_000)));
        // Another shop asks about somebody's card: it learns nothing.
        assert_eq!(post(&town, "merchant", "/api/v1/quotes", "q", body).await.code(), "shop.unknown");
        // Its own sale it is told, and never how much there is: more than is on the card gets the same answer.
        let much = json!({"card": town.card.to_string(), "amount": 999_999});
        let quote = post(&town, "merchant", "/api/v1/quotes", "q", much).await.json();
        assert_eq!((&quote["to_pay"], &quote["cashback"]), (&json!(999_999), &json!(null)));
    }
}

/// A reservation in a sale says to till and shopper what it will cost, in both languages, and costs that.
#[tokio::test]
async fn a_reservation_in_a_sale_says_what_it_will_cost() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        on_day(&town, date(2021, 3, 8), 10);
        system(&town, "b", Command::Vote { budget: "joint-sale-2021".into(), amount: 50_000 });
        let Facts::Shop { merchant, .. } = system(&town, "j", shop("supermarket")) else { panic!() };
        let join = OnCoupons::Join { sale: "joint-2021-03".into(), merchant, on: true };
        system(&town, "s", Command::OnCoupons(join));
        town.grant("grocer", Role::Till(merchant)).await;
        let body = json!({"card": town.card_number.to_string(), "amount": 10_000});
        let quote = post(&town, "grocer", "/api/v1/quotes", "q", body.clone()).await.json();
        assert_eq!((&quote["to_pay"], &quote["discount"]["amount"]), (&json!(8_000), &json!(2_000)));
        let held = post(&town, "grocer", "/api/v1/authorizations", "a", body).await.json();
        assert_eq!((&held["amount"], &held["discount"]["to_pay"]), (&json!(10_000), &json!(8_000)));
        let told = |answer: &serde_json::Value| answer["explanation"].to_string();
        let reserved = "동네슈퍼 공동세일전으로 2,000원 할인돼서 8,000원만 잡아 뒀어요. 가게가 결제를 마치면 세일이 끝난 뒤여도 할인돼요.";
        assert!(told(&held).contains(reserved), "{held}");
        let wallet = town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await.json();
        assert_eq!(wallet["total"], 92_000);
        // On the shopper's receipt, in either language.
        let id = held["id"].as_str().unwrap().to_owned();
        let mut shopper = town.browser("citizen").await;
        let receipt = shopper.get(&format!("/wallet/receipts/{id}")).await;
        assert!(receipt.body.contains(reserved), "{}", receipt.body);
        shopper.cookies.push(("lang".into(), "en".into()));
        let receipt = shopper.get(&format!("/wallet/receipts/{id}")).await;
        assert!(receipt.body.contains("so only 8,000 won is kept"), "{}", receipt.body);
        // Let go: the till hears what it had reserved, the shopper has back what was held.
        let body = json!({"card": town.card_number.to_string(), "amount": 5_000});
        let second = post(&town, "grocer", "/api/v1/authorizations", "v", body).await.json();
        assert_eq!(second["discount"]["to_pay"], 4_000);
        let path = format!("/api/v1/authorizations/{}/void", second["id"].as_str().unwrap());
        let gone = town.call("grocer", Method::POST, &path, Some("w"), "").await.json();
        assert_eq!(gone["amount"], 5_000, "{gone}");
        let receipt = shopper.get(&format!("/wallet/receipts/{}", gone["id"].as_str().unwrap())).await;
        assert!(receipt.body.contains("4,000") && !receipt.body.contains("5,000"), "{}", receipt.body);
        let wallet = town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await.json();
        assert_eq!(wallet["total"], 92_000);
        // Taken in part when the sale is over.
        on_day(&town, date(2021, 3, 15), 9);
        let path = format!("/api/v1/authorizations/{id}/capture");
        let taken = post(&town, "grocer", &path, "c", json!({"amount": 9_000})).await.json();
        assert_eq!((&taken["amount"], &taken["discount"]["amount"]), (&json!(9_000), &json!(1_800)));
        assert!(told(&taken).contains("1,800원 할인받아 7,200원을 냈어요"), "{taken}");
        let wallet = town.call("citizen", Method::GET, "/api/v1/wallet", None, "").await.json();
        assert_eq!(wallet["total"], 92_800 + 720);
        let body = json!({"card": town.card_number.to_string(), "amount": 10_000});
        let held = post(&town, "grocer", "/api/v1/authorizations", "d", body).await.json();
        assert_eq!(held["discount"], json!(null), "another day, no sale");
    }
}

#[tokio::test]
async fn what_is_let_out_is_taken_once() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        system(&town, "b", Command::Vote { budget: "market-coupon-2021".into(), amount: 9_000_000 });
        let wish = NewPerson { name: "이".into(), phone: None, birth_day: None, district: None, card: None };
        let Facts::Person { person, .. } = system(&town, "e", Command::Enrol(wish)) else { panic!() };
        town.grant("other-citizen", Role::Citizen(person)).await;
        let claims = "/api/v1/releases/market-spring/claims";
        assert_eq!(post(&town, "citizen", claims, "1", json!({})).await.code(), "release.not-open");
        on_day(&town, date(2021, 3, 8), 9);
        let open = town.call("citizen", Method::GET, "/api/v1/releases", None, "").await.json();
        let spring = |open: &serde_json::Value| {
            let all = open["items"].as_array().unwrap();
            all.iter().find(|one| one["id"] == "market-spring").unwrap().clone()
        };
        // 500 in a city of 650,000 are 15 in one of 20,000.
        let one = spring(&open);
        assert_eq!((&one["left"], &one["next"]), (&json!(15), &json!("2021-03-08T10:00:00Z")));
        let got = post(&town, "citizen", claims, "2", json!({})).await;
        assert_eq!((got.status, &got.json()["amount"]), (StatusCode::CREATED, &json!(20_000)));
        assert_eq!(post(&town, "citizen", claims, "2", json!({})).await.body, got.body, "the same key");
        assert_eq!(post(&town, "citizen", claims, "3", json!({})).await.code(), "release.had");
        assert_eq!(post(&town, "other-citizen", claims, "2", json!({})).await.status, StatusCode::CREATED);
        let open = town.call("citizen", Method::GET, "/api/v1/releases", None, "").await.json();
        assert_eq!(spring(&open)["left"], 13);
        for (path, code) in [
            ("/api/v1/releases/none/claims", "release.unknown"),
            ("/api/v1/releases/sale-lot/claims", "release.by-lot"),
            ("/api/v1/releases/market-spring/tickets", "release.first-come"),
            ("/api/v1/releases/sale-lot/tickets", "draw.not-bound"),
            ("/api/v1/releases/%00/claims", "release.unknown"),
        ] {
            assert_eq!(post(&town, "citizen", path, path, json!({})).await.code(), code, "{path}");
        }
    }
}
