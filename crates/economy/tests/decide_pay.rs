//! Payments: every refusal, which purses pay, what is earned.

use crate::support;

use economy::{Cut, Facts, Meter, chart};
use support::{JO, Town, day, jeonju, rows, words};

/// 2021-06-15: 300,000 a month, 15 billion for the city, 10 % at payment.
fn town(given: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-06-15"));
    town.given(given);
    town
}

/// Each refusal once, in order: every row has all the faults of the rows below it too.
#[test]
fn refusals_come_in_order() {
    const TABLE: &str = "
        # given                                               | deed                   | refused
        card lost; closed bar; own bar; pin missing           | pay 0 at bar           | amount.range least=1 most=1,000,000,000,000
        card lost; closed bar; own bar; pin missing           | pay -5 at bar          | amount.range least=1 most=1,000,000,000,000
        card lost; closed bar; own bar; pin missing           | pay 1,000,000,000,001 at bar | amount.range least=1 most=1,000,000,000,000
        card lost; closed bar; own bar; pin missing           | pay 60,000 at bar      | shop.closed shop=bar
        card lost; own bar; pin missing                       | pay 60,000 at bar      | shop.excluded shop=bar trade=유흥주점 trade_en=Nightlife
        card lost; own bakery; pin missing                    | pay 60,000             | pin.needed above=50,000
        card closed; own bakery; pin missing                  | pay 60,000             | pin.needed above=50,000
        card lost; own bakery                                 | pay 60,000             | card.lost
        card closed; own bakery                               | pay 60,000             | card.closed
        card locked; own bakery                               | pay 60,000             | card.locked
        card frozen; own bakery                               | pay 60,000             | card.frozen
        own bakery                                            | pay 60,000             | shop.own shop=bakery
        cash 40,000; care 9,000; cash/2021-05 7,000           | pay 60,000             | purse.short here=40,000 missing=20,000 elsewhere=9,000
    ";
    for row in rows(TABLE) {
        let [given, deed, refused] = row[..] else { panic!("{row:?}") };
        for deed in [deed.to_owned(), deed.replace("pay", "authorise")] {
            let refusal = town(given).act(&deed).unwrap_err();
            assert_eq!(words::refusal(&refusal), refused, "{given} | {deed}");
        }
    }
}

#[test]
fn refusals_cite_their_rule() {
    for (given, deed, cited) in [
        ("", "pay 1,000 at bar", true),
        ("own bakery", "pay 1,000", true),
        ("pin missing", "pay 60,000", true),
        ("", "pay 1,000", true),
        ("card frozen", "pay 1,000", false),
    ] {
        assert_eq!(town(given).act(deed).unwrap_err().source.is_some(), cited, "{given} | {deed}");
    }
}

#[test]
fn the_pin_is_asked_for_above_the_packs_sum() {
    for (given, deed, paid) in [
        ("pin missing", "pay 50,000", true),
        ("pin missing", "pay 50,001", false),
        ("pin signed-in", "pay 90,000", true),
        ("", "pay 90,000", true),
    ] {
        let mut town = town(&format!("cash 100,000; {given}"));
        assert_eq!(town.act(deed).is_ok(), paid, "{given} | {deed}");
    }
}

/// 150,000 a day at one shop without the PIN.
#[test]
fn the_pin_is_asked_for_above_the_packs_sum_of_a_day() {
    for (given, deed, refused) in [
        ("pin missing; unasked 100,000", "pay 50,000", None),
        ("pin missing; unasked 100,001", "pay 50,000", Some("pin.needed-day limit=150,000")),
        ("pin missing; unasked 150,000", "pay 1", Some("pin.needed-day limit=150,000")),
        ("pin missing; unasked 100,001", "authorise 50,000", Some("pin.needed-day limit=150,000")),
        // With it, or from the holder's own phone, as much as there is.
        ("unasked 150,000", "pay 50,000", None),
        ("pin signed-in; unasked 150,000", "pay 50,000", None),
        // What stops the card comes first.
        ("pin missing; unasked 150,000; card frozen", "pay 1", Some("card.frozen")),
        ("pin missing; unasked 150,000", "pay 60,000", Some("pin.needed above=50,000")),
    ] {
        let mut town = town(&format!("cash 100,000; {given}"));
        let refusal = town.act(deed).err().map(|refusal| words::refusal(&refusal));
        assert_eq!(refusal.as_deref(), refused, "{given} | {deed}");
    }
    // A pack that says nothing of it has no such limit.
    let card = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/jeonju/card.toml"))
        .unwrap();
    let card = card.replace("pin_above_day = 150_000\n", "");
    let mut town = Town::new(support::jeonju_with(&[("card.toml", &card)]), day("2021-06-15"));
    town.given("cash 100,000; pin missing; unasked 900,000");
    assert!(town.act("pay 50,000").is_ok());
}

