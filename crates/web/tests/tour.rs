//! The guided first five minutes, walked by a visitor's browser on the real pages.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use axum::http::StatusCode;
use common::{Answer, Browser, Town, field};
use testkit::Engine;

/// What the tour's strip offers first.
fn is_done(answer: &Answer) -> bool {
    let tour = answer.body.split("class=\"tour\"").nth(1).unwrap_or_else(|| panic!("no tour: {}", answer.body));
    let form = tour.split("</form>").next().unwrap();
    form.contains("class=\"btn main\" name=\"action\" value=\"next\"")
}

fn whole(answer: &Answer) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.body.contains('⟦'), "a text is missing: {}", answer.body.split('⟦').nth(1).unwrap());
}

/// Presses the filled-in charge button; gives the payment's id.
async fn charge(visitor: &mut Browser<'_>, page: &Answer) -> (String, Answer) {
    let [amount, card, key] = ["amount", "card", "request_key"].map(|name| field(&page.body, name).unwrap());
    assert_eq!(amount, "12,000");
    let form = [("amount", amount.as_str()), ("card", card.as_str()), ("request_key", key.as_str())];
    let answer = visitor.post("/shop/charge", &form).await;
    let to = answer.headers["location"].to_str().unwrap().to_owned();
    let page = visitor.get(&to).await;
    (to.split("done=").nth(1).unwrap().to_owned(), page)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_made_and_heard() {
    for lang in ["ko", "en"] {
        let town = Town::new(Engine::Sqlite);
        let mut visitor = Browser { town: &town, cookies: vec![("lang".into(), lang.into())], csrf: String::new() };
        visitor.get("/").await;
        let start = visitor.post_and_follow("/tour", &[("action", "start")]).await;
        whole(&start);
        assert!(!is_done(&start), "nothing is paid yet");
        // A forged address doesn't make it so.
        let forged = visitor.get("/shop?done=pst_0000000000001").await;
        assert!(!is_done(&forged));
        let (payment, paid) = charge(&mut visitor, &start).await;
        whole(&paid);
        assert!(is_done(&paid));
        assert_eq!(field(&paid.body, "amount").as_deref(), Some(""), "it is not offered twice");
        let heard = visitor.post_and_follow("/tour", &[("action", "next")]).await;
        whole(&heard);
        assert!(is_done(&heard) && heard.body.contains("data-say-again"));
        assert_eq!(heard.body.split("data-n=\"tomorrow\">").nth(1).unwrap().split('<').next(), Some("12,000"));
        assert!(heard.body.contains(&payment));
        let back = visitor.post("/tour", &[("action", "stop")]).await;
        assert_eq!(back.headers["location"], "/");
        assert!(!visitor.get("/shop").await.body.contains("class=\"tour\""), "it is over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_needs_the_forms_token() {
    let town = Town::new(Engine::Sqlite);
    let mut visitor = Browser { town: &town, cookies: Vec::new(), csrf: "forged".into() };
    assert_eq!(visitor.post("/tour", &[("action", "start")]).await.status, StatusCode::FORBIDDEN);
}
