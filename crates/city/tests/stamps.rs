//! Cards of stamps: one a shop and day, taken back with the payment, worth a sum or a chance, on both engines.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use base::{CardId, MerchantId, PersonId, PostingNo, Role, date};
use city::read::coupons::Stamps;
use city::{CardRef, Command, OnCoupons, Reply};
use common::{TestCity, count, facts, posting, refusal};
use economy::decide::draw;
use economy::facts::{CouponFacts, Payment, Stamp};
use economy::{Class, Facts, Meter, chart};
use pen::Failure;

type Who = (PersonId, CardId);

const SALE: &str = "market-2021-03";
const NUMBER: u8 = 2;

fn each(story: impl Fn(TestCity)) {
    testkit::engines().into_iter().map(testkit::Place::fresh).for_each(|place| story(TestCity::new(place)));
}

fn on(city: &mut TestCity, role: Role, wish: OnCoupons) -> Result<Reply, Failure> {
    city.ask(role, Command::OnCoupons(wish))
}

fn balance(city: &TestCity, account: &ledger::Account) -> i64 {
    city.pen.shared().read().books.balance_of(&account.key)
}

/// A person's stamps, and everybody's.
fn stamps(city: &TestCity, person: PersonId) -> (i64, i64) {
    let of = |person| balance(city, &chart::stamps_meter(NUMBER, person));
    (of(Some(person)), of(None))
}

fn paid(city: &mut TestCity, who: Who, shop: MerchantId, amount: i64) -> (PostingNo, Payment) {
    let reply = city.pay(who, shop, amount);
    let no = posting(&reply);
    match facts(reply) {
        Facts::Pay(payment) => (no, payment),
        other => panic!("{other:?}"),
    }
}

fn stamp(payment: &Payment) -> (bool, i64) {
    let Stamp { given, have, .. } = payment.stamp.clone().unwrap();
    (given, have)
}

fn back(city: &mut TestCity, shop: MerchantId, payment: PostingNo, amount: Option<i64>) -> Facts {
    facts(city.ask(Role::Merchant(shop), Command::Refund { payment, amount }))
}

fn claim(city: &mut TestCity, role: Role, person: PersonId) -> Result<Reply, Failure> {
    on(city, role, OnCoupons::Claim { release: "market-cards".into(), person })
}

/// Five market shops that take part, on the first day.
fn market(city: &mut TestCity) -> Vec<MerchantId> {
    city.on(2021, 3, 22);
    city.vote("market-sale-2021", 20_000_000);
    city.vote("stamps-2021", 20_000_000);
    let numbers = ["123-45-67891", "220-81-62517", "124-81-00998", "130-81-50741", "101-81-15445"];
    let shops: Vec<MerchantId> = numbers.iter().map(|number| city.shop(number, "market-food")).collect();
    for shop in &shops {
        let join = OnCoupons::Join { sale: SALE.into(), merchant: *shop, on: true };
        facts(on(city, Role::Merchant(*shop), join));
    }
    shops
}

