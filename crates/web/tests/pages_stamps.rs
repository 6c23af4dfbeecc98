//! A card of stamps as a shopper, a shop, a clerk and an officer see it.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::{Method, StatusCode};
use base::Role;
use city::{Command, OnCoupons};
use common::{Town, ask, field};

fn waiting(town: &Town, role: Role, key: &str, command: Command) {
    std::thread::scope(|s| {
        s.spawn(|| ask(&town.app.city, role, key, command)).join().unwrap();
    });
}

async fn pays(town: &Town, key: &str, amount: i64) -> (String, String) {
    let body = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, town.card, town.shop);
    let answer = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    (answer.json()["id"].as_str().unwrap().to_owned(), answer.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_days_at_one_stall_fill_a_card() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        town.on(2021, 3, 22);
        for budget in ["market-sale-2021", "stamps-2021"] {
            waiting(&town, Role::System, budget, Command::Vote { budget: budget.into(), amount: 1_000_000 });
        }
        let join = OnCoupons::Join { sale: "market-2021-03".into(), merchant: town.shop, on: true };
        waiting(&town, Role::Merchant(town.shop), "join", Command::OnCoupons(join));
        let open = town.browser("auditor").await.get("/coupons").await;
        assert!(open.body.contains("가게마다 하루에 하나씩 도장을"), "{}", open.body);
        let mut me = town.browser("citizen").await;
        assert!(me.get("/wallet/coupons").await.body.contains("지금 도장 0개"));

        // The first day: one is too small, one gives the stamp, one comes after it.
        let (small, said) = pays(&town, "small", 9_000).await;
        assert!(said.contains("10,000원 이상 결제하면"), "{said}");
        let (first, said) = pays(&town, "first", 10_000).await;
        assert!(said.contains("도장을 하나 찍었어요"), "{said}");
        let (_, said) = pays(&town, "second", 10_000).await;
        assert!(said.contains("오늘 이 가게의 도장은 이미"), "{said}");
        let receipt = me.get(&format!("/wallet/receipts/{first}")).await;
        assert!(receipt.body.contains("5개 중 1개"), "{}", receipt.body);
        let receipt = me.get(&format!("/wallet/receipts/{small}")).await;
        assert!(receipt.body.contains("10,000원 이상 결제하면"), "{}", receipt.body);
        let page = me.get("/wallet/coupons").await;
        assert!(
            page.body.contains("지금 도장 1개") && page.body.contains("class=\"stamps\""),
            "{}",
            page.body
        );
        assert!(!page.body.contains("다 채운 도장판으로"), "not full yet");

        for day in 23..27 {
            town.on(2021, 3, day);
            pays(&town, &format!("day-{day}"), 10_000).await;
        }
        // Who holds a card only comes to the window.
        let mut clerk = town.browser("clerk").await;
        let page = clerk.get(&format!("/clerk?find={}", town.citizen)).await;
        assert!(page.body.contains("다 채운 도장판으로 5,000원 드리기"), "{}", page.body);
        let path = format!("/clerk/people/{}/stamps", town.citizen);
        let page = clerk.post_and_follow(&path, &[("request_key", "s1"), ("what", "market-cards")]).await;
        assert!(page.body.contains("도장판 쿠폰을 드렸어요"), "{}", page.body);
        assert!(!page.body.contains("5,000원 드리기"), "once");
        let again = clerk.post(&path, &[("request_key", "s2"), ("what", "market-cards")]).await;
        assert!(again.body.contains("stamps.not-full"), "{}", again.body);
        let page = me.get("/wallet/coupons").await;
        assert!(page.body.contains("내가 받은 것: 1장") && page.body.contains("5,000"), "{}", page.body);

        // A refund says that the stamp went with it.
        let body = format!(r#"{{"amount":{}}}"#, 10_000);
        let answer = town
            .call("merchant", Method::POST, &format!("/api/v1/payments/{first}/refunds"), Some("r"), &body)
            .await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let receipt = me.get(&format!("/wallet/receipts/{id}")).await;
        assert!(receipt.body.contains("도장도 돌려받았어요"), "{}", receipt.body);
        let desk = town.browser("officer").await.get("/desk/coupons").await;
        assert!(desk.body.contains("지금까지 찍은 도장: 4개"), "{}", desk.body);
        assert!(field(&desk.body, "csrf").is_some());
    }
}
