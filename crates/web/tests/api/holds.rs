//! Reservations: authorise, capture whole or in part, let go, and those whose days are over.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn authorise_capture_void() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen  | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":40000} | 201 | amount=40000, cashback.reward=4000, balance=60000, id>hold
            citizen  | GET /api/v1/wallet | | 200 | total=60000
            # what is reserved can't be spent
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":60001} | 422 purse.short
            # it is the shop's, and its alone
            other    | POST /api/v1/authorizations/$hold/capture | {} | 404 hold.unknown
            other    | POST /api/v1/authorizations/$hold/void | | 404 hold.unknown
            citizen  | POST /api/v1/authorizations/$hold/capture | {} | 403 role.needed
            citizen  | POST /api/v1/authorizations/$hold/void | | 403 role.needed
            officer  | POST /api/v1/authorizations/$hold/void | | 403 role.needed
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":40001} | 422 hold.more
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":0} | 422 amount.range
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":30000} | 201 | amount=30000, cashback.reward=3000, balance!, id>captured
            citizen  | GET /api/v1/wallet | | 200 | total=73000
            till     | POST /api/v1/authorizations/$hold/capture | {} | 422 hold.ended
            till     | POST /api/v1/authorizations/$hold/void | | 422 hold.ended
            # a capture is a payment: it can be looked at and taken back; it is no reservation
            merchant | GET /api/v1/payments/$captured | | 200 | amount=30000
            merchant | POST /api/v1/authorizations/$captured/void | | 404 hold.unknown
            merchant | POST /api/v1/payments/$captured/refunds | {"amount":10000} | 201 | amount=10000, reward=1000
            citizen  | GET /api/v1/wallet | | 200 | total=82000
            # let go: as if it had not been
            till     | POST /api/v1/authorizations | {"card":"$number","amount":50000} | 201 | balance!, id>second
            till     | POST /api/v1/payments/$second/refunds | {} | 404 payment.unknown
            merchant | POST /api/v1/authorizations/$second/void | | 200 | amount=50000, merchant=$shop, balance!, person!
            merchant | POST /api/v1/authorizations/$second/capture | {} | 422 hold.ended
            citizen  | GET /api/v1/wallet | | 200 | total=82000
            # ids that lead nowhere
            till     | POST /api/v1/authorizations/pst_0000000000zzz/capture | {} | 404 hold.unknown
            till     | POST /api/v1/authorizations/pst_0000000000000/void | | 404 hold.unknown
            till     | POST /api/v1/authorizations/pst_fzzzzzzzzzzzz/void | | 404 hold.unknown
            till     | POST /api/v1/authorizations/$card/void | | 404 id.unknown
            till     | POST /api/v1/authorizations/17/void | | 404 id.unknown
        "#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_reservation_is_refused_for() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen   | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":100001} | 422 purse.short
            neighbour | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":1} | 404 card.unknown
            citizen   | POST /api/v1/authorizations | {"card":"$card","amount":1} | 400 shop.missing
            citizen   | POST /api/v1/authorizations | {"card":"$card","merchant":"$card","amount":1} | 404 shop.unknown
            citizen   | POST /api/v1/authorizations | {"card":"$card","merchant":"mer_0000000000007","amount":1} | 404 shop.unknown
            till      | POST /api/v1/authorizations | {"card":"$card","merchant":"$other_shop","amount":1} | 404 shop.unknown
            till      | POST /api/v1/authorizations | {"card":"$number","amount":50001} | 422 pin.needed
            clerk     | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":1} | 403 role.needed
            citizen   | POST /api/v1/cards/$card/freeze | | 200
            till      | POST /api/v1/authorizations | {"card":"$card","amount":1} | 422 card.frozen
            citizen   | POST /api/v1/cards/$card/unfreeze | | 200
            merchant  | POST /api/v1/merchants/$shop/close | | 200
            citizen   | POST /api/v1/authorizations | {"card":"$card","merchant":"$shop","amount":1} | 422 shop.closed
        "#,
            )
            .await;
    }
}

/// Seven days after it was made, a reservation can't be captured any more.
#[tokio::test(flavor = "multi_thread")]
async fn days_that_are_over() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            till | POST /api/v1/authorizations | {"card":"$card","amount":10000} | 201 | id>first
            till | POST /api/v1/authorizations | {"card":"$card","amount":20000} | 201 | id>second
        "#,
            )
            .await;
        town.on(2021, 3, 2);
        script.run("till | POST /api/v1/authorizations/$first/capture | {} | 201 | amount=10000").await;
        town.on(2021, 3, 3);
        script.run("till | POST /api/v1/authorizations/$second/capture | {} | 422 hold.ended").await;
        script.run("till | POST /api/v1/authorizations/$second/void | | 200 | amount=20000").await;
    }
}
