//! Buying and giving back at a friend's shop, with gifts that were spent in between: the city's budget is no purse for that.

use crate::common;

use base::{CardId, MerchantId, PersonId, Role};
use city::{Command, OnGiving};
use common::{TestCity, count, facts, posting, spending};
use economy::facts::{Facts, Refund};
use economy::{Class, chart};
use testkit::{Place, on_each_engine};

const VOTED: i64 = 1_000_000;

/// Buys for so much, all cashback given; the gift is passed on and spent; the purchase is undone.
fn round(city: &mut TestCity, who: (PersonId, CardId), shop: MerchantId, amount: i64) -> Refund {
    let payment = posting(&city.pay(who, shop, amount));
    posting(&city.ask(Role::Officer, Command::OnGiving(OnGiving::Pass)));
    posting(&city.ask(Role::System, Command::OnGiving(spending(1, amount / 10))));
    match facts(city.ask(Role::Merchant(shop), Command::Refund { payment, amount: None })) {
        Facts::Refund(refund) => refund,
        other => panic!("{other:?}"),
    }
}

fn gives_all(city: &mut TestCity) -> (PersonId, CardId) {
    let who = city.person();
    city.top_up(who.0, 300_000);
    let stand = OnGiving::Stand { person: who.0, share: 10_000, purpose: 1, named: false };
    facts(city.ask(Role::Citizen(who.0), Command::OnGiving(stand)));
    who
}

#[test]
fn spent_gifts_of_undone_purchases_are_borne_up_to_a_sum_a_month() {
    on_each_engine(|place| {
        let mut city = TestCity::new(Place::fresh(place.engine()));
        city.vote("cashback-2021", 10_000_000);
        city.vote("gift-cover", VOTED);
        let who = gives_all(&mut city);
        let shop = city.shop("123-45-67891", "market-food");
        let left = |city: &TestCity| {
            let account = chart::budget(Class::BudgetLeft, "gift-cover");
            city.pen.shared().read().books.balance_of(&account.key)
        };
        let of = |refund: &Refund| {
            let gift = refund.gift.as_ref().unwrap();
            (gift.borne, gift.above, refund.reward_from_refund)
        };
        city.on(2021, 2, 24);
        assert_eq!(of(&round(&mut city, who, shop, 60_000)), (6_000, 0, 0));
        // Above 10,000 a month what was given is given: it comes out of what goes back.
        assert_eq!(of(&round(&mut city, who, shop, 60_000)), (4_000, 2_000, 2_000));
        let mut city = city.again(4);
        for _ in 0..3 {
            assert_eq!(of(&round(&mut city, who, shop, 60_000)), (0, 6_000, 6_000));
        }
        assert_eq!(left(&city), VOTED - 10_000);
        // Somebody else has their own, and so has another month.
        let other = gives_all(&mut city);
        assert_eq!(of(&round(&mut city, other, shop, 50_000)), (5_000, 0, 0));
        city.on(2021, 3, 2);
        assert_eq!(of(&round(&mut city, who, shop, 60_000)), (6_000, 0, 0));
        assert_eq!(left(&city), VOTED - 21_000);
        count(&city.target, &city.pen.shared().read().books);
    });
}
