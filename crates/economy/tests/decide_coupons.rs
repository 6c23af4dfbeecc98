//! Coupons and sale days, line by line.

use crate::support;

use economy::Facts;
use economy::decide::{ManyStanding, may_begin};
use economy::facts::DiscountCut;
use support::words::refusal;
use support::{JO, Town, jeonju, rows};

fn town(day: &str, given: &str) -> Town {
    let mut town = Town::new(jeonju(), support::day(day));
    town.given(given);
    town
}

#[test]
fn a_coupon_is_given_within_its_days_its_budget_and_a_person_s_most() {
    const TABLE: &str = "
        # day       | given                                                       | deed                   | what is said
        2021-06-30  | budget.left/care-coupon-2021 302,000,000                    | coupon care-2021 1     | coupon.not-today from=2021-07-01 until=2021-12-31
        2022-01-01  | budget.left/care-coupon-2021 302,000,000                    | coupon care-2021 1     | coupon.not-today from=2021-07-01 until=2021-12-31
        2021-07-01  | budget.left/care-coupon-2021 302,000,000                    | coupon care-2021 0     | amount.range least=1 most=1,000,000,000,000
        2021-07-01  | budget.left/care-coupon-2021 302,000,000                    | coupon care-2021 800,000 | yes
        2021-12-31  | budget.left/care-coupon-2021 800,000                        | coupon care-2021 800,000 | yes
        2021-07-01  | budget.left/care-coupon-2021 302,000,000                    | coupon care-2021 800,001 | coupon.person-most most=800,000 room=800,000
        2021-07-01  | budget.left/care-coupon-2021 302,000,000; meter/coupon/care/2021-12 500,000 | coupon care-2021 300,001 | coupon.person-most most=800,000 room=300,000
        2021-07-01  | budget.left/care-coupon-2021 799,999                        | coupon care-2021 800,000 | coupon.budget left=799,999
    ";
    for row in rows(TABLE) {
        let [day, given, deed, said] = row[..] else { panic!("{row:?}") };
        let mut town = town(day, given);
        let heard = town.act(deed).map_or_else(|no| refusal(&no), |_| "yes".to_owned());
        assert_eq!(heard, said, "{day} | {given} | {deed}");
    }
}

#[test]
fn a_coupon_for_many_begins_on_its_days_and_where_there_is_enough_for_all() {
    const TABLE: &str = "
        # day       | comes to    | budget has  | what is said
        2021-06-30  | 1           | 302,000,000 | coupon.not-today from=2021-07-01 until=2021-12-31
        2021-12-31  | 302,000,000 | 302,000,000 | yes
        2022-01-01  | 302,000,001 | 302,000,000 | coupon.not-today from=2021-07-01 until=2021-12-31
        2021-07-01  | 302,000,001 | 302,000,000 | coupon.total sum=302,000,001 left=302,000,000 short=1
        # what jobs that run are still to give may be more than there is
        2021-07-01  | 5           | -2          | coupon.total sum=5 left=0 short=7
        2021-07-01  | 0           | 0           | yes
    ";
    let pack = jeonju();
    let coupon = pack.coupons.coupon("care-2021").unwrap();
    let won = |text: &str| text.replace(',', "").parse::<i64>().unwrap();
    for row in rows(TABLE) {
        let [day, sum, left, said] = row[..] else { panic!("{row:?}") };
        let standing = ManyStanding { sum: won(sum), budget_left: won(left), date: support::day(day) };
        let heard = may_begin(coupon, &standing).map_or_else(|no| refusal(&no), |()| "yes".to_owned());
        assert_eq!(heard, said, "{day} | {sum} | {left}");
    }
}

