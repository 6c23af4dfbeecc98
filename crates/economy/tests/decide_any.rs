//! Any sequence of decisions, applied to real books. What must hold after every posting is checked by the town
//! itself (`support`): the float, the budgets, the meters' other side, the floors.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop at the first surprise, as tests do")]

use crate::support;

use std::sync::LazyLock;

use base::PostingNo;
use economy::{Class, Facts};
use proptest::prelude::*;
use support::{Town, day, jeonju};

/// Something to happen; `which` picks among what it can happen to.
#[derive(Debug, Clone)]
struct Deed {
    kind: u8,
    amount: i64,
    which: usize,
}

/// 20 January 2021, with limits and budgets close enough to be met.
static TOWN: LazyLock<Town> = LazyLock::new(|| {
    let mut town = Town::new(jeonju(), day("2021-01-20"));
    town.given(
        "month 300,000; year 500,000; city 400,000; rate 7%; gift-limit 90,000; cash 100,000; reward 5,555; \
         care/2021-12 33,333; market/2021-02 7,777; cash/2021-01 9,999; cash@min 50,000; \
         budget.left/cashback-2021 30,000; budget.left/gift-cover 500; budget.left/charge-2021 9,000",
    );
    town
});

fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![1i64..30, 1i64..3_000, 1i64..90_000, Just(10_000), Just(100_000)]
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = (0u8..33, amounts(), any::<usize>());
    prop::collection::vec(deed.prop_map(|(kind, amount, which)| Deed { kind, amount, which }), 1..40)
}

/// The postings of which this is true.
fn postings(town: &Town, fits: impl Fn(&Facts) -> bool) -> Vec<usize> {
    (1..=town.done.len()).filter(|no| fits(&town.done[no - 1].facts)).collect()
}

/// The line for a deed; `None` when there is nothing it can happen to.
fn line(town: &Town, deed: &Deed) -> Option<String> {
    let amount = deed.amount;
    let shops = ["bakery", "bookshop", "mart", "carers"];
    let at = shops[deed.which % shops.len()];
    let one_of = |list: Vec<usize>| (!list.is_empty()).then(|| list[deed.which % list.len()]);
    let paid = || one_of(postings(town, |facts| facts.payment().is_some()));
    let held = || one_of(postings(town, |facts| matches!(facts, Facts::Authorise(_))));
    Some(match deed.kind {
        0..=5 => format!("pay {amount} at {at}"),
        6..=8 => format!("refund {amount} of {}", paid()?),
        9 => format!("refund of {}", paid()?),
        10 | 11 => format!("authorise {amount} at {at}"),
        12 => format!("capture {amount} of {}", held()?),
        13 => format!("capture of {}", held()?),
        14 => format!("void {}", held()?),
        15 => format!("expire-hold {}", held()?),
        16 | 17 => format!("top-up {amount}"),
        18 => format!("gift {amount} to min"),
        19 => "withdraw".to_owned(),
        20 => format!("settle {at}"),
        21 => {
            let sent = town.sum(Class::PayoutSent).min(town.sum(Class::BankTrust));
            (sent > 0).then(|| format!("confirm {}", amount.min(sent)))?
        }
        22 => {
            let due = town.sum(Class::TreasuryDue);
            (due > 0).then(|| format!("treasury {}", amount.min(due)))?
        }
        23 => format!("vote cashback-2021 {amount}"),
        24 => format!("standing {}% for {}", 1 + deed.which % 100, deed.which % 2),
        25 => "standing none".to_owned(),
        26 => format!("angel {at} {}%", 1 + deed.which % 20),
        27 | 28 => format!("give {amount} for {}", deed.which % 2),
        29 => "pass".to_owned(),
        30 | 31 => format!("spend {amount} on {}", deed.which % 2),
        _ => format!("on {}", town.day.checked_add(later(deed.which)).ok()?),
    })
}

fn later(which: usize) -> std::time::Duration {
    std::time::Duration::from_secs(86_400 * (1 + which as u64 % 25))
}

/// What was taken back of a payment, against what was paid.
fn check_refunds(town: &Town) {
    for no in postings(town, |facts| facts.payment().is_some()) {
        let payment = town.done[no - 1].facts.payment().unwrap();
        let refunds: Vec<_> = town
            .done
            .iter()
            .filter_map(|d| match &d.facts {
                Facts::Refund(refund) if refund.payment == no as u64 => Some(refund),
                _ => None,
            })
            .collect();
        let back = town.taken_back(PostingNo(no as u64));
        let reward: i64 = refunds.iter().map(|r| r.reward).sum();
        assert!(back <= payment.amount && reward <= payment.cashback.reward, "payment {no}");
        for (purpose, expires, paid) in &payment.legs {
            let same = |leg: &&(u8, u32, i64)| (leg.0, leg.1) == (*purpose, *expires);
            let leg_back: i64 =
                refunds.iter().flat_map(|r| r.legs.iter().filter(same)).map(|leg| leg.2).sum();
            assert!(leg_back <= *paid, "payment {no}");
            assert!(back < payment.amount || leg_back == *paid, "payment {no}");
        }
        assert!(back < payment.amount || reward == payment.cashback.reward, "payment {no}");
    }
}

fn live(deeds: &[Deed]) -> Town {
    let mut town = TOWN.clone();
    for deed in deeds {
        let Some(line) = line(&town, deed) else { continue };
        if ["on ", "standing ", "angel "].iter().any(|word| line.starts_with(word)) {
            town.give(&line);
            continue;
        }
        let before = town.balances();
        match town.act(&line) {
            Ok(decision) => {
                for (account, max) in &decision.guards {
                    assert!(town.balance(account) <= *max, "{line}: {}", town.name(account));
                }
            }
            Err(refusal) => {
                assert_eq!(town.balances(), before, "{line}: {refusal:?}");
            }
        }
    }
    town
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_books_hold(deeds in deeds()) {
        let town = live(&deeds);
        check_refunds(&town);
    }

    /// In the same month, paying and taking it back in any parts leaves everything as it was: purses, limits, budget,
    /// the shop, the city's debt. So does reserving, taking a part and giving it back, or letting it go.
    #[test]
    fn a_whole_refund_restores_everything(
        deeds in deeds(),
        amount in amounts(),
        cuts in prop::collection::vec(1i64..1_000, 0..4),
        taken in 1i64..=1_000,
    ) {
        let mut town = live(&deeds);
        let before = town.balances();
        let next = town.next().0;
        if town.act(&format!("pay {amount}")).is_ok() {
            let mut left = amount;
            for cut in cuts {
                let part = (amount * cut / 1_000).clamp(1, left.max(1));
                if left > 0 {
                    town.must(&format!("refund {part} of {next}"));
                    left -= part;
                }
            }
            if left > 0 {
                town.must(&format!("refund of {next}"));
            }
            prop_assert_eq!(town.balances(), before.clone());
        }
        let next = town.next().0;
        if town.act(&format!("authorise {amount}")).is_ok() {
            let mut other = town.clone();
            other.must(&format!("void {next}"));
            prop_assert_eq!(other.balances(), before.clone());
            town.must(&format!("capture {} of {next}", (amount * taken / 1_000).max(1)));
            town.must(&format!("refund of {}", next + 1));
            prop_assert_eq!(town.balances(), before);
        }
        check_refunds(&town);
    }
}
