//! What prepayments pay and get back, in the history and in its sums.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use axum::http::Method;
use base::{PostingNo, Role};
use city::{CardRef, Command, OnGiving, OnPrepay, Reply};
use common::{Browser, Town, ask};
use economy::Facts;
use pen::Recorded;

fn done(town: &Town, role: Role, key: &str, command: Command) -> Reply {
    let city = &town.app.city;
    std::thread::scope(|scope| scope.spawn(|| ask(city, role, key, command)).join().unwrap())
}

fn asked(town: &Town, role: Role, key: &str, command: Command) -> PostingNo {
    match done(town, role, key, command) {
        Reply::Done { recorded: Recorded::Posting(no), .. } => no,
        _ => PostingNo(0),
    }
}

/// The shop takes prepayments, and the citizen buys one.
fn bought(town: &Town, amount: i64) -> PostingNo {
    let (citizen, shop) = (town.citizen, town.shop);
    asked(town, Role::System, "top-up", Command::TopUp { person: citizen, amount: 600_000 });
    let offer = Command::OnPrepay(OnPrepay::Offer { merchant: shop });
    asked(town, Role::Merchant(shop), "offer", offer);
    let buy = OnPrepay::Buy { person: citizen, merchant: shop, amount };
    asked(town, Role::Citizen(citizen), "buy", Command::OnPrepay(buy))
}

fn paid(town: &Town, amount: i64, key: &str) -> PostingNo {
    let (card, merchant) = (CardRef::Id(town.card), town.shop);
    asked(town, Role::System, key, Command::Pay { card, merchant, amount, pin: None, order: None })
}

/// The line of a page's history that leads to a receipt, without its marks.
fn line_of(page: &str, no: PostingNo) -> String {
    let receipt = format!("/wallet/receipts/{no}");
    let line = page.split("<li>").find(|line| line.contains(&receipt));
    let line = line.unwrap_or_else(|| panic!("no line of {no}: {page}")).split("</li>").next().unwrap();
    line.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_prepayment_pays_stands_in_the_history() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        bought(&town, 150_000);
        // Wholly out of the prepayment, then more than is left in it.
        let (wholly, mixed) = (paid(&town, 30_000, "wholly"), paid(&town, 125_000, "mixed"));
        let mut me = town.browser("citizen").await;
        for path in ["/wallet", "/wallet/history"] {
            let page = me.get(path).await;
            let line = line_of(&page.body, wholly);
            assert!(line.contains("30,000원을 모두 선결제한 돈으로 냈어요"), "{line}");
            let line = line_of(&page.body, mixed);
            assert!(line.contains("−5,000원"), "{line}");
            assert!(line.contains("125,000원을 냈고, 그중 120,000원은 선결제한 돈이에요"), "{line}");
        }
        let path = format!("/api/v1/cards/{}/entries", town.card);
        let entries = town.call("citizen", Method::GET, &path, None, "").await.json();
        let item = |no: PostingNo| {
            let mut items = entries["items"].as_array().unwrap().iter();
            items.find(|one| one["id"] == no.to_string()).cloned().unwrap()
        };
        for (no, change, prepaid, amount) in
            [(wholly, 0, -30_000, 30_000), (mixed, -5_000, -120_000, 125_000)]
        {
            let item = item(no);
            let cashback = item["cashback"].as_i64().unwrap();
            assert_eq!(item["change"], change + cashback, "{item}");
            assert_eq!((&item["prepaid"], &item["amount"]), (&prepaid.into(), &amount.into()), "{item}");
        }
    }
}

