//! Gifts of one period that are spent in it and come back in later ones: each period's pack is decided again by itself, from
//! what the gifts before it had become.

use crate::circle;
use crate::common;

use base::{CardId, Date, MerchantId, PersonId, PostingNo, Role, date};
use circle::{behind, packed_to};
use city::sealing::pack::NotAudited;
use city::{Command, OnGiving};
use common::{TestCity, facts, posting, spending};
use testkit::{Place, on_each_engine};

const ENDS: [Date; 3] = [date(2021, 3, 31), date(2021, 4, 30), date(2021, 5, 31)];

fn back(city: &mut TestCity, shop: MerchantId, payment: PostingNo, amount: i64) -> PostingNo {
    posting(&city.ask(Role::Merchant(shop), Command::Refund { payment, amount: Some(amount) }))
}

fn pay(city: &mut TestCity, who: (PersonId, CardId), shop: MerchantId, amount: i64) -> PostingNo {
    posting(&city.pay(who, shop, amount))
}

/// The collector spends of what was passed on to it.
fn spend(city: &mut TestCity, amount: i64) {
    posting(&city.ask(Role::Officer, Command::OnGiving(OnGiving::Pass)));
    posting(&city.ask(Role::System, Command::OnGiving(spending(1, amount))));
}

/// March: 600 won given and 770, half of the first taken back, and 400 spent: 300 that were left of the first, 100 of the
/// second. April: both purchases are undone, of which 670 won unspent come back, and 400 are the city's to bear. May: a third gift
/// of 500, spent in part, then undone.
fn story(place: Place) -> (TestCity, [PostingNo; 2]) {
    let mut city = TestCity::new(place);
    city.on(2021, 3, 8);
    city.vote("cashback-2021", 1_000_000);
    city.vote("gift-cover", 100_000);
    let who = city.person();
    city.top_up(who.0, 200_000);
    let shop = city.shop("124-81-00998", "restaurant");
    let stand = OnGiving::Stand { person: who.0, share: 5_000, purpose: 1, named: false };
    facts(city.ask(Role::Citizen(who.0), Command::OnGiving(stand)));
    let (first, second) = (pay(&mut city, who, shop, 12_000), pay(&mut city, who, shop, 16_000));
    back(&mut city, shop, first, 6_000);
    spend(&mut city, 400);
    city.on(2021, 4, 2);
    let undone = [back(&mut city, shop, second, 16_000), back(&mut city, shop, first, 6_000)];
    let third = pay(&mut city, who, shop, 10_000);
    city.on(2021, 5, 3);
    spend(&mut city, 200);
    back(&mut city, shop, third, 10_000);
    city.on(2021, 6, 2);
    city.top_up(who.0, 1_000);
    (city, undone)
}

#[test]
fn gifts_that_come_back_in_a_later_period_are_decided_again() {
    on_each_engine(|place| {
        let (city, _) = story(Place::fresh(place.engine()));
        let packed = packed_to(&city, &ENDS);
        for period in 0..ENDS.len() {
            let audited = packed.audit(period).unwrap();
            assert_eq!((audited.postings, audited.undecided), (audited.decided, Vec::new()));
        }
    });
}

/// A city that says of a gift spent in March that more of it came back in April than was left.
#[test]
fn won_that_were_spent_before_cannot_come_back() {
    on_each_engine(|place| {
        let (city, [second, _]) = story(Place::fresh(place.engine()));
        let sql = "UPDATE postings SET facts = REPLACE(facts, '\"back\":670', '\"back\":770')";
        behind(&city, &format!("{sql} WHERE no = {} AND facts LIKE '%\"back\":670%'", second.0));
        let packed = packed_to(&city, &ENDS);
        packed.audit(0).unwrap();
        let error = packed.audit(1).unwrap_err();
        assert!(matches!(error, NotAudited::Posting(no, _) if no == second), "{error}");
    });
}
