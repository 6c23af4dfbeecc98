//! What a holder sees: their cards, one card, and what moved its purses.

use axum::http::Method;
use serde_json::Value;

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn cards_are_their_holders() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        let masked = format!("{:016}", town.card_number);
        let masked = format!("{} •••• •••• {}", &masked[..4], &masked[12..]);
        script.names.insert("masked".into(), masked);
        script
            .run(
                r#"
            citizen   | GET /api/v1/cards | | 200 | items.0.id=$card, items.0.number=$masked, items.0.kind=plastic, items.0.state=active, items.0.person=$citizen, items.0.balance=100000, items.0.purses.0.purpose=cash, items.0.purses.0.balance=100000, items.0.purses.0.expires=2026-02-28, items.0.purses.1!, items.1!
            neighbour | GET /api/v1/cards | | 200 | items.0.id=$neighbour_card, items.0.person=$neighbour, items.0.balance=0, items.0.purses.0!, items.1!
            # the newest first, each with the person's money; one that was closed stays in the list
            citizen   | POST /api/v1/cards | {"kind":"phone"} | 201 | card>phone
            citizen   | POST /api/v1/payments | {"card":"$phone","merchant":"$shop","amount":10000} | 201
            citizen   | GET /api/v1/cards | | 200 | items.0.id=$phone, items.0.kind=phone, items.0.balance=91000, items.0.purses.1.purpose=reward, items.0.purses.1.balance=1000, items.1.id=$card, items.1.balance=91000, items.2!
            citizen   | POST /api/v1/cards/$phone/close | | 200
            citizen   | GET /api/v1/cards | | 200 | items.0.id=$phone, items.0.state=closed, items.1.state=active
            # one, by id or by its printed digits
            citizen   | GET /api/v1/cards/$card | | 200 | id=$card, number=$masked, kind=plastic, state=active, person=$citizen, balance=91000, purses.0.balance=90000, purses.1.balance=1000, purses.2!
            citizen   | GET /api/v1/cards/$number | | 200 | id=$card, balance=91000
            citizen   | POST /api/v1/cards/$card/freeze | | 200
            citizen   | GET /api/v1/cards/$card | | 200 | state=frozen
            # a window sees the card and whose it is; what is on it is not its business
            clerk     | GET /api/v1/cards/$number | | 200 | id=$card, number=$masked, state=frozen, person=$citizen, balance!, purses!
            clerk     | GET /api/v1/cards/crd_0000000000007 | | 404 card.unknown
            # another's looks like none
            neighbour | GET /api/v1/cards/$card | | 404 card.unknown
            neighbour | GET /api/v1/cards/$number | | 404 card.unknown
            neighbour | GET /api/v1/cards/crd_0000000000007 | | 404 card.unknown
            citizen   | GET /api/v1/cards/$citizen | | 404 card.unknown
            citizen   | GET /api/v1/cards/%00 | | 404 card.unknown
            nobody    | GET /api/v1/cards | | 401 token.missing
            nobody    | GET /api/v1/cards/$card | | 401 token.missing
            merchant  | GET /api/v1/cards | | 403 role.needed
            clerk     | GET /api/v1/cards | | 403 role.needed
            merchant  | GET /api/v1/cards/$card | | 403 role.needed
            till      | GET /api/v1/cards/$number | | 403 role.needed
            officer   | GET /api/v1/cards/$card | | 403 role.needed
            auditor   | GET /api/v1/cards/crd_0000000000007 | | 403 role.needed
        "#,
            )
            .await;
        let read = async |path: &str| town.call("neighbour", Method::GET, path, None, "").await.told();
        let anothers = format!("/api/v1/cards/{}", town.card);
        assert_eq!(read(&anothers).await, read("/api/v1/cards/crd_0000000000007").await);
        let entries = format!("{anothers}/entries");
        assert_eq!(read(&entries).await, read("/api/v1/cards/crd_0000000000007/entries").await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_say_what_moved_and_why() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":12000} | 201 | id>paid
            citizen   | GET /api/v1/cards/$card/entries | | 200 | items.0.id=$paid, items.0.kind=pay, items.0.change=-10800, items.0.cashback=1200, items.0.merchant=$shop, items.0.explanation.0>why, items.1.kind=top-up, items.1.change=100000, items.1.cashback=0, items.1.merchant!, items.1.explanation.0!, items.2!, next!
            merchant  | POST /api/v1/payments/$paid/refunds | {"amount":10000} | 201 | id>back
            till      | POST /api/v1/authorizations | {"card":"$card","amount":5000} | 201 | id>hold
            till      | POST /api/v1/authorizations/$hold/void | | 200
            citizen   | POST /api/v1/gifts | {"to":"$neighbour_card","amount":300} | 201
            # each card shows the same, and so do its digits
            citizen   | POST /api/v1/cards | {"kind":"phone"} | 201 | card>phone
            citizen   | GET /api/v1/cards/$phone/entries | | 200 | items.0.kind=gift, items.0.change=-300, items.1.kind=release, items.1.change=5000, items.1.merchant=$shop, items.2.id=$hold, items.2.kind=authorise, items.2.change=-5000, items.2.cashback=0, items.3.id=$back, items.3.kind=refund, items.3.change=9000, items.3.cashback=-1000, items.4.id=$paid, items.5.kind=top-up, items.6!, next!
            citizen   | GET /api/v1/cards/$number/entries?limit=1 | | 200 | items.0.change=-300, items.1!, next>next
            citizen   | GET /api/v1/cards/$card/entries?limit=1&cursor=$next | | 200 | items.0.kind=release
            neighbour | GET /api/v1/cards/$neighbour_card/entries | | 200 | items.0.kind=gift, items.0.change=300, items.1!, next!
            citizen   | GET /api/v1/cards/$card/entries?limit=100 | | 200 | items.5.kind=top-up, next!
            # someone without a movement, and what comes before the first
            citizen   | GET /api/v1/cards/$card/entries?limit=6 | | 200 | items.5.id>first, next!
            citizen   | GET /api/v1/cards/$card/entries?cursor=$first | | 200 | items.0!, next!
            # questions that are none
            citizen   | GET /api/v1/cards/$card/entries?limit=0 | | 422 query.limit
            citizen   | GET /api/v1/cards/$card/entries?limit=101 | | 422 query.limit
            citizen   | GET /api/v1/cards/$card/entries?limit=-1 | | 400 query.form
            citizen   | GET /api/v1/cards/$card/entries?limit=many | | 400 query.form
            citizen   | GET /api/v1/cards/$card/entries?limit= | | 400 query.form
            citizen   | GET /api/v1/cards/$card/entries?limit=1&limit=2 | | 400 query.form
            citizen   | GET /api/v1/cards/$card/entries?page=2 | | 400 query.form
            citizen   | GET /api/v1/cards/$card/entries?cursor= | | 400 query.cursor
            citizen   | GET /api/v1/cards/$card/entries?cursor=17 | | 400 query.cursor
            citizen   | GET /api/v1/cards/$card/entries?cursor=$card | | 400 query.cursor
            citizen   | GET /api/v1/cards/$card/entries?cursor=pst_0000000000zzz | | 400 query.cursor
            citizen   | GET /api/v1/cards/$card/entries?cursor=pst_fzzzzzzzzzzzz | | 400 query.cursor
            # whose they are not
            neighbour | GET /api/v1/cards/$card/entries | | 404 card.unknown
            neighbour | GET /api/v1/cards/crd_0000000000007/entries | | 404 card.unknown
            citizen   | GET /api/v1/cards/x/entries | | 404 card.unknown
            clerk     | GET /api/v1/cards/$card/entries | | 403 role.needed
            merchant  | GET /api/v1/cards/$card/entries | | 403 role.needed
            till      | GET /api/v1/cards/$card/entries | | 403 role.needed
            officer   | GET /api/v1/cards/$card/entries | | 403 role.needed
            auditor   | GET /api/v1/cards/$card/entries | | 403 role.needed
            nobody    | GET /api/v1/cards/$card/entries | | 401 token.missing
        "#,
            )
            .await;
        assert!(script.name("why").contains("1,200원"), "{}", script.name("why"));
    }
}

