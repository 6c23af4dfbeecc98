//! What people meet who are new to it: a button that moves much money says so first, a number on a receipt is known the day
//! after, sums and sentences say what is so.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use base::{Role, Won};
use city::coupons::jobs;
use city::{Command, NewJob, NewPerson, OnCoupons, Recipients};
use common::{Browser, Town, ask, field};

const EVERYONE: &str = "/desk/coupons/everyone";

fn waiting(town: &Town, role: Role, key: &str, command: Command) {
    std::thread::scope(|s| {
        s.spawn(|| ask(&town.app.city, role, key, command)).join().unwrap();
    });
}

fn votes(town: &Town, key: &str, amount: i64) {
    waiting(town, Role::System, key, Command::Vote { budget: "relief-2021".into(), amount });
}

fn people(town: &Town) -> i64 {
    i64::try_from(town.app.city.shared.read().town.directory.holders().len()).unwrap()
}

fn jobs(town: &Town) -> usize {
    town.app.city.shared.read().town.coupons.jobs().count()
}

async fn asks(officer: &mut Browser<'_>, key: &str, sum: &str) -> common::Answer {
    let fields =
        [("request_key", key), ("coupon", "relief-2021"), ("district", ""), ("each", "1,000"), ("sum", sum)];
    officer.post(EVERYONE, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_counted_before_anything_is_given() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        town.on(2021, 3, 22);
        let all = people(&town) * 1_000;
        votes(&town, "most", all - 1);
        let mut officer = town.browser("officer").await;
        officer.get("/desk/coupons").await;
        let page = asks(&mut officer, "k1", "").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("아직 아무것도 드리지 않았어요"), "{}", page.body);
        assert!(page.body.contains("예산이 1원 모자라요"), "{}", page.body);
        assert!(page.body.contains(&format!("{}원", Won(all))), "{}", page.body);
        assert_eq!(field(&page.body, "sum"), None, "it can't begin");
        let forced = asks(&mut officer, "k2", &all.to_string()).await;
        assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(forced.body.contains("coupon.total"), "{}", forced.body);
        assert!(forced.body.contains("1원 모자라요"), "{}", forced.body);
        assert_eq!(jobs(&town), 0);

        votes(&town, "rest", 1);
        let page = asks(&mut officer, "k3", "").await;
        let (sum, key) = (field(&page.body, "sum").unwrap(), field(&page.body, "request_key").unwrap());
        assert_eq!(sum, all.to_string());
        assert_eq!(jobs(&town), 0, "nothing is begun by looking");
        let other = asks(&mut officer, &key, &(all + 1_000).to_string()).await;
        assert_eq!((other.status, jobs(&town)), (StatusCode::OK, 0), "another sum than the one it is now");
        let begun = asks(&mut officer, &key, &sum).await;
        assert_eq!((begun.status, jobs(&town)), (StatusCode::SEE_OTHER, 1), "{}", begun.body);
        let again = asks(&mut officer, &key, &sum).await;
        assert_eq!((again.status, jobs(&town)), (StatusCode::SEE_OTHER, 1), "the same button twice");
        let page = asks(&mut officer, "k4", "").await;
        assert!(page.body.contains("href=\"/desk/coupons/jobs/1\""), "{}", page.body);
        assert_eq!(field(&page.body, "sum"), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_stopped_says_how_many_are_left_and_what_for() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        town.on(2021, 3, 22);
        votes(&town, "all", people(&town) * 1_000);
        let to = Recipients::Everyone { district: None, each: 1_000 };
        let begin = OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to });
        waiting(&town, Role::Officer, "begin", Command::OnCoupons(begin));
        // Somebody who comes after it began is given a won of the same budget.
        let name = "이영희".into();
        let late = NewPerson { name, phone: None, birth_day: None, district: None, card: None };
        waiting(&town, Role::System, "late", Command::Enrol(late));
        let person = town.app.city.shared.read().town.directory.holders().last().unwrap().person.id;
        let give = OnCoupons::Give { coupon: "relief-2021".into(), person, amount: 1 };
        waiting(&town, Role::Officer, "won", Command::OnCoupons(give));
        std::thread::scope(|s| {
            s.spawn(|| jobs::work(&town.app.city, Duration::from_secs(20)).unwrap()).join().unwrap();
        });
        let mut officer = town.browser("officer").await;
        let page = officer.get("/desk/coupons/jobs/1").await;
        assert!(page.body.contains("아직 1명이 남았어요"), "{}", page.body);
        assert!(page.body.contains("시의회가 예산을 더 정해"), "{}", page.body);
        assert!(officer.get("/desk/coupons").await.body.contains("아직 1명이 남았어요"));
    }
}

async fn pays(town: &Town, key: &str, amount: i64, order: &str) -> String {
    let order = if order.is_empty() { String::new() } else { format!(r#","order":"{order}""#) };
    let wish = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}{order}}}"#, town.card, town.shop);
    let answer = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &wish).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// What stands after a mark, up to a tag.
