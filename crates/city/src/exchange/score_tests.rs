//! A row a case: what shows, and what stays just below.

use base::{Source, Won, date};
use rules::Name;

use super::*;

const SHOP: MerchantId = MerchantId(1);
const OTHER: MerchantId = MerchantId(2);
const OWNER: PersonId = PersonId(99);
const MINUTE: i64 = 60_000_000;

fn rate(text: &str) -> Rate {
    match text.parse() {
        Ok(rate) => rate,
        Err(_) => panic!("{text}"),
    }
}

fn rule(pattern: Pattern) -> FraudRule {
    let name = Name { ko: "신호".into(), en: "Sign".into() };
    let (from, source) = (date(2021, 1, 1), Source::from("setting"));
    FraudRule { id: pattern.code().into(), name, from, pattern, days: 30, points: 40, source }
}

fn deed(no: u64, minute: i64, what: What, amount: i64) -> Deed {
    Deed { no: PostingNo(no), at: Instant(minute * MINUTE), what, amount }
}

fn paid(no: u64, minute: i64, person: u64, amount: i64) -> Deed {
    deed(no, minute, What::Paid { person: PersonId(person), shop: SHOP }, amount)
}

fn put_on(no: u64, minute: i64, person: u64, amount: i64) -> Deed {
    deed(no, minute, What::ToppedUp { person: PersonId(person) }, amount)
}

fn gave(no: u64, from: PersonId, to: u64, amount: i64) -> Deed {
    deed(no, 500, What::Gave { from, to: PersonId(to) }, amount)
}

fn back(no: u64, payment: u64, amount: i64) -> Deed {
    deed(no, 600, What::Refunded { payment: PostingNo(payment) }, amount)
}

fn look(pattern: &Pattern, deeds: &[Deed], shop: Shop) -> Option<Hit> {
    let all = hits(&rule(pattern.clone()), &Window::of(deeds), &|id| {
        if id == SHOP { shop } else { Shop::default() }
    });
    assert!(all.len() <= 1, "one shop, one hit");
    assert_eq!(
        all,
        hits(&rule(pattern.clone()), &Window::of(deeds), &|id| if id == SHOP {
            shop
        } else {
            Shop::default()
        })
    );
    all.into_iter().next()
}

#[test]
fn round_trips() {
    let pattern = Pattern::RoundTrip { count: 2, amount: Won(200_000), share: rate("80%") };
    let owned = Shop { owner: Some(OWNER), ..Shop::default() };
    let twice = [paid(1, 0, 1, 100_000), paid(2, 10, 1, 100_000)];
    let with = |extra: &[Deed]| [&twice[..], extra].concat();
    let found = look(&pattern, &with(&[gave(3, OWNER, 1, 160_000)]), owned).map(|hit| {
        (
            hit.points,
            hit.count,
            hit.sum,
            hit.people.len(),
            hit.postings.iter().map(|no| no.0).collect::<Vec<_>>(),
        )
    });
    assert_eq!(found, Some((40, 2, 200_000, 2, vec![1, 2, 3])));
    for (why, deeds, shop) in [
        ("too little came back", with(&[gave(3, OWNER, 1, 159_999)]), owned),
        ("somebody else gave it", with(&[gave(3, PersonId(5), 1, 200_000)]), owned),
        ("to somebody else", with(&[gave(3, OWNER, 2, 200_000)]), owned),
        ("nobody knows the owner", with(&[gave(3, OWNER, 1, 200_000)]), Shop::default()),
        ("a payment was taken back", with(&[gave(3, OWNER, 1, 200_000), back(4, 2, 100_000)]), owned),
        ("one payment", vec![paid(1, 0, 1, 200_000), gave(3, OWNER, 1, 200_000)], owned),
    ] {
        assert_eq!(look(&pattern, &deeds, shop), None, "{why}");
    }
}

