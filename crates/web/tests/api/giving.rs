//! Giving through the API: a share of each cashback, an amount once, receipts, and what became of them.

use base::Role;
use city::{Command, OnGiving};
use economy::facts::Giver;

use super::common::table::Script;
use super::common::{Town, ask};

#[tokio::test(flavor = "multi_thread")]
async fn given_by_a_program_and_followed() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        Script::new(&town)
            .run(
                r#"
            nobody   | GET /api/v1/giving | | 200 | people=0, given=0, purposes.0.purpose=0, purposes.0.left=0
            citizen  | GET /api/v1/giving/standing | | 200 | share_basis_points=0, purpose!, named!
            citizen  | POST /api/v1/giving/standing | {"share_basis_points":10001} | 422 giving.share
            citizen  | POST /api/v1/giving/standing | {"share_basis_points":-1} | 422 giving.share
            citizen  | POST /api/v1/giving/standing | {"share_basis_points":0} | 422 giving.share
            citizen  | POST /api/v1/giving/standing | {"share_basis_points":5000,"purpose":65535} | 422 giving.purpose-unknown
            citizen  | POST /api/v1/giving/standing | {"share_basis_points":5000,"purpose":65536} | 400 body.malformed
            citizen  | POST /api/v1/giving/standing | {"share_basis_points":5000,"purpose":1,"named":true} | 200
            citizen  | GET /api/v1/giving/standing | | 200 | share_basis_points=5000, purpose=1, named=true
            # the payment's own cashback: half of it is given
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":12000} | 201
            nobody   | GET /api/v1/giving | | 200 | people=1, given=600, spent=0, left=600
            citizen  | POST /api/v1/giving/standing/stop | | 200
            citizen  | GET /api/v1/giving/standing | | 200 | share_basis_points=0
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":10000} | 201
            nobody   | GET /api/v1/giving | | 200 | given=600
            citizen  | POST /api/v1/giving/gifts | {"amount":99} | 422 giving.amount
            citizen  | POST /api/v1/giving/gifts | {"amount":90000} | 422 giving.short
            citizen  | POST /api/v1/giving/gifts | {"amount":1.5} | 422 amount.form
            citizen  | POST /api/v1/giving/gifts | {"amount":300} | 201 | amount=300
            merchant | POST /api/v1/giving/gifts | {"amount":300} | 403 role.needed
            nobody   | GET /api/v1/giving | | 200 | people=1, given=900
            citizen  | GET /api/v1/giving/receipts | | 200 | items.0!
        "#,
            )
            .await;
        let no = town.app.city.shared.read().books.last_posting();
        let receipt = OnGiving::Receipt { giver: Giver::Person(town.citizen), gifts: vec![no] };
        tokio::task::block_in_place(|| {
            ask(&town.app.city, Role::Citizen(town.citizen), "receipt", Command::OnGiving(receipt))
        });
        Script::new(&town)
            .run(
                r#"
            citizen  | GET /api/v1/giving/receipts | | 200 | items.0.serial=2021-000001, items.0.amount=300, items.0.word>word
            merchant | GET /api/v1/giving/receipts | | 200 | items.0!
            auditor  | GET /api/v1/giving/receipts | | 403 role.needed
            auditor  | GET /api/v1/giving/receipts/2021-000001/became?word=$word | | 200 | amount=300, waiting=300, back=0, parts.0!
            auditor  | GET /api/v1/giving/receipts/2021-000001/became?word=00000000 | | 404 giving.receipt-unknown
            auditor  | GET /api/v1/giving/receipts/2021-000001/became | | 400 query.form
            nobody   | GET /api/v1/giving/receipts/2021-000001/became?word=$word | | 401 token.missing
        "#,
            )
            .await;
    }
}
