//! Codes that shops show.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_shops_code_is_paid_once_by_anyone() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (other, _) = neighbour(&town);
        let until = town.app.city.clock.now().plus_seconds(180).0;
        let live = code(&town.shop.to_string(), 12_000, until, 77);
        let mut me = town.browser("citizen").await;
        let to = me.get(&format!("/pay?c={live}")).await;
        assert_eq!(location(&to), format!("/wallet?code={live}"));
        let page = me.get(&location(&to)).await;
        assert!(text(&page).contains("12,000원 결제하기"), "{}", text(&page));
        assert_eq!(field(&page.body, "shop").as_deref(), Some(live.as_str()));
        // What was typed beside it doesn't count: the code says how much.
        let fields = [("request_key", "x"), ("shop", live.as_str()), ("amount", "1")];
        let first = me.post("/wallet/pay", &fields).await;
        let paid = last(&town);
        let second = me.post("/wallet/pay", &[("request_key", "y"), ("shop", live.as_str())]).await;
        assert_eq!((location(&first), last(&town)), (location(&second), paid));
        // Its address, pasted whole, is the same code.
        let address = format!("http://127.0.0.1:8080/pay?c={live}");
        assert_eq!(location(&me.post("/wallet/pay", &[("shop", &address)]).await), location(&first));
        // Someone else scanned the same code.
        let mut them = browser_of(&town, other).await;
        let answer = them.post("/wallet/pay", &[("shop", &live)]).await;
        assert!(answer.body.contains("qr.used"), "{}", text(&answer));
        assert_eq!((answer.status, last(&town)), (StatusCode::UNPROCESSABLE_ENTITY, paid));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_end_and_forged_ones_are_none() {
    let town = Town::new(Engine::Sqlite);
    let now = town.app.city.clock.now();
    let shop = town.shop.to_string();
    let mut me = town.browser("citizen").await;
    let live = code(&shop, 12_000, now.plus_seconds(180).0, 77);
    let first = me.post("/wallet/pay", &[("shop", &live)]).await;
    let paid = last(&town);
    let over = code(&shop, 5_000, now.0 - 1, 79);
    for answer in
        [me.get(&format!("/wallet?code={over}")).await, me.post("/wallet/pay", &[("shop", &over)]).await]
    {
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("qr.expired"), "{}", text(&answer));
    }
    let forged = live.replace("-2ee0-", "-1-");
    let answer = me.post("/wallet/pay", &[("shop", &forged)]).await;
    assert!(answer.body.contains("id=\"shop-error\""));
    assert_eq!(last(&town), paid);
    // Paid in time, sent again too late: the answer is the payment.
    town.clock.jump_to(now.plus_seconds(400));
    assert_eq!(location(&me.post("/wallet/pay", &[("shop", &live)]).await), location(&first));
    assert_eq!(location(&me.get(&format!("/wallet?code={live}")).await), location(&first));
    // An old payment is no longer shown as just made.
    town.clock.jump_to(now.plus_seconds(1_000));
    assert!(location(&me.get(&location(&first)).await).starts_with("/wallet/receipts/"));
    // Who isn't signed in is asked to, and the shop's static code only names the shop.
    let mut stranger = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
    let scanned = format!("/wallet?code={live}");
    assert_eq!(location(&stranger.get(&scanned).await), door(&scanned));
    let page = me.get(&format!("/wallet?code={shop}")).await;
    assert_eq!(field(&page.body, "shop").as_deref(), Some("123-45-67891"));
    assert!(text(&page).contains("남부시장 반찬"));
}