#[test]
fn a_shop_gives_one_stamp_a_day_for_a_payment_that_is_large_enough() {
    each(|mut city| {
        let shops = market(&mut city);
        let bakery = city.shop("211-86-59046", "bakery");
        let who = city.people(2, 1_000_000);
        let (me, other) = (who[0], who[1]);
        assert_eq!(stamp(&paid(&mut city, me, shops[0], 9_999).1), (false, 0));
        assert_eq!(stamp(&paid(&mut city, me, shops[0], 10_000).1), (true, 1));
        assert_eq!(stamp(&paid(&mut city, me, shops[0], 50_000).1), (false, 1), "one a shop and day");
        assert_eq!(stamp(&paid(&mut city, me, shops[1], 10_000).1), (true, 2));
        assert_eq!(stamp(&paid(&mut city, other, shops[0], 10_000).1), (true, 1));
        assert_eq!(paid(&mut city, me, bakery, 10_000).1.stamp, None, "it takes no part");
        assert_eq!(stamps(&city, me.0), (2, 3));
        // What is only reserved gives none yet.
        let (card, pin) = (CardRef::Id(me.1), None);
        let hold = Command::Authorise { card, merchant: shops[2], amount: 20_000, pin };
        let Facts::Authorise(held) = facts(city.ask(Role::Citizen(me.0), hold)) else { panic!() };
        assert_eq!(held.stamp, None);
        // Over a restart it is still known who gave one today; tomorrow is another day.
        let mut city = city.again(5);
        assert_eq!(stamp(&paid(&mut city, me, shops[1], 10_000).1), (false, 2));
        city.on(2021, 3, 23);
        assert_eq!(stamp(&paid(&mut city, me, shops[1], 10_000).1), (true, 3));
        // The card holds nothing: who loses it keeps the stamps.
        let lost = Command::Replace { card: CardRef::Id(me.1) };
        let Facts::Card { card, .. } = facts(city.ask(Role::Clerk, lost)) else { panic!() };
        assert_eq!(stamp(&paid(&mut city, (me.0, card), shops[2], 10_000).1), (true, 4));
        // The sale is over.
        city.on(2021, 4, 5);
        assert_eq!(paid(&mut city, (me.0, card), shops[3], 10_000).1.stamp, None);
        count(&city.target, &city.pen.shared().read().books);
    });
}

#[test]
fn what_was_reserved_gives_its_stamp_when_it_is_taken() {
    each(|mut city| {
        let shops = market(&mut city);
        let me = city.people(1, 1_000_000)[0];
        let hold = |city: &mut TestCity, at: usize| {
            let (card, pin) = (CardRef::Id(me.1), None);
            let hold = Command::Authorise { card, merchant: shops[at], amount: 30_000, pin };
            posting(&city.ask(Role::Citizen(me.0), hold))
        };
        let take = |city: &mut TestCity, (authorisation, at): (PostingNo, usize), amount| {
            let take = Command::Capture { authorisation, amount };
            let reply = city.ask(Role::Merchant(shops[at]), take);
            let no = posting(&reply);
            let Facts::Capture { payment, .. } = facts(reply) else { panic!() };
            (no, payment)
        };
        // By what is taken, on the day it is.
        let (first, second, third) = (hold(&mut city, 0), hold(&mut city, 0), hold(&mut city, 1));
        let fourth = hold(&mut city, 2);
        assert_eq!(stamps(&city, me.0), (0, 0));
        city.on(2021, 3, 23);
        let (taken, payment) = take(&mut city, (first, 0), Some(10_000));
        let off = payment.discount.as_ref().map(|discount| discount.amount);
        assert_eq!((stamp(&payment), off), ((true, 1), Some(500)), "the discount is the reservation's");
        assert_eq!(payment.stamp.map(|stamp| stamp.day), Some(base::day_of_date(date(2021, 3, 23))));
        assert_eq!(stamp(&take(&mut city, (second, 0), None).1), (false, 1), "one a shop and day");
        assert_eq!(stamp(&take(&mut city, (third, 1), Some(9_999)).1), (false, 1), "too small");
        // Paid at once or reserved: the same shop's day. Over a restart too.
        let mut city = city.again(7);
        assert_eq!(stamp(&paid(&mut city, me, shops[0], 10_000).1), (false, 1));
        // Taken back, it is gone, and the shop may give another.
        let Facts::Refund(refund) = back(&mut city, shops[0], taken, None) else { panic!() };
        assert!(refund.stamp.is_some());
        assert_eq!(stamps(&city, me.0), (0, 0));
        assert_eq!(stamp(&paid(&mut city, me, shops[0], 10_000).1), (true, 1));
        // What is let go of gives none.
        facts(city.ask(Role::Merchant(shops[2]), Command::Void { authorisation: fourth }));
        assert_eq!(stamps(&city, me.0), (1, 1));
        count(&city.target, &city.pen.shared().read().books);
    });
}

