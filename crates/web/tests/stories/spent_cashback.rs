//! A refund whose cashback is spent: what was granted for a purchase that is taken back comes out of the refund, the
//! city gets its money and its authority back, and nobody has gained.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_whose_cashback_is_spent() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            # 100,000 of her own. 50,000 earn 5,000; she spends them at once, which earns nothing.
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":50000} | 201 | cashback.reward=5000, cashback.month_left=950000, balance=55000, id>bought
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$other_shop","amount":5000} | 201 | cashback.base=0, cashback.reward=0, cashback.cut=nothing-earns, balance=50000
            auditor  | GET /api/v1/books | | 200 | backing=105000, owed=105000

            # A part goes back: 20,000, less the 2,000 it had earned.
            merchant | POST /api/v1/payments/$bought/refunds | {"amount":20000} | 201 | amount=20000, refunded=20000, reward=2000, reward_from_refund=2000
            citizen  | GET /api/v1/wallet | | 200 | total=68000, purses.0.purpose=cash, purses.1!

            # New cashback is in the purse by now: the rest's 3,000 come out of that first, and out of the refund after.
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":10000} | 201 | cashback.reward=1000, cashback.month_left=960000, balance=59000
            merchant | POST /api/v1/payments/$bought/refunds | {} | 201 | amount=30000, refunded=50000, reward=3000, reward_from_refund=2000
            citizen  | GET /api/v1/wallet | | 200 | total=86000, purses.0.purpose=cash, purses.1!
            merchant | POST /api/v1/payments/$bought/refunds | {} | 422 refund.done

            # Of the month's limit only the 10,000 are used.
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":10} | 201 | cashback.reward=1, cashback.month_left=989990
            auditor  | GET /api/v1/books | | 200 | backing=101001, owed=101001
        "#,
            )
            .await;
        // Put on 100,000, spent 15,010, earned 1,001 on the 10,010 of it that were her own and stand.
        let granted = class(&town, "budget.granted").await;
        assert_eq!(granted, 1_000 + 1, "the city has granted what stands, and nothing else");
    }
}

/// A class's total, as an auditor sees it.
pub(super) async fn class(town: &Town, code: &str) -> i64 {
    let books = town.call("auditor", axum::http::Method::GET, "/api/v1/books", None, "").await.json();
    let classes = books["classes"].as_array().unwrap();
    classes.iter().find(|class| class["class"] == code).unwrap()["total"].as_i64().unwrap()
}