/// Who was given a prepayment finds in their history what comes back into it, and nothing of the payment behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_given_prepayment_stands_in_both_histories() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        bought(&town, 150_000);
        let payment = paid(&town, 30_000, "before");
        let other = city::NewPerson {
            name: "박영수".into(),
            phone: Some("010-1111-2222".into()),
            birth_day: Some(-5_000),
            district: None,
            card: Some(city::NewCard { kind: economy::CardKind::Phone }),
        };
        let enrolled = done(&town, Role::System, "other", Command::Enrol(other));
        let Reply::Done { facts: Facts::Card { card, person: other, .. }, .. } = enrolled else {
            panic!("{enrolled:?}")
        };
        let give = OnPrepay::Give { person: town.citizen, claim: 1, to: CardRef::Id(card) };
        let given = asked(&town, Role::Citizen(town.citizen), "give", Command::OnPrepay(give));
        let refund = Command::Refund { payment, amount: None };
        let refund = asked(&town, Role::Merchant(town.shop), "refund", refund);
        let mut me = town.browser("citizen").await;
        let page = me.get("/wallet/history").await;
        assert!(line_of(&page.body, given).contains("120,000원"), "{}", page.body);
        let cookie = town.session("given-to", Role::Citizen(other)).await;
        let mut them =
            Browser { town: &town, cookies: vec![("session".into(), cookie)], csrf: String::new() };
        let page = them.get("/wallet/history").await;
        assert!(line_of(&page.body, given).contains("120,000원"), "{}", page.body);
        assert!(page.body.contains("30,000원이 선결제로 돌아왔어요"), "{}", page.body);
        assert!(!page.body.contains(&format!("/wallet/receipts/{refund}")), "{}", page.body);
    }
}

/// Spent is what left the card for shops: rows and the month's sums are made of the same.
#[tokio::test(flavor = "multi_thread")]
async fn sums_are_what_the_rows_say() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        let buying = bought(&town, 150_000);
        paid(&town, 30_000, "wholly");
        let mixed = paid(&town, 125_000, "mixed");
        let page = me.get("/wallet/history").await;
        assert!(line_of(&page.body, buying).contains("−150,000원"), "{}", page.body);
        let earned = cashback(&town).await;
        assert_eq!(earned, 15_000, "the prepayment's; the purse's part was cashback, which earns none");
        assert!(page.body.contains(&month(155_000, earned)), "{} {}", month(155_000, earned), page.body);
        assert!(page.body.contains("쓸 때 다시 세지 않아요"), "{}", page.body);

        // What came back into the prepayment did not come back to the card.
        let refund = Command::Refund { payment: mixed, amount: None };
        let refund = asked(&town, Role::Merchant(town.shop), "refund", refund);
        let page = me.get("/wallet/history").await;
        let line = line_of(&page.body, refund);
        assert!(line.contains("+5,000원"), "{line}");
        assert!(line.contains("125,000원을 돌려받았고, 그중 120,000원은 선결제로 돌아갔어요"), "{line}");
        let earned = cashback(&town).await;
        assert!(page.body.contains(&month(150_000, earned)), "{}", page.body);

        // Returned, a prepayment is no spending any more, and its cashback is gone with it.
        let back = Command::OnPrepay(OnPrepay::Return { claim: 1 });
        let back = asked(&town, Role::Citizen(town.citizen), "return", back);
        let page = me.get("/wallet/history").await;
        assert!(line_of(&page.body, back).contains("+120,000원"), "{}", page.body);
        let earned = cashback(&town).await;
        assert!(page.body.contains(&month(30_000, earned)), "{}", page.body);
    }
}

/// Cashback of all entries, as the API has it.
async fn cashback(town: &Town) -> i64 {
    let path = format!("/api/v1/cards/{}/entries", town.card);
    let entries = town.call("citizen", Method::GET, &path, None, "").await.json();
    entries["items"].as_array().unwrap().iter().map(|one| one["cashback"].as_i64().unwrap()).sum()
}

fn month(spent: i64, earned: i64) -> String {
    let won = |amount: i64| format!("{},{:03}원", amount / 1_000, amount % 1_000);
    format!("이번 달에 {}을 쓰고 {}을 적립했어요", won(spent), won(earned))
}

/// The shop's receipt adds up to what was paid, and the holder's answer names the prepayment.
#[tokio::test(flavor = "multi_thread")]
async fn who_paid_is_said_to_shop_and_holder() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        bought(&town, 150_000);
        let (wholly, mixed) = (paid(&town, 30_000, "wholly"), paid(&town, 125_000, "mixed"));
        let mut shop = town.browser("merchant").await;
        let receipt = shop.get(&format!("/shop/receipts/{mixed}")).await;
        for said in ["손님이 선결제한 돈", "120,000원", "5,000원"] {
            assert!(receipt.body.contains(said), "{said}: {}", receipt.body);
        }
        for (no, from) in
            [(wholly, vec![(Some(1), 30_000)]), (mixed, vec![(Some(1), 120_000), (None, 5_000)])]
        {
            let path = format!("/api/v1/payments/{no}");
            let answer = town.call("citizen", Method::GET, &path, None, "").await.json();
            let parts = answer["paid_from"].as_array().unwrap().iter();
            let parts = parts.map(|part| (part["claim"].as_i64(), part["amount"].as_i64().unwrap()));
            assert_eq!(parts.collect::<Vec<_>>(), from, "{answer}");
        }
    }
}

