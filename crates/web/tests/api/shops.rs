//! Shops that are looked for, and what one sold.

use std::sync::Arc;

use axum::http::Method;
use base::{Actor, Role};
use city::{Command, NewMerchant};
use serde_json::Value;

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn shops_are_found() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            officer  | POST /api/v1/merchants | {"name":"Café Bibim","business_number":"1048136565","trade":"bakery","district":"4511153000"} | 201 | merchant>bibim
            officer  | POST /api/v1/merchants | {"name":"큰 백화점","business_number":"211-86-29993","trade":"department-store","district":"4511151000","sales":9000000000} | 201 | merchant>store
            # in order of joining
            citizen  | GET /api/v1/merchants | | 200 | items.0.id=$shop, items.0.name=남부시장 반찬, items.0.trade=market-food, items.0.district=4511153000, items.0.business_number=123-45-67891, items.0.state=open, items.0.takes_card=true, items.0.sales!, items.0.owner!, items.1.id=$other_shop, items.2.id=$bibim, items.3.id=$store, items.3.takes_card=false, items.4!, next!
            till     | GET /api/v1/merchants?limit=2 | | 200 | items.1.id=$other_shop, items.2!, next>next
            till     | GET /api/v1/merchants?limit=2&cursor=$next | | 200 | items.0.id=$bibim, items.1.id=$store, items.2!, next!
            # by a part of the name, large or small letters; 남부, BIBIM, é, a blank around it
            clerk    | GET /api/v1/merchants?name=%EB%82%A8%EB%B6%80 | | 200 | items.0.id=$shop, items.1!
            officer  | GET /api/v1/merchants?name=BIBIM | | 200 | items.0.id=$bibim, items.1!
            auditor  | GET /api/v1/merchants?name=+caf%C3%89+b+ | | 200 | items.0.id=$bibim, items.1!
            citizen  | GET /api/v1/merchants?name= | | 200 | items.3.id=$store
            citizen  | GET /api/v1/merchants?name=nothing | | 200 | items.0!, next!
            citizen  | GET /api/v1/merchants?name=%00 | | 200 | items.0!
            citizen  | GET /api/v1/merchants?name=%FF | | 200 | items.0!
            # by trade, by neighbourhood, by both
            citizen  | GET /api/v1/merchants?trade=bakery | | 200 | items.0.id=$bibim, items.1!
            citizen  | GET /api/v1/merchants?district=4511151000 | | 200 | items.0.id=$store, items.1!
            citizen  | GET /api/v1/merchants?trade=market-food&district=4511153000&name=%ED%95%9C%EC%98%A5 | | 200 | items.0.id=$other_shop, items.1!
            citizen  | GET /api/v1/merchants?trade=bakery&district=4511151000 | | 200 | items.0!, next!
            # a closed one is still known
            officer  | POST /api/v1/merchants/$bibim/close | | 200
            citizen  | GET /api/v1/merchants?name=bibim | | 200 | items.0.state=closed, items.0.takes_card=false
            citizen  | GET /api/v1/merchants/$bibim | | 200 | state=closed, takes_card=false
            # questions that are none
            citizen  | GET /api/v1/merchants?trade=wand-maker | | 404 trade.unknown
            citizen  | GET /api/v1/merchants?trade= | | 404 trade.unknown
            citizen  | GET /api/v1/merchants?district=1 | | 404 district.unknown
            citizen  | GET /api/v1/merchants?limit=0 | | 422 query.limit
            citizen  | GET /api/v1/merchants?limit=101 | | 422 query.limit
            citizen  | GET /api/v1/merchants?limit=ten | | 400 query.form
            citizen  | GET /api/v1/merchants?limit=18446744073709551616 | | 400 query.form
            citizen  | GET /api/v1/merchants?shop=1 | | 400 query.form
            citizen  | GET /api/v1/merchants?name=a&name=b | | 400 query.form
            citizen  | GET /api/v1/merchants?cursor= | | 400 query.cursor
            citizen  | GET /api/v1/merchants?cursor=2 | | 400 query.cursor
            citizen  | GET /api/v1/merchants?cursor=$card | | 400 query.cursor
            citizen  | GET /api/v1/merchants?cursor=mer_0000000000007 | | 400 query.cursor
            nobody   | GET /api/v1/merchants | | 401 token.missing
        "#,
            )
            .await;
    }
}