#[test]
fn quick_redemptions() {
    let pattern =
        Pattern::QuickRedemption { count: 2, amount: Won(300_000), share: rate("90%"), minutes: 60 };
    let family = |minutes: i64, spent: i64| {
        vec![
            put_on(1, 0, 1, 300_000),
            paid(2, minutes, 1, spent),
            put_on(3, 5, 2, 300_000),
            paid(4, 5 + minutes, 2, spent),
        ]
    };
    let hit = look(&pattern, &family(60, 270_000), Shop::default());
    assert_eq!(hit.map(|hit| (hit.count, hit.sum, hit.postings.len())), Some((2, 540_000, 4)));
    assert_eq!(look(&pattern, &family(61, 270_000), Shop::default()), None, "later");
    assert_eq!(look(&pattern, &family(60, 269_999), Shop::default()), None, "not most of it");
    assert_eq!(look(&pattern, &family(60, 270_000)[..2], Shop::default()), None, "one holder");
    assert_eq!(
        look(&pattern, &[paid(1, 0, 1, 300_000), put_on(2, 5, 1, 300_000)], Shop::default()),
        None,
        "spent before"
    );
    let more: Vec<Deed> =
        (1..=9).flat_map(|p: u64| [put_on(p * 2, 0, p, 300_000), paid(p * 2 + 1, 1, p, 300_000)]).collect();
    assert_eq!(
        look(&pattern, &more, Shop::default()).map(|hit| hit.points),
        Some(120),
        "three times at most"
    );
}

#[test]
fn sales_above_the_known_ones() {
    let pattern = Pattern::AboveBand { share: rate("50%"), amount: Won(1_000_000) };
    // 36,500,000 a year are 3,000,000 in 30 days; half of it is the band.
    let known = Shop { sales: Some(36_500_000), ..Shop::default() };
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 1_500_000)], known), None);
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 1_500_001)], known).map(|hit| hit.points), Some(40));
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 3_000_000)], known).map(|hit| hit.points), Some(80));
    let small = Shop { sales: Some(365_000), ..Shop::default() };
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 999_999)], small), None, "too little to speak of");
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 90_000_000)], Shop::default()), None, "sales unknown");
}

#[test]
fn large_sums_again_and_again() {
    let pattern = Pattern::RepeatedHigh { count: 3, amount: Won(300_000) };
    let times = |n: u64| (1..=n).map(|no| paid(no, 0, 1, 300_000)).collect::<Vec<_>>();
    assert_eq!(look(&pattern, &times(2), Shop::default()), None);
    assert_eq!(look(&pattern, &times(3), Shop::default()).map(|hit| (hit.points, hit.count)), Some((40, 3)));
    assert_eq!(look(&pattern, &times(6), Shop::default()).map(|hit| hit.points), Some(80));
    let two = [times(2), vec![paid(3, 0, 2, 300_000)]].concat();
    assert_eq!(look(&pattern, &two, Shop::default()), None, "two people are not one");
    let low = [times(2), vec![paid(3, 0, 1, 299_999)]].concat();
    assert_eq!(look(&pattern, &low, Shop::default()), None);
}

#[test]
fn few_payers() {
    let pattern = Pattern::FewPayers { count: 1, share: rate("95%"), amount: Won(100_000) };
    let deeds = [paid(1, 0, 1, 95_000), paid(2, 0, 2, 5_000)];
    assert_eq!(
        look(&pattern, &deeds, Shop::default()).map(|hit| (hit.sum, hit.people.len())),
        Some((95_000, 1))
    );
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 94_999), paid(2, 0, 2, 5_001)], Shop::default()), None);
    assert_eq!(look(&pattern, &[paid(1, 0, 1, 99_999)], Shop::default()), None, "too little to speak of");
}

#[test]
fn restricted_trades() {
    let pattern = Pattern::RestrictedTrade { count: 1 };
    let deeds = [paid(1, 0, 1, 1), deed(2, 0, What::Paid { person: PersonId(1), shop: OTHER }, 1)];
    assert_eq!(look(&pattern, &deeds, Shop::default()), None);
    let excluded = Shop { excluded: true, ..Shop::default() };
    assert_eq!(look(&pattern, &deeds, excluded).map(|hit| hit.shop), Some(SHOP));
    assert_eq!(look(&pattern, &[deeds[0], back(3, 1, 1)], excluded), None, "all taken back");
}

#[test]
fn sums_beyond_measure_break_nothing() {
    let deeds = [paid(1, 0, 1, i64::MAX), paid(2, 0, 1, i64::MAX), put_on(3, 0, 1, i64::MAX)];
    for pattern in [
        Pattern::RoundTrip { count: 1, amount: Won(1), share: rate("100%") },
        Pattern::QuickRedemption { count: 1, amount: Won(1), share: rate("1%"), minutes: 1 },
        Pattern::AboveBand { share: rate("100%"), amount: Won(1) },
        Pattern::RepeatedHigh { count: 1, amount: Won(1) },
        Pattern::FewPayers { count: 1, share: rate("100%"), amount: Won(1) },
    ] {
        let shop = Shop { owner: Some(OWNER), sales: Some(i64::MAX), excluded: true };
        if let Some(hit) = look(&pattern, &deeds, shop) {
            assert!(hit.points <= 120);
        }
    }
}
