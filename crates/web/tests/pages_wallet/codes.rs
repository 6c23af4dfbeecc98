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

/// What a shop took back stays taken back, over a restart too: codes made before it have ended, new ones live.
#[tokio::test(flavor = "multi_thread")]
async fn a_restart_ends_the_codes_made_before_it() {
    let town = Town::new(Engine::Sqlite);
    let mut shop = town.browser("merchant").await;
    let mut codes = Vec::new();
    for (amount, taken_back) in [("9000", true), ("8000", false), ("7000", false)] {
        let page = location(&shop.post("/shop/qr", &[("amount", amount)]).await);
        let code = page.strip_prefix("/shop/qr/").unwrap().to_owned();
        if taken_back {
            let answer = shop.post(&format!("/shop/qr/{code}/cancel"), &[]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", text(&answer));
        }
        codes.push(code);
    }
    let mut me = town.browser("citizen").await;
    let paid = location(&me.post("/wallet/pay", &[("shop", &codes[2])]).await);
    assert!(paid.starts_with("/wallet/paid/"), "{paid}");
    let (mine, theirs) = (me.cookies.clone(), shop.cookies.clone());
    town.clock.jump_to(town.app.city.clock.now().plus_seconds(20));

    let town = town.started_anew();
    let mut me = Browser { town: &town, cookies: mine, csrf: String::new() };
    let mut shop = Browser { town: &town, cookies: theirs, csrf: String::new() };
    let last_before = last(&town);
    me.get("/wallet").await;
    shop.get("/shop").await;
    for code in &codes[..2] {
        for answer in
            [me.get(&format!("/wallet?code={code}")).await, me.post("/wallet/pay", &[("shop", code)]).await]
        {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.body.contains("qr.expired"), "{}", text(&answer));
            assert!(text(&answer).contains("가게에 새 코드를 보여 달라고 하세요"), "{}", text(&answer));
        }
        let page = shop.get(&format!("/shop/qr/{code}")).await;
        assert!(page.body.contains("코드가 끝났어요") && !page.body.contains("class=\"qr\""));
    }
    // What was paid in time is answered as before, and a new code is one tap away.
    assert_eq!(location(&me.post("/wallet/pay", &[("shop", &codes[2])]).await), paid);
    assert_eq!(last(&town), last_before);
    let page = location(&shop.post("/shop/qr", &[("amount", "8000")]).await);
    let code = page.strip_prefix("/shop/qr/").unwrap();
    assert!(location(&me.post("/wallet/pay", &[("shop", code)]).await).starts_with("/wallet/paid/"));
}
