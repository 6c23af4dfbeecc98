//! A shop's pages: taking a payment by card and by code, giving it back, the till; what is refused, and how.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base::{MerchantId, PersonId, Role, Won};
use city::{CardRef, Command, NewMerchant, Reply, tokens};
use common::{Answer, Browser, Town, ask, door, field};
use economy::{Facts, business_number};
use futures_util::StreamExt;
use testkit::Engine;

/// Where the shop's city stands.
fn postings(town: &Town) -> u64 {
    town.app.city.shared.read().books.last_posting().0
}

fn spendable(town: &Town) -> i64 {
    let view = town.app.city.shared.read();
    let holder = view.town.directory.holder(town.citizen).unwrap();
    holder.purses().map(|(_, _, account)| view.books.balance(account)).sum()
}

fn earned(town: &Town, shop: MerchantId) -> i64 {
    let view = town.app.city.shared.read();
    view.town.payable(&view.books, shop)
}

/// A command of the city's own; waited for on a thread that may wait.
fn system(town: &Town, key: &str, command: Command) -> Reply {
    std::thread::scope(|scope| {
        scope.spawn(|| ask(&town.app.city, Role::System, key, command)).join().unwrap()
    })
}

/// Another shop, and its owner's browser.
async fn new_shop<'a>(town: &'a Town, trade: &str, owner: Option<PersonId>) -> (MerchantId, Browser<'a>) {
    let nine = [4, 0, 2, 8, 1, 0, 0, 7, 3];
    let digits: String =
        nine.iter().chain([&business_number::check_digit(&nine)]).map(u32::to_string).collect();
    let join = NewMerchant {
        name: "전동 책방".into(),
        business_number: digits,
        trade: trade.into(),
        district: "4511153000".into(),
        sales: None,
        owner,
    };
    let Reply::Done { facts: Facts::Shop { merchant, .. }, .. } =
        system(town, "new-shop", Command::Join(join))
    else {
        panic!()
    };
    let hash = tokens::hash("token-new");
    let subject = Some(merchant.to_string());
    system(
        town,
        "new-token",
        Command::Grant(city::NewToken {
            hash,
            role: "merchant".into(),
            subject,
            district: None,
            name: "new".into(),
        }),
    );
    let mut browser = Browser { town, cookies: Vec::new(), csrf: String::new() };
    browser.get("/enter").await;
    let answer = browser.post("/sign-in", &[("token", "token-new"), ("next", "/shop")]).await;
    assert_eq!(location(&answer), "/shop");
    (merchant, browser)
}

fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}

fn whole(answer: &Answer) {
    assert!(!answer.body.contains('⟦'), "a text is missing: {}", answer.body.split('⟦').nth(1).unwrap());
}

/// The part of a page inside an element with a class or an attribute, up to a closing tag.
fn after<'a>(page: &'a str, mark: &str, end: &str) -> &'a str {
    page.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark}")).split(end).next().unwrap()
}

fn number(town: &Town) -> String {
    format!("{:016}", town.card_number)
}

#[tokio::test(flavor = "multi_thread")]
async fn charge_cancel_refund() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut shop = town.browser("merchant").await;
        let home = shop.get("/shop").await;
        whole(&home);
        assert!(home.body.contains("내일(수) 들어올 돈"), "the first line says when");
        let key = field(&home.body, "request_key").unwrap();
        let none = shop.get(&format!("/shop/result?request_key={key}")).await;
        assert_eq!(none.json()["state"], "none");

        // Twice with one key: one posting, one answer.
        let form = [("amount", "12,000"), ("card", &number(&town)), ("request_key", &key)];
        let before = postings(&town);
        let first = location(&shop.post("/shop/charge", &form).await);
        let second = location(&shop.post("/shop/charge", &form).await);
        assert_eq!((first.as_str(), postings(&town)), (second.as_str(), before + 1));
        assert!(first.starts_with("/shop?done=pst_"), "{first}");
        assert_eq!(spendable(&town), 100_000 - 12_000 + 1_200);

        let page = shop.get(&first).await;
        whole(&page);
        assert!(page.body.contains("data-say=\"만 이천 원 결제됐습니다\""), "it is said aloud");
        assert_eq!(after(&page.body, "data-n=\"tomorrow\">", "<"), "12,000");
        assert_eq!(after(&page.body, "data-n=\"sales_sum\">", "<"), "12,000");
        assert!(!page.body.contains("김순자"), "customers are not named");
        let result = shop.get(&format!("/shop/result?request_key={key}")).await.json();
        assert_eq!((result["state"].as_str(), result["href"].as_str()), (Some("paid"), Some(first.as_str())));

        // The last one, back with one tap.
        let cancel = after(&page.body, "action=\"/shop/cancel\"", "</form>");
        let (payment, key) = (field(cancel, "payment").unwrap(), field(cancel, "request_key").unwrap());
        let form = [("payment", payment.as_str()), ("request_key", key.as_str())];
        let cancelled = location(&shop.post("/shop/cancel", &form).await);
        assert_eq!(
            location(&shop.post("/shop/cancel", &form).await),
            cancelled,
            "a second tap does nothing more"
        );
        assert_eq!((spendable(&town), earned(&town, town.shop)), (100_000, 0));
        let page = shop.get(&cancelled).await;
        whole(&page);
        assert!(page.body.contains("방금 결제를 취소했어요."));
        assert!(page.body.contains("0번 팔았어요."), "a cancelled sale is no sale");
        assert!(!page.body.contains("/shop/cancel"), "there is nothing left to cancel");

        refund_a_part(&town, &mut shop).await;
    }
}

