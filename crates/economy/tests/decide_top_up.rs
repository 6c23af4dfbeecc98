//! Top-ups: what may be held, what may be put on, what is granted at once.

use crate::support;

use economy::Facts;
use support::{JO, Town, day, jeonju, jeonju_with, rows, words};

/// 2021-01-20: 1,000,000 a month, 10 % at charge out of a budget of its own, 10 % at payment.
fn january(given: &str) -> Town {
    let mut town = Town::new(jeonju(), day("2021-01-20"));
    town.given(given);
    town
}

#[test]
fn refusals_come_in_order() {
    const TABLE: &str = "
        # given                                            | deed              | refused
        counts top-ups; month 10,000; holding 20,000       | top-up 0          | amount.range least=1 most=1,000,000,000,000
        counts top-ups; month 10,000; holding 20,000       | top-up 20,001     | holding.limit limit=20,000 room=20,000
        counts top-ups; month 10,000; holding 20,000       | top-up 10,001     | top-up.limit left=10,000 renews=2021-02-01
        # all purses count for what is held, but for those past their month
        cash 1,500,000; reward 400,000; care/2021-12 99,999 | top-up 2         | holding.limit limit=2,000,000 room=1
        cash 1,500,000; reward 500,000; care/2021-12 90,000 | top-up 1         | holding.limit limit=2,000,000 room=0
        # what is granted at charge is held too: of 110,000 of room, 100,000 can be put on
        cash 1,890,000; budget.left/charge-2021 50,000     | top-up 100,001    | holding.limit limit=2,000,000 room=100,000
        cash 1,890,000; budget.left/charge-2021 4,000      | top-up 106,001    | holding.limit limit=2,000,000 room=106,000
        cash 1,890,000; budget.left/charge-2021 50,000; meter/charge-month 990,000 | top-up 109,001 | holding.limit limit=2,000,000 room=109,000
        # which of the limits refuses, and when it starts anew
        counts top-ups; month 10,000; meter/top-up-month 4,000 | top-up 6,001  | top-up.limit left=6,000 renews=2021-02-01
        counts top-ups; year 50,000; meter/top-up-year 49,000  | top-up 1,001  | top-up.limit left=1,000 renews=2022-01-01
        counts top-ups; city 90,000; meter/city-top-up-month 89,500 | top-up 501 | top-up.limit left=500 renews=2021-02-01
        # used more than today's limit, as after a limit was lowered
        counts top-ups; month 10,000; meter/top-up-month 12,000 | top-up 1     | top-up.limit left=0 renews=2021-02-01
    ";
    for row in rows(TABLE) {
        let [given, deed, refused] = row[..] else { panic!("{row:?}") };
        let refusal = january(given).act(deed).unwrap_err();
        assert_eq!(words::refusal(&refusal), refused, "{given} | {deed}");
    }
}

