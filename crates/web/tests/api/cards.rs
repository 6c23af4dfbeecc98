//! A card's life: issued, frozen, let go, reported lost, closed; its PIN.

use super::common::Town;
use super::common::table::Script;

#[tokio::test(flavor = "multi_thread")]
async fn freeze_unfreeze_replace_close() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            # by id or by its printed digits; doing it again changes nothing for the worse
            citizen   | POST /api/v1/cards/$card/freeze | | 200 | card=$card, person=$citizen, amount!
            citizen   | POST /api/v1/cards/$number/freeze | | 200 | card=$card
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 422 card.frozen
            till      | POST /api/v1/payments | {"card":"$number","amount":1000} | 422 card.frozen
            neighbour | POST /api/v1/cards/$card/unfreeze | | 404 card.unknown
            citizen   | POST /api/v1/cards/$number/unfreeze | | 200 | card=$card
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 201
            clerk     | POST /api/v1/cards/$card/freeze | | 200 | card=$card
            clerk     | POST /api/v1/cards/$card/unfreeze | | 200 | card=$card
            # another person's card looks like one that doesn't exist
            neighbour | POST /api/v1/cards/$card/freeze | | 404 card.unknown
            neighbour | POST /api/v1/cards/$card/close | | 404 card.unknown
            neighbour | POST /api/v1/cards/$card/pin | {"pin":"1234"} | 404 card.unknown
            citizen   | POST /api/v1/cards/crd_0000000000007/freeze | | 404 card.unknown
            citizen   | POST /api/v1/cards/$citizen/freeze | | 404 card.unknown
            citizen   | POST /api/v1/cards/%00/freeze | | 404 card.unknown
            clerk     | POST /api/v1/cards/9999999999999999/freeze | | 404 card.unknown
            # a lost card is replaced at the window; the money is the person's and there at once
            citizen   | POST /api/v1/cards/$card/reissue | | 403 role.needed
            clerk     | POST /api/v1/cards/$card/reissue | | 200 | person=$citizen, card>second
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 422 card.lost
            citizen   | POST /api/v1/payments | {"card":"$second","merchant":"$shop","amount":1000} | 201 | balance=98190
            clerk     | POST /api/v1/cards/$card/reissue | | 422 card.lost
            clerk     | POST /api/v1/cards/$card/freeze | | 422 card.lost
            clerk     | POST /api/v1/cards/$card/unfreeze | | 422 card.lost
            clerk     | POST /api/v1/cards/$card/pin | {"pin":"1234"} | 422 card.lost
            citizen   | POST /api/v1/cards/$card/close | | 422 card.lost
            # closed is closed
            clerk     | POST /api/v1/cards/$second/close | | 403 role.needed
            citizen   | POST /api/v1/cards/$second/close | | 200 | card=$second
            citizen   | POST /api/v1/payments | {"card":"$second","merchant":"$shop","amount":1000} | 422 card.closed
            citizen   | POST /api/v1/cards/$second/close | | 422 card.closed
            citizen   | POST /api/v1/cards/$second/unfreeze | | 422 card.closed
            clerk     | POST /api/v1/cards/$second/reissue | | 422 card.closed
            # the money waits for the next card
            citizen   | GET /api/v1/wallet | | 200 | total=98190
            merchant  | POST /api/v1/cards/$second/freeze | | 403 role.needed
            auditor   | POST /api/v1/cards/$second/unfreeze | | 403 role.needed
        "#,
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn issue() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            clerk   | POST /api/v1/cards | {"kind":"phone","person":"$citizen"} | 201 | person=$citizen, card>phone
            # money belongs to the person: a second card pays from the same purses
            citizen | POST /api/v1/payments | {"card":"$phone","merchant":"$shop","amount":1000} | 201 | balance=99100, card=$phone
            clerk   | POST /api/v1/cards | {"kind":"gold","person":"$citizen"} | 422 card.kind
            clerk   | POST /api/v1/cards | {"kind":"","person":"$citizen"} | 422 card.kind
            clerk   | POST /api/v1/cards | {"kind":"phone","person":"per_0000000000007"} | 404 person.unknown
            clerk   | POST /api/v1/cards | {"kind":"phone","person":"$card"} | 404 person.unknown
            clerk   | POST /api/v1/cards | {"kind":"phone","person":"x"} | 404 person.unknown
            clerk   | POST /api/v1/cards | {"kind":"phone"} | 422 person.missing
            # one's own, whether one says so or not; nobody else's
            citizen | POST /api/v1/cards | {"kind":"phone"} | 201 | person=$citizen, card>own
            citizen | POST /api/v1/cards | {"kind":"plastic","person":"$citizen"} | 201 | person=$citizen
            citizen | POST /api/v1/cards/$own/freeze | | 200
            citizen | POST /api/v1/cards | {"kind":"gold"} | 422 card.kind
            citizen | POST /api/v1/cards | {"kind":"phone","person":"$neighbour"} | 404 person.unknown
            citizen | POST /api/v1/cards | {"kind":"phone","person":"per_0000000000007"} | 404 person.unknown
            merchant | POST /api/v1/cards | {"kind":"phone"} | 403 role.needed
            till    | POST /api/v1/cards | {"kind":"phone"} | 403 role.needed
            auditor | POST /api/v1/cards | {"kind":"phone"} | 403 role.needed
            officer | POST /api/v1/cards | {"kind":"phone","person":"$citizen"} | 403 role.needed
        "#,
            )
            .await;
    }
}

