//! `four_eyes.toml`: what a pack may say, and what is refused with its line.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use base::date;
use rules::{Confirmed, Pack};

fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let names = [
        "city.toml",
        "town.toml",
        "card.toml",
        "budgets.toml",
        "roles.toml",
        "four_eyes.toml",
        "campaigns/pig-card.toml",
    ];
    names.iter().map(|name| ((*name).to_owned(), read(name))).collect()
}

#[test]
fn a_second_person_is_asked_for_above_the_sum_and_on_its_days() {
    let pack = Pack::parse(&files()).unwrap();
    let day = date(2021, 2, 23);
    let asked =
        |date, operation, amount| pack.four_eyes_on(date, operation, amount).map(|rule| rule.id.as_str());
    let rows = [
        (day, Confirmed::SendPayouts, 1, Some("payout-file")),
        (day, Confirmed::SendPayouts, 0, None),
        (day, Confirmed::Refund, 500_000, None),
        (day, Confirmed::Refund, 500_001, Some("large-refund")),
        (date(2020, 12, 31), Confirmed::Refund, 500_001, None),
        (day, Confirmed::BeginCoupons, 100_000_000, None),
        (day, Confirmed::BeginCoupons, 100_000_001, Some("coupons-for-many")),
    ];
    for (date, operation, amount, rule) in rows {
        assert_eq!(asked(date, operation, amount), rule, "{date} {operation:?} {amount}");
    }
    // Absent: not asked for.
    let mut without = files();
    without.remove("four_eyes.toml");
    assert!(Pack::parse(&without).unwrap().four_eyes.is_empty());
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let sound = files();
    let text = &sound["four_eyes.toml"];
    for (from, to, said) in [
        ("operation = \"refund\"", "operation = \"pay\"", "unknown variant"),
        ("id = \"large-refund\"", "id = \"payout-file\"", "payout-file"),
        ("above = 500_000", "above = -1", "above"),
        ("days = 7", "days = 0", "days"),
        ("days = 7", "days = 400", "days"),
        ("confirm = [\"card-officer\"]", "confirm = []", "nobody could confirm it"),
        ("confirm = [\"card-officer\"]", "confirm = [\"mayor\"]", "mayor"),
        // One that may refund, but may not confirm; one that may confirm, but send no payouts.
        ("\"merchant\", \"card-officer\"", "\"till\"", "may not \"confirm-proposal\""),
        ("confirm = [\"card-officer\"]", "confirm = [\"merchant\"]", "may not \"send-payouts\""),
        ("operation = \"send-payouts\"", "operation = \"refund\"", "it holds on days on which"),
        ("days = 7", "days = 7\nuntil = 2020-01-01", "before"),
        ("days = 7", "days = 7\nwho = 1", "unknown field"),
    ] {
        assert!(text.contains(from), "{from}");
        let mut broken = sound.clone();
        broken.insert("four_eyes.toml".to_owned(), text.replacen(from, to, 1));
        let errors = Pack::parse(&broken).unwrap_err();
        let found = errors.iter().find(|error| error.file == "four_eyes.toml" && error.what.contains(said));
        assert!(found.is_some_and(|error| error.line > 10), "{from} → {to}: {errors:?}");
    }
}
