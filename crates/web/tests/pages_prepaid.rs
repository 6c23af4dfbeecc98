//! Good prepayment on its pages: a shop offers it, a citizen prepays and uses it, the shop closes; and the board.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::StatusCode;
use city::{Command, OnPrepay};
use common::{Answer, Browser, Town, ask, field};

/// A page's form, by its address: the value of one of its fields.
fn in_form(page: &str, action: &str, name: &str) -> String {
    let at = page.find(&format!("action=\"{action}\"")).unwrap_or_else(|| panic!("no form {action}: {page}"));
    field(&page[at..], name).unwrap()
}

/// Reads a form's key off a page, and sends the form.
async fn send(browser: &mut Browser<'_>, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
    let shown = browser.get(page).await;
    let key = in_form(&shown.body, action, "request_key");
    let mut all = vec![("request_key", key.as_str())];
    all.extend_from_slice(fields);
    browser.post_and_follow(action, &all).await
}

fn asked(town: &Town, role: base::Role, key: &str, command: Command) {
    std::thread::scope(|scope| {
        scope.spawn(|| ask(&town.app.city, role, key, command)).join().unwrap();
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn prepay_use_and_the_shop_closes() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (citizen, shop) = (town.citizen, town.shop);
        asked(&town, base::Role::System, "prepaid-t", Command::TopUp { person: citizen, amount: 600_000 });
        let guarantee = Command::Vote { budget: "guarantee-prepay-2021".into(), amount: 2_000_000_000 };
        asked(&town, base::Role::Officer, "prepaid-v", guarantee);
        let mut me = town.browser("citizen").await;
        let mut owner = town.browser("merchant").await;

        // Nothing yet, and nobody offers it.
        let empty = me.get("/wallet/prepaid").await;
        assert!(empty.body.contains("아직 선결제한 가게가 없어요"), "{}", empty.body);
        let id = shop.to_string();
        let fields = [("shop", id.as_str()), ("amount", "200,000")];
        let refused = send(&mut me, "/wallet/prepaid", "/wallet/prepaid", &fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("선결제를 받지 않아요") && refused.body.contains("value=\"200,000\""));
        let opened = send(&mut owner, "/shop/prepaid", "/shop/prepaid/offer", &[("action", "open")]).await;
        assert!(opened.body.contains("이제 선결제를 받아요"), "{}", opened.body);

        // Too little stays at its field; then it is bought, and used at the till like any payment.
        let little = [("shop", id.as_str()), ("amount", "99,999")];
        let refused = send(&mut me, "/wallet/prepaid", "/wallet/prepaid", &little).await;
        assert!(refused.body.contains("id=\"amount-error\""), "{}", refused.body);
        let bought = send(&mut me, "/wallet/prepaid", "/wallet/prepaid", &fields).await;
        assert!(bought.body.contains("선결제했어요") && bought.body.contains("200,000"), "{}", bought.body);
        let paid =
            send(&mut me, "/wallet", "/wallet/pay", &[("shop", id.as_str()), ("amount", "30,000")]).await;
        assert_eq!(paid.status, StatusCode::OK);
        let left = me.get("/wallet/prepaid").await;
        assert!(left.body.contains("200,000원 가운데 170,000원 남음"), "{}", left.body);
        let came_in = owner.get("/shop/prepaid").await;
        assert!(came_in.body.contains("아직 쓸 선결제 1건"), "{}", came_in.body);
        assert!(came_in.body.contains("쓰는 중"));

        // The desk writes a pledge down; the board shows it, without its code; a citizen joins by it.
        let mut desk = town.browser("officer").await;
        let federation = {
            let view = town.app.city.shared.read();
            view.town.directory.organisations.known_as("sme-federation").unwrap().id.to_string()
        };
        let pledge = [("organisation", federation.as_str()), ("people", "3,000"), ("amount", "500,000,000")];
        let wrong = [("organisation", ""), ("people", "0"), ("amount", "")];
        let refused = send(&mut desk, "/desk/prepaid", "/desk/prepaid/pledges", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let written = send(&mut desk, "/desk/prepaid", "/desk/prepaid/pledges", &pledge).await;
        let at = written.body.find("참여 코드 <strong").unwrap_or_else(|| panic!("{}", written.body));
        let code: String = written.body[at..].split(['>', '<']).nth(2).unwrap().to_owned();
        assert_eq!(code.len(), 8, "{code}");
        let mut stranger = town.browser("auditor").await;
        let board = stranger.get("/prepaid").await;
        assert!(board.body.contains("중소기업연합회") && board.body.contains("시민 1명"));
        assert!(!board.body.contains(&code));
        let no = send(&mut me, "/wallet/prepaid", "/wallet/prepaid/join", &[("code", "NO")]).await;
        assert!(no.body.contains("이런 참여 코드가 없어요"), "{}", no.body);
        let joined = send(&mut me, "/wallet/prepaid", "/wallet/prepaid/join", &[("code", &code)]).await;
        assert!(joined.body.contains("중소기업연합회의 약속에 함께하고 있어요"), "{}", joined.body);

        // The shop closes: what was left is own money at once.
        asked(&town, base::Role::Officer, "prepaid-c", Command::CloseShop { merchant: shop });
        let closed = me.get("/wallet/prepaid").await;
        assert!(closed.body.contains("선결제한 돈이 남아 있지 않아요"), "{}", closed.body);
        let history = me.get("/wallet/history").await;
        assert!(history.body.contains("폐업으로 돌려받음"), "{}", history.body);
        let desk = desk.get("/desk/prepaid").await;
        assert!(desk.body.contains("170,000원"), "{}", desk.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn given_and_returned_and_nobody_elses() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (citizen, shop) = (town.citizen, town.shop);
        asked(&town, base::Role::System, "prepaid-t", Command::TopUp { person: citizen, amount: 600_000 });
        asked(
            &town,
            base::Role::Merchant(shop),
            "prepaid-o",
            Command::OnPrepay(OnPrepay::Offer { merchant: shop }),
        );
        for key in ["prepaid-a", "prepaid-b"] {
            let buy = OnPrepay::Buy { person: citizen, merchant: shop, amount: 100_000 };
            asked(&town, base::Role::Citizen(citizen), key, Command::OnPrepay(buy));
        }
        let mut me = town.browser("citizen").await;
        let nobody =
            send(&mut me, "/wallet/prepaid", "/wallet/prepaid/1/gift", &[("to", "010-0000-0000")]).await;
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        let myself = format!("{:016}", town.card_number);
        let own = send(&mut me, "/wallet/prepaid", "/wallet/prepaid/1/gift", &[("to", &myself)]).await;
        assert!(own.body.contains("나에게는 선물할 수 없어요"), "{}", own.body);
        let back = send(&mut me, "/wallet/prepaid", "/wallet/prepaid/1/return", &[]).await;
        assert!(back.body.contains("남은 돈이 내 돈으로 돌아왔어요"), "{}", back.body);
        // The shop takes the other one back.
        let mut owner = town.browser("merchant").await;
        let shown = owner.get("/shop/prepaid").await.body;
        let before = &shown[..shown.find("action=\"/shop/prepaid/2/return\"").unwrap()];
        assert!(before.rfind("<details") > before.rfind("</details>"), "one press does nothing: {shown}");
        assert!(shown.contains("되돌린 뒤에는 취소할 수 없어요"), "{shown}");
        let taken = send(&mut owner, "/shop/prepaid", "/shop/prepaid/2/return", &[]).await;
        assert!(taken.body.contains("남은 돈을 손님에게 돌려줬어요"), "{}", taken.body);
        // A form that isn't this visitor's changes nothing.
        let foreign = me.post("/wallet/prepaid", &[("csrf", "x"), ("shop", "y"), ("amount", "1")]).await;
        assert_ne!(foreign.status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn firms_order_of_each_other_and_the_owner_pays() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let citizen = town.citizen;
        let firm = city::NewMerchant {
            name: "한지공방".into(),
            business_number: "104-82-93675".into(),
            trade: "market-food".into(),
            district: "4511153000".into(),
            sales: None,
            owner: Some(citizen),
        };
        asked(&town, base::Role::System, "firm", Command::Join(firm));
        let buyer = town.app.city.shared.read().town.directory.shop_numbered("1048293675").unwrap().id;
        let mut seller = town.browser("merchant").await;
        let wrong = [("name", ""), ("price", "0")];
        let refused = send(&mut seller, "/shop/prepaid", "/shop/products", &wrong).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
        let product = [("name", "부채"), ("price", "12,000")];
        let listed = send(&mut seller, "/shop/prepaid", "/shop/products", &product).await;
        assert!(listed.body.contains("상품을 올렸어요"), "{}", listed.body);

        let cookie = town.session("firm", base::Role::Merchant(buyer)).await;
        let cookies = vec![("session".into(), cookie)];
        let mut desk = Browser { town: &town, cookies, csrf: String::new() };
        let order = "/shop/products/1/order";
        let ordered = send(&mut desk, "/shop/prepaid", order, &[("quantity", "3")]).await;
        assert!(ordered.body.contains("사기로 약속했어요"), "{}", ordered.body);
        assert!(ordered.body.contains("부채 3개") && ordered.body.contains("36,000"), "{}", ordered.body);

        // The owner finds it in the wallet and pays it once; then nothing is due, and both firms see it paid.
        let mut me = town.browser("citizen").await;
        let due = me.get("/wallet/prepaid").await;
        assert!(due.body.contains("부채 3개") && due.body.contains("내 카드로 내기"), "{}", due.body);
        let key = in_form(&due.body, "/wallet/orders/1/pay", "request_key");
        let paid = send(&mut me, "/wallet/prepaid", "/wallet/orders/1/pay", &[]).await;
        assert!(paid.body.contains("36,000"), "{}", paid.body);
        let left = me.get("/wallet/prepaid").await;
        assert!(!left.body.contains("내 카드로 내기"), "{}", left.body);
        let again = me.post("/wallet/orders/1/pay", &[("request_key", key.as_str())]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", again.body);
        for browser in [&mut seller, &mut desk] {
            let seen = browser.get("/shop/prepaid").await;
            assert!(seen.body.contains("냈어요"), "{}", seen.body);
        }
        // Nobody else's order, and none that isn't there.
        let strange = me.post("/wallet/orders/99/pay", &[("request_key", "k")]).await;
        assert_ne!(strange.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_is_offered_when_it_would_be_done() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let (citizen, shop) = (base::Role::Citizen(town.citizen), town.shop);
        let (person, merchant) = (town.citizen, shop);
        asked(&town, base::Role::System, "return-t", Command::TopUp { person, amount: 100_000 });
        asked(&town, base::Role::Merchant(shop), "return-o", Command::OnPrepay(OnPrepay::Offer { merchant }));
        let buy = OnPrepay::Buy { person, merchant, amount: 100_000 };
        asked(&town, citizen, "return-b", Command::OnPrepay(buy));
        let card = city::CardRef::Id(town.card);
        let pay = |amount| Command::Pay { card, merchant, amount, pin: None, order: None };
        asked(&town, base::Role::System, "return-p", pay(30_000));
        asked(
            &town,
            base::Role::System,
            "return-h",
            Command::Authorise { card, merchant, amount: 40_000, pin: None },
        );
        // Within seven days all that is free can be returned.
        let (page, form) = ("/wallet/prepaid", "action=\"/wallet/prepaid/1/return\"");
        let early = town.browser("citizen").await.get(page).await;
        assert!(early.body.contains(form) && early.body.contains("30,000원 되돌리기"), "{}", early.body);
        // Later once 60,000 are used. What is only reserved is not: the page says so, as the pen would.
        let zone = town.app.city.shared.read().town.zone.clone();
        assert!(town.clock.jump_to(zone.instant(base::date(2021, 3, 8), 9, 0)));
        let mut me = town.browser("citizen").await;
        let late = me.get(page).await;
        assert!(!late.body.contains(form), "{}", late.body);
        assert!(late.body.contains("예약으로 묶인 40,000원은 아직 쓴 돈이 아니에요"), "{}", late.body);
        assert!(late.body.contains("30,000원을 더 쓰면 돼요"), "{}", late.body);
        let refused = me.post("/wallet/prepaid/1/return", &[("request_key", "k")]).await;
        assert!(refused.body.contains("30,000원을 더 쓰면 돼요"), "{}", refused.body);
        asked(&town, base::Role::System, "return-q", pay(30_000));
        // All that was free is used; what is left is reserved, and nothing is there to return.
        assert!(me.get(page).await.body.contains("선결제한 돈이 남아 있지 않아요"));
    }
}