#[test]
fn a_coupon_pays_its_part_and_the_rest_is_asked_elsewhere() {
    const TABLE: &str = "
        # given                                     | deed                                     | paid from, or what is said
        care/2021-12 12,000; cash 18,000            | pay 30,000 at carers                     | care 12,000, cash 18,000
        care/2021-12 40,000; cash 18,000            | pay 30,000 eligible 12,000 at carers     | care 12,000, cash 18,000
        care/2021-12 40,000; cash 18,000            | pay 30,000 eligible 0 at carers          | purse.short here=18,000 missing=12,000 elsewhere=40,000
        care/2021-12 40,000; cash 5,000             | pay 30,000 eligible 12,000 at carers     | purse.short-part coupon=종합돌봄쿠폰 coupon_en=Care coupon part=12,000 rest=18,000 others=5,000 missing=13,000
        care/2021-12 12,000                         | pay 30,000 at carers                     | purse.short-part coupon=종합돌봄쿠폰 coupon_en=Care coupon part=12,000 rest=18,000 others=0 missing=18,000
        care/2021-12 40,000; cash 30,000            | pay 30,000                               | cash 30,000
        # not a provider the city has named
        care/2021-12 40,000; cash 30,000; unnamed   | pay 30,000 at carers                     | cash 30,000
        # a grant for everything is not held to certain goods
        relief/2021-09 40,000                       | pay 30,000 eligible 0 at carers          | relief 30,000
    ";
    for row in rows(TABLE) {
        let [given, deed, said] = row[..] else { panic!("{row:?}") };
        let town = town("2021-07-15", given);
        let heard = match town.decide(deed) {
            Err(no) => refusal(&no),
            Ok(decision) => {
                let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
                let of = |leg: &(u8, u32, i64)| {
                    format!("{} {}", town.pack.purpose_numbered(leg.0).unwrap().id, base::Won(leg.2))
                };
                payment.legs.iter().map(of).collect::<Vec<_>>().join(", ")
            }
        };
        assert_eq!(heard, said, "{given} | {deed}");
    }
}

/// The market coupon ends on 15 April, in the middle of a month: its purse pays on that day, and not on the next.
#[test]
fn a_last_day_within_a_month_is_the_last_day() {
    for (day, paid) in [("2021-04-15", "market"), ("2021-04-16", "cash")] {
        let town = town(day, "market/2021-04 10,000; cash 10,000");
        let decision = town.decide("pay 10,000 at mart").unwrap();
        let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
        assert_eq!(town.pack.purpose_numbered(payment.legs[0].0).unwrap().id, paid, "{day}");
    }
}

#[test]
fn a_sale_takes_off_what_rate_person_and_budget_let_it() {
    use DiscountCut::{Budget, Full, Person};
    for (given, amount, off, cut, left) in [
        ("budget.left/joint-sale-2021 50,000", "10,000", 2_000, Full, 8_000),
        ("budget.left/joint-sale-2021 50,000", "9", 1, Full, 9_999),
        ("budget.left/joint-sale-2021 50,000", "4", 0, Full, 10_000),
        ("budget.left/joint-sale-2021 50,000", "50,000", 10_000, Full, 0),
        ("budget.left/joint-sale-2021 50,000", "50,005", 10_000, Person, 0),
        ("budget.left/joint-sale-2021 50,000; meter/sale/1 9,000", "10,000", 1_000, Person, 0),
        ("budget.left/joint-sale-2021 50,000; meter/sale/1 10,000", "10,000", 0, Person, 0),
        ("budget.left/joint-sale-2021 1,500", "10,000", 1_500, Budget, 8_500),
        ("budget.left/joint-sale-2021 0", "10,000", 0, Budget, 10_000),
    ] {
        let mut town = town("2021-03-08", &format!("{given}; cash 100,000; joined"));
        let decision = town.act(&format!("pay {amount} at mart")).unwrap();
        let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
        let discount = payment.discount.as_ref().unwrap();
        assert_eq!((discount.amount, discount.cut, discount.left), (off, cut, left), "{given} | {amount}");
        assert_eq!(payment.legs.iter().map(|leg| leg.2).sum::<i64>(), payment.amount - off);
        assert_eq!(payment.balance, town.held(JO));
        assert_eq!(payment.cashback.base, payment.amount - off, "cashback on what was paid");
    }
}

