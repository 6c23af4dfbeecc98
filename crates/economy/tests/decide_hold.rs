//! Reservations: authorise, capture whole or in part, void, expire.

use crate::support;

use economy::Facts;
use support::{JO, Town, day, jeonju, rows, words};

fn town(given: &str, before: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-06-15"));
    let budget = if given.contains("budget.left") { "" } else { "budget.left/cashback-2021 1,000,000" };
    town.given(&format!("{budget}; {given}"));
    before.split(';').map(str::trim).filter(|line| !line.is_empty()).for_each(|line| town.must(line));
    town
}

#[test]
fn refusals_come_in_order() {
    const TABLE: &str = "
        # before                               | deed                  | refused
        authorise 30,000; capture of 1         | capture 0 of 1        | hold.ended
        authorise 30,000; void 1               | capture of 1          | hold.ended
        authorise 30,000; expire-hold 1        | capture of 1          | hold.ended
        authorise 30,000                       | capture 0 of 1        | amount.range least=1 most=1,000,000,000,000
        authorise 30,000                       | capture 30,001 of 1   | hold.more held=30,000
        authorise 30,000; capture 1 of 1       | void 1                | hold.ended
        authorise 30,000; void 1               | void 1                | hold.ended
        authorise 30,000; void 1               | expire-hold 1         | hold.ended
    ";
    for row in rows(TABLE) {
        let [before, deed, refused] = row[..] else { panic!("{row:?}") };
        let refusal = town("cash 100,000", before).act(deed).unwrap_err();
        assert_eq!(words::refusal(&refusal), refused, "{before} | {deed}");
    }
}

/// What stands after each deed: cash, cashback, hold, shop; budget reserved and granted; the month's meter.
fn stands(town: &Town) -> String {
    const OF: [&str; 7] = [
        "holder.purse/cash/2026-06",
        "holder.purse/reward/2026-06",
        "hold/1",
        "shop.payable",
        "budget.reserved/cashback-2021",
        "budget.granted/cashback-2021",
        "meter/spend-month/2021-06",
    ];
    OF.map(|name| base::Won(town.balance(&town.account(name))).to_string()).join(" ")
}

