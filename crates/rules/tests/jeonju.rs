//! The first city's pack, as it stands in the repository.

#![expect(clippy::unwrap_used, reason = "helpers of a test stop at the first surprise, as tests do")]

use std::collections::BTreeMap;
use std::path::Path;

use base::{Date, Won, date};
use rules::{Campaign, Counts, GrantAt, Membership, Pack, Used, scaled};

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn jeonju() -> Pack {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cities/jeonju");
    let mut files = BTreeMap::new();
    collect(&root, &root, &mut files);
    Pack::parse(&files).unwrap_or_else(|errors| {
        panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    })
}

/// Day, a person's month, a person's year, the city's month, grants at charge, the 3-billion rule.
type Row = (Date, i64, Option<i64>, Option<i64>, usize, bool);

#[test]
fn the_timeline_is_as_announced() {
    let pack = jeonju();
    let (k, m, bn) = (1_000, 1_000_000, 1_000_000_000);
    let rows: [Row; 22] = [
        (date(2020, 11, 2), 500 * k, None, None, 0, false),
        (date(2020, 11, 30), 500 * k, None, None, 0, false),
        (date(2020, 12, 1), m, None, None, 0, false),
        (date(2021, 1, 1), m, None, None, 1, false),
        (date(2021, 2, 22), m, None, None, 1, false),
        (date(2021, 2, 23), m, None, None, 0, false),
        (date(2021, 2, 28), m, None, None, 0, false),
        (date(2021, 3, 1), 500 * k, None, None, 0, false),
        (date(2021, 4, 1), 300 * k, None, None, 0, false),
        (date(2021, 5, 31), 300 * k, None, None, 0, false),
        (date(2021, 6, 1), 300 * k, None, Some(15 * bn), 0, false),
        (date(2021, 12, 31), 300 * k, None, Some(15 * bn), 0, false),
        (date(2022, 7, 1), 300 * k, Some(2 * m), Some(20 * bn), 0, false),
        (date(2023, 1, 1), 500 * k, Some(2 * m), Some(30 * bn), 0, false),
        (date(2023, 1, 31), 500 * k, Some(2 * m), Some(30 * bn), 0, false),
        (date(2023, 2, 1), 500 * k, Some(2 * m), Some(20 * bn), 0, false),
        (date(2023, 8, 30), 500 * k, Some(2 * m), Some(20 * bn), 0, false),
        (date(2023, 8, 31), 500 * k, Some(2 * m), Some(20 * bn), 0, true),
        (date(2023, 9, 1), 500 * k, Some(2 * m), Some(30 * bn), 0, true),
        (date(2023, 9, 30), 500 * k, Some(2 * m), Some(30 * bn), 0, true),
        (date(2023, 10, 1), 500 * k, Some(2 * m), Some(20 * bn), 0, true),
        (date(2026, 7, 1), 500 * k, Some(2 * m), Some(21 * bn), 0, true),
    ];
    for (day, month, year, city, charge, big_shops) in rows {
        let campaign = pack.campaign_on(day).unwrap();
        assert_eq!(campaign.counts, Counts::Spend, "{day}");
        assert_eq!(campaign.person_limit(None), Some(Won(month)), "{day}");
        assert_eq!(campaign.person_year, year.map(Won), "{day}");
        assert_eq!(campaign.city_month, city.map(Won), "{day}");
        assert_eq!(pack.grants_on(day, GrantAt::Charge).len(), charge, "{day}");
        let at_payment = pack.grants_on(day, GrantAt::Payment);
        assert_eq!(at_payment.len(), 1, "{day}");
        assert_eq!(at_payment[0].0.rate.to_string(), "10%", "{day}");
        assert_eq!(campaign.sales_over.is_some(), big_shops, "{day}");
        assert_eq!(campaign.grants_at_sales(Some(Won(3 * bn + 1))), !big_shops, "{day}");
        assert!(campaign.grants_at_sales(Some(Won(3 * bn))) && campaign.grants_at_sales(None), "{day}");
        assert!(campaign.earns_on("cash") && !campaign.earns_on("reward"), "{day}");
    }
    assert!(pack.campaign_on(date(2020, 11, 1)).is_none());
}

#[test]
fn december_2020_carries_november_over() {
    let pack = jeonju();
    let december = pack.campaign_on(date(2020, 12, 9)).unwrap();
    let november = |used| Some(Used { limit: Won(500_000), used: Won(used) });
    for (previous, limit) in [
        (None, 1_000_000),
        (november(500_000), 1_000_000),
        (november(320_000), 1_180_000),
        (november(0), 1_500_000),
        // A use above the limit (a limit lowered in between) takes nothing away.
        (november(600_000), 1_000_000),
        (Some(Used { limit: Won(2_000_000), used: Won(0) }), 1_500_000),
    ] {
        assert_eq!(december.person_limit(previous), Some(Won(limit)), "{previous:?}");
    }
    let april = pack.campaign_on(date(2021, 4, 1)).unwrap();
    assert_eq!(april.person_limit(november(0)), Some(Won(300_000)));
}

#[test]
fn entries_follow_on_without_a_gap() {
    let pack = jeonju();
    for pair in pack.campaigns.windows(2) {
        assert_eq!(pair[0].until.unwrap().tomorrow().unwrap(), pair[1].from, "{}", pair[0].id);
    }
    for campaign in &pack.campaigns {
        assert!(!campaign.source.ko.is_empty(), "{}", campaign.id);
    }
}

