//! Refunds: refusals, and each leg in proportion, whatever happened since.

use crate::support;

use economy::Facts;
use support::{JO, Town, day, jeonju, rows, words};

const BUDGET: &str = "budget.left/cashback-2021 1,000,000";

fn town(given: &str, before: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-06-15"));
    town.given(&format!("{BUDGET}; {given}"));
    before.split(';').map(str::trim).filter(|line| !line.is_empty()).for_each(|line| town.must(line));
    town
}

#[test]
fn refusals_come_in_order() {
    const TABLE: &str = "
        # before                           | deed                          | refused
        pay 50,000; refund of 1            | refund 0 of 1 at mart         | refund.other-shop
        pay 50,000; refund of 1            | refund 0 of 1                 | refund.done
        pay 50,000; refund 20,000 of 1     | refund 0 of 1                 | amount.range least=1 most=1,000,000,000,000
        pay 50,000; refund 20,000 of 1     | refund -1 of 1                | amount.range least=1 most=1,000,000,000,000
        pay 50,000; refund 20,000 of 1     | refund 30,001 of 1            | refund.more-than-left left=30,000
        pay 50,000                         | refund 50,001 of 1            | refund.more-than-left left=50,000
        pay 50,000; refund 30,000 of 1; refund 20,000 of 1 | refund of 1   | refund.done
    ";
    for row in rows(TABLE) {
        let [before, deed, refused] = row[..] else { panic!("{row:?}") };
        let refusal = town("cash 100,000", before).act(deed).unwrap_err();
        assert_eq!(words::refusal(&refusal), refused, "{before} | {deed}");
    }
}

/// Legs in short: purses as `cash`, `reward`, `care/2021-12`; the rest by class.
fn short(town: &Town, decision: &economy::decide::Decision) -> String {
    let name = |account: &ledger::Account| {
        town.name(account).replace("holder.purse/", "").replace("/cashback-2021", "")
    };
    let leg = |m: &economy::decide::Move| {
        format!("{} to {} {}", name(&m.credit), name(&m.debit), base::Won(m.amount))
    };
    // Read as what grows: a purse is credited, a debt of the city or the shop is debited.
    decision.moves.iter().map(leg).collect::<Vec<_>>().join("; ")
}

#[test]
fn each_leg_goes_back_in_proportion() {
    const METERS: &str = "meter/spend-month to meter.total {}; meter/city-month to meter.total {}";
    const TABLE: &str = "
        # given                       | before                             | deed               | legs as: credited to debited, amount (M: both meters)
        # LEDGER 6: a part; the whole
        cash 100,000                  | pay 50,000                         | refund 20,000 of 1 | cash to shop.payable 20,000; treasury.due to reward 2,000; budget.granted to budget.left 2,000; M 20,000
        cash 100,000                  | pay 50,000                         | refund of 1        | cash to shop.payable 50,000; treasury.due to reward 5,000; budget.granted to budget.left 5,000; M 50,000
        # LEDGER 7: the cashback is spent, in whole or in part: it comes out of the refund
        cash 50,000                   | pay 50,000; pay 5,000              | refund 20,000 of 1 | cash to shop.payable 20,000; treasury.due to cash 2,000; budget.granted to budget.left 2,000; M 20,000
        cash 50,000                   | pay 50,000; pay 4,000              | refund 20,000 of 1 | cash to shop.payable 20,000; treasury.due to reward 1,000; treasury.due to cash 1,000; budget.granted to budget.left 2,000; M 20,000
        # spent, but this very refund puts cashback back into that purse: it is taken from there
        cash 50,000; reward 10,000    | pay 30,000; pay 2,000              | refund 15,000 of 1 | reward to shop.payable 5,000; cash to shop.payable 10,000; treasury.due to reward 1,000; budget.granted to budget.left 1,000; M 10,000
        # LEDGER 9: the shop was paid out, in whole or in part: it owes (the 8,000 used 5,000 of cashback up, and earned 300)
        cash 100,000                  | pay 50,000; settle                 | refund 20,000 of 1 | cash to shop.due 20,000; treasury.due to reward 2,000; budget.granted to budget.left 2,000; M 20,000
        cash 100,000                  | pay 50,000; settle; pay 8,000      | refund 20,000 of 1 | cash to shop.payable 8,000; cash to shop.due 12,000; treasury.due to reward 300; treasury.due to cash 1,700; budget.granted to budget.left 2,000; M 20,000
        # LEDGER 10: 333 of cashback, 667 of own money, in three parts
        cash 10,000; reward 333       | pay 1,000                          | refund 333 of 1    | reward to shop.payable 110; cash to shop.payable 223; treasury.due to reward 21; budget.granted to budget.left 21; M 222
        cash 10,000; reward 333       | pay 1,000; refund 333 of 1         | refund 333 of 1    | reward to shop.payable 111; cash to shop.payable 222; treasury.due to reward 22; budget.granted to budget.left 22; M 222
        cash 10,000; reward 333       | pay 1,000; refund 333 of 1; refund 333 of 1 | refund 334 of 1 | reward to shop.payable 112; cash to shop.payable 222; treasury.due to reward 23; budget.granted to budget.left 23; M 223
        # a coupon and own money
        cash 90,000; care/2021-12 12,000 | pay 30,000 at carers            | refund 15,000 of 1 | care/2021-12 to shop.payable@carers 6,000; cash to shop.payable@carers 9,000; treasury.due to reward 900; budget.granted to budget.left 900; M 9,000
        cash 90,000; care/2021-12 12,000 | pay 30,000 at carers            | refund of 1        | care/2021-12 to shop.payable@carers 12,000; cash to shop.payable@carers 18,000; treasury.due to reward 1,800; budget.granted to budget.left 1,800; M 18,000
        # and the cashback spent: own money bears it, not the coupon
        cash 18,000; care/2021-12 12,000 | pay 30,000 at carers; pay 1,800 | refund 15,000 of 1 | care/2021-12 to shop.payable@carers 6,000; cash to shop.payable@carers 9,000; treasury.due to cash 900; budget.granted to budget.left 900; M 9,000
        # what was cut stays cut: only the part that earned goes back
        cash 100,000; meter/spend-month 270,000 | pay 50,000               | refund 25,000 of 1 | cash to shop.payable 25,000; treasury.due to reward 1,500; budget.granted to budget.left 1,500; M 15,000
        cash 100,000; meter/spend-month 300,000 | pay 50,000               | refund 25,000 of 1 | cash to shop.payable 25,000
        cash 100,000; no-campaign     | pay 50,000                         | refund 25,000 of 1 | cash to shop.payable 25,000
        cash 100,000                  | pay 9                              | refund of 1        | cash to shop.payable 9
        # the month is closed: its meters stay as they were, all else goes back
        cash 100,000                  | pay 50,000; on 2021-07-01          | refund 20,000 of 1 | cash/2026-06 to shop.payable 20,000; treasury.due to reward/2026-06 2,000; budget.granted to budget.left 2,000
        cash 100,000; year 2,000,000  | pay 50,000; on 2021-07-01          | refund 20,000 of 1 | cash/2026-06 to shop.payable 20,000; treasury.due to reward/2026-06 2,000; budget.granted to budget.left 2,000; meter/spend-year to meter.total 20,000
        cash 100,000; year 2,000,000  | pay 50,000; on 2022-01-01          | refund 20,000 of 1 | cash/2026-06 to shop.payable 20,000; treasury.due to reward/2026-06 2,000; budget.granted to budget.left 2,000
        # half before, half after the month's end
        cash 100,000                  | pay 50,000; refund 25,000 of 1; on 2021-07-01 | refund of 1 | cash/2026-06 to shop.payable 25,000; treasury.due to reward/2026-06 2,500; budget.granted to budget.left 2,500
        # holding limit, freeze and a closed shop don't matter
        cash 2,000,000; holding 100   | pay 50,000                         | refund 20,000 of 1 | cash to shop.payable 20,000; treasury.due to reward 2,000; budget.granted to budget.left 2,000; M 20,000
    ";
    for row in rows(TABLE) {
        let [given, before, deed, legs] = row[..] else { panic!("{row:?}") };
        let mut town = town(given, before);
        town.give("card frozen");
        let held = town.held(JO);
        let decision = town.act(deed).unwrap_or_else(|refusal| panic!("{before} | {deed}: {refusal:?}"));
        let legs = legs.split("; ").map(|leg| match leg.strip_prefix("M ") {
            Some(amount) => METERS.replace("{}", amount),
            None => leg.to_owned(),
        });
        assert_eq!(
            short(&town, &decision),
            legs.collect::<Vec<_>>().join("; "),
            "{given} | {before} | {deed}"
        );
        let Facts::Refund(refund) = &decision.facts else { panic!("{decision:?}") };
        assert_eq!(refund.balance, town.held(JO));
        assert_eq!(town.held(JO) - held, refund.amount - refund.reward);
        assert_eq!(decision.reverses, Some(base::PostingNo(1)));
        assert!(decision.guards.is_empty());
    }
}