/// Many at once, as a city takes them in.
async fn join(town: &Town, names: impl Iterator<Item = String>, first: u32) {
    let mut asked = tokio::task::JoinSet::new();
    for (name, number) in names.zip(first..) {
        let nine = format!("{:09}", 400_000_000 + number);
        let business_number = (0..10)
            .map(|check| format!("{nine}{check}"))
            .find(|number| economy::business_number::parse(number).is_some())
            .unwrap();
        let (trade, district) = ("bakery".into(), "4511153000".into());
        let command =
            Command::Join(NewMerchant { name, business_number, trade, district, sales: None, owner: None });
        let actor = Actor::new(Role::System, base::Client(9));
        let key = format!("join-{number}");
        let request = pen::Request { actor, key, input_hash: command.input_hash() };
        let app = Arc::clone(&town.app);
        asked.spawn(async move { app.city.ask(request, command).await.unwrap().unwrap() });
        // No more wait than the queue holds.
        if asked.len() >= 200 {
            asked.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(joined) = asked.join_next().await {
        joined.unwrap();
    }
}

/// More shops than are looked at in one stretch: a walk meets each once, those that join meanwhile at the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_walk_through_shops_has_no_gap_and_no_repetition() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        join(&town, (0..2_300).map(|i| format!("가게 {i:04}")), 0).await;
        let (order, names): (Vec<String>, Vec<String>) = {
            let view = town.app.city.shared.read();
            view.town.directory.shops().iter().map(|shop| (shop.id.to_string(), shop.name.clone())).unzip()
        };
        assert_eq!(order.len(), 2_302);
        let called = |part: &str, from: usize| -> Vec<String> {
            let known = order.iter().zip(&names).skip(from);
            known.filter(|(_, name)| name.contains(part)).map(|(id, _)| id.clone()).collect()
        };
        let read = async |query: &str| {
            let path = format!("/api/v1/merchants?{query}");
            let answer = town.call("citizen", Method::GET, &path, None, "").await;
            assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
            answer.json()
        };
        let ids = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().unwrap();
            items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
        };
        let (mut walked, mut query, mut pages) = (Vec::new(), "limit=97".to_owned(), 0);
        loop {
            let page = read(&query).await;
            walked.extend(ids(&page));
            pages += 1;
            if pages < 5 {
                join(&town, std::iter::once(format!("새 가게 {pages}")), 5_000 + pages).await;
            }
            let Some(next) = page["next"].as_str() else { break };
            query = format!("limit=97&cursor={next}");
        }
        assert_eq!(walked.len(), 2_306);
        assert_eq!(walked[..2_302], order);
        assert_eq!(pages, 2_306_u32.div_ceil(97));
        // A page that is just full at the end of a stretch, and one that begins there.
        let cursor = &order[950];
        let page = read(&format!("limit=50&cursor={cursor}")).await;
        assert_eq!(
            (ids(&page), page["next"].as_str().unwrap()),
            (order[950..1_000].to_vec(), &*order[1_000])
        );
        let page = read(&format!("limit=3&cursor={}", order[1_000])).await;
        assert_eq!(ids(&page), order[1_000..1_003]);
        // What is rare is found however far apart, and a full page knows whether there is more.
        assert_eq!(called("99", 0).len(), 41, "0099, 0199 … 2299; 0990 … 0998; 1990 … 1998");
        for (limit, more) in [(100, false), (41, false), (40, true)] {
            let found = read(&format!("name=99&limit={limit}")).await;
            assert_eq!(ids(&found), called("99", 0)[..limit.min(41)]);
            assert_eq!(found["next"].is_string(), more, "{limit}");
        }
        let last = read("name=2299").await;
        assert_eq!((ids(&last), last["next"].is_null()), (called("2299", 0), true));
        // From a cursor, only what comes after it.
        let later = read(&format!("name=99&cursor={}", order[2_000])).await;
        assert_eq!(ids(&later), called("99", 2_000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sales_are_their_shops() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            merchant | GET /api/v1/merchants/$shop/sales | | 200 | merchant=$shop, date=2021-02-23, count=0, sum=0, refunded=0, payout=0, payout_on=2021-02-24, items.0!
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":12000} | 201 | id>paid
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$other_shop","amount":700} | 201
            till     | POST /api/v1/authorizations | {"card":"$card","amount":4000} | 201 | id>hold
            merchant | GET /api/v1/merchants/$shop/sales | | 200 | count=1, sum=12000, payout=12000
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":3000} | 201 | id>taken
            till     | POST /api/v1/payments/$paid/refunds | {"amount":5000} | 201 | id>back
            # the newest first
            merchant | GET /api/v1/merchants/$shop/sales | | 200 | date=2021-02-23, count=2, sum=15000, refunded=5000, payout=10000, payout_on=2021-02-24, items.0.id=$back, items.0.kind=refund, items.0.amount=5000, items.1.id=$taken, items.1.kind=capture, items.1.amount=3000, items.2.id=$paid, items.2.kind=pay, items.2.amount=12000, items.2.card!, items.3!
            merchant | GET /api/v1/merchants/$shop/sales?date=2021-02-23 | | 200 | count=2, sum=15000
            officer  | GET /api/v1/merchants/$shop/sales | | 200 | count=2, payout=10000
            auditor  | GET /api/v1/merchants/$shop/sales | | 200 | count=2, payout=10000
            other    | GET /api/v1/merchants/$other_shop/sales | | 200 | count=1, sum=700, payout=700
            # a till takes money and sees no totals
            till     | GET /api/v1/merchants/$shop/sales | | 403 role.needed
            citizen  | GET /api/v1/merchants/$shop/sales | | 403 role.needed
            clerk    | GET /api/v1/merchants/$shop/sales | | 403 role.needed
            nobody   | GET /api/v1/merchants/$shop/sales | | 401 token.missing
            # another's looks like one that doesn't exist
            other    | GET /api/v1/merchants/$shop/sales | | 404 shop.unknown
            other    | GET /api/v1/merchants/mer_0000000000007/sales | | 404 shop.unknown
            officer  | GET /api/v1/merchants/mer_0000000000007/sales | | 404 shop.unknown
            officer  | GET /api/v1/merchants/$card/sales | | 404 id.unknown
            # today and the week before it
            merchant | GET /api/v1/merchants/$shop/sales?date=2021-02-16 | | 200 | date=2021-02-16, count=0, items.0!, payout=10000
            merchant | GET /api/v1/merchants/$shop/sales?date=2021-02-15 | | 422 date.range
            merchant | GET /api/v1/merchants/$shop/sales?date=2021-02-24 | | 422 date.range
            merchant | GET /api/v1/merchants/$shop/sales?date=9999-12-31 | | 422 date.range
            merchant | GET /api/v1/merchants/$shop/sales?date=-9999-01-01 | | 400 date.form
            merchant | GET /api/v1/merchants/$shop/sales?date=2021-02-30 | | 400 date.form
            merchant | GET /api/v1/merchants/$shop/sales?date=today | | 400 date.form
            merchant | GET /api/v1/merchants/$shop/sales?date= | | 400 date.form
            merchant | GET /api/v1/merchants/$shop/sales?day=2021-02-23 | | 400 query.form
        "#,
            )
            .await;
        let read = async |path: &str| town.call("other", Method::GET, path, None, "").await.told();
        let anothers = format!("/api/v1/merchants/{}/sales", town.shop);
        assert_eq!(read(&anothers).await, read("/api/v1/merchants/mer_0000000000007/sales").await);
        // The day after: yesterday is what it was, and a refund counts on its own day.
        town.on(2021, 2, 24);
        script
            .run(
                r#"
            till     | POST /api/v1/payments/$paid/refunds | {"amount":1000} | 201
            merchant | GET /api/v1/merchants/$shop/sales?date=2021-02-23 | | 200 | count=2, sum=15000, refunded=5000, items.2.id=$paid, items.3!
            merchant | GET /api/v1/merchants/$shop/sales | | 200 | date=2021-02-24, count=0, sum=0, refunded=1000, items.0.kind=refund, items.1!, payout=9000
        "#,
            )
            .await;
    }
}

/// A hundred are listed; the totals are of all.
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_day_is_counted_whole() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        for at in 0..103 {
            let body = format!(r#"{{"card":"{}","amount":{}}}"#, town.card, 100 + at);
            let key = format!("busy-{at}");
            let paid = town.call("till", Method::POST, "/api/v1/payments", Some(&key), &body).await;
            assert_eq!(paid.status.as_u16(), 201, "{}", paid.body);
        }
        let path = format!("/api/v1/merchants/{}/sales", town.shop);
        let sales = town.call("merchant", Method::GET, &path, None, "").await.json();
        let sum: i64 = (100..203).sum();
        assert_eq!((&sales["count"], &sales["sum"]), (&103.into(), &sum.into()));
        let items = sales["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["amount"], &items[99]["amount"]), (100, &202.into(), &103.into()));
    }
}
