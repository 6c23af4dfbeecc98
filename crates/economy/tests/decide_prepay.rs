//! Good prepayment: what refuses, what a claim pays, and that nothing of it is ever lost.

use crate::support;

use economy::facts::{PrepayFacts, Why};
use economy::{Class, Facts};
use proptest::prelude::*;
use support::{JO, MIN, Town, day, jeonju, rows, words};

const ALL: &str = "offers bakery; cash 900,000; budget.left/cashback-2021 1,000,000; \
    budget.left/guarantee-prepay-2021 1,000,000";

fn town(given: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-02-24"));
    town.given(given);
    town
}

#[test]
fn refusals_in_order() {
    const TABLE: &str = "
        # given                                       | before                   | deed             | refused
        closed bakery; on 2021-01-19                  |                          | prepay 0         | amount.range least=1 most=1,000,000,000,000
        closed bakery; on 2021-01-19                  |                          | prepay 1         | prepay.closed
        closed bakery; own bakery                     |                          | prepay 1         | shop.closed shop=bakery
        own bakery                                    |                          | prepay 1         | shop.own shop=bakery
        cash 10                                       |                          | prepay 1         | prepay.not-offered shop=bakery
        offers bakery                                 |                          | prepay 99,999    | prepay.range least=100,000 most=300,000
        offers bakery                                 |                          | prepay 300,001   | prepay.range least=100,000 most=300,000
        offers bakery; cash 99,999; reward 200,000    |                          | prepay 100,000   | cash.short missing=1
        offers bakery; cash 300,000                   | prepay 300,000           | pass 1 to jo     | gift.self
        offers bakery; cash 300,000                   | prepay 300,000; pay 300,000 | pass 1 to min | claim.empty
        offers bakery; cash 300,000                   | prepay 300,000; pay 300,000 | return 1      | claim.empty
        # seven days whatever was used; later once 60 % is
        offers bakery; cash 300,000                   | prepay 300,000; on 2021-03-04 | return 1    | claim.return-late days=7 share=60 missing=180,000
        offers bakery; cash 300,000                   | prepay 300,000; on 2021-03-04; pay 179,999 | return 1 | claim.return-late days=7 share=60 missing=1
    ";
    for row in rows(TABLE) {
        let [given, before, deed, then] = row[..] else { panic!("{row:?}") };
        let mut town = town(given);
        before.split(';').map(str::trim).filter(|l| !l.is_empty()).for_each(|line| town.must(line));
        let got = town.act(deed).map(|decision| town.legs(&decision)).map_err(|r| words::refusal(&r));
        assert_eq!(got, Err(then.to_owned()), "{given} | {before} | {deed}");
    }
}

#[test]
fn a_claim_is_returned_within_seven_days_or_once_enough_is_used_and_by_the_shop_at_any_time() {
    for (before, deed) in [
        ("prepay 300,000; on 2021-03-03", "return 1"),
        ("prepay 300,000; on 2021-03-04; pay 180,000", "return 1"),
        ("prepay 300,000; on 2021-03-04", "take-back 1"),
    ] {
        let mut town = town(ALL);
        before.split(';').map(str::trim).for_each(|line| town.must(line));
        let decision = town.act(deed).unwrap();
        let Facts::Prepay(PrepayFacts::Ended(ended)) = &decision.facts else { panic!("{decision:?}") };
        assert_eq!((ended.why, ended.person, ended.buyer), (Why::Returned, JO, JO));
        assert_eq!(ended.amount, ended.legs.iter().map(|leg| leg.2).sum::<i64>());
        assert_eq!(ended.reward * 10, ended.amount);
        assert_eq!(town.sum(Class::Prepaid), 0);
    }
}