fn after<'a>(page: &'a str, mark: &str) -> &'a str {
    page.split(mark).nth(1).unwrap_or_else(|| panic!("no {mark}")).split('<').next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_number_is_known_after_its_day() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let id = pays(&town, "first", 9_000, "").await;
        pays(&town, "second", 3_000, "A7-3291").await;
        let receipt = town.browser("citizen").await.get(&format!("/wallet/receipts/{id}")).await;
        let order = after(&receipt.body, "<dt>주문 번호</dt><dd>").to_owned();
        town.on(2021, 2, 25);
        pays(&town, "third", 4_000, "A7-3291").await;
        town.on(2021, 4, 1);
        let mut shop = town.browser("merchant").await;
        shop.get("/shop").await;
        let fields = [("payment", "A7-3291"), ("request_key", "several")];
        let page = shop.post("/shop/refunds", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("여러 건 있어요(2월 25일"), "{}", page.body);
        let page = shop.post("/shop/refunds", &[("payment", "Z9-9999"), ("request_key", "none")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("pst_로 시작하는 번호를 적어"), "{}", page.body);
        let mut other = town.browser("other").await;
        other.get("/shop").await;
        let page = other.post("/shop/refunds", &[("payment", &order), ("request_key", "other")]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "another shop's payment looks like none");
        let fields = [("payment", order.as_str()), ("request_key", "back")];
        let page = shop.post_and_follow("/shop/refunds", &fields).await;
        assert!(page.body.contains("9,000원을 돌려줬어요"), "{order}: {}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_sees_a_payment_and_not_of_which_purses_it_was() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        pays(&town, "earns", 20_000, "").await;
        // 2,000 of cashback and 6,000 of own money.
        let id = pays(&town, "both", 8_000, "").await;
        let mut shop = town.browser("merchant").await;
        let receipt = shop.get(&format!("/shop/receipts/{id}")).await;
        assert!(receipt.body.contains("손님의 카드"), "{}", receipt.body);
        assert!(!receipt.body.contains("6,000") && !receipt.body.contains("내 돈"), "{}", receipt.body);
        let payouts = shop.get("/shop/payouts").await;
        assert!(payouts.body.contains("한 건씩 보기 (2건)"), "{}", payouts.body);
        assert!(payouts.body.contains("8,000") && !payouts.body.contains("6,000"), "{}", payouts.body);
        let own = town.browser("citizen").await.get(&format!("/wallet/receipts/{id}")).await;
        assert!(own.body.contains("6,000"), "the holder sees it: {}", own.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_nobody_has_voted_is_not_spent() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        town.on(2022, 2, 23);
        let mut me = town.browser("citizen").await;
        for (path, says) in
            [("/", "예산이 아직 정해지지 않았어요"), ("/wallet", "캐시백 예산이 아직 정해지지 않아서")]
        {
            let page = me.get(path).await;
            assert!(page.body.contains(says) && !page.body.contains("다 썼어요"), "{path}: {}", page.body);
        }
        let page = town.browser("officer").await.get("/desk").await;
        assert!(page.body.contains("예산이 아직 정해지지 않았어요"), "{}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lacks_much_is_not_told_to_top_up_more_than_may_be() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut me = town.browser("citizen").await;
        me.get("/wallet").await;
        let fields = [("request_key", "much"), ("shop", "123-45-67891"), ("amount", "2,000,000")];
        let page = me.post("/wallet/pay", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("purse.short") && page.body.contains("1,900,000원이 모자라요"));
        assert!(page.body.contains("1,900,000원 이상 충전"), "that much may be put on: {}", page.body);
        let fields = [("request_key", "more"), ("shop", "123-45-67891"), ("amount", "9,000,000")];
        let page = me.post("/wallet/pay", &fields).await;
        assert!(page.body.contains("지금은 1,900,000원까지만 충전할 수 있어요"), "{}", page.body);
        assert!(!page.body.contains("8,900,000원 이상 충전"), "{}", page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_applications_are_checked_with_one_button() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        for name in ["merchant", "other"] {
            let mut owner = town.browser(name).await;
            owner.get("/shop/giving").await;
            let fields = [("request_key", name), ("rate", "1"), ("purpose", "0")];
            assert_eq!(owner.post("/shop/giving/apply", &fields).await.status, StatusCode::SEE_OTHER);
        }
        let mut officer = town.browser("officer").await;
        let page = officer.get("/desk/giving").await;
        let (one, other) = (town.shop.to_string(), town.other_shop.to_string());
        for shop in [&one, &other] {
            let tick = format!("name=\"{shop}\" value=\"1\" form=\"several\"");
            assert!(page.body.contains(&tick), "{}", page.body);
        }
        let fields = [("request_key", "both"), (one.as_str(), "1"), (other.as_str(), "1")];
        let page = officer.post_and_follow("/desk/giving/several", &fields).await;
        assert!(page.body.contains("확인할 신청이 없어요"), "{}", page.body);
        let again = officer.post("/desk/giving/several", &fields).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "the same button twice");
        let fields = [("request_key", "late"), (one.as_str(), "1")];
        let late = officer.post("/desk/giving/several", &fields).await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY, "they were checked already");
        // Whoever may not check one may not check several.
        let mut shop = town.browser("merchant").await;
        shop.get("/shop").await;
        assert_eq!(
            shop.post("/desk/giving/several", &fields).await.status,
            StatusCode::SEE_OTHER,
            "the door"
        );
    }
}