/// No discount at a shop that did not join, and on other days, be it paid or reserved.
#[test]
fn a_sale_is_a_sale_only_where_and_when_it_is() {
    for (day, given, deed) in [
        ("2021-03-08", "", "pay 10,000 at mart"),
        ("2021-03-07", "; joined", "pay 10,000 at mart"),
        ("2021-03-15", "; joined", "pay 10,000 at mart"),
        ("2021-03-08", "", "authorise 10,000 at mart"),
        ("2021-03-15", "; joined", "authorise 10,000 at mart"),
    ] {
        let town = town(day, &format!("budget.left/joint-sale-2021 50,000; cash 100,000{given}"));
        let decision = town.decide(deed).unwrap();
        let (Facts::Pay(payment) | Facts::Authorise(payment)) = &decision.facts else {
            panic!("{decision:?}")
        };
        assert_eq!((payment.discount.as_ref(), payment.legs[0].2), (None, 10_000), "{day} | {deed}");
    }
}

/// Cash, held, the shop's; the sale's budget: left, reserved, granted; the person's share of it.
fn stands(town: &Town) -> String {
    const OF: [&str; 7] = [
        "holder.purse/cash/2026-03",
        "hold/1",
        "shop.payable@mart",
        "budget.left/joint-sale-2021",
        "budget.reserved/joint-sale-2021",
        "budget.granted/joint-sale-2021",
        "meter/sale/1",
    ];
    OF.map(|name| base::Won(town.balance(&town.account(name))).to_string()).join(" ")
}

/// A reservation keeps what the sale of its day takes off: of the budget, and of the person's share. What is taken of it costs
/// what it would have cost at once, be the sale over or its budget spent by then; the rest is free again.
#[test]
fn a_reservation_keeps_the_sale_of_its_day() {
    const TABLE: &str = "
        # given                              | before                                                | deed                    | cash held shop left reserved granted share
        budget.left/joint-sale-2021 50,000   |                                                       | authorise 10,000 at mart | 92,000 8,000 0 48,000 2,000 0 2,000
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart                              | capture of 1            | 92,000 0 10,000 48,000 0 2,000 2,000
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart                              | capture 9,000 of 1      | 92,800 0 9,000 48,200 0 1,800 1,800
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart                              | capture 9 of 1          | 99,992 0 9 49,999 0 1 1
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart                              | capture 4 of 1          | 99,996 0 4 50,000 0 0 0
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart                              | void 1                  | 100,000 0 0 50,000 0 0 0
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart                              | expire-hold 1           | 100,000 0 0 50,000 0 0 0
        # the sale is over, or another has spent its budget
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart; on 2021-03-15               | capture of 1            | 92,000 0 10,000 48,000 0 2,000 2,000
        budget.left/joint-sale-2021 3,000    | authorise 10,000 at mart; pay 10,000 at mart          | capture of 1            | 83,000 0 20,000 0 0 3,000 3,000
        # what one person is given and what the budget holds bind a reservation like a payment; a part gets all that was kept
        budget.left/joint-sale-2021 1,500    |                                                       | authorise 10,000 at mart | 91,500 8,500 0 0 1,500 0 1,500
        budget.left/joint-sale-2021 1,500    | authorise 10,000 at mart                              | capture 9,000 of 1      | 92,500 0 9,000 0 0 1,500 1,500
        budget.left/joint-sale-2021 1,500    | authorise 10,000 at mart                              | capture 5,000 of 1      | 96,000 0 5,000 500 0 1,000 1,000
        budget.left/joint-sale-2021 50,000; meter/sale/1 9,000 |                                     | authorise 10,000 at mart | 91,000 9,000 0 49,000 1,000 0 10,000
        budget.left/joint-sale-2021 50,000; meter/sale/1 9,000 | authorise 10,000 at mart; pay 10,000 at mart | capture 8,000 of 1 | 83,000 0 18,000 49,000 0 1,000 10,000
        budget.left/joint-sale-2021 0        |                                                       | authorise 10,000 at mart | 90,000 10,000 0 0 0 0 0
        # what was taken can be given back, discount and all
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart; capture 9,000 of 1          | refund 4,500 of 2       | 96,400 0 4,500 49,100 0 900 900
        budget.left/joint-sale-2021 50,000   | authorise 10,000 at mart; capture 9,000 of 1; refund 7 of 2 | refund of 2       | 100,000 0 0 50,000 0 0 0
    ";
    for row in rows(TABLE) {
        let [given, before, deed, then] = row[..] else { panic!("{row:?}") };
        let mut town = town("2021-03-08", &format!("{given}; cash 100,000; joined"));
        before.split(';').map(str::trim).filter(|line| !line.is_empty()).for_each(|line| town.must(line));
        let decision = town.act(deed).unwrap_or_else(|refusal| panic!("{before} | {deed}: {refusal:?}"));
        assert_eq!(stands(&town), then, "{given} | {before} | {deed}");
        let (Facts::Authorise(payment) | Facts::Capture { payment, .. }) = &decision.facts else { continue };
        let discount = payment.discount.as_ref().unwrap();
        assert_eq!(payment.legs.iter().map(|leg| leg.2).sum::<i64>(), payment.amount - discount.amount);
        assert_eq!((payment.balance, &payment.after), (town.held(JO), &town.held_by_purpose(JO)), "{deed}");
        assert!(payment.stamp.is_none());
    }
}