#[test]
fn what_is_put_on_and_granted() {
    const TABLE: &str = "
        # given                                                     | deed           | cash      | granted | base      | earned  | cut
        budget.left/charge-2021 50,000                              | top-up 100,000 | 100,000   | 10,000  | 100,000   | 100,000 | full
        budget.left/charge-2021 50,000                              | top-up 12,345  | 12,345    | 1,234   | 12,345    | 12,345  | full
        budget.left/charge-2021 50,000                              | top-up 9       | 9         | 0       | 9         | 0       | full
        # beyond the month's limit money can still be put on, only nothing is granted on it
        budget.left/charge-2021 50,000; meter/charge-month 960,000  | top-up 100,000 | 100,000   | 4,000   | 100,000   | 40,000  | month-limit
        budget.left/charge-2021 50,000; meter/charge-month 1,000,000 | top-up 100,000 | 100,000  | 0       | 100,000   | 0       | month-limit
        # spending is metered apart
        budget.left/charge-2021 50,000; meter/spend-month 1,000,000 | top-up 100,000 | 100,000   | 10,000  | 100,000   | 100,000 | full
        # its own budget runs out, whatever there is at payment
        budget.left/charge-2021 700; budget.left/cashback-2021 9,000 | top-up 100,000 | 100,000  | 700     | 100,000   | 7,000   | budget
        budget.left/cashback-2021 9,000                             | top-up 100,000 | 100,000   | 0       | 100,000   | 0       | budget
        # the day after that budget's last, the day before the card
        on 2021-02-22; budget.left/charge-2021 50,000               | top-up 100,000 | 100,000   | 10,000  | 100,000   | 100,000 | full
        on 2021-02-23; budget.left/charge-2021 50,000               | top-up 100,000 | 100,000   | 0       | 100,000   | 0       | no-campaign
        on 2021-06-15; budget.left/cashback-2021 50,000             | top-up 100,000 | 100,000   | 0       | 100,000   | 0       | no-campaign
        no-campaign                                                 | top-up 100,000 | 100,000   | 0       | 100,000   | 0       | no-campaign
        # up to the very limit of what may be held, what is granted with it
        cash 900,000; budget.left/charge-2021 500,000               | top-up 1,000,000 | 1,900,000 | 100,000 | 1,000,000 | 1,000,000 | full
        cash 1,890,000; budget.left/charge-2021 50,000              | top-up 100,000 | 1,990,000 | 10,000  | 100,000   | 100,000 | full
        cash 1,890,000; budget.left/charge-2021 4,000               | top-up 106,000 | 1,996,000 | 4,000   | 106,000   | 40,000  | budget
        cash/2020-12 1,900,000; budget.left/charge-2021 500,000     | top-up 1,000,000 | 1,000,000 | 100,000 | 1,000,000 | 1,000,000 | full
    ";
    for row in rows(TABLE) {
        let [given, deed, cash, granted, base, earned, cut] = row[..] else { panic!("{row:?}") };
        let mut town = january(given);
        let decision = town.act(deed).unwrap();
        let Facts::TopUp(top_up) = &decision.facts else { panic!("{decision:?}") };
        let got = &top_up.cashback;
        let cut_name = serde_json::to_string(&got.cut).unwrap().replace('"', "");
        let shown = |amount: i64| base::Won(amount).to_string();
        assert_eq!(
            [shown(top_up.cash), shown(got.reward), shown(got.base), shown(got.earned), cut_name],
            [cash, granted, base, earned, cut],
            "{given} | {deed}"
        );
        let past = town.balance(&town.account("holder.purse/cash/2020-12"));
        assert_eq!(top_up.balance, town.held(JO) - past, "{given} | {deed}");
    }
}

/// A pack whose limits count top-ups: beyond them a top-up is refused, and payments move no limit.
#[test]
fn limits_that_count_top_ups() {
    let campaigns = r#"
[[campaign]]
id = "by-top-up"
from = 2021-01-01
until = 2021-12-31
person_month = 300_000
person_year = 500_000
city_month = 1_000_000
counts = "top-ups"
grants = [{ at = "charge", rate = "5%", budget = "charge-2021" }, { at = "payment", rate = "10%", budget = "cashback-2021" }]
name = { ko = "충전 한도", en = "Limits of topping up" }
source = "setting: a test"
"#;
    let mut town = Town::new(jeonju_with(&[("campaigns/pig-card.toml", campaigns)]), day("2021-01-20"));
    town.given("budget.left/charge-2021 50,000; budget.left/cashback-2021 50,000");
    const STORY: &str = "
        # deed             | refused, or what stands after: meters, granted
        top-up 200,000     | 200,000 200,000 200,000 10,000
        top-up 100,001     | top-up.limit left=100,000 renews=2021-02-01
        top-up 100,000     | 300,000 300,000 300,000 15,000
        top-up 1           | top-up.limit left=0 renews=2021-02-01
        # spending own money earns whatever was spent before: the limit was at the top-up
        pay 300,000        | 300,000 300,000 300,000 43,500
        refund of 3        | 300,000 300,000 300,000 15,000
        on 2021-02-01      |
        top-up 200,001     | top-up.limit left=200,000 renews=2022-01-01
        top-up 200,000     | 200,000 500,000 200,000 25,000
    ";
    for row in rows(STORY) {
        let [deed, then] = row[..] else { panic!("{row:?}") };
        if deed.starts_with("on ") {
            town.must(deed);
            continue;
        }
        let got = match town.act(deed) {
            Ok(_) => {
                let of = |name: &str| base::Won(town.balance(&town.account(name)));
                let meters =
                    ["meter/top-up-month", "meter/top-up-year", "meter/city-top-up-month", "treasury.due"];
                meters.map(|name| of(name).to_string()).join(" ")
            }
            Err(refusal) => words::refusal(&refusal),
        };
        assert_eq!(got, then, "{deed}");
    }
}
