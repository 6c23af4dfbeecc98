//! What another person has is nobody's to find out: not by gifts that they could not take, not at a till without their PIN.

use crate::common;

use base::{Arg, MerchantId, PersonId, Refusal, Role, Won};
use city::{CardRef, Command, OnCoupons, OnPrepay, Reply};
use common::{TestCity, facts};
use pen::Failure;
use testkit::{Place, engines};

const DAY: i64 = 86_400;

fn cities() -> impl Iterator<Item = TestCity> {
    engines().into_iter().map(Place::fresh).map(TestCity::new)
}

fn gift(city: &mut TestCity, from: PersonId, to: base::CardId, amount: i64) -> Result<Reply, Failure> {
    city.ask(Role::Citizen(from), Command::Gift { from, to: CardRef::Id(to), amount })
}

fn refused(reply: Result<Reply, Failure>) -> Refusal {
    match reply {
        Err(Failure::Refused(refusal)) | Ok(Reply::Counted(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_empty_purse_asks_nothing_about_another() {
    for mut city in cities() {
        let (asks, rich) = (city.person(), city.person());
        city.top_up(rich.0, 1_734_560);
        for amount in [1, 265_440, 265_441, 500_000] {
            assert_eq!(refused(gift(&mut city, asks.0, rich.1, amount)).code, "cash.short", "{amount}");
        }
        city.top_up(asks.0, 265_440);
        assert_eq!(refused(gift(&mut city, asks.0, rich.1, 265_441)).code, "cash.short");
        facts(gift(&mut city, asks.0, rich.1, 265_440));
    }
}

/// Of a card that somebody has and of one that nobody has, whoever has nothing to give hears the same.
#[test]
fn who_has_nothing_to_give_learns_of_no_card() {
    for mut city in cities() {
        let (asks, other) = (city.person(), city.person());
        city.vote("guarantee-prepay-2021", 1_000_000);
        let shop = city.shop("123-45-67891", "bakery");
        city.top_up(other.0, 300_000);
        facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })));
        let buy = OnPrepay::Buy { person: other.0, merchant: shop, amount: 200_000 };
        facts(city.ask(Role::Citizen(other.0), Command::OnPrepay(buy)));
        let number = city.pen.shared().read().town.directory.card(CardRef::Id(other.1)).unwrap().number;
        let nobodys = CardRef::Number(number ^ 1);
        for to in [CardRef::Number(number), nobodys] {
            for amount in [1, 500_000] {
                let gift = Command::Gift { from: asks.0, to, amount };
                assert_eq!(refused(city.ask(Role::Citizen(asks.0), gift)).code, "cash.short", "{to:?}");
            }
            // Another's claim, and none.
            for claim in [1, 99_999] {
                let give = Command::OnPrepay(OnPrepay::Give { person: asks.0, claim, to });
                assert_eq!(refused(city.ask(Role::Citizen(asks.0), give)).code, "claim.unknown", "{to:?}");
            }
        }
        // Whoever could give is told that nobody has it.
        let gift = Command::Gift { from: other.0, to: nobodys, amount: 1 };
        assert_eq!(refused(city.ask(Role::Citizen(other.0), gift)).code, "card.unknown");
        let give = Command::OnPrepay(OnPrepay::Give { person: other.0, claim: 1, to: nobodys });
        assert_eq!(refused(city.ask(Role::Citizen(other.0), give)).code, "card.unknown");
    }
}

/// A claim goes to and fro five times from each hand; each time somebody is told, so the day ends it.
#[test]
fn claims_are_given_so_often_a_day() {
    for mut city in cities() {
        let (one, two) = (city.person(), city.person());
        city.vote("guarantee-prepay-2021", 1_000_000);
        let shop = city.shop("123-45-67891", "bakery");
        city.top_up(one.0, 300_000);
        facts(city.ask(Role::Merchant(shop), Command::OnPrepay(OnPrepay::Offer { merchant: shop })));
        let buy = OnPrepay::Buy { person: one.0, merchant: shop, amount: 200_000 };
        facts(city.ask(Role::Citizen(one.0), Command::OnPrepay(buy)));
        let give = |from: (PersonId, base::CardId), to: (PersonId, base::CardId)| {
            let give = OnPrepay::Give { person: from.0, claim: 1, to: CardRef::Id(to.1) };
            (Role::Citizen(from.0), Command::OnPrepay(give))
        };
        let ask = |city: &mut TestCity, (role, command): (Role, Command)| city.ask(role, command);
        for _ in 0..5 {
            facts(ask(&mut city, give(one, two)));
            facts(ask(&mut city, give(two, one)));
        }
        for seed in [7, 8] {
            let refusal = refused(ask(&mut city, give(one, two)));
            assert_eq!((refusal.code, refusal.args), ("claim.gifts", vec![("most", Arg::Count(5))]));
            city = city.again(seed);
        }
        city.clock.set(city.now().plus_seconds(DAY));
        facts(ask(&mut city, give(one, two)));
        common::count(&city.target, &city.pen.shared().read().books);
    }
}

/// Each is told by a message that the city pays for.
#[test]
fn money_is_given_so_often_a_day() {
    for mut city in cities() {
        let (me, friend) = (city.person(), city.person());
        city.top_up(me.0, 100_000);
        city.top_up(friend.0, 100_000);
        for _ in 0..20 {
            facts(gift(&mut city, me.0, friend.1, 1_000));
        }
        let no = refused(gift(&mut city, me.0, friend.1, 1_000));
        assert_eq!((no.code, no.args), ("gift.many", vec![("most", Arg::Count(20))]));
        facts(gift(&mut city, friend.0, me.1, 1_000));
        let mut city = city.again(9);
        assert_eq!(refused(gift(&mut city, me.0, friend.1, 1_000)).code, "gift.many");
        city.clock.set(city.now().plus_seconds(DAY));
        facts(gift(&mut city, me.0, friend.1, 1_000));
    }
}