/// What is left of a person's share is told as it stands after the part that was taken; why it is less than the rate, too.
#[test]
fn a_captured_part_says_what_its_discount_was() {
    use DiscountCut::{Budget, Full};
    let mut town = town("2021-03-08", "budget.left/joint-sale-2021 1,500; cash 100,000; joined");
    town.must("authorise 10,000 at mart");
    for (part, off, cut, left) in [("10,000", 1_500, Budget, 8_500), ("6,000", 1_200, Full, 8_800)] {
        let decision = town.decide(&format!("capture {part} of 1")).unwrap();
        let Facts::Capture { payment, .. } = &decision.facts else { panic!("{decision:?}") };
        let discount = payment.discount.as_ref().unwrap();
        assert_eq!((discount.amount, discount.cut, discount.left), (off, cut, left), "{part}");
        assert_eq!(payment.cashback.base, payment.amount - off, "cashback on what was paid");
    }
    let Facts::Release(release) = town.act("void 1").unwrap().facts else { panic!() };
    assert_eq!(
        (release.amount, release.discount),
        (8_500, 1_500),
        "what comes back, and what was never paid"
    );
}

/// In any parts a refund takes back the discount to the won, and the person may be given it again.
#[test]
fn a_refund_gives_the_city_its_part_back() {
    for parts in [&["10,000"][..], &["3,333", "3,333", "3,334"], &["1", "9,999"], &["5", "5", "9,990"]] {
        for settled in [false, true] {
            let mut town = town("2021-03-08", "budget.left/joint-sale-2021 50,000; cash 100,000; joined");
            let before = town.balances();
            town.must("pay 10,000 at mart");
            if settled {
                town.must("settle mart");
            }
            let mut back = 0;
            for part in parts {
                let decision = town.act(&format!("refund {part} of 1")).unwrap();
                let Facts::Refund(refund) = &decision.facts else { panic!("{decision:?}") };
                back += refund.discount;
                assert_eq!(refund.legs.iter().map(|l| l.2).sum::<i64>() + refund.discount, refund.amount);
                assert_eq!(refund.balance, town.held(JO));
            }
            assert_eq!(back, 2_000);
            if !settled {
                assert_eq!(town.balances(), before, "{parts:?}");
            }
        }
    }
}
