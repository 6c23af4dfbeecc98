//! Refunds: in parts, by whom, and what they are refused for.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn refunds() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":30001,"order":"A1"} | 201 | cashback.reward=3000, order=A1, id>paid
            # running shares, and the last is exact
            till     | POST /api/v1/payments/$paid/refunds | {"amount":10001} | 201 | payment=$paid, amount=10001, refunded=10001, reward=1000, reward_from_refund=0
            officer  | POST /api/v1/payments/$paid/refunds | {"amount":10000} | 201 | refunded=20001, reward=1000
            merchant | POST /api/v1/payments/$paid/refunds | {"amount":10001} | 422 refund.more-than-left
            merchant | POST /api/v1/payments/$paid/refunds | {"amount":0} | 422 amount.range
            merchant | POST /api/v1/payments/$paid/refunds | {"amount":-1} | 422 amount.range
            merchant | POST /api/v1/payments/$paid/refunds | {} | 201 | amount=10000, refunded=30001, reward=1000
            merchant | POST /api/v1/payments/$paid/refunds | {} | 422 refund.done
            merchant | POST /api/v1/payments/$paid/refunds | {"amount":1} | 422 refund.done
            citizen  | GET /api/v1/wallet | | 200 | total=100000
            # whose it is not
            other    | POST /api/v1/payments/$paid/refunds | {} | 404 payment.unknown
            citizen  | POST /api/v1/payments/$paid/refunds | {} | 403 role.needed
            clerk    | POST /api/v1/payments/$paid/refunds | {} | 403 role.needed
            auditor  | POST /api/v1/payments/$paid/refunds | {} | 403 role.needed
            # what is no payment
            citizen  | POST /api/v1/cards/$card/top-ups | {"amount":5000} | 201 | id>top_up
            officer  | POST /api/v1/payments/$top_up/refunds | {} | 404 payment.unknown
            officer  | POST /api/v1/payments/pst_0000000000zzz/refunds | {} | 404 payment.unknown
            officer  | POST /api/v1/payments/$shop/refunds | {} | 404 id.unknown
            # to be seen by those it concerns
            citizen  | GET /api/v1/payments/$paid | | 200 | id=$paid, order=A1, merchant=$shop
            auditor  | GET /api/v1/payments/$paid | | 200 | balance!
            officer  | GET /api/v1/payments/$paid | | 200 | balance!
            neighbour | GET /api/v1/payments/$paid | | 404 payment.unknown
            clerk    | GET /api/v1/payments/$paid | | 404 payment.unknown
            citizen  | GET /api/v1/payments/$top_up | | 404 payment.unknown
            citizen  | GET /api/v1/payments/pst_0000000000zzz | | 404 payment.unknown
            citizen  | GET /api/v1/payments/$card | | 404 id.unknown
        "#,
            )
            .await;
    }
}
