//! Money that leaves a purse or the scheme other than by paying: gifts, withdrawals, settlement, the bank, the city.

use crate::support;

use economy::{Facts, decide};
use support::{JO, MIN, Town, day, jeonju, rows, words};

fn town(given: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-06-15"));
    town.given(given);
    town
}

#[test]
fn gifts() {
    const TABLE: &str = "
        # given                                                      | deed                | refused, or legs
        no-gifts; cash 10,000                                        | gift 0 to jo        | gift.not-allowed
        cash 10,000; gift-limit 5,000                                | gift 0 to jo        | amount.range least=1 most=1,000,000,000,000
        cash 10,000; gift-limit 5,000                                | gift 5,001 to jo    | gift.self
        cash 10,000; gift-limit 5,000; cash@min 1,996,000            | gift 5,001 to min   | gift.limit limit=5,000
        cash 4,001; reward@min 1,900,000; cash@min 96,000            | gift 4,001 to min   | holding.limit-other
        # one's own money first: an empty purse asks nothing about another's
        cash 4,000; reward@min 1,900,000; cash@min 96,000            | gift 4,001 to min   | cash.short missing=1
        cash@min 2,000,000                                           | gift 1 to min       | cash.short missing=1
        cash 1,000; reward 9,000; care/2021-12 9,000; cash/2021-05 9 | gift 4,000 to min   | cash.short missing=3,000
        # own money keeps its expiry; what expires soonest goes first
        cash 10,000                                                  | gift 10,000 to min  | D holder.purse/cash 10,000 C holder.purse/cash@min 10,000
        cash 9,000; cash/2022-01 1,000; cash/2021-05 70              | gift 4,000 to min   | D holder.purse/cash/2022-01 1,000 C holder.purse/cash/2022-01@min 1,000; D holder.purse/cash 3,000 C holder.purse/cash@min 3,000
        cash 5,000; cash@min 1,995,000                               | gift 5,000 to min   | D holder.purse/cash 5,000 C holder.purse/cash@min 5,000
        cash 500,000                                                 | gift 500,000 to min | D holder.purse/cash 500,000 C holder.purse/cash@min 500,000
    ";
    for row in rows(TABLE) {
        let [given, deed, then] = row[..] else { panic!("{row:?}") };
        let mut town = town(given);
        let got = match town.act(deed) {
            Ok(decision) => {
                let Facts::Gift(gift) = &decision.facts else { panic!("{decision:?}") };
                let past = town.balance(&town.account("holder.purse/cash/2021-05"));
                assert_eq!((gift.from, gift.to), (JO, MIN), "{given} | {deed}");
                assert_eq!(gift.balance, town.held(JO) - past, "{given} | {deed}");
                town.legs(&decision).join("; ")
            }
            Err(refusal) => words::refusal(&refusal),
        };
        assert_eq!(got, then, "{given} | {deed}");
    }
}

/// What is left can be withdrawn once 60 % of the balance just after the last top-up is used.
#[test]
fn withdrawals() {
    const TABLE: &str = "
        # given                                        | refused, or won withdrawn
        measure 100,000                                | withdraw.nothing
        reward 50,000; cash/2021-05 9,000; measure 100,000 | withdraw.nothing
        cash 100,000; measure 100,000                  | withdraw.too-early share=60 measure=100,000 missing=60,000
        cash 40,001; measure 100,000                   | withdraw.too-early share=60 measure=100,000 missing=1
        cash 40,000; measure 100,000                   | 40,000
        cash 18,000; measure 100,000                   | 18,000
        # 60 % of 101 is 60.6: 60 used are not enough, 61 are
        cash 41; measure 101                           | withdraw.too-early share=60 measure=101 missing=1
        cash 40; measure 101                           | 40
        # all months of expiry together; cashback stays
        cash 10,000; cash/2022-01 30,000; reward 7,000; measure 100,000 | 40,000
        cash 10,000; cash/2022-01 30,001; measure 100,000 | withdraw.too-early share=60 measure=100,000 missing=1
        # giving is no use: 50,000 given away and 40,000 spent are 40,000 of the 60,000
        cash 10,000; measure 100,000; given-away 50,000 | withdraw.too-early share=60 measure=100,000 missing=20,000
        cash 10,000; measure 100,000; given-away 30,000 | 10,000
        cash 10,000; measure 100,000; given-away 30,001 | withdraw.too-early share=60 measure=100,000 missing=1
        # what was given is spent like one's own, and passing it on leaves one's own as it was
        cash 90,000; measure 100,000; was-given 50,000  | withdraw.too-early share=60 measure=100,000 missing=50,000
        cash 50,000; was-given 50,000                   | withdraw.too-early share=60 measure=0 missing=50,000
        cash 40,000; measure 100,000; was-given 50,000; given-away 50,000 | 40,000
    ";
    for row in rows(TABLE) {
        let [given, then] = row[..] else { panic!("{row:?}") };
        let mut town = town(given);
        let got = match town.act("withdraw") {
            Ok(decision) => {
                assert_eq!(town.sum(economy::Class::PayoutSent), decision.amount, "{given}");
                base::Won(decision.amount).to_string()
            }
            Err(refusal) => words::refusal(&refusal),
        };
        assert_eq!(got, then, "{given}");
    }
}

