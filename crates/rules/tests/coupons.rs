//! `coupons.toml`: what a pack may say, and what is refused with its line.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::path::Path;

use base::{Month, date};
use rules::{How, Pack};

fn files() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).unwrap();
    let names = [
        "city.toml",
        "town.toml",
        "card.toml",
        "budgets.toml",
        "roles.toml",
        "coupons.toml",
        "campaigns/pig-card.toml",
    ];
    names.iter().map(|name| ((*name).to_owned(), read(name))).collect()
}

#[test]
fn the_city_s_coupons() {
    let pack = Pack::parse(&files()).unwrap();
    let care = pack.coupons.coupon("care-2021").unwrap();
    assert_eq!((care.most.0, pack.budget(&care.budget).unwrap().amount.0), (800_000, 302_000_000));
    assert!(care.is_given_on(date(2021, 7, 1)) && !care.is_given_on(date(2022, 1, 1)));
    // A last day within its month is the purpose's for that month, and for no other.
    let market = pack.purpose("market").unwrap();
    let april = Month::of(date(2021, 4, 1));
    assert_eq!(market.last_day(april), date(2021, 4, 15));
    assert!(market.pays_on(april, date(2021, 4, 15)) && !market.pays_on(april, date(2021, 4, 16)));
    assert_eq!(market.last_day(april.plus(1)), date(2021, 5, 31));
    assert_eq!(pack.coupons.of_purse(market.number, april).unwrap().id, "market-2021");
    let spring = pack.coupons.release("market-spring").unwrap();
    assert!(
        matches!(&spring.how, How::Tranches { opens, count: 500, by_district: false } if opens.len() == 5)
    );
    // In a city of a tenth there is a tenth for it.
    let small = rules::scaled(&pack, 1, 10).unwrap();
    assert!(matches!(small.coupons.release("market-spring").unwrap().how, How::Tranches { count: 50, .. }));
    // Whoever is given one is told, unless the pack says that they are not.
    assert!(pack.coupons.coupons.iter().all(|coupon| coupon.tell));
    let mut quiet = files();
    let text = quiet.get_mut("coupons.toml").unwrap();
    *text = text.replacen("most = 800_000", "most = 800_000\ntell = false", 1);
    assert!(!Pack::parse(&quiet).unwrap().coupons.coupon("care-2021").unwrap().tell);
    // A city without the file has none.
    let mut without = files();
    without.remove("coupons.toml");
    assert!(Pack::parse(&without).unwrap().coupons.coupons.is_empty());
}

#[test]
fn what_is_wrong_is_refused_with_its_line() {
    for (from, to, said) in [
        ("purpose = \"care\"", "purpose = \"cash\"", "purpose \"cash\" is not known"),
        ("budget = \"care-coupon-2021\"", "budget = \"none\"", "budget \"none\" is not known"),
        ("until = 2021-12-31", "until = 2021-06-30", "is before from"),
        ("until = 2021-04-15\nmost", "until = 2021-09-15\nmost", ""),
        ("purpose = \"relief\"", "purpose = \"care\"", ""),
        ("trades = [\"supermarket\"]", "trades = [\"nightlife\"]", "trade \"nightlife\" is not known"),
        ("number = 1\nfrom", "number = 0\nfrom", "out of range"),
        ("number = 2\ncoupon", "number = 1\ncoupon", "number \"1\" is used twice"),
        ("each = 20_000\ntranches", "each = 40_001\ntranches", "more than \"market-2021\" gives a person"),
        ("2021-03-08T19:00:00, 2021", "2021-03-08T08:00:00, 2021", "does not open after the one before"),
        ("2021-03-08T19:00:00, 2021", "2021-03-08, 2021", "not a time of a day"),
        ("until = 2021-03-19T18:00:00", "until = 2021-03-01T18:00:00", "closes before it opens"),
        ("sale = \"joint-2021-03\"", "sale = \"none\"", "sale \"none\" is not known"),
        ("rate = \"20%\"", "rate = \"120%\"", "more than 100%"),
        ("most = 800_000", "most = 800_000\nmore = 1", "unknown field"),
        ("most = 800_000", "most = 800_000\ntell = 1", "invalid type"),
    ] {
        let mut files = files();
        let text = files.get_mut("coupons.toml").unwrap();
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        match Pack::parse(&files) {
            Ok(_) => assert_eq!(said, "", "{to} is taken"),
            Err(errors) => {
                assert!(!said.is_empty(), "{to}: {errors:?}");
                assert!(errors.iter().any(|e| e.what.contains(said)), "{to}: {errors:?}");
                assert!(errors.iter().all(|e| e.file == "coupons.toml" && e.line > 1), "{errors:?}");
            }
        }
    }
    // Two coupons of one purpose in one month would share a purse.
    let mut files = files();
    let text = files.get_mut("coupons.toml").unwrap();
    *text = text.replacen("purpose = \"relief\"", "purpose = \"care\"", 1).replacen(
        "until = 2021-09-30",
        "until = 2021-12-15",
        1,
    );
    let errors = Pack::parse(&files).unwrap_err();
    assert!(errors[0].what.contains("ends in the same month"), "{errors:?}");
}
