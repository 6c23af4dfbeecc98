//! Good prepayment through the API: offered, bought, used, given, returned; and what is refused.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_from_offer_to_return() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            citizen  | POST /api/v1/cards/$card/top-ups | {"amount":700000} | 201
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":200000} | 422 prepay.not-offered
            other    | POST /api/v1/merchants/$shop/prepayment-offer | {"offered":true} | 404 shop.unknown
            merchant | POST /api/v1/merchants/$shop/prepayment-offer | {"offered":true} | 200 | merchant=$shop
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":99999} | 422 prepay.range
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":300001} | 422 prepay.range
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":200000} | 201 | amount=200000, merchant=$shop
            citizen  | GET /api/v1/prepayments | | 200 | items.0.claim=1, items.0.left=200000, items.0.use_by=2021-05-31, items.0.given=false, items.1!
            # used in part, at the till like any payment, before any purse; nothing is earned again
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":30000} | 201
            citizen  | GET /api/v1/prepayments | | 200 | items.0.left=170000
            # not at another shop
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$other_shop","amount":30000} | 201
            citizen  | GET /api/v1/prepayments | | 200 | items.0.left=170000
            auditor  | GET /api/v1/prepayments/board | | 200 | people=1, paid=200000, back=0
            other    | POST /api/v1/prepayments/1/return | | 404 claim.unknown
            citizen  | POST /api/v1/prepayments/2/return | | 404 claim.unknown
            citizen  | POST /api/v1/prepayments/1/gift | {"to":"$card"} | 422 gift.self
            citizen  | POST /api/v1/prepayments/1/return | | 201 | amount=170000
            citizen  | GET /api/v1/prepayments | | 200 | items.0!
            auditor  | GET /api/v1/prepayments/board | | 200 | back=170000
            # stopped: nothing new
            merchant | POST /api/v1/merchants/$shop/prepayment-offer | {"offered":false} | 200
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":200000} | 422 prepay.not-offered
            # questions that are none
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":1.5} | 422 amount.form
            citizen  | POST /api/v1/prepayments | {"merchant":"nowhere","amount":200000} | 404 shop.unknown
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop"} | 400 body.malformed
            citizen  | POST /api/v1/prepayments | {"merchant":"$shop","amount":200000,"more":1} | 400 body.malformed
            citizen  | POST /api/v1/prepayments/0/return | | 404 claim.unknown
            citizen  | POST /api/v1/prepayments/4294967296/return | | 404 id.unknown
            citizen  | POST /api/v1/prepayments/-1/return | | 404 id.unknown
            citizen  | POST /api/v1/prepayments/1/gift | {"to":"nobody"} | 404 card.unknown
            nobody   | GET /api/v1/prepayments | | 401 token.missing
        "#,
            )
            .await;
    }
}