#[test]
fn today_explains_itself() {
    let pack = jeonju();
    let today = date(2021, 2, 23);
    let note = pack.explain_limit(today).unwrap();
    assert_eq!(note.month, Some(Won(1_000_000)));
    assert_eq!(note.renews, date(2021, 3, 1));
    assert_eq!(note.month_then, Some(Won(500_000)));
    assert_eq!(pack.next_change(today), Some(date(2021, 3, 1)));
    assert_eq!(pack.next_change(date(2020, 1, 1)), Some(date(2020, 11, 2)));
    assert_eq!(Campaign::renews(date(2020, 12, 31)), date(2021, 1, 1));
    let card = pack.card_on(today).unwrap();
    assert_eq!((card.holding_limit, card.validity_years), (Won(2_000_000), 5));
    assert_eq!((card.residual_share.basis_points(), card.membership), (6_000, Membership::Automatic));
    assert!(!card.asks_to_apply("cafe"));
    // Art. 8: a year after false grounds, half a year after a restricted trade, nothing where the law has no bar.
    let joining = &pack.settlement.joining;
    let bars = ["false", "restricted", "large"].map(|id| joining.ground(id).map(|ground| ground.bars));
    assert_eq!((bars, joining.papers.len()), ([Some(365), Some(183), Some(0)], 2));
    assert!(pack.card_on(date(2020, 11, 1)).is_none());
}

#[test]
fn the_city_is_whole() {
    let pack = jeonju();
    let city = &pack.city;
    assert_eq!((city.districts.len(), pack.town.districts.len()), (35, 35));
    assert!(city.districts.iter().all(|d| d.tile.0 < 7 && d.tile.1 < 7));
    assert_eq!(city.district("4511168000").unwrap().name.en, "Seosin-dong");
    assert_eq!(city.trades.iter().filter(|t| t.is_excluded()).count(), 6);
    let open = city.trades.iter().filter(|t| !t.is_excluded());
    assert!(open.clone().count() >= 20 && open.clone().all(|t| pack.town.trade(&t.id).is_some()));
    assert!(pack.town.trades.iter().all(|t| pack.town.profile(&t.hours).is_some()));
    let published = include_str!("../../calendar/tests/kr_holidays_2019_2027.tsv");
    for (day, name) in city.holidays() {
        assert!(published.contains(&format!("{day}\t{name}\n")), "{day} {name}");
    }
    assert_eq!(city.holidays().count(), 10);
    assert!(city.phone("card").is_some());
    let order: Vec<&str> = pack.spending_order().iter().map(|p| p.id.as_str()).collect();
    assert_eq!(order, ["care", "market", "relief", "reward", "cash"]);
    assert_eq!(pack.purpose_numbered(0).unwrap().id, "cash");
    let care = pack.purpose("care").unwrap();
    assert!(care.buys_at("care-service") && !care.buys_at("cafe"));
}

#[test]
fn a_reduced_city_scales_what_is_the_citys() {
    let pack = jeonju();
    let small = scaled(&pack, 20_000, i64::from(pack.city.population)).unwrap();
    assert_eq!(small.budget("cashback-2021").unwrap().amount, Won(27_000_000_000 * 20 / 650));
    assert_eq!(small.campaign("pig-2021-06").unwrap().city_month, Some(Won(15_000_000_000 * 20 / 650)));
    assert_eq!(small.campaign("pig-2021-06").unwrap().person_month, Some(Won(300_000)));
    assert_eq!((small.hash, small.scale), (pack.hash, (20_000, 650_000)));
    assert_eq!(scaled(&pack, 1, 1).unwrap(), pack);
    for (numerator, denominator) in [(0, 1), (-1, 1), (2, 1), (1, 0), (-2, -1)] {
        assert!(scaled(&pack, numerator, denominator).is_none());
    }
}

/// Who reads English reads no Korean, and the other way round.
#[test]
fn every_source_is_cited_in_both_languages() {
    let pack = jeonju();
    let city = &pack.city;
    let sources = (pack.campaigns.iter().map(|c| &c.source))
        .chain(pack.budgets.iter().map(|b| &b.source))
        .chain(pack.card.iter().map(|c| &c.source))
        .chain(city.closures.iter().map(|c| &c.source))
        .chain(city.phones.iter().map(|p| &p.source))
        .chain(city.trades.iter().filter_map(|t| t.exclusion.as_ref()).map(|e| &e.source));
    let korean = |text: &str| text.chars().any(|c| ('가'..='힣').contains(&c));
    let mut count = 0;
    for source in sources {
        assert!(korean(&source.ko) && !korean(&source.en) && !source.en.trim().is_empty(), "{source:?}");
        count += 1;
    }
    assert!(count > 35, "{count}");
}

#[test]
fn good_prepayment_is_as_announced() {
    let pack = jeonju();
    assert_eq!(pack.prepayment_on(date(2021, 1, 19)), None);
    for day in [date(2021, 1, 20), date(2021, 2, 23), date(2021, 3, 31)] {
        let good = pack.prepayment_on(day).unwrap();
        assert_eq!((good.least, good.most), (Won(100_000), Won(300_000)));
        assert_eq!((good.use_by, good.advance), (date(2021, 5, 31), rules::Rate::WHOLE));
        assert_eq!(pack.prepayment(&good.id), Some(good));
    }
    assert_eq!(pack.prepayment_on(date(2021, 4, 1)), None);
    // A reduced city keeps what a single shop may get, so its guarantee stays whole.
    let small = scaled(&pack, 1, 100).unwrap();
    let amount = |pack: &Pack, id: &str| pack.budget(id).unwrap().amount.0;
    assert_eq!(amount(&small, "guarantee-prepay-2021"), amount(&pack, "guarantee-prepay-2021"));
    assert_eq!(amount(&small, "cashback-2021") * 100, amount(&pack, "cashback-2021"));
}
