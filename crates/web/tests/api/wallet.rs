//! Top-ups, gifts, withdrawals, and the wallet they change.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn top_ups() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":5000} | 201 | amount=5000, balance=105000, person=$citizen, cashback.reward=0, cashback.cut=no-campaign, card!, merchant!
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":1} | 201 | balance=105001
            clerk     | POST /api/v1/cards/$card/top-ups | {"amount":999} | 201 | balance=106000
            # the statute's 2,000,000 for a card in a known person's name, to the won
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":1894001} | 422 holding.limit
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":1894000} | 201 | balance=2000000
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":1} | 422 holding.limit
            neighbour | POST /api/v1/cards/$neighbour_card/top-ups | {"amount":7} | 201 | balance=7, person=$neighbour
            # by its printed digits too
            clerk     | POST /api/v1/cards/$number/top-ups | {"amount":1} | 422 holding.limit
            # another's card looks like one that doesn't exist
            neighbour | POST /api/v1/cards/$card/top-ups | {"amount":7} | 404 card.unknown
            neighbour | POST /api/v1/cards/$number/top-ups | {"amount":7} | 404 card.unknown
            neighbour | POST /api/v1/cards/crd_0000000000007/top-ups | {"amount":7} | 404 card.unknown
            clerk     | POST /api/v1/cards/crd_0000000000007/top-ups | {"amount":7} | 404 card.unknown
            clerk     | POST /api/v1/cards/$citizen/top-ups | {"amount":7} | 404 card.unknown
            clerk     | POST /api/v1/cards/x/top-ups | {"amount":7} | 404 card.unknown
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":"7"} | 422 amount.form
            citizen   | POST /api/v1/cards/$card/top-ups | {"amount":7,"person":"$citizen"} | 400 body.malformed
            till      | POST /api/v1/cards/$card/top-ups | {"amount":7} | 403 role.needed
            merchant  | POST /api/v1/cards/$card/top-ups | {"amount":7} | 403 role.needed
            officer   | POST /api/v1/cards/$card/top-ups | {"amount":7} | 403 role.needed
            auditor   | POST /api/v1/cards/$card/top-ups | {"amount":7} | 403 role.needed
        "#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gifts() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen   | POST /api/v1/gifts | {"to":"$neighbour_card","amount":30000} | 201 | amount=30000, balance=70000, person!, card!
            neighbour | GET /api/v1/wallet | | 200 | total=30000, purses.0.purpose=cash
            # the printed digits will do; what came as a gift can be given on
            neighbour | POST /api/v1/gifts | {"to":"$number","amount":10000} | 201 | balance=20000
            citizen   | GET /api/v1/wallet | | 200 | total=80000
            citizen   | POST /api/v1/gifts | {"to":"$card","amount":1} | 422 gift.self
            citizen   | POST /api/v1/gifts | {"to":"$neighbour_card","amount":80001} | 422 cash.short
            citizen   | POST /api/v1/gifts | {"to":"$neighbour_card","amount":500001} | 422 gift.limit
            citizen   | POST /api/v1/gifts | {"to":"crd_0000000000007","amount":1} | 404 card.unknown
            citizen   | POST /api/v1/gifts | {"to":"$neighbour","amount":1} | 404 card.unknown
            citizen   | POST /api/v1/gifts | {"to":"1234","amount":1} | 404 card.unknown
            # cashback is not the giver's to give: 20,000 of own money paid, 2,000 earned
            neighbour | POST /api/v1/payments | {"card":"$neighbour_card","merchant":"$shop","amount":20000} | 201 | balance=2000
            neighbour | POST /api/v1/gifts | {"to":"$card","amount":1} | 422 cash.short
            # the receiver would hold too much; by how much is not the giver's business
            clerk     | POST /api/v1/cards/$neighbour_card/top-ups | {"amount":1990000} | 201 | balance=1992000
            citizen   | POST /api/v1/gifts | {"to":"$neighbour_card","amount":8001} | 422 holding.limit-other
            citizen   | POST /api/v1/gifts | {"to":"$neighbour_card","amount":8000} | 201 | balance=72000
            clerk     | POST /api/v1/gifts | {"to":"$neighbour_card","amount":1} | 403 role.needed
            merchant  | POST /api/v1/gifts | {"to":"$neighbour_card","amount":1} | 403 role.needed
        "#,
            )
            .await;
        let refused = town
            .call(
                "citizen",
                axum::http::Method::POST,
                "/api/v1/gifts",
                Some("too much"),
                &format!(r#"{{"to":"{}","amount":8001}}"#, script.name("neighbour_card")),
            )
            .await;
        assert!(!refused.body.contains("2,000,000") && !refused.body.contains("1,99"), "{}", refused.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn withdrawals_and_the_wallet() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen   | GET /api/v1/wallet | | 200 | person=$citizen, total=100000, purses.0.purpose=cash, purses.0.balance=100000, purses.0.expires=2026-02-28, purses.1!
            neighbour | GET /api/v1/wallet | | 200 | person=$neighbour, total=0, purses.0!
            neighbour | POST /api/v1/cards/$neighbour_card/withdrawals | | 422 withdraw.nothing
            citizen   | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.too-early
            # 60 % of what was there after the last top-up has to be used: 59,999 is not enough
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":59999} | 201 | balance=46000
            citizen   | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.too-early
            # cashback is spent first, so it takes 6,000 more than the one won that was missing
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":6000} | 201 | cashback.reward=0
            citizen   | GET /api/v1/wallet | | 200 | total=40000
            citizen   | POST /api/v1/cards/$card/withdrawals | | 201 | amount=40000, balance!
            citizen   | GET /api/v1/wallet | | 200 | total=0, purses.0!
            citizen   | POST /api/v1/cards/$card/withdrawals | | 422 withdraw.nothing
            merchant  | POST /api/v1/cards/$card/withdrawals | | 403 role.needed
            clerk     | POST /api/v1/cards/$card/withdrawals | | 403 role.needed
            neighbour | POST /api/v1/cards/$card/withdrawals | | 404 card.unknown
            citizen   | POST /api/v1/cards/crd_0000000000007/withdrawals | | 404 card.unknown
            citizen   | POST /api/v1/cards/x/withdrawals | | 404 card.unknown
            merchant  | GET /api/v1/wallet | | 403 role.needed
            till      | GET /api/v1/wallet | | 403 role.needed
            clerk     | GET /api/v1/wallet | | 403 role.needed
            officer   | GET /api/v1/wallet | | 403 role.needed
            auditor   | GET /api/v1/wallet | | 403 role.needed
        "#,
            )
            .await;
    }
}