#[test]
fn a_refund_takes_the_stamp_back_and_the_shop_may_give_another() {
    each(|mut city| {
        let shops = market(&mut city);
        let me = city.people(1, 1_000_000)[0];
        let (no, _) = paid(&mut city, me, shops[0], 25_000);
        let took = |facts: Facts| match facts {
            Facts::Refund(refund) => refund.stamp.is_some(),
            other => panic!("{other:?}"),
        };
        // 15,000 are left: still worth one. Then 9,000: no more. And once only.
        assert!(!took(back(&mut city, shops[0], no, Some(10_000))));
        assert_eq!(stamps(&city, me.0), (1, 1));
        assert!(took(back(&mut city, shops[0], no, Some(6_000))));
        assert_eq!(stamps(&city, me.0), (0, 0));
        assert!(!took(back(&mut city, shops[0], no, None)));
        assert_eq!(stamps(&city, me.0), (0, 0));
        let mut city = city.again(6);
        assert_eq!(stamp(&paid(&mut city, me, shops[0], 10_000).1), (true, 1));
        // A payment that gave none takes none back.
        let (no, _) = paid(&mut city, me, shops[0], 30_000);
        assert!(!took(back(&mut city, shops[0], no, None)));
        assert_eq!(stamps(&city, me.0), (1, 1));
        // A day later, what is taken back is the stamp of that day, and today's shop gives its own.
        let (no, _) = paid(&mut city, me, shops[1], 10_000);
        city.on(2021, 3, 23);
        assert!(took(back(&mut city, shops[1], no, None)));
        assert_eq!(stamp(&paid(&mut city, me, shops[1], 10_000).1), (true, 2));
        count(&city.target, &city.pen.shared().read().books);
    });
}

#[test]
fn a_full_card_is_worth_its_sum_once_and_the_budget_holds() {
    each(|mut city| {
        let shops = market(&mut city);
        let all = city.people(260, 1_000_000);
        let (me, poor) = (all[0], all[1]);
        let mut last = PostingNo(0);
        for (at, shop) in shops.iter().enumerate() {
            let Err(Failure::Refused(no)) = claim(&mut city, Role::Citizen(me.0), me.0) else { panic!() };
            assert_eq!(no.code, "stamps.not-full");
            assert!(no.args.contains(&("have", base::Arg::Count(at as i64))), "{no:?}");
            last = paid(&mut city, me, *shop, 10_000).0;
        }
        // Who has no telephone is given it at a window; who is seen there.
        let coupon = city.pen.shared().read().town.pack.coupons.coupon("stamps-2021").unwrap().clone();
        let purse = chart::purse(me.0, coupon.purpose, coupon.cohort());
        let left = chart::budget(Class::BudgetLeft, "stamps-2021");
        let given = facts(claim(&mut city, Role::Clerk, me.0));
        assert!(
            matches!(&given, Facts::Coupons(CouponFacts::Given { amount: 5_000, release: Some(id), .. }) if id == "market-cards")
        );
        assert_eq!((balance(&city, &purse), balance(&city, &left)), (5_000, 20_000_000 - 5_000));
        assert_eq!(refusal(claim(&mut city, Role::Citizen(me.0), me.0)), "stamps.not-full");
        assert_eq!(refusal(claim(&mut city, Role::Merchant(shops[0]), me.0)), "role.needed");
        // A stamp that is taken back after the card was turned in takes with it what the card gave.
        let Facts::Refund(refund) = back(&mut city, shops[4], last, None) else { panic!() };
        assert_eq!(refund.prize.map(|prize| (prize.amount, prize.from_refund)), Some((5_000, 0)));
        assert_eq!(stamps(&city, me.0), (4, 4));
        assert_eq!((balance(&city, &purse), balance(&city, &left)), (0, 20_000_000));
        assert_eq!(refusal(claim(&mut city, Role::Citizen(me.0), me.0)), "stamps.not-full");
        city.on(2021, 3, 23);
        paid(&mut city, me, shops[0], 10_000);
        facts(claim(&mut city, Role::Citizen(me.0), me.0));
        for (at, shop) in shops.iter().enumerate().skip(1) {
            assert_eq!(refusal(claim(&mut city, Role::Citizen(me.0), me.0)), "stamps.not-full", "{at}");
            paid(&mut city, me, *shop, 10_000);
        }
        assert_eq!(refusal(claim(&mut city, Role::Citizen(me.0), me.0)), "stamps.not-full");
        city.on(2021, 3, 24);
        paid(&mut city, me, shops[0], 10_000);
        facts(claim(&mut city, Role::Citizen(me.0), me.0));
        // What the first card gave was spent meanwhile: a coupon pays before own money.
        let given = chart::coupon_meter(me.0, coupon.purpose, coupon.cohort());
        assert_eq!((balance(&city, &given), balance(&city, &purse)), (10_000, 5_000));
        let claimed = chart::meter(Meter::Claim, me.0, 3);
        assert_eq!(balance(&city, &claimed), 10_000);
        // Within the budget: nothing is left, nothing is given.
        let rest = balance(&city, &left);
        for day in 24..29 {
            city.on(2021, 3, day);
            paid(&mut city, poor, shops[0], 10_000);
        }
        assert_eq!(stamps(&city, poor.0).0, 5);
        spend(&mut city, &all[2..], rest);
        assert_eq!(refusal(claim(&mut city, Role::Citizen(poor.0), poor.0)), "coupon.budget");
        count(&city.target, &city.pen.shared().read().books);
    });
}