/// A claim with nothing left is said to be used up, to both, and nobody is offered what would be refused.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_used_up_is_called_so() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        bought(&town, 150_000);
        let (mut me, mut shop) = (town.browser("citizen").await, town.browser("merchant").await);
        let before = shop.get("/shop/prepaid").await;
        assert!(before.body.contains("/shop/prepaid/1/return"), "{}", before.body);
        let payment = paid(&town, 150_000, "all");
        let seen = me.get("/wallet/prepaid").await;
        assert!(!seen.body.contains("아직 선결제한 가게가 없어요"), "{}", seen.body);
        assert!(seen.body.contains("선결제한 돈이 남아 있지 않아요"), "{}", seen.body);
        assert!(seen.body.contains("다 씀"), "{}", seen.body);
        let seen = shop.get("/shop/prepaid").await;
        assert!(seen.body.contains("다 씀") && !seen.body.contains("쓰는 중"), "{}", seen.body);
        assert!(!seen.body.contains("/shop/prepaid/1/return"), "{}", seen.body);
        // A refund fills it again.
        let refund = Command::Refund { payment, amount: Some(10_000) };
        asked(&town, Role::Merchant(town.shop), "refund", refund);
        let seen = shop.get("/shop/prepaid").await;
        assert!(seen.body.contains("/shop/prepaid/1/return"), "{}", seen.body);
    }
}

/// Who gives a share of their cashback is told that what a prepayment earns is not shared.
#[tokio::test(flavor = "multi_thread")]
async fn a_standing_gift_says_what_it_leaves_out() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let stand = OnGiving::Stand { person: town.citizen, share: 5_000, purpose: 0, named: false };
        asked(&town, Role::Citizen(town.citizen), "stand", Command::OnGiving(stand));
        let buying = bought(&town, 150_000);
        let mut me = town.browser("citizen").await;
        let giving = me.get("/wallet/giving").await;
        assert!(
            giving.body.contains("선결제하거나 충전할 때 받은 적립은 모두 내 돈으로 남아요"),
            "{}",
            giving.body
        );
        let receipt = me.get(&format!("/wallet/receipts/{buying}")).await;
        assert!(receipt.body.contains("이 적립에서는 기부하지 않았어요"), "{}", receipt.body);
    }
}

/// All shops are counted, in order of their names, and each is found: on its page of the list, or by its name.
#[tokio::test(flavor = "multi_thread")]
async fn every_shop_that_takes_prepayments_is_found() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let number = |no: u32| {
            let mut ends = (0..10).map(|end| format!("{}{end}", 400_000_000 + no));
            ends.find(|number| economy::business_number::parse(number).is_some()).unwrap()
        };
        for no in 0..130 {
            let shop = city::NewMerchant {
                name: format!("가게{no:03}"),
                business_number: number(no),
                trade: "market-food".into(),
                district: "4511153000".into(),
                sales: None,
                owner: None,
            };
            asked(&town, Role::System, &format!("join-{no}"), Command::Join(shop));
            let merchant = town.app.city.shared.read().town.directory.shop_numbered(&number(no)).unwrap().id;
            let offer = Command::OnPrepay(OnPrepay::Offer { merchant });
            asked(&town, Role::Merchant(merchant), &format!("offer-{no}"), offer);
        }
        let mut me = town.browser("citizen").await;
        let first = me.get("/prepaid").await;
        assert!(first.body.contains("130곳"), "{}", first.body);
        let at = |page: &str, name: &str| page.find(name).unwrap_or_else(|| panic!("{name}: {page}"));
        assert!(at(&first.body, "가게000") < at(&first.body, "가게059"));
        assert!(!first.body.contains("가게060"));
        let second = me.get("/prepaid?name=&from=60").await;
        assert!(at(&second.body, "가게060") < at(&second.body, "가게119"));
        let named = me.get("/prepaid?name=%EA%B0%80%EA%B2%8C129").await;
        assert!(
            named.body.contains("/wallet/prepaid?shop=") && !named.body.contains("가게128"),
            "{}",
            named.body
        );
        let wallet = me.get("/wallet/prepaid").await;
        assert!(wallet.body.contains("130곳"), "{}", wallet.body);
    }
}