/// Below the sum that needs a PIN each time, so much a day at one shop, and no more: `pin_above_day` of the pack.
#[tokio::test(flavor = "multi_thread")]
async fn so_much_a_day_at_a_shop_without_the_pin() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script
            .run(
                r#"
            citizen   | POST /api/v1/cards/$card/pin | {"pin":"2580"} | 200
            clerk     | POST /api/v1/cards/$card/top-ups | {"amount":300000} | 201
            till      | POST /api/v1/payments | {"card":"$number","amount":50000} | 201 | id>first
            till      | POST /api/v1/authorizations | {"card":"$number","amount":50000} | 201
            till      | POST /api/v1/payments | {"card":"$number","amount":49999} | 201
            till      | POST /api/v1/payments | {"card":"$number","amount":2} | 422 pin.needed-day
            till      | POST /api/v1/authorizations | {"card":"$number","amount":2} | 422 pin.needed-day
            merchant  | POST /api/v1/payments | {"card":"$card","amount":2} | 422 pin.needed-day
            till      | POST /api/v1/payments | {"card":"$number","amount":1} | 201
            # what goes back doesn't count less, nor does a PIN typed once; another shop counts for itself
            merchant  | POST /api/v1/payments/$first/refunds | {} | 201
            till      | POST /api/v1/payments | {"card":"$number","amount":1} | 422 pin.needed-day
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0000"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"2580"} | 201
            till      | POST /api/v1/payments | {"card":"$number","amount":1} | 422 pin.needed-day
            other     | POST /api/v1/payments | {"card":"$number","amount":1000} | 201
            # who is signed in needs none
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 201
        "#,
            )
            .await;
        town.on(2021, 2, 24);
        script.run(r#"till | POST /api/v1/payments | {"card":"$number","amount":1000} | 201"#).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pin() {
    for engine in testkit::engines() {
        let town = Town::new(engine);
        let mut script = Script::new(&town);
        script.citizen("neighbour").await;
        script
            .run(
                r#"
            citizen   | POST /api/v1/cards/$card/pin | {"pin":"2580"} | 200 | card=$card
            till      | POST /api/v1/payments | {"card":"$number","amount":50001} | 422 pin.needed
            till      | POST /api/v1/payments | {"card":"$number","amount":50001,"pin":"2580"} | 201 | balance!
            citizen   | POST /api/v1/cards/$card/pin | {"pin":"123"} | 422 pin.form
            citizen   | POST /api/v1/cards/$card/pin | {"pin":"1234567"} | 422 pin.form
            citizen   | POST /api/v1/cards/$card/pin | {"pin":"12a4"} | 422 pin.form
            citizen   | POST /api/v1/cards/$card/pin | {"pin":"１２３４"} | 422 pin.form
            citizen   | POST /api/v1/cards/$card/pin | {"pin":""} | 422 pin.form
            merchant  | POST /api/v1/cards/$card/pin | {"pin":"1234"} | 403 role.needed
            clerk     | POST /api/v1/cards/$card/pin | {"pin":"135790"} | 200 | card=$card
            # a card without a PIN can't pay with one; a till hears no more than of a wrong one
            clerk     | POST /api/v1/cards/$neighbour_card/top-ups | {"amount":90000} | 201
            till      | POST /api/v1/payments | {"card":"$neighbour_card","amount":60000,"pin":"1234"} | 422 pin.wrong
            # five wrong ones at one shop: the shop waits, and no other with it
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0000"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0001"} | 422 pin.wrong
            till      | POST /api/v1/authorizations | {"card":"$number","amount":1000,"pin":"0002"} | 422 pin.wrong
            merchant  | POST /api/v1/payments | {"card":"$card","amount":1000,"pin":"0003"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0004"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"135790"} | 422 pin.paused
            merchant  | POST /api/v1/payments | {"card":"$card","amount":1000} | 422 pin.paused
            till      | POST /api/v1/authorizations | {"card":"$number","amount":1000} | 422 pin.paused
            other     | POST /api/v1/payments | {"card":"$number","amount":1000} | 201
            # its holder is there, signed in: that ends the wait, and they begin anew
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 201
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"135790"} | 201
            # ten wrong ones at two shops lock it: then no PIN is right at a till; its holder can't undo that, a clerk can
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0000"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0001"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0002"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0003"} | 422 pin.wrong
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0004"} | 422 pin.wrong
            other     | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0005"} | 422 pin.wrong
            other     | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0006"} | 422 pin.wrong
            other     | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0007"} | 422 pin.wrong
            other     | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"0008"} | 422 pin.wrong
            citizen   | GET /api/v1/cards/$card | | 200 | state=active
            other     | POST /api/v1/authorizations | {"card":"$number","amount":1000,"pin":"0009"} | 422 pin.wrong
            citizen   | GET /api/v1/cards/$card | | 200 | state=locked
            citizen   | POST /api/v1/payments | {"card":"$card","merchant":"$shop","amount":1000} | 422 card.locked
            citizen   | POST /api/v1/cards/$card/unfreeze | | 422 card.locked
            citizen   | POST /api/v1/cards/$card/freeze | | 200
            citizen   | POST /api/v1/cards/$card/unfreeze | | 422 card.locked
            clerk     | POST /api/v1/cards/$card/unfreeze | | 200
            till      | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"135790"} | 201
            other     | POST /api/v1/payments | {"card":"$number","amount":1000,"pin":"135790"} | 201
        "#,
            )
            .await;
    }
}