/// A shop that heard three times that the card holds too little hears no more of it without the PIN.
#[test]
fn the_pin_is_asked_for_after_answers_that_it_is_too_little() {
    for (given, deed, refused) in [
        ("pin missing; heard-short", "pay 1", Some("pin.needed-short most=3")),
        ("pin missing; heard-short", "authorise 1", Some("pin.needed-short most=3")),
        // Whether there is enough makes no difference.
        ("pin missing; heard-short", "pay 50,000", Some("pin.needed-short most=3")),
        ("pin missing; heard-short; unasked 150,000", "pay 1", Some("pin.needed-short most=3")),
        ("heard-short", "pay 40,000", None),
        ("pin signed-in; heard-short", "pay 40,000", None),
        ("pin missing; heard-short; card frozen", "pay 1", Some("card.frozen")),
        ("pin missing; heard-short", "pay 60,000", Some("pin.needed above=50,000")),
    ] {
        let mut town = town(&format!("cash 40,000; {given}"));
        let refusal = town.act(deed).err().map(|refusal| words::refusal(&refusal));
        assert_eq!(refusal.as_deref(), refused, "{given} | {deed}");
    }
}

#[test]
fn purses_pay_in_the_packs_order() {
    const TABLE: &str = "
        # given                                             | deed                  | paid from
        cash 50,000                                         | pay 30,000            | cash 30,000
        cash 30,000                                         | pay 30,000            | cash 30,000
        cash 50,000; reward 4,000                           | pay 30,000            | reward 4,000, cash 26,000
        # within one purpose what expires soonest; this month's end is still to come
        cash/2021-07 10,000; cash/2021-06 5,000; cash 50,000 | pay 30,000           | cash/2021-06 5,000, cash/2021-07 10,000, cash 15,000
        reward/2023-01 700; reward/2022-01 300; cash 50,000 | pay 30,000            | reward/2022-01 300, reward/2023-01 700, cash 29,000
        # a purse past its month is passed over
        cash/2021-05 90,000; cash 50,000                    | pay 30,000            | cash 30,000
        # a coupon only where it is for, and there before all else
        care/2021-12 12,000; cash 50,000; reward 1,000      | pay 30,000 at carers  | care/2021-12 12,000, reward 1,000, cash 17,000
        care/2021-12 12,000; cash 50,000; reward 1,000      | pay 30,000            | reward 1,000, cash 29,000
        market/2021-12 12,000; care/2021-12 9,000; cash 50,000 | pay 30,000 at mart | market/2021-12 12,000, cash 18,000
        care/2021-12 30,000; cash 50,000                    | pay 30,000 at carers  | care/2021-12 30,000
    ";
    for row in rows(TABLE) {
        let [given, deed, paid] = row[..] else { panic!("{row:?}") };
        let town = town(given);
        let decision = town.decide(deed).unwrap();
        let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
        let legs: Vec<String> = payment
            .legs
            .iter()
            .map(|(purpose, expires, amount)| {
                let name = town.name(&chart::purse(JO, *purpose, base::Month(*expires)));
                format!("{} {}", name.trim_start_matches("holder.purse/"), base::Won(*amount))
            })
            .collect();
        assert_eq!(legs.join(", "), paid, "{given} | {deed}");
        assert_eq!(payment.legs.iter().map(|leg| leg.2).sum::<i64>(), payment.amount);
        // All that is still valid, less the amount, is what the receipt says is left.
        let valid: i64 = town.held(JO) - town.balance(&town.account("holder.purse/cash/2021-05"));
        assert_eq!(payment.balance, valid - payment.amount);
        assert_eq!(payment.after.iter().map(|held| held.1).sum::<i64>(), payment.balance);
    }
}

