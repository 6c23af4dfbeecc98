//! Withdrawing what is left: the decree lets an ordinance ask for 60 to 80 % to be used first, the city's pack asks
//! for 60 %, measured by what was there just after the last top-up.

use super::common::Town;
use super::common::table::Script;
use super::spent_cashback::class;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_after_60_percent() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            # Of 100,000, 60,000 have to be used. One won is missing.
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":59999} | 201 | cashback.reward=5999, balance=46000
            citizen | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.too-early

            # A top-up measures anew: 40,001 + 9,999 = 50,000, of which 30,000 have to be used.
            citizen | POST /api/v1/cards/$card/top-ups | {"amount":9999} | 201 | balance=55999
            # Cashback goes first and is no use of one's own money: 24,001 of this one's 30,000 are.
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":30000} | 201 | cashback.base=24001, cashback.reward=2400, balance=28399
            citizen | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.too-early
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":8399} | 201 | cashback.base=5999, cashback.reward=599, balance=20599

            # Now 20,000 are left of 50,000: they go to her bank. Cashback is for spending, and stays.
            citizen | POST /api/v1/cards/$card/withdrawals | | 201 | amount=20000
            citizen | GET /api/v1/wallet | | 200 | total=599, purses.0.purpose=reward, purses.1!
            citizen | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.nothing
            citizen | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":599} | 201 | cashback.reward=0, balance=0
            auditor | GET /api/v1/books | | 200 | backing>backing, owed>owed
        "#,
            )
            .await;
        assert_eq!(script.name("backing"), script.name("owed"));
        assert_eq!(class(&town, "payout.sent").await, 20_000, "on its way to her bank");
        assert_eq!(class(&town, "shop.payable").await, 59_999 + 30_000 + 8_399 + 599);
    }
}
