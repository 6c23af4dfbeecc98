//! An authorisation captured in part: a shop reserves 40,000 and takes 30,000. Meanwhile the money is neither hers
//! nor the shop's, the limit and the budget are kept for it; afterwards only what was taken counts.

use super::common::Town;
use super::common::table::Script;
use super::spent_cashback::class;

#[tokio::test(flavor = "multi_thread")]
async fn an_authorisation_captured_in_part() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        let left = class(&town, "budget.left").await;
        script
            .run(
                r#"
            till     | POST /api/v1/authorizations | {"card":"$number","amount":40000} | 201 | amount=40000, cashback.reward=4000, cashback.month_left!, cashback.base!, balance!, balances!, paid_from!, id>hold
            # what is left of her limit is hers to know
            citizen  | GET /api/v1/cards/$card/entries | | 200 | items.0.id=$hold, items.0.kind=authorise, items.0.change=-40000, items.0.cashback=0, items.0.explanation.1>left, items.0.explanation.2!
            citizen  | GET /api/v1/wallet | | 200 | total=60000
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$other_shop","amount":60001} | 422 purse.short
            citizen  | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.too-early
        "#,
            )
            .await;
        assert!(script.name("left").contains("960,000원"), "{}", script.name("left"));
        assert_eq!(class(&town, "hold").await, 40_000);
        assert_eq!(class(&town, "shop.payable").await, 0, "the shop has nothing yet");
        assert_eq!(class(&town, "budget.reserved").await, 4_000);
        assert_eq!(class(&town, "budget.left").await, left - 4_000);
        assert_eq!(class(&town, "budget.granted").await, 0);

        // Six days later, which is within the seven, the shop takes three quarters.
        town.on(2021, 3, 1);
        script
            .run(
                r#"
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":40001} | 422 hold.more
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":30000} | 201 | amount=30000, cashback.reward=3000, cashback.base!, cashback.earned!, id>taken
            citizen  | GET /api/v1/payments/$taken | | 200 | amount=30000, cashback.reward=3000, cashback.base=30000, cashback.earned=30000, cashback.month_left=970000, balance=73000, balances.0.purpose=cash, balances.0.balance=70000, balances.1.purpose=reward, balances.1.balance=3000, balances.2!, paid_from.0.amount=30000, paid_from.1!
            till     | POST /api/v1/authorizations/$hold/capture | {"amount":10000} | 422 hold.ended
            citizen  | GET /api/v1/wallet | | 200 | total=73000
            auditor  | GET /api/v1/postings/$taken | | 200 | kind=capture, reverses=$hold, amount=30000
        "#,
            )
            .await;
        assert_eq!(class(&town, "hold").await, 0);
        assert_eq!(class(&town, "shop.payable").await, 30_000);
        assert_eq!(class(&town, "budget.reserved").await, 0);
        assert_eq!(class(&town, "budget.granted").await, 3_000);
        assert_eq!(class(&town, "budget.left").await, left - 3_000);

        // What was taken can go back like any payment, and then it is as if nothing had been.
        script
            .run(
                r#"
            merchant | POST /api/v1/payments/$taken/refunds | {} | 201 | amount=30000, reward=3000, reward_from_refund=0
            citizen  | GET /api/v1/wallet | | 200 | total=100000
            auditor  | GET /api/v1/books | | 200 | backing=100000, owed=100000
        "#,
            )
            .await;
        assert_eq!(class(&town, "budget.granted").await, 0);
        assert_eq!(class(&town, "budget.left").await, left);
    }
}
