//! A lost card is reissued: it is stopped at once from the phone, replaced at a window, and the money, which is the
//! person's and not the card's, is there throughout.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_card_is_reissued() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            citizen  | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":20000} | 201 | balance=82000, cashback.month_left=980000, id>bought

            # It is gone. She stops it from her phone; who found it gets nothing, however small.
            citizen  | POST /api/v1/cards/$card/freeze | | 200 | card=$card
            till     | POST /api/v1/payments | {"card":"$number","amount":1000} | 422 card.frozen
            till     | POST /api/v1/authorizations | {"card":"$number","amount":1000} | 422 card.frozen

            # She can't have it replaced herself: the window asks who she is.
            citizen  | POST /api/v1/cards/$card/reissue | | 403 role.needed
            merchant | POST /api/v1/cards/$card/reissue | | 403 role.needed
            clerk    | POST /api/v1/cards/$number/reissue | | 200 | person=$citizen, card>new

            # The old one never comes back, nor with its PIN, nor by its holder's or a clerk's hand.
            till     | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"1234"} | 422 card.lost
            citizen  | POST /api/v1/cards/$card/unfreeze | | 422 card.lost
            clerk    | POST /api/v1/cards/$card/unfreeze | | 422 card.lost
            clerk    | POST /api/v1/cards/$card/reissue | | 422 card.lost

            # All of it is there: 80,000 of her own and 2,000 of cashback. The month's limit is hers as well.
            citizen  | GET /api/v1/wallet | | 200 | total=82000
            citizen  | POST /api/v1/payments | {"card":"$new","merchant":"$shop","amount":12000} | 201 | cashback.reward=1000, cashback.month_left=970000, balance=71000

            # The new card has no PIN yet; above 50,000 a till needs one.
            till     | POST /api/v1/payments | {"card":"$new","amount":50001} | 422 pin.needed
            till     | POST /api/v1/payments | {"card":"$new","amount":50001,"pin":"1234"} | 422 pin.wrong
            citizen  | POST /api/v1/cards/$new/pin | {"pin":"9753"} | 200
            till     | POST /api/v1/payments | {"card":"$new","amount":50001,"pin":"9753"} | 201

            # What was bought with the lost card goes back to her.
            merchant | POST /api/v1/payments/$bought/refunds | {} | 201 | amount=20000, reward=2000, reward_from_refund=0
            citizen  | GET /api/v1/wallet | | 200 | total>total
            auditor  | GET /api/v1/books | | 200 | backing>backing, owed>owed
        "#,
            )
            .await;
        // 82,000 + 1,000 - 12,000, then 50,001 with 4,900 of cashback on the 49,001 that were her own, then + 18,000.
        assert_eq!(script.name("total"), (71_000 - 50_001 + 4_900 + 18_000).to_string());
        assert_eq!(script.name("backing"), script.name("owed"));
    }
}