/// While she goes on paying, a walk through the list meets each entry of before once, in order, and none of the new.
#[tokio::test(flavor = "multi_thread")]
async fn a_walk_through_entries_has_no_gap_and_no_repetition() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let pay = async |key: &str, amount: i64| {
            let body = format!(r#"{{"card":"{}","merchant":"{}","amount":{amount}}}"#, town.card, town.shop);
            let paid = town.call("citizen", Method::POST, "/api/v1/payments", Some(key), &body).await;
            assert_eq!(paid.status.as_u16(), 201, "{}", paid.body);
        };
        // Out of two purses by turns: cashback pays first, then own money.
        for (at, amount) in [9_000, 500, 400, 1_000, 7_000, 30, 2_000, 600, 5].into_iter().enumerate() {
            pay(&format!("before-{at}"), amount).await;
        }
        let read = async |query: &str| {
            let path = format!("/api/v1/cards/{}/entries{query}", town.card);
            let answer = town.call("citizen", Method::GET, &path, None, "").await;
            assert_eq!(answer.status.as_u16(), 200, "{}", answer.body);
            answer.json()
        };
        let ids = |page: &Value| -> Vec<String> {
            page["items"].as_array().unwrap().iter().map(|one| one["id"].to_string()).collect()
        };
        let whole = ids(&read("?limit=100").await);
        assert_eq!(whole.len(), 10);
        for limit in [1, 3, 4, 5, 9] {
            let (mut walked, mut query, mut pages) = (Vec::new(), format!("?limit={limit}"), 0);
            loop {
                let page = read(&query).await;
                let found = ids(&page);
                assert!(found.len() <= limit);
                walked.extend(found);
                pages += 1;
                pay(&format!("{limit}-{pages}"), 10).await;
                let Some(next) = page["next"].as_str() else { break };
                query = format!("?limit={limit}&cursor={next}");
            }
            // What was paid before this walk began is in it; what was paid since is not.
            assert_eq!(pages, walked.len().div_ceil(limit));
            assert_eq!(walked[walked.len() - whole.len()..], whole, "by {limit}");
            let mut once = walked.clone();
            once.sort();
            once.dedup();
            assert_eq!(once.len(), walked.len(), "by {limit}");
            let now = ids(&read("?limit=100").await);
            assert_eq!(now[pages..], walked, "by {limit}");
        }
    }
}