#[test]
fn what_is_earned() {
    const TABLE: &str = "
        # given, beside a budget of 1,000,000 where none is said | deed        | reward |  base  | earned | cut           | left
        # as announced: LEDGER 2, 3, 4
        cash 100,000                                             | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | 250,000
        cash 100,000; meter/spend-month 270,000                  | pay 50,000  | 3,000  | 50,000 | 30,000 | month-limit   | 0
        cash 100,000; budget.left/cashback-2021 1,200            | pay 50,000  | 1,200  | 50,000 | 12,000 | budget        | 288,000
        # to the won of each limit
        cash 100,000; meter/spend-month 250,000                  | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | 0
        cash 100,000; meter/spend-month 250,001                  | pay 50,000  | 4,999  | 50,000 | 49,999 | month-limit   | 0
        cash 100,000; meter/spend-month 300,000                  | pay 50,000  | 0      | 50,000 | 0      | month-limit   | 0
        cash 100,000; month 100,000; meter/spend-month 270,000   | pay 50,000  | 0      | 50,000 | 0      | month-limit   | 0
        cash 100,000; year 2,000,000; meter/spend-year 1,990,000 | pay 50,000  | 1,000  | 50,000 | 10,000 | year-limit    | 290,000
        cash 100,000; meter/city-month 14,999,995,000            | pay 50,000  | 500    | 50,000 | 5,000  | city-limit    | 295,000
        # the tightest of them is named; of equals the person's own
        cash 100,000; month 20,000; year 10,000; city 5,000      | pay 50,000  | 500    | 50,000 | 5,000  | city-limit    | 15,000
        cash 100,000; month 20,000; year 10,000; city 15,000     | pay 50,000  | 1,000  | 50,000 | 10,000 | year-limit    | 10,000
        cash 100,000; month 9,000; year 9,000; city 9,000        | pay 50,000  | 900    | 50,000 | 9,000  | month-limit   | 0
        cash 100,000; month 20,000; budget.left/cashback-2021 50 | pay 50,000  | 50     | 50,000 | 500    | budget        | 19,500
        # the budget: to the won, gone, uneven
        cash 100,000; budget.left/cashback-2021 5,000            | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | 250,000
        cash 100,000; budget.left/cashback-2021 4,999            | pay 50,000  | 4,999  | 50,000 | 49,990 | budget        | 250,010
        cash 100,000; budget.left/cashback-2021 0                | pay 50,000  | 0      | 50,000 | 0      | budget        | 300,000
        cash 100,000; rate 8%; budget.left/cashback-2021 1       | pay 50,000  | 1      | 50,000 | 13     | budget        | 299,987
        # large shops
        cash 100,000; sales-over 3,000,000,000                   | pay 50,000 at mart | 0 | 50,000 | 0    | large-shop    | 300,000
        cash 100,000; sales-over 3,000,000,001                   | pay 50,000 at mart | 5,000 | 50,000 | 50,000 | full    | 250,000
        cash 100,000; sales-over 3,000,000,000                   | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | 250,000
        # what is paid with
        reward 60,000                                            | pay 50,000  | 0      | 0      | 0      | nothing-earns | 300,000
        care/2021-12 60,000                                      | pay 50,000 at carers | 0 | 0  | 0      | nothing-earns | 300,000
        care/2021-12 12,000; cash 18,000                         | pay 30,000 at carers | 1,800 | 18,000 | 18,000 | full  | 282,000
        reward 20,000; cash 30,000                               | pay 50,000  | 3,000  | 30,000 | 30,000 | full          | 270,000
        reward 20,000; cash 30,000; earns cash reward            | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | 250,000
        # no campaign; a campaign without limits of its own
        cash 100,000; no-campaign                                | pay 50,000  | 0      | 0      | 0      | no-campaign   | -
        cash 100,000; month unlimited                            | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | -
        cash 100,000; counts top-ups                             | pay 50,000  | 5,000  | 50,000 | 50,000 | full          | -
        # odd amounts are rounded down; what earns nothing uses nothing up
        cash 100,000                                             | pay 12,345  | 1,234  | 12,345 | 12,345 | full          | 287,655
        cash 100,000                                             | pay 19      | 1      | 19     | 19     | full          | 299,981
        cash 100,000                                             | pay 10      | 1      | 10     | 10     | full          | 299,990
        cash 100,000                                             | pay 9       | 0      | 9      | 0      | full          | 300,000
        cash 100,000; meter/spend-month 299,991                  | pay 50,000  | 0      | 50,000 | 0      | month-limit   | 9
        cash 100,000; rate 0.8%                                  | pay 12,345  | 98     | 12,345 | 12,345 | full          | 287,655
        cash 100,000; rate 0%                                    | pay 12,345  | 0      | 12,345 | 0      | full          | 300,000
    ";
    for row in rows(TABLE) {
        let [given, deed, reward, base, earned, cut, left] = row[..] else { panic!("{row:?}") };
        let budget = if given.contains("budget.left") { "" } else { "budget.left/cashback-2021 1,000,000;" };
        let mut town = town(&format!("{budget} {given}"));
        let before = town.clone();
        let decision = town.act(deed).unwrap();
        let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
        let got = &payment.cashback;
        let cut_name = serde_json::to_string(&got.cut).unwrap().replace('"', "");
        let shown = |amount: i64| base::Won(amount).to_string();
        let left_shown = got.left.map_or("-".to_owned(), shown);
        assert_eq!(
            [shown(got.reward), shown(got.base), shown(got.earned), cut_name, left_shown],
            [reward, base, earned, cut, left],
            "{given} | {deed}"
        );
        // The limits moved by the part that earned, the budget and the city's debt by what was granted.
        let moved = |account: &str| {
            let account = town.account(account);
            town.balance(&account) - before.balance(&account)
        };
        let counted = if given.contains("top-ups") { 0 } else { got.earned };
        assert_eq!(moved("meter/spend-month"), counted, "{given} | {deed}");
        assert_eq!(moved("budget.granted/cashback-2021"), got.reward, "{given} | {deed}");
        assert_eq!(moved("treasury.due"), got.reward, "{given} | {deed}");
        assert_eq!(decision.guards.is_empty(), counted == 0, "{given} | {deed}");
        assert_eq!(payment.balance, town.held(JO), "{given} | {deed}");
        assert_eq!(payment.after, town.held_by_purpose(JO), "{given} | {deed}");
    }
}