/// Gives the coupon's budget away to others.
fn spend(city: &mut TestCity, others: &[Who], rest: i64) {
    let mut left = rest;
    for (person, _) in others {
        let amount = left.min(80_000);
        if amount > 0 {
            let coupon = "stamps-2021".into();
            facts(on(city, Role::Officer, OnCoupons::Give { coupon, person: *person, amount }));
        }
        left -= amount;
    }
    assert_eq!(left, 0);
}

#[test]
fn full_cards_are_drawn_among_and_anyone_can_draw_again() {
    each(|mut city| {
        let shops = market(&mut city);
        let people = city.people(6, 1_000_000);
        let lot = || "market-cards-lot".to_owned();
        facts(on(&mut city, Role::System, OnCoupons::Commit { release: lot() }));
        let committed = city.pen.shared().read().town.coupons.draw(&lot()).unwrap().commitment.clone();
        let ask = |city: &mut TestCity, person| {
            on(city, Role::Citizen(person), OnCoupons::Ask { release: lot(), person })
        };
        assert_eq!(refusal(ask(&mut city, people[0].0)), "draw.card-not-full");
        let mut last = PostingNo(0);
        for who in &people {
            for shop in &shops {
                last = paid(&mut city, *who, *shop, 10_000).0;
            }
            facts(ask(&mut city, who.0));
        }
        // The last one's card is not full any more when it is drawn.
        back(&mut city, shops[4], last, None);
        city.on(2021, 4, 10);
        let made = OnCoupons::Draw { release: lot(), beacon: "2 7 11 19 30 44".into() };
        let Facts::Coupons(CouponFacts::Draw { seed, beacon, tickets, out, winners, .. }) =
            facts(on(&mut city, Role::Officer, made))
        else {
            panic!()
        };
        assert_eq!((tickets, out.as_slice(), winners.len()), (6, &[6][..], 5));
        let bytes: Vec<u8> =
            (0..32).map(|at| u8::from_str_radix(&seed[at * 2..at * 2 + 2], 16).unwrap()).collect();
        let bytes: [u8; 32] = bytes.try_into().unwrap();
        assert_eq!(draw::commitment(&bytes), committed);
        assert_eq!(draw::winners(&bytes, &beacon, &[1, 2, 3, 4, 5], winners.len()), winners);
        assert_eq!(date(2021, 4, 10), city.pen.shared().read().town.zone.date(city.now()));
    });
}

#[test]
fn a_full_card_stays_in_the_hand_until_it_is_turned_in_or_another_begins() {
    let of = |have| Stamps { have, full: 5 };
    let hand = [(4, 0), (5, 0), (5, 1), (6, 0), (10, 1), (10, 2)].map(|(have, in_)| of(have).on_card(in_));
    assert_eq!(hand, [4, 5, 0, 1, 5, 0]);
}