/// The measure is the balance just after the last top-up, not the sum of top-ups.
#[test]
fn the_measure_of_a_withdrawal_starts_anew_with_each_top_up() {
    let mut town = town("");
    for deed in ["top-up 100,000", "pay 60,000", "top-up 10,000"] {
        town.must(deed);
    }
    let refusal = town.act("withdraw").unwrap_err();
    assert_eq!(words::refusal(&refusal), "withdraw.too-early share=60 measure=50,000 missing=30,000");
    town.must("pay 30,000");
    assert_eq!(town.act("withdraw").unwrap().amount, 20_000);
    assert_eq!(words::refusal(&town.act("withdraw").unwrap_err()), "withdraw.nothing");
}

/// What was paid out is measured no more: what comes back of a purchase afterwards must be used by its own share.
#[test]
fn a_withdrawal_counts_against_the_measure() {
    let mut since = decide::SinceTopUp { measure: 500_000, unspent: 0 };
    let share = rules::Rate::from_basis_points(6_000).unwrap();
    assert_eq!(since.still_to_spend(200_000, share), 0);
    since.count("withdraw", true, 200_000);
    // 300,000 were spent and 300,000 are taken back: nothing is used.
    assert_eq!(since.still_to_spend(300_000, share), 180_000);
    // The bank gives it back: as if it had not been.
    since.count("payout-failed", false, 200_000);
    assert_eq!((since.measure, since.still_to_spend(200_000, share)), (500_000, 0));
}

/// Giving is not using, and what expires was not used; a top-up begins anew.
#[test]
fn gifts_are_no_use() {
    let mut town = town("");
    for deed in ["top-up 100,000", "gift 50,000 to min", "pay 40,000"] {
        town.must(deed);
    }
    let refusal = town.act("withdraw").unwrap_err();
    assert_eq!(words::refusal(&refusal), "withdraw.too-early share=60 measure=100,000 missing=20,000");
    for deed in ["top-up 90,000", "pay 60,000"] {
        town.must(deed);
    }
    assert_eq!(town.act("withdraw").unwrap().amount, 40_000);
}

#[test]
fn settlements_net_what_a_shop_owes() {
    const TABLE: &str = "
        # given                                         | refused, or sent, kept, still owed
                                                        | settle.nothing
        shop.due 5,000                                  | settle.nothing
        shop.payable 123,400                            | 123,400 0 0
        shop.payable 123,400; shop.due 20,000           | 103,400 20,000 0
        shop.payable 20,000; shop.due 20,000            | 0 20,000 0
        shop.payable 20,000; shop.due 50,000            | 0 20,000 30,000
        # what came back is paid as it is; what a shop owes is kept from what it has earned first
        shop.returned 122,166                           | 122,166 0 0
        shop.payable 5,000; shop.returned 122,166       | 127,166 0 0
        shop.payable 5,000; shop.returned 7,000; shop.due 6,000 | 6,000 6,000 0
        shop.returned 7,000; shop.due 9,000             | 0 7,000 2,000
        # another shop's account is another shop's
        shop.payable 20,000; shop.due@mart 50,000       | 20,000 0 0
    ";
    for row in rows(TABLE) {
        let [given, then] = row[..] else { panic!("{row:?}") };
        let mut town = town(&format!("holder.purse/cash 100,000; {given}"));
        let got = match town.act("settle") {
            Ok(decision) => {
                let Facts::Settle(settlement) = &decision.facts else { panic!("{decision:?}") };
                let due = town.balance(&town.account("shop.due"));
                assert_eq!(town.balance(&town.account("shop.payable")), 0, "{given}");
                assert_eq!(settlement.amount, town.sum(economy::Class::PayoutSent), "{given}");
                [settlement.amount, settlement.netted, due].map(|won| base::Won(won).to_string()).join(" ")
            }
            Err(refusal) => words::refusal(&refusal),
        };
        assert_eq!(got, then, "{given}");
    }
}