/// The guards are the limits of that day, on the meters that moved.
#[test]
fn a_payment_carries_the_limits_it_was_decided_on() {
    let town = town("cash 100,000; budget.left/cashback-2021 1,000,000; year 2,000,000");
    let decision = town.decide("pay 50,000").unwrap();
    let guards: Vec<(String, i64)> = decision.guards.iter().map(|(a, max)| (town.name(a), *max)).collect();
    let expected = [
        ("meter/spend-month", 300_000),
        ("meter/spend-year", 2_000_000),
        ("meter/city-month", 15_000_000_000),
    ];
    assert_eq!(guards, expected.map(|(name, max)| (name.to_owned(), max)));
    assert_eq!(decision.guards[0].0, chart::meter(Meter::SpendMonth, JO, town.month().0));
}

/// 2,000 payments on a budget that holds 100 rewards: 100 earn whole, none goes over, all are paid.
#[test]
fn a_budget_is_never_overspent() {
    let mut town =
        town("cash 2,000,000; budget.left/cashback-2021 10,050; month unlimited; earns cash reward");
    let mut whole = 0;
    for _ in 0..2_000 {
        let decision = town.act("pay 1,000").unwrap();
        let Facts::Pay(payment) = &decision.facts else { panic!("{decision:?}") };
        whole += i64::from(payment.cashback.cut == Cut::Full && payment.cashback.reward == 100);
    }
    assert_eq!(whole, 100);
    assert_eq!(town.sum(economy::Class::BudgetLeft), 0);
    assert_eq!(town.sum(economy::Class::TreasuryDue), 10_050);
    assert_eq!(town.sum(economy::Class::ShopPayable), 2_000_000);
}

/// A helper's month is a limit like any: the posting carries it as a guard; and a helper doesn't sell to whom they help.
#[test]
fn a_helper_pays_within_their_month_and_not_at_home() {
    let mut town = Town::new(jeonju(), day("2021-06-15"));
    for given in ["bank.trust 100,000", "holder.purse/cash 100,000", "budget.left/cashback-2021 1,000,000"] {
        town.give(given);
    }
    let decision = town.decide("pay 50,000 by min").unwrap();
    let meter = chart::helper_meter(JO, 0, town.month());
    assert_eq!(decision.guards.last(), Some(&(meter, 100_000)));
    assert_eq!(chart::helper_period(meter.key.sub & 0x00ff_ffff), (0, town.month()));
    let other = chart::helper_meter(JO, 511, town.month());
    assert_eq!(chart::helper_period(other.key.sub & 0x00ff_ffff), (511, town.month()));
    town.shops[0].owner = Some(support::MIN);
    assert_eq!(town.decide("pay 50,000 by min").unwrap_err().code, "shop.own");
    assert!(town.decide("pay 50,000").is_ok());
}

/// What was paid in an earlier month stays there: a refund gives no room in this one.
#[test]
fn a_refund_gives_a_helper_back_only_this_month() {
    let mut town = Town::new(jeonju(), day("2021-06-30"));
    for given in ["bank.trust 100,000", "holder.purse/cash 100,000", "budget.left/cashback-2021 1,000,000"] {
        town.give(given);
    }
    town.must("pay 50,000 by min");
    let (june, july) = (town.month(), base::Month(town.month().0 + 1));
    town.must("refund 20,000 of 1");
    let left = |town: &Town, month| town.balance(&chart::helper_meter(JO, 0, month));
    assert_eq!(left(&town, june), 30_000);
    town.must("on 2021-07-01");
    town.must("refund 20,000 of 1");
    assert_eq!((left(&town, june), left(&town, july)), (30_000, 0));
}