/// What the answer says of cashback that was spent and of money the shop no longer has.
#[test]
fn the_answer_says_where_it_came_from() {
    const TABLE: &str = "
        # given        | before                        | deed               | reward, of it from the refund, shop owes
        cash 100,000   | pay 50,000                    | refund 20,000 of 1 | 2,000 0 0
        cash 50,000    | pay 50,000; pay 4,000         | refund 20,000 of 1 | 2,000 1,000 0
        cash 50,000    | pay 50,000; pay 5,000; settle | refund 20,000 of 1 | 2,000 2,000 20,000
        cash 50,000    | pay 50,000; pay 5,000         | refund of 1        | 5,000 5,000 0
        # the cashback of another payment in the same month stands in: it is one purse
        cash 80,000    | pay 50,000; pay 35,000        | refund 50,000 of 1 | 5,000 2,000 0
    ";
    for row in rows(TABLE) {
        let [given, before, deed, then] = row[..] else { panic!("{row:?}") };
        let mut town = town(given, before);
        let decision = town.act(deed).unwrap();
        let Facts::Refund(refund) = &decision.facts else { panic!("{decision:?}") };
        let got = [refund.reward, refund.reward_from_refund, refund.shop_due];
        assert_eq!(got.map(|won| base::Won(won).to_string()).join(" "), then, "{given} | {before} | {deed}");
    }
}

/// A refund in the same month, in any parts, leaves the books as if nothing had been bought.
#[test]
fn a_whole_refund_restores_everything() {
    for parts in [vec![50_001], vec![1, 50_000], vec![16_667, 16_667, 16_667], vec![49_999, 1, 1]] {
        let mut town =
            town("cash 90,000; reward 333; cash/2021-08 1,111; meter/spend-month 17; year 2,000,000", "");
        let before = town.balances();
        town.must("pay 50,001");
        for part in parts {
            town.must(&format!("refund {part} of 1"));
        }
        assert_eq!(town.balances(), before);
    }
}

/// The city may have paid for the cashback already; then the scheme owes it back until the next transfer.
#[test]
fn a_refund_after_the_citys_transfer() {
    let mut town = town("cash 100,000", "pay 50,000; treasury 5,000");
    town.must("refund of 1");
    assert_eq!(town.sum(economy::Class::TreasuryDue), -5_000);
}
