//! The dated timeline of the real pack, paid through: limit, rate, carry-over, the city's cap, the year's cap, the
//! 3-billion rule, the extra grant at charge.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop at the first surprise, as tests do")]

use crate::support;

use std::sync::LazyLock;

use economy::{Cashback, Facts};
use rules::{Pack, Rate};
use support::{Town, day, jeonju, rows, words};

static PACK: LazyLock<Pack> = LazyLock::new(jeonju);

/// A person with plenty of own money, and budgets that don't run out.
fn town(on: &str, given: &str) -> Town {
    let mut town = Town::new(PACK.clone(), day(on));
    let budgets: String =
        PACK.budgets.iter().map(|b| format!("budget.left/{} 1,000,000,000;", b.id)).collect();
    town.given(&format!("{budgets} cash 5,000,000; {given}"));
    town
}

fn earned(town: &mut Town, deed: &str) -> Cashback {
    match town.act(deed).unwrap().facts {
        Facts::Pay(payment) => payment.cashback,
        Facts::TopUp(top_up) => top_up.cashback,
        other => panic!("{other:?}"),
    }
}

/// `reward of earned, cut`.
fn shown(cashback: &Cashback) -> String {
    let cut = serde_json::to_string(&cashback.cut).unwrap().replace('"', "");
    format!("{} of {}, {cut}", base::Won(cashback.reward), base::Won(cashback.earned))
}

const TABLE: &str = "
    # day       | campaign    | rate | a month   | a year    | the city       | at charge | large shops
    2020-11-02  | pig-2020-11 | 10%  | 500,000   |           |                |           | earn
    2020-11-30  | pig-2020-11 | 10%  | 500,000   |           |                |           | earn
    # nothing was used in November: all of it is carried over
    2020-12-01  | pig-2020-12 | 10%  | 1,500,000 |           |                |           | earn
    2020-12-31  | pig-2020-12 | 10%  | 1,500,000 |           |                |           | earn
    2021-01-01  | pig-2021-01 | 10%  | 1,000,000 |           |                | 10%       | earn
    2021-02-22  | pig-2021-01 | 10%  | 1,000,000 |           |                | 10%       | earn
    2021-02-23  | pig-2021-01 | 10%  | 1,000,000 |           |                |           | earn
    2021-03-01  | pig-2021-03 | 10%  | 500,000   |           |                |           | earn
    2021-04-01  | pig-2021-04 | 10%  | 300,000   |           |                |           | earn
    2021-05-31  | pig-2021-04 | 10%  | 300,000   |           |                |           | earn
    2021-06-01  | pig-2021-06 | 10%  | 300,000   |           | 15,000,000,000 |           | earn
    2021-12-31  | pig-2021-06 | 10%  | 300,000   |           | 15,000,000,000 |           | earn
    2022-01-01  | pig-2022    | 10%  | 300,000   | 2,000,000 | 20,000,000,000 |           | earn
    2022-12-31  | pig-2022    | 10%  | 300,000   | 2,000,000 | 20,000,000,000 |           | earn
    2023-01-01  | pig-2023-01 | 10%  | 500,000   | 2,000,000 | 30,000,000,000 |           | earn
    2023-02-01  | pig-2023-02 | 10%  | 500,000   | 2,000,000 | 20,000,000,000 |           | earn
    2023-08-30  | pig-2023-02 | 10%  | 500,000   | 2,000,000 | 20,000,000,000 |           | earn
    2023-08-31  | pig-2023-08 | 10%  | 500,000   | 2,000,000 | 20,000,000,000 |           | don't
    2023-09-01  | pig-2023-09 | 10%  | 500,000   | 2,000,000 | 30,000,000,000 |           | don't
    2023-10-01  | pig-2023-10 | 10%  | 500,000   | 2,000,000 | 20,000,000,000 |           | don't
    2024-01-01  | pig-2024    | 10%  | 500,000   | 2,000,000 | 21,000,000,000 |           | don't
";