#[test]
fn the_bank_the_city_the_council_and_the_calendar() {
    const TABLE: &str = "
        # given                          | deed                        | kind     | leg
        payout.sent 5,000                | confirm 5,000               | confirm  | D payout.sent 5,000 C bank.trust 5,000
        payout.sent 5,000                | fail 5,000                  | payout-failed | D payout.sent 5,000 C shop.returned 5,000
        bank.trust 5,000; cash 0         | come-back 5,000             | payout-failed | D bank.trust 5,000 C shop.returned 5,000
        payout.sent 5,000                | give-back 5,000             | payout-failed | D payout.sent 5,000 C holder.purse/cash 5,000
        treasury.due 5,000; reward 5,000 | treasury 3,000              | treasury | D bank.trust 3,000 C treasury.due 3,000
                                         | vote cashback-2021 1,000    | vote     | D budget.left/cashback-2021 1,000 C budget.voted/cashback-2021 1,000
        cash/2021-05 4,000               | expire cash 2021-05 4,000   | expire   | D holder.purse/cash/2021-05 4,000 C expired 4,000
    ";
    for row in rows(TABLE) {
        let [given, deed, kind, leg] = row[..] else { panic!("{row:?}") };
        let mut town = town(given);
        let decision = town.act(deed).unwrap();
        assert_eq!((decision.kind, town.legs(&decision)), (kind, vec![leg.to_owned()]), "{given} | {deed}");
    }
    for nothing in [decide::confirm(&[], 0, ""), decide::treasury(-1), decide::vote("cashback-2021", 0)] {
        assert!(nothing.moves.is_empty());
    }
}

/// Small shops' card fees are borne by the city as long as its budget and the shop's yearly cap allow.
#[test]
fn settlements_bring_support_of_card_fees() {
    const TABLE: &str = "
        # given                                                      | sent, support
        on 2021-05-31; shop.payable 100,000                          | 100,000 0
        on 2021-06-01; shop.payable 100,000                          | 100,800 800
        on 2021-12-31; shop.payable 100,000                          | 100,800 800
        on 2022-01-03; shop.payable 100,000                          | 100,000 0
        # rounded down
        shop.payable 124                                             | 124 0
        shop.payable 125                                             | 126 1
        # what is kept for a debt, and what came back, get none
        shop.payable 100,000; shop.due 50,000                        | 50,400 400
        shop.payable 100,000; shop.returned 40,000                   | 140,800 800
        # no larger shop, and none whose sales aren't known
        sales bakery 300,000,001; shop.payable 100,000               | 100,000 0
        # the year's cap, the budget
        meter/fee-year 499,500; shop.payable 100,000                 | 100,500 500
        meter/fee-year 500,000; shop.payable 100,000                 | 100,000 0
        budget.left/fee-2021 300; shop.payable 100,000               | 100,300 300
        budget.left/fee-2021 0; shop.payable 100,000                 | 100,000 0
    ";
    for row in rows(TABLE) {
        let [given, then] = row[..] else { panic!("{row:?}") };
        let sales = "sales bakery 300,000,000; holder.purse/cash 100,000";
        let mut town = town(&format!("{sales}; budget.left/fee-2021 1,000,000; {given}"));
        let decision = town.act("settle").unwrap();
        let Facts::Settle(settlement) = &decision.facts else { panic!("{decision:?}") };
        assert_eq!(settlement.amount, town.sum(economy::Class::PayoutSent), "{given}");
        let got = [settlement.amount, settlement.support].map(|won| base::Won(won).to_string()).join(" ");
        assert_eq!(got, then, "{given}");
    }
    let unknown = town("shop.payable 100,000; budget.left/fee-2021 1,000,000").act("settle").unwrap();
    assert_eq!(unknown.amount, 100_000);
}
