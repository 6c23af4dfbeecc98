//! The city's chart of accounts, carried out: every worked posting is decided on real books under the real rules.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop at the first surprise, as tests do")]

use crate::support;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use economy::facts::{
    CouponFacts, PayoutFacts, {GivingFacts, PrepayFacts},
};
use economy::{Class, Facts, Unit, chart};
use ledger::Side;
use rules::Pack;
use serde::Deserialize;
use support::{Town, day, jeonju};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chart {
    usual: Usual,
    class: Vec<Named>,
    worked: Vec<Worked>,
}

/// Where a worked posting says nothing else.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Usual {
    day: toml::value::Datetime,
    given: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    ko: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    code: String,
    side: String,
    unit: String,
    ko: String,
    en: String,
    what: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worked {
    id: String,
    ko: String,
    en: String,
    day: Option<toml::value::Datetime>,
    given: Option<Vec<String>>,
    #[serde(default)]
    before: Vec<String>,
    #[serde(rename = "do")]
    deed: String,
    legs: Vec<String>,
    after: Vec<String>,
}

static PACK: LazyLock<Pack> = LazyLock::new(jeonju);

fn read() -> Chart {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cities/jeonju/chart.toml");
    toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// The town just before the deed. Unlike elsewhere, the bank holds what `given` says, and no more.
fn town(usual: &Usual, worked: &Worked) -> Town {
    let on = worked.day.unwrap_or(usual.day);
    let mut town = Town::new(PACK.clone(), day(&on.to_string()));
    worked.given.as_ref().unwrap_or(&usual.given).iter().for_each(|item| town.give(item));
    town.check();
    worked.before.iter().for_each(|line| town.must(line));
    town
}

#[test]
fn every_worked_posting_is_what_is_posted() {
    let mut wrong = String::new();
    let chart = read();
    for worked in chart.worked {
        let mut town = town(&chart.usual, &worked);
        let decision = match town.act(&worked.deed) {
            Ok(decision) => decision,
            Err(refusal) => panic!("{}: {refusal:?}", worked.id),
        };
        let mut after = worked.after.clone();
        after.sort();
        if (town.legs(&decision), town.balances()) != (worked.legs, after) {
            let list = |lines: Vec<String>| {
                format!("[\n{}]", lines.iter().map(|line| format!("  \"{line}\",\n")).collect::<String>())
            };
            let (legs, after) = (list(town.legs(&decision)), list(town.balances()));
            wrong += &format!("{}\nlegs = {legs}\nafter = {after}\n\n", worked.id);
        }
    }
    assert!(wrong.is_empty(), "the books say:\n{wrong}");
}

#[test]
fn the_file_names_every_class_and_no_other() {
    let named = read().class;
    let codes: Vec<&str> = named.iter().map(|class| class.code.as_str()).collect();
    let classes: Vec<&str> = Class::ALL.iter().map(|class| class.code()).collect();
    assert_eq!(codes, classes);
    for (named, class) in named.iter().zip(Class::ALL) {
        let side = match class.side() {
            Side::Debit => "debit",
            Side::Credit => "credit",
        };
        let unit = match class.unit() {
            Unit::Won => "won",
            Unit::Budget => "budget",
            Unit::Base => "base",
        };
        assert_eq!((named.side.as_str(), named.unit.as_str()), (side, unit), "{}", named.code);
        for text in [&named.ko, &named.en, &named.what.ko, &named.what.en] {
            assert!(!text.trim().is_empty(), "{}", named.code);
        }
        assert_eq!(Class::numbered(ledger::ClassNo(*class as u8)), Some(*class));
    }
}

/// Every account in won is on one side of the float equation, or of the collector's, the side it grows on.
#[test]
fn the_float_equation_is_of_all_money() {
    let (backing, owed) = chart::float_sides();
    let (chest_has, chest_owes) = chart::chest_sides();
    let (backing, owed) = ([backing, chest_has].concat(), [owed, chest_owes].concat());
    let sides: BTreeSet<Class> = backing.iter().chain(&owed).copied().collect();
    let money: BTreeSet<Class> =
        Class::ALL.iter().copied().filter(|class| class.unit() == Unit::Won).collect();
    assert_eq!((sides, backing.len() + owed.len()), (money.clone(), money.len()));
    assert!(backing.iter().all(|class| class.side() == Side::Debit));
    assert!(owed.iter().all(|class| class.side() == Side::Credit));
}

/// What a posting's facts are called in the journal; `None` for commands that post nothing.
fn posting(facts: &Facts) -> Option<&'static str> {
    match facts {
        Facts::Pay(_) => Some("pay"),
        Facts::Authorise(_) => Some("authorise"),
        Facts::Capture { .. } => Some("capture"),
        Facts::Release(_) => Some("release"),
        Facts::TopUp(_) => Some("top-up"),
        Facts::Refund(_) => Some("refund"),
        Facts::Gift(_) => Some("gift"),
        Facts::Withdraw(_) => Some("withdraw"),
        Facts::Settle(_) => Some("settle"),
        Facts::Giving(GivingFacts::Once(_) | GivingFacts::Pass(_) | GivingFacts::Spend(_)) => Some("giving"),
        Facts::Giving(_) | Facts::Tills(_) | Facts::Joining(_) | Facts::Proposal(_) => None,
        Facts::Confirm { .. } => Some("confirm"),
        Facts::Payouts(PayoutFacts::Failed { .. }) => Some("payouts"),
        Facts::Payouts(_) => None,
        Facts::Treasury { .. } => Some("treasury"),
        Facts::Vote { .. } => Some("vote"),
        Facts::Disposed(_) => Some("disposed"),
        Facts::Moving(_) => Some("moving"),
        Facts::Expire { .. } => Some("expire"),
        Facts::Coupons(CouponFacts::Given { .. } | CouponFacts::Part { .. } | CouponFacts::Back { .. }) => {
            Some("coupons")
        }
        Facts::Coupons(_) => None,
        Facts::Prepay(facts) => match facts {
            PrepayFacts::Bought(_)
            | PrepayFacts::Advanced(_)
            | PrepayFacts::Given(_)
            | PrepayFacts::Ended(_) => Some("prepay"),
            PrepayFacts::Offer { .. } | PrepayFacts::Pledge { .. } => None,
        },
        Facts::Card { .. }
        | Facts::Shop { .. }
        | Facts::Person { .. }
        | Facts::Record { .. }
        | Facts::Organisation(_)
        | Facts::Looks { .. }
        | Facts::Mail { .. }
        | Facts::Window { .. } => None,
        Facts::Account { .. }
        | Facts::Role { .. }
        | Facts::Session { .. }
        | Facts::Passkey { .. }
        | Facts::Vouched { .. } => None,
        Facts::Token { .. } | Facts::Keys { .. } | Facts::Batch { .. } | Facts::Pack { .. } => None,
    }
}

#[test]
fn every_kind_of_posting_is_worked() {
    const KINDS: [&str; 19] = [
        "authorise",
        "capture",
        "confirm",
        "coupons",
        "disposed",
        "expire",
        "gift",
        "giving",
        "moving",
        "pay",
        "prepay",
        "payouts",
        "refund",
        "release",
        "settle",
        "top-up",
        "treasury",
        "vote",
        "withdraw",
    ];
    let mut ids = BTreeSet::new();
    let mut seen = BTreeSet::new();
    let chart = read();
    for worked in chart.worked {
        let decision = town(&chart.usual, &worked).decide(&worked.deed).unwrap();
        let name = posting(&decision.facts).unwrap();
        assert!(decision.facts.write().starts_with(&format!(r#"{{"v":1,"{name}":"#)), "{name}");
        seen.insert(name);
        for text in [&worked.ko, &worked.en] {
            assert!(!text.trim().is_empty() && text.ends_with('.'), "{}", worked.id);
        }
        assert!(ids.insert(worked.id.clone()), "{} stands twice", worked.id);
    }
    assert_eq!(seen, BTreeSet::from(KINDS));
}