#[test]
fn reserving_taking_and_letting_go() {
    const TABLE: &str = "
        # given                       | before                              | deed               | cash reward hold shop reserved granted meter
        cash 100,000                  |                                     | authorise 30,000   | 70,000 0 30,000 0 3,000 0 30,000
        # LEDGER 11, whole and in part
        cash 100,000                  | authorise 30,000                    | capture of 1       | 70,000 3,000 0 30,000 0 3,000 30,000
        cash 100,000                  | authorise 30,000                    | capture 28,000 of 1 | 72,000 2,800 0 28,000 0 2,800 28,000
        cash 100,000                  | authorise 30,000                    | capture 1 of 1     | 99,999 0 0 1 0 0 0
        cash 100,000                  | authorise 33                        | capture 29 of 1    | 99,971 2 0 29 0 2 29
        # what grants nothing uses nothing up
        cash 100,000                  | authorise 10                        | capture 9 of 1     | 99,991 0 0 9 0 0 0
        # LEDGER 12
        cash 100,000                  | authorise 30,000                    | void 1             | 100,000 0 0 0 0 0 0
        cash 100,000                  | authorise 30,000                    | expire-hold 1      | 100,000 0 0 0 0 0 0
        # cashback and own money: each goes back in its share
        cash 100,000; reward 10,000   | authorise 30,000                    | capture 15,000 of 1 | 90,000 6,000 0 15,000 0 1,000 10,000
        cash 100,000; reward 10,000   | authorise 30,000                    | void 1             | 100,000 10,000 0 0 0 0 0
        # limits and budget are the reservation's, however they stand when it is taken
        cash 400,000; meter/spend-month 290,000 | authorise 30,000          | capture 15,000 of 1 | 385,000 500 0 15,000 0 500 295,000
        cash 400,000; budget.left/cashback-2021 500 | authorise 30,000      | capture of 1       | 370,000 500 0 30,000 0 500 5,000
        cash 400,000; budget.left/cashback-2021 3,000 | authorise 30,000; pay 50,000 | capture of 1 | 320,000 3,000 0 80,000 0 3,000 30,000
        # after the month's end its meters stay; another rate or none changes nothing
        cash 100,000                  | authorise 30,000; on 2021-07-01     | capture 28,000 of 1 | 72,000 2,800 0 28,000 0 2,800 30,000
        cash 100,000                  | authorise 30,000; on 2021-07-01     | void 1             | 100,000 0 0 0 0 0 30,000
        # no cashback
        cash 100,000; no-campaign     | authorise 30,000                    | capture 28,000 of 1 | 72,000 0 0 28,000 0 0 0
        cash 100,000; no-campaign     | authorise 30,000                    | expire-hold 1      | 100,000 0 0 0 0 0 0
        # a captured payment can be refunded
        cash 100,000                  | authorise 30,000; capture 28,000 of 1 | refund 14,000 of 2 | 86,000 1,400 0 14,000 0 1,400 14,000
        cash 100,000                  | authorise 30,000; capture 28,000 of 1 | refund of 2        | 100,000 0 0 0 0 0 0
        cash 100,000                  | authorise 33; capture 29 of 1; refund 7 of 2 | refund of 2 | 100,000 0 0 0 0 0 0
    ";
    for row in rows(TABLE) {
        let [given, before, deed, then] = row[..] else { panic!("{row:?}") };
        let mut town = town(given, before);
        let decision = town.act(deed).unwrap_or_else(|refusal| panic!("{before} | {deed}: {refusal:?}"));
        assert_eq!(stands(&town), then, "{given} | {before} | {deed}");
        match &decision.facts {
            Facts::Capture { payment, .. } => {
                assert_eq!(payment.balance, town.held(JO), "{given} | {before} | {deed}");
                assert_eq!(payment.after, town.held_by_purpose(JO), "{given} | {before} | {deed}");
                assert_eq!(payment.legs.iter().map(|leg| leg.2).sum::<i64>(), payment.amount);
                let cashback = &payment.cashback;
                assert!(cashback.earned <= cashback.base && cashback.base <= payment.amount, "{cashback:?}");
            }
            Facts::Authorise(payment) => {
                assert_eq!(payment.balance, town.held(JO), "{given} | {deed}");
                assert_eq!(payment.after, town.held_by_purpose(JO), "{given} | {deed}");
            }
            Facts::Release(release) => {
                assert_eq!(release.expired, decision.kind == "expire-hold", "{given} | {deed}");
            }
            _ => {}
        }
    }
}

/// After a part is taken, the receipt says what is left of the month's limit: the rest of the reservation is free.
#[test]
fn a_capture_says_what_is_left_of_the_limit() {
    let mut town = town("cash 100,000", "authorise 30,000");
    let Facts::Authorise(reserved) = &town.done[0].facts else { panic!() };
    assert_eq!(reserved.cashback.left, Some(270_000));
    let taken = town.act("capture 28,000 of 1").unwrap();
    let Facts::Capture { payment, authorisation: 1 } = &taken.facts else { panic!("{taken:?}") };
    assert_eq!((payment.cashback.left, payment.cashback.base), (Some(272_000), 28_000));
}

/// A reservation carries the same guards as a payment: two of them can't use one limit twice.
#[test]
fn reservations_use_the_limits_up() {
    let mut town = town("cash 900,000", "authorise 200,000; authorise 200,000; pay 200,000");
    let earned: Vec<i64> = town
        .done
        .iter()
        .map(|decision| match &decision.facts {
            Facts::Authorise(payment) | Facts::Pay(payment) => payment.cashback.earned,
            _ => 0,
        })
        .collect();
    assert_eq!(earned, [200_000, 100_000, 0]);
    town.must("void 1");
    let Facts::Pay(payment) = town.act("pay 250,000").unwrap().facts else { panic!() };
    assert_eq!(payment.cashback.earned, 200_000);
}