#[test]
fn each_entry_of_the_timeline() {
    let mut seen = Vec::new();
    for row in rows(TABLE) {
        let [on, campaign, rate, month, year, city, charge, large] = row[..] else { panic!("{row:?}") };
        seen.push(campaign);
        let limit = words::won(month);
        let rate = rate.parse::<Rate>().unwrap();
        let reward = |earned: i64| rate.of(base::Won(earned));
        let earns = |earned: i64, cut: &str| format!("{} of {}, {cut}", reward(earned), base::Won(earned));

        // The rate, the limit to the won, and that a payment goes through beyond it.
        let mut plain = town(on, "");
        let small = earned(&mut plain, "pay 12,345");
        assert_eq!(
            (small.campaign.as_str(), small.rate, base::Won(small.reward)),
            (campaign, rate.basis_points(), reward(12_345)),
            "{on}"
        );
        assert_eq!(small.left, Some(limit - 12_345), "{on}");
        let mut plain = town(on, "");
        let whole = earned(&mut plain, &format!("pay {}", limit + 10_000));
        assert_eq!(shown(&whole), earns(limit, "month-limit"), "{on}");
        // Cashback is spent first and earns nothing; nor does own money from here on.
        let beyond = earned(&mut plain, &format!("pay {}", reward(limit).0 + 1_000));
        assert_eq!(shown(&beyond), "0 of 0, month-limit", "{on}");

        let over = |meter: &str, cap: &str| {
            let used = base::Won(words::won(cap) - 5_000);
            shown(&earned(&mut town(on, &format!("meter/{meter} {used}")), "pay 50,000"))
        };
        match city {
            "" => assert_eq!(over("city-month", "99,000,000,000"), earns(50_000, "full"), "{on}"),
            cap => assert_eq!(over("city-month", cap), earns(5_000, "city-limit"), "{on}"),
        }
        match year {
            "" => assert_eq!(over("spend-year", "99,000,000"), earns(50_000, "full"), "{on}"),
            cap => assert_eq!(over("spend-year", cap), earns(5_000, "year-limit"), "{on}"),
        }

        let granted = shown(&earned(&mut town(on, "holding 9,000,000"), "top-up 50,000"));
        let expected = match charge {
            "" => "0 of 0, no-campaign".to_owned(),
            charge => {
                let reward = charge.parse::<Rate>().unwrap().of(base::Won(50_000));
                format!("{reward} of 50,000, full")
            }
        };
        assert_eq!(granted, expected, "{on}");

        let at_large = shown(&earned(&mut town(on, ""), "pay 50,000 at mart"));
        let expected = if large == "earn" { earns(50_000, "full") } else { "0 of 0, large-shop".to_owned() };
        assert_eq!(at_large, expected, "{on}");
        let exactly = shown(&earned(&mut town(on, "sales mart 3,000,000,000"), "pay 50,000 at mart"));
        assert_eq!(exactly, earns(50_000, "full"), "{on}");
    }
    let known: Vec<&str> = PACK.campaigns.iter().map(|c| c.id.as_str()).collect();
    seen.dedup();
    assert_eq!(seen, known, "an entry of the timeline without a row here");
}

/// November's unused limit counts in December, and only there.
#[test]
fn november_is_carried_over_to_december() {
    for (november, december) in [
        (0, 1_500_000),
        (9, 1_500_000), // earned nothing, so nothing of the limit was used
        (10, 1_499_990),
        (320_000, 1_180_000),
        (500_000, 1_000_000),
        (700_000, 1_000_000),
    ] {
        let mut town = town("2020-11-20", "");
        if november > 0 {
            town.must(&format!("pay {november}"));
        }
        town.must("on 2020-12-09");
        let whole = earned(&mut town, "pay 2,000,000");
        // Cashback of November is spent first, and earns nothing.
        assert_eq!(whole.earned, december, "{november}");
        town.must("on 2021-01-04");
        // Paid with December's cashback: the month's own limit is whole, and nothing more.
        assert_eq!(earned(&mut town, "pay 10,000").left, Some(1_000_000), "{november}");
    }
}

/// A refund in November gives back the limit that December then carries; one in December doesn't.
#[test]
fn a_refund_across_the_turn_of_the_month() {
    for (refunded_on, december) in [("2020-11-30", 1_500_000), ("2020-12-01", 1_300_000)] {
        let mut town = town("2020-11-20", "");
        for deed in ["pay 200,000".to_owned(), format!("on {refunded_on}"), "refund of 1".to_owned()] {
            town.must(&deed);
        }
        town.must("on 2020-12-09");
        assert_eq!(earned(&mut town, "pay 2,000,000").earned, december, "{refunded_on}");
    }
}

/// 2022: seven months of 300,000 would be 2,100,000; the year's cap stops the seventh.
#[test]
fn the_years_cap_of_2022() {
    let mut town = town("2022-01-10", "");
    let mut got = Vec::new();
    for month in 1..=8 {
        town.must(&format!("on 2022-{month:02}-10"));
        // As much as earlier cashback, which earns nothing, and the month's limit of own money.
        let reward = if month == 1 { 0 } else { got.last().copied().unwrap_or(0) / 10 };
        got.push(earned(&mut town, &format!("pay {}", 300_000 + reward)).earned);
    }
    assert_eq!(got, [300_000, 300_000, 300_000, 300_000, 300_000, 300_000, 200_000, 0]);
    town.must("on 2023-01-01");
    assert_eq!(earned(&mut town, "pay 10,000").earned, 10_000);
}