#[test]
fn narrowest_first_and_soonest_first() {
    let mut town = town(&format!("{ALL}; reward 5,000"));
    town.must("prepay 100,000");
    town.must("prepay 100,000");
    let decision = town.act("pay 210,000").unwrap();
    let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
    assert_eq!(payment.prepaid, [(1, 100_000, 0), (2, 100_000, 0)]);
    // Both prepayments earned their 10 %, and cashback comes before own money; it earns nothing again.
    assert_eq!(payment.legs.iter().map(|leg| leg.2).collect::<Vec<_>>(), [10_000]);
    assert_eq!((payment.cashback.base, payment.cashback.reward), (0, 0));
    assert_eq!(payment.balance, town.held(JO));
    // Not at another shop, not past its day, and nothing of it once it is given away.
    town.must("prepay 100,000");
    let used = |town: &Town, deed: &str| match town.clone().act(deed).unwrap().facts {
        Facts::Pay(payment) => payment.prepaid.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!([used(&town, "pay 1,000"), used(&town, "pay 1,000 at bookshop")], [1, 0]);
    town.must("on 2021-05-31");
    assert_eq!(used(&town, "pay 1,000"), 1);
    town.must("on 2021-06-01");
    assert_eq!(used(&town, "pay 1,000"), 0);
    town.must("on 2021-03-01");
    let mut before = town.clone();
    town.must("pass 3 to min");
    assert_eq!(used(&town, "pay 1,000"), 0);
    // A reservation takes from a claim first, too.
    let decision = before.act("authorise 1,000").unwrap();
    let Facts::Authorise(payment) = &decision.facts else { panic!("{decision:?}") };
    assert_eq!((payment.prepaid.as_slice(), payment.legs.len()), (&[(3, 1_000, 0)][..], 0));
    assert_eq!(town.sum(Class::Prepaid), town.balance(&economy::chart::prepaid(MIN, 3)));
}

#[test]
fn a_share_below_the_whole_leaves_escrow_by_use() {
    let mut town = town(&format!("{ALL}; advance 50%"));
    town.must("prepay 100,001");
    town.must("advance");
    assert_eq!(town.sum(Class::ShopAdvance), 50_000);
    let decision = town.act("pay 33,333").unwrap();
    let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
    // 50,000 × 66,668 / 100,001 stay: rounded down.
    assert_eq!(payment.prepaid, [(1, 33_333, 50_000 - 33_333)]);
    town.must("pay 66,668");
    assert_eq!([town.sum(Class::ShopAdvance), town.sum(Class::Prepaid)], [0, 0]);
    assert_eq!(town.sum(Class::ShopPayable), 100_001);
    assert_eq!(town.sum(Class::BudgetReserved), 0);
    // Taken back in three steps, each leg is exact: what was advanced is advanced again.
    for line in ["refund 11,111 of 3", "refund 11,111 of 3", "refund 11,111 of 3"] {
        town.must(line);
    }
    assert_eq!([town.sum(Class::Prepaid), town.sum(Class::ShopAdvance)], [33_333, 16_667]);
    assert_eq!(town.sum(Class::BudgetReserved), 16_667);
}

#[test]
fn a_closing_shop_pays_with_what_it_was_not_paid_out_yet_first() {
    for (settled, from_guarantee) in [("", 0), ("settle", 170_000)] {
        let mut town = town(ALL);
        town.must("prepay 200,000");
        town.must("advance");
        if !settled.is_empty() {
            town.must(settled);
        }
        town.must("pay 30,000");
        let decision = town.act("close-out 1").unwrap();
        let Facts::Prepay(PrepayFacts::Ended(ended)) = &decision.facts else { panic!("{decision:?}") };
        assert_eq!((ended.amount, ended.reward), (170_000, 0));
        assert_eq!((ended.from_guarantee, ended.from_shop), (from_guarantee, 170_000 - from_guarantee));
        assert_eq!(town.sum(Class::CityClaim), from_guarantee);
        assert_eq!(town.sum(Class::BudgetReserved), 0);
        assert_eq!(town.balance(&town.account("holder.purse/cash")), 870_000);
    }
}

/// One step of a claim's life.
fn step() -> impl Strategy<Value = (u8, i64)> {
    (0u8..9, 1i64..260_000)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever happens in whatever order: the town checks after each posting that the float, the guarantee, the meters and
    /// all floors hold. At the end nothing is left anywhere, and a person never has more than was put on and earned.
    #[test]
    fn nothing_is_lost(steps in prop::collection::vec(step(), 1..24), share in 0i64..=100) {
        let mut town = town(&format!("{ALL}; advance {share}%"));
        let mut paid = Vec::new();
        for (what, amount) in steps {
            let line = match what {
                0 => format!("prepay {}", 100_000 + amount % 200_001),
                1 | 2 => format!("pay {amount}"),
                3 => if town.open_claims(words::shop("")).is_empty() { continue } else { "settle".to_owned() },
                4 => {
                    // Whether there is anything left to advance is the use case's to know.
                    let open = town.open_claims(words::shop(""));
                    let fresh = open.iter().any(|(claim, _)| claim.advanced == 0);
                    if !fresh || share == 0 || town.advanced_all() { continue }
                    "advance".to_owned()
                }
                5 => match paid.last() { Some(no) => format!("refund {} of {no}", 1 + amount % 5_000), None => continue },
                6 | 7 => match town.open_claims(words::shop("")).first() {
                    Some((claim, _)) => {
                        let deed = ["return", "close-out", "run-out", "take-back"][(amount % 4) as usize];
                        format!("{deed} {}", claim.no)
                    }
                    None => continue,
                },
                _ => match paid.first() { Some(no) => format!("refund of {no}"), None => continue },
            };
            let before = town.done.len();
            if town.act(&line).is_ok() && line.starts_with("pay") {
                paid.push(before + 1);
            }
        }
        for (claim, _) in town.open_claims(words::shop("")).iter().map(|(c, d)| (c.no, *d)).collect::<Vec<_>>() {
            town.must(&format!("run-out {claim}"));
        }
        prop_assert_eq!([town.sum(Class::Prepaid), town.sum(Class::ShopAdvance)], [0, 0]);
        prop_assert_eq!(town.sum(Class::BudgetReserved), 0);
    }
}