/// Charges anew, gives a part back by the order number, and looks at the receipt.
async fn refund_a_part(town: &Town, shop: &mut Browser<'_>) {
    let charge = [("amount", "20000"), ("card", &number(town)), ("request_key", "c2")];
    let page = shop.post_and_follow("/shop/charge", &charge).await;
    let receipt = after(&page.body, "href=\"/shop/receipts/", "\"").to_owned();
    let order = after(&page.body, &format!("/shop/receipts/{receipt}\">"), "<").to_owned();
    let form = [("payment", order.as_str()), ("amount", "5,000"), ("request_key", "r1")];
    let page = shop.post_and_follow("/shop/refunds", &form).await;
    whole(&page);
    assert!(page.body.contains("5,000원을 돌려줬어요."), "{}", page.body);
    assert_eq!(after(&page.body, "data-n=\"tomorrow\">", "<"), "15,000");
    assert_eq!(spendable(town), 100_000 - 15_000 + 1_500);

    let more = [("payment", order.as_str()), ("amount", "15,001"), ("request_key", "r2")];
    let refused = shop.post("/shop/refunds", &more).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("refund.more-than-left"), "{}", refused.body);
    let wrong = [("payment", "Z9-9999"), ("amount", "x"), ("request_key", "r3")];
    let refused = shop.post("/shop/refunds", &wrong).await;
    assert!(
        refused.body.contains("id=\"payment-error\"") && refused.body.contains("id=\"refund_amount-error\"")
    );

    for lang in ["ko", "en"] {
        shop.get(&format!("/look?lang={lang}&back=/")).await;
        let seen = shop.get(&format!("/shop/receipts/{receipt}")).await;
        whole(&seen);
        assert_eq!(seen.status, StatusCode::OK);
        assert!(seen.body.contains("20,000") && seen.body.contains(&order));
        assert!(!seen.body.contains("김순자") && !seen.body.contains("86,500"), "no name, no balance");
    }
    shop.get("/look?lang=ko&back=/").await;
    let mut other = town.browser("other").await;
    let hidden = other.get(&format!("/shop/receipts/{receipt}")).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let stolen = [("payment", receipt.as_str()), ("request_key", "r4")];
    let refused = other.post("/shop/refunds", &stolen).await;
    assert!(refused.body.contains("id=\"payment-error\""), "another shop's payment looks like none");
    assert_eq!(earned(town, town.shop), 15_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn large_sums_ask_for_the_pin() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut till = town.browser("till").await;
        let page = till.get("/shop/till").await;
        assert!(!page.body.contains("name=\"pin\""));
        let number = number(&town);
        let asked =
            till.post("/shop/charge", &[("amount", "60000"), ("card", &number), ("request_key", "k")]).await;
        whole(&asked);
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.body.contains("name=\"pin\"") && asked.body.contains("id=\"pin-error\""));
        assert_eq!(field(&asked.body, "request_key").as_deref(), Some("k"), "the same wish keeps its key");
        assert_eq!(field(&asked.body, "amount").as_deref(), Some("60000"), "nothing is typed twice");

        let with = |pin: &'static str| {
            [("amount", "60000"), ("card", number.as_str()), ("pin", pin), ("request_key", "k")]
        };
        for left in [4, 3] {
            let wrong = till.post("/shop/charge", &with("9999")).await;
            assert!(wrong.body.contains(&format!("{left}번 더 틀리면")), "{}", wrong.body);
        }
        let paid = till.post("/shop/charge", &with("1234")).await;
        assert!(location(&paid).starts_with("/shop/till?done="), "employees stay at the till");
        // After five wrong ones the shop waits; the page says so once, in whole sentences.
        let mut last = None;
        for _ in 0..5 {
            last = Some(
                till.post(
                    "/shop/charge",
                    &[("amount", "1000"), ("card", &number), ("pin", "0000"), ("request_key", "l")],
                )
                .await,
            );
        }
        let paused = last.unwrap();
        whole(&paused);
        assert!(paused.body.contains("pin.paused") && paused.body.contains("2월 24일"), "{}", paused.body);
        let again = [("amount", "1000"), ("card", &number), ("request_key", "m")];
        let again = till.post("/shop/charge", &again).await;
        assert!(again.body.contains("pin.paused") && !again.body.contains("name=\"pin\""), "{}", again.body);
        assert_eq!(earned(&town, town.shop), 60_000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_shop_is_refused() {
    let town = Town::new(Engine::Sqlite);
    let number = number(&town);
    let mut shop = town.browser("merchant").await;
    shop.get("/shop").await;
    let before = postings(&town);
    let cases: [(&str, &str, &str); 5] = [
        ("", &number, "id=\"amount-error\""),
        ("0", &number, "id=\"amount-error\""),
        ("-5", &number, "id=\"amount-error\""),
        ("99999999999999999999", &number, "id=\"amount-error\""),
        ("1000", "9410 0000 0000 0001", "id=\"card-error\""),
    ];
    for (index, (amount, card, mark)) in cases.iter().enumerate() {
        let key = format!("k{index}");
        let answer =
            shop.post("/shop/charge", &[("amount", amount), ("card", card), ("request_key", &key)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{amount} {card}");
        assert!(answer.body.contains(mark), "{amount} {card}");
        whole(&answer);
    }
    assert_eq!(postings(&town), before);

    // The owner's own card, at the owner's own shop.
    let (_, mut own) = new_shop(&town, "market-food", Some(town.citizen)).await;
    own.get("/shop").await;
    let answer =
        own.post("/shop/charge", &[("amount", "1000"), ("card", &number), ("request_key", "o")]).await;
    assert!(answer.body.contains("shop.own") && answer.body.contains("자기 가게에서는"), "{}", answer.body);
    assert_eq!(postings(&town), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn excluded_and_closed_shops_take_nothing() {
    let town = Town::new(Engine::Sqlite);
    let number = number(&town);
    let excluded = {
        let view = town.app.city.shared.read();
        view.town.pack.city.trades.iter().find(|trade| trade.exclusion.is_some()).unwrap().id.clone()
    };
    let (_, mut shop) = new_shop(&town, &excluded, None).await;
    shop.get("/shop").await;
    for (path, card) in [("/shop/charge", number.as_str()), ("/shop/qr", "")] {
        let answer = shop.post(path, &[("amount", "1000"), ("card", card), ("request_key", "x")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("shop.excluded"), "{path}: {}", answer.body);
    }

    // A code made while the shop was open is dead once it has closed.
    let mut shop = town.browser("merchant").await;
    shop.get("/shop").await;
    let code = location(&shop.post("/shop/qr", &[("amount", "3000")]).await);
    assert_eq!(shop.get(&code).await.status, StatusCode::OK);
    system(&town, "close", Command::CloseShop { merchant: town.shop });
    let dead = shop.get(&code).await;
    assert!(dead.body.contains("shop.closed") && !dead.body.contains("class=\"qr\""), "{}", dead.body);
    let refused = shop.post("/shop/qr", &[("amount", "3000")]).await;
    assert!(refused.body.contains("shop.closed"));
    assert_eq!(earned(&town, town.shop), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_lives_its_time_and_leads_to_its_payment() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut shop = town.browser("merchant").await;
        shop.get("/shop").await;
        // Enter after the amount alone asks for a code, too.
        let by_enter =
            location(&shop.post("/shop/charge", &[("amount", "7,000"), ("request_key", "q")]).await);
        assert!(by_enter.starts_with("/shop/qr/"));
        let code = location(&shop.post("/shop/qr", &[("amount", "7,000"), ("request_key", "q")]).await);
        let page = shop.get(&code).await;
        whole(&page);
        assert!(page.body.contains("class=\"qr\"") && page.body.contains("123-45-67891"));
        assert_eq!(after(&page.body, "data-countdown=\"", "\""), "180");
        let order = after(&page.body, "<strong class=\"nums\">", "<").to_owned();
        let mut other = town.browser("other").await;
        assert_eq!(other.get(&code).await.status, StatusCode::NOT_FOUND, "another shop's code");
        assert_eq!(
            shop.get(&code.replace("-1b58-", "-1b59-")).await.status,
            StatusCode::NOT_FOUND,
            "a forged one"
        );

        let pay = Command::Pay {
            card: CardRef::Id(town.card),
            merchant: town.shop,
            amount: 7_000,
            pin: None,
            order: Some(order.clone()),
        };
        system(&town, "by-code", pay);
        let done = location(&shop.get(&code).await);
        let page = shop.get(&done).await;
        assert!(page.body.contains(&order) && page.body.contains("칠천 원 결제됐습니다"));

        town.clock.jump_to(town.app.city.clock.now().plus_seconds(181));
        let over = shop.get(&by_enter).await;
        whole(&over);
        assert!(over.body.contains("코드가 끝났어요") && !over.body.contains("class=\"qr\""));

        // Taken back before its time.
        let code = location(&shop.post("/shop/qr", &[("amount", "9000")]).await);
        shop.get(&code).await;
        assert_eq!(location(&shop.post(&format!("{code}/cancel"), &[]).await), "/shop");
        assert!(shop.get(&code).await.body.contains("코드가 끝났어요"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_without_the_forms_token() {
    let town = Town::new(Engine::Sqlite);
    let mut shop = town.browser("merchant").await;
    let page = shop
        .post_and_follow(
            "/shop/charge",
            &[("amount", "5000"), ("card", &number(&town)), ("request_key", "k")],
        )
        .await;
    let payment = field(after(&page.body, "action=\"/shop/cancel\"", "</form>"), "payment").unwrap();
    let before = postings(&town);
    let number = number(&town);
    let forms: [(&str, &[(&str, &str)]); 4] = [
        ("/shop/charge", &[("amount", "5000"), ("card", &number), ("request_key", "a")]),
        ("/shop/qr", &[("amount", "5000")]),
        ("/shop/cancel", &[("payment", &payment), ("request_key", "b")]),
        ("/shop/refunds", &[("payment", &payment), ("request_key", "c")]),
    ];
    for (path, fields) in forms {
        shop.csrf = "forged".into();
        let answer = shop.post(path, fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
        assert!(answer.body.contains("form.expired"), "{path}");
        whole(&answer);
        // And nobody but a shop gets in at all.
        for persona in ["citizen", "officer"] {
            let mut stranger = town.browser(persona).await;
            let answer = stranger.post(path, fields).await;
            assert_eq!(location(&answer), "/enter?refused=/shop", "{persona} {path}");
        }
    }
    assert_eq!(postings(&town), before);
    let mut nobody = Browser { town: &town, cookies: Vec::new(), csrf: String::new() };
    for path in ["/shop", "/shop/till", "/shop/receipts/pst_0000000000001", "/shop/qr/x"] {
        assert_eq!(location(&nobody.get(path).await), door(path), "{path}");
    }
    assert_eq!(nobody.get("/shop/result?request_key=k").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_till_shows_no_totals() {
    let town = Town::new(Engine::Sqlite);
    let mut owner = town.browser("merchant").await;
    owner.get("/shop").await;
    for (key, amount) in [("a", "11111"), ("b", "22222")] {
        owner
            .post("/shop/charge", &[("amount", amount), ("card", &number(&town)), ("request_key", key)])
            .await;
    }
    let mut till = town.browser("till").await;
    assert_eq!(location(&till.get("/shop").await), "/shop/till");
    for lang in ["ko", "en"] {
        till.get(&format!("/look?lang={lang}&back=/")).await;
        let page = till.get("/shop/till").await;
        whole(&page);
        assert!(page.body.contains("22,222"), "the last payment can be cancelled here");
        for hidden in ["33,333", "11,111", "data-n=\"tomorrow\"", "sales_sum", "sales_count", "/shop/refunds"]
        {
            assert!(!page.body.contains(hidden), "{hidden}");
        }
    }
    // The owner may stand at the till, and comes back to it.
    let page = owner.get("/shop/till").await;
    assert!(!page.body.contains("33,333"));
    let form = [("amount", "1000"), ("card", &number(&town)), ("request_key", "c"), ("back", "/shop/till")];
    assert!(location(&owner.post("/shop/charge", &form).await).starts_with("/shop/till?done="));
}

/// The first message of a stream after something has happened.
async fn first_message(
    town: &Town,
    shop: &Browser<'_>,
    happens: impl Future<Output = ()>,
) -> serde_json::Value {
    use tower::ServiceExt;
    let cookies: Vec<String> = shop.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = Request::builder().uri("/shop/live").header(header::COOKIE, cookies.join("; "));
    let response = town.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let mut stream = response.into_body().into_data_stream();
    happens.await;
    let chunk = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap().unwrap().unwrap();
    let text = String::from_utf8(chunk.to_vec()).unwrap();
    serde_json::from_str(text.strip_prefix("data: ").unwrap().trim()).unwrap()
}

/// A till that was ended while it listened hears no sale after that.
#[tokio::test(flavor = "multi_thread")]
async fn an_ended_till_hears_nothing_more() {
    use tower::ServiceExt;
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let pay = |amount| {
            let (card, merchant) = (CardRef::Id(town.card), town.shop);
            Command::Pay { card, merchant, amount, pin: None, order: None }
        };
        let cookie = town.session("kim", base::Role::Till(town.shop)).await;
        let open = || {
            let request = Request::get("/shop/live").header(header::COOKIE, format!("session={cookie}"));
            town.router.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        let mut stream = open().await.unwrap().into_body().into_data_stream();
        system(&town, "first", pay(1_100));
        let heard = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap();
        assert!(heard.is_some(), "while it lasts");
        let client = {
            let view = town.app.city.shared.read();
            let hash = city::tokens::hash("token-kim");
            view.town
                .doors
                .tokens(town.app.city.clock.now())
                .iter()
                .find(|one| one.hash == hash)
                .unwrap()
                .client
                .0
        };
        system(&town, "end", Command::EndToken { client });
        system(&town, "second", pay(1_234));
        let heard = tokio::time::timeout(Duration::from_secs(10), stream.next()).await.unwrap();
        assert!(heard.is_none(), "{heard:?}");
        assert_eq!(open().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_hears_its_payments() {
    let town = Town::new(Engine::Sqlite);
    let pay = |merchant, amount| Command::Pay {
        card: CardRef::Id(town.card),
        merchant,
        amount,
        pin: None,
        order: None,
    };
    let owner = town.browser("merchant").await;
    let message = first_message(&town, &owner, async {
        system(&town, "elsewhere", pay(town.other_shop, 500));
        system(&town, "here", pay(town.shop, 12_000));
    })
    .await;
    assert_eq!(message["paid"]["text"], "만 이천 원 결제됐습니다");
    assert_eq!(message["paid"]["line"], "09:00 12,000원 결제됐어요.");
    let numbers = &message["numbers"];
    assert_eq!(numbers["sales_sum"], 12_000);
    assert_eq!(numbers["sales_count"], 1);
    assert_eq!(numbers["tomorrow"], 12_000);
    let till = town.browser("till").await;
    let message = first_message(&town, &till, async {
        system(&town, "again", pay(town.shop, 3_000));
    })
    .await;
    assert_eq!(message["paid"]["text"], "삼천 원 결제됐습니다");
    assert!(message.get("numbers").is_none(), "employees hear payments, not totals");
}

#[tokio::test(flavor = "multi_thread")]
async fn last_week_and_the_next_payout() {
    let town = Town::new(Engine::Sqlite);
    let zone = town.app.city.shared.read().town.zone.clone();
    let pay = |key: &str, amount| {
        let command = Command::Pay {
            card: CardRef::Id(town.card),
            merchant: town.shop,
            amount,
            pin: None,
            order: None,
        };
        system(&town, key, command);
    };
    pay("tue-9", 4_000);
    town.clock.jump_to(zone.instant(base::date(2021, 2, 23), 15, 0));
    pay("tue-15", 6_000);
    system(&town, "settle", Command::Settle { from: 0, at_most: 100 });
    // Friday before the long weekend: paid on Tuesday, 2 March, when the same day last week is compared with.
    town.clock.jump_to(zone.instant(base::date(2021, 2, 26), 15, 0));
    pay("fri", 2_500);
    let mut owner = town.browser("merchant").await;
    let page = owner.get("/shop").await;
    assert!(page.body.contains("3월 2일(화) 들어올 돈"), "{}", page.body);
    assert_eq!(after(&page.body, "data-n=\"tomorrow\">", "<"), Won(2_500).to_string());
    town.clock.jump_to(zone.instant(base::date(2021, 3, 2), 12, 0));
    let page = owner.get("/shop").await;
    assert!(
        page.body.contains("이맘때는 4,000원이었어요."),
        "only what was sold by this hour: {}",
        page.body
    );
    assert_eq!(after(&page.body, "data-n=\"sales_sum\">", "<"), "0");
}