/// Three gifts that were too much are answered; then no gift of that giver's is, until the next day.
#[test]
fn gifts_that_cannot_be_taken_are_counted() {
    for mut city in cities() {
        let (asks, rich, poor) = (city.person(), city.person(), city.person());
        city.top_up(rich.0, 1_800_000);
        city.top_up(asks.0, 900_000);
        for amount in [300_000, 250_000, 225_000] {
            assert_eq!(refused(gift(&mut city, asks.0, rich.1, amount)).code, "holding.limit-other");
        }
        // Whatever would come of it, now and after a start anew.
        for _ in 0..2 {
            for (to, amount) in [(rich.1, 200_001), (rich.1, 200_000), (rich.1, 1), (poor.1, 1)] {
                let refusal = refused(gift(&mut city, asks.0, to, amount));
                assert_eq!((refusal.code, refusal.args), ("gift.tries", vec![("most", Arg::Count(3))]));
            }
            city = city.again(7);
        }
        // Others', and money of one's own, are as before.
        facts(gift(&mut city, rich.0, poor.1, 1));
        assert_eq!(refused(gift(&mut city, asks.0, asks.1, 1)).code, "gift.self");
        assert_eq!(refused(gift(&mut city, poor.0, rich.1, 2)).code, "cash.short");
        city.clock.set(city.now().plus_seconds(DAY));
        facts(gift(&mut city, asks.0, rich.1, 200_001));
        assert_eq!(refused(gift(&mut city, asks.0, rich.1, 1)).code, "holding.limit-other");
        common::count(&city.target, &city.pen.shared().read().books);
    }
}

fn show(city: &mut TestCity, role: Role, shop: MerchantId, card: base::CardId, pin: Option<&str>) -> Refusal {
    let (card, pin) = (CardRef::Id(card), pin.map(str::to_owned));
    let pay = Command::Pay { card, merchant: shop, amount: 50_000, pin: pin.clone(), order: None };
    let hold = Command::Authorise { card, merchant: shop, amount: 50_000, pin };
    let (paid, held) = (refused(city.ask(role, pay)), refused(city.ask(role, hold)));
    assert_eq!(paid, held);
    paid
}

#[test]
fn a_till_hears_what_is_on_a_card_with_its_pin_alone() {
    for mut city in cities() {
        let who = city.person();
        let shops = ["123-45-67891", "220-81-62517"].map(|number| city.shop(number, "bakery"));
        let shop = shops[0];
        city.top_up(who.0, 23_457);
        let pin = Command::SetPin { card: CardRef::Id(who.1), pin: "1234".into() };
        facts(city.ask(Role::Citizen(who.0), pin));
        for (shop, role) in [(shop, Role::Till(shop)), (shops[1], Role::Merchant(shops[1]))] {
            let blind = show(&mut city, role, shop, who.1, None);
            assert_eq!((blind.code, blind.args), ("till.short", vec![]));
            let seen = show(&mut city, role, shop, who.1, Some("1234"));
            assert_eq!((seen.code, &seen.args[0]), ("purse.short", &("here", Arg::Won(Won(23_457)))));
            // The right one says nothing for the next request; after three such answers there is none without it.
            for told in ["till.short", "pin.needed-short"] {
                let card = CardRef::Id(who.1);
                let pay = Command::Pay { card, merchant: shop, amount: 50_000, pin: None, order: None };
                assert_eq!(refused(city.ask(role, pay)).code, told);
            }
        }
        assert_eq!(show(&mut city, Role::Citizen(who.0), shop, who.1, None).code, "purse.short");
    }
}

/// What the till said the coupon may buy is told again; how much the coupon and the other purses hold is not.
#[test]
fn a_till_hears_the_coupons_part_and_no_more() {
    for mut city in cities() {
        city.on(2021, 7, 15);
        city.vote("care-coupon-2021", 302_000_000);
        let who = city.people(1, 5_000)[0];
        let carers = city.shop("123-45-67891", "care-service");
        let give = OnCoupons::Give { coupon: "care-2021".into(), person: who.0, amount: 40_000 };
        facts(city.ask(Role::Officer, Command::OnCoupons(give)));
        let name = OnCoupons::Name { purpose: "care".into(), merchant: carers, on: true };
        facts(city.ask(Role::Officer, Command::OnCoupons(name)));
        let mut part = |(amount, eligible)| {
            let card = CardRef::Id(who.1);
            let pay = OnCoupons::PayPart { card, merchant: carers, amount, eligible, pin: None, order: None };
            refused(city.ask(Role::Till(carers), Command::OnCoupons(pay)))
        };
        let told = part((30_000, 12_000));
        assert_eq!(told.code, "till.short-part");
        let names: Vec<_> = told.args.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["coupon", "coupon_en", "part", "rest"]);
        assert_eq!(told.args[2..], [("part", Arg::Won(Won(12_000))), ("rest", Arg::Won(Won(18_000)))]);
        // Here the part would be all that the coupon holds.
        let all = part((50_000, 45_000));
        assert_eq!((all.code, all.args), ("till.short", vec![]));
    }
}
