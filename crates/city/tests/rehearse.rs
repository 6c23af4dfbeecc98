//! Rehearsing another rule: the pure core by tables, and the whole of it against cities that really ran that way.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{
    CardId, Date, Entropy, MerchantId, PersonId, PostingNo, Role, Seeded, Won, date, date_of_day, day_of_date,
};
use city::open::City;
use city::pack::Kept;
use city::read::rehearse::{Act, Case, Deed, Draft, Granted, Outcome, Rehearsal, Sale, rehearse, replay};
use city::{CardRef, Command};
use common::{TestCity, facts, opening, pack, posting};
use economy::{Class, Meter, chart};
use rules::{Pack, Rate};
use store::Readers;
use testkit::Place;

const JO: PersonId = PersonId(1);
const MIN: PersonId = PersonId(2);
const BAKERY: MerchantId = MerchantId(9);

/// A case of deeds that were recorded as the rules gave them; written day by day, numbered on.
struct Script {
    packs: BTreeMap<u32, Arc<Pack>>,
    deeds: Vec<Deed>,
    earlier: Vec<Deed>,
    budget_end: i64,
    month_end: Vec<(PersonId, Date, i64)>,
    city_end: Option<(Date, i64)>,
}

fn parsed(change: impl Fn(&mut Pack)) -> BTreeMap<u32, Arc<Pack>> {
    let mut parsed = pack().parse().unwrap();
    change(&mut parsed);
    BTreeMap::from([(1, Arc::new(parsed))])
}

fn script() -> Script {
    Script {
        packs: parsed(|_| ()),
        deeds: Vec::new(),
        earlier: Vec::new(),
        budget_end: 1_000_000,
        month_end: Vec::new(),
        city_end: None,
    }
}

impl Script {
    fn act(mut self, day: Date, act: Act) -> Script {
        let no = PostingNo(self.deeds.len() as u64 + 101);
        self.deeds.push(Deed { no, day: day_of_date(day), pack: 1, act });
        self
    }

    /// Paid with own money; it earned on so much, and so much.
    fn pay(self, day: Date, person: PersonId, amount: i64, earned: i64, reward: i64) -> Script {
        self.act(day, Act::Pay(sale(day, person, amount, earned, reward)))
    }

    fn run(self, draft: Draft) -> Outcome {
        let end = [(chart::budget(Class::BudgetLeft, "cashback-2021").key, self.budget_end)];
        let months = self.month_end.iter().map(|(person, day, used)| {
            let month = base::Month::of(*day).0;
            (chart::meter(Meter::SpendMonth, *person, month).key, *used)
        });
        let city = self
            .city_end
            .map(|(day, used)| (chart::city_meter(Meter::CityMonth, base::Month::of(day).0).key, used));
        let case = Case {
            packs: self.packs,
            names: vec!["pig-2021-01".into(), "cashback-2021".into(), "pig-2021-06".into()],
            sales: Default::default(),
            end: end.into_iter().chain(months).chain(city).collect(),
            from: self.deeds[0].day,
            earlier: self.earlier,
            deeds: self.deeds,
        };
        replay(case, &draft)
    }
}

fn sale(day: Date, person: PersonId, amount: i64, earned: i64, reward: i64) -> Sale {
    let month = base::Month::of(day).0;
    let campaign = if day < date(2021, 6, 1) { 0 } else { 2 };
    let granted = Granted { base: amount, earned, reward, campaign, budget: 1, month, by_budget: false };
    Sale { person, shop: BAKERY, amount, prepaid: 0, discount: 0, granted }
}

fn draft(basis_points: i64, limit: i64) -> Draft {
    Draft { rate: Rate::from_basis_points(basis_points), person_month: Some(Won(limit)) }
}

const MON: Date = date(2021, 2, 1);
const TUE: Date = date(2021, 2, 2);

#[test]
fn the_core_by_table() {
    let jo = |earned| (JO, MON, earned);
    let paid = || {
        let mut script = script().pay(MON, JO, 30_000, 30_000, 3_000).pay(TUE, JO, 20_000, 20_000, 2_000);
        script.month_end = vec![jo(50_000)];
        script
    };
    let refunded = || {
        let back = Act::Refund { of: PostingNo(101), amount: 10_000, before: 0, reward: 1_000 };
        let mut script = paid().act(TUE, back);
        script.month_end = vec![jo(40_000)];
        script
    };
    let captured = || {
        let held = Act::Authorise(sale(MON, JO, 30_000, 30_000, 3_000));
        let taken =
            Act::Capture { of: PostingNo(101), amount: 10_000, reward: 1_000, earned: 10_000, discount: 0 };
        let mut script = script().act(MON, held).act(TUE, taken);
        script.month_end = vec![jo(10_000)];
        script
    };
    let released = || {
        let held = Act::Authorise(sale(MON, JO, 30_000, 30_000, 3_000));
        let gone = Act::Release { of: PostingNo(101) };
        let mut script = script().act(MON, held).act(TUE, gone).pay(TUE, JO, 25_000, 25_000, 2_500);
        script.month_end = vec![jo(25_000)];
        script
    };
    let cases: Vec<(&str, Script, Draft, i64, i64)> = vec![
        ("as it was", paid(), Draft::default(), 5_000, 5_000),
        ("the same written out", paid(), draft(1_000, 1_000_000), 5_000, 5_000),
        ("another rate", paid(), draft(800, 1_000_000), 5_000, 4_000),
        ("a broken rate is floored", paid(), draft(725, 1_000_000), 5_000, 3_625),
        ("a limit cuts the second", paid(), draft(1_000, 40_000), 5_000, 4_000),
        ("a limit below the first", paid(), draft(1_000, 10_000), 5_000, 1_000),
        ("nothing", paid(), draft(0, 1_000_000), 5_000, 0),
        ("a refund takes its share", refunded(), draft(500, 1_000_000), 4_000, 2_000),
        ("and gives room back", refunded(), draft(1_000, 30_000), 4_000, 2_000),
        ("a part captured", captured(), draft(500, 1_000_000), 1_000, 500),
        ("a part of a cut one", captured(), draft(1_000, 15_000), 1_000, 500),
        ("a reservation let go gives room back", released(), draft(1_000, 30_000), 2_500, 2_500),
    ];
    for (name, script, draft, now, then) in cases {
        let outcome = script.run(draft);
        assert_eq!((outcome.all.now, outcome.all.draft), (now, then), "{name}");
        assert_eq!((outcome.differences, outcome.first), (0, None), "{name}");
    }
}

#[test]
fn what_the_window_does_not_show_is_taken_from_the_books() {
    // 990,000 were used before the window: the books say 1,000,000 now.
    let mut used = script().pay(MON, JO, 30_000, 10_000, 1_000).pay(MON, MIN, 30_000, 30_000, 3_000);
    used.month_end = vec![(JO, MON, 1_000_000), (MIN, MON, 30_000)];
    let outcome = used.run(draft(1_000, 500_000));
    assert_eq!(outcome.differences, 0);
    // Jo is over the draft's limit from the start; Min is not.
    assert_eq!((outcome.all.now, outcome.all.draft), (4_000, 3_000));
    // A payment from before, taken back now: what it had earned stands, under the draft too.
    let mut early =
        script().act(TUE, Act::Refund { of: PostingNo(7), amount: 5_000, before: 0, reward: 500 });
    let paid = Act::Pay(sale(MON, JO, 10_000, 10_000, 1_000));
    early.earlier = vec![Deed { no: PostingNo(7), day: day_of_date(MON), pack: 1, act: paid }];
    early.month_end = vec![(JO, MON, 5_000)];
    let outcome = early.run(draft(500, 1_000_000));
    assert_eq!((outcome.all.now, outcome.all.draft, outcome.differences), (-500, -500, 0));
}

#[test]
fn a_month_begins_anew_and_the_city_has_a_limit() {
    let (may, june) = (date(2021, 5, 31), date(2021, 6, 1));
    let mut script = script().pay(may, JO, 300_000, 300_000, 30_000).pay(june, JO, 300_000, 300_000, 30_000);
    script.month_end = vec![(JO, may, 300_000), (JO, june, 300_000)];
    let outcome = script.run(draft(1_000, 100_000));
    assert_eq!((outcome.all.draft, outcome.differences), (20_000, 0));
    // The city's own limit cuts whoever comes last.
    let mut script = self::script();
    script.packs = parsed(|pack| {
        for campaign in pack.campaigns.iter_mut().filter(|c| c.id == "pig-2021-06") {
            campaign.city_month = Some(Won(250_000));
        }
    });
    let mut script = script.pay(june, JO, 200_000, 200_000, 20_000).pay(june, MIN, 200_000, 50_000, 5_000);
    script.month_end = vec![(JO, june, 200_000), (MIN, june, 50_000)];
    script.city_end = Some((june, 250_000));
    let outcome = script.run(draft(1_000, 150_000));
    assert_eq!((outcome.all.now, outcome.all.draft, outcome.differences), (25_000, 25_000, 0));
    assert_eq!(outcome.people[&MIN].draft, 10_000);
}

#[test]
fn the_budget_binds_the_draft_only_where_it_did_bind() {
    // 4,000 were left and the second payment was cut by it.
    let cut = Granted { by_budget: true, ..sale(TUE, JO, 20_000, 10_000, 1_000).granted };
    let mut bound = script()
        .pay(MON, JO, 30_000, 30_000, 3_000)
        .act(TUE, Act::Pay(Sale { granted: cut, ..sale(TUE, JO, 20_000, 0, 0) }));
    (bound.budget_end, bound.month_end) = (0, vec![(JO, MON, 40_000)]);
    let deeds = bound.deeds.clone();
    let outcome = bound.run(draft(1_000, 1_000_000));
    assert_eq!((outcome.all.now, outcome.all.draft, outcome.differences), (4_000, 4_000, 0));
    assert!(outcome.budget_bound);
    let mut bound = Script { deeds, ..script() };
    (bound.budget_end, bound.month_end) = (0, vec![(JO, MON, 40_000)]);
    assert_eq!(bound.run(draft(500, 1_000_000)).all.draft, 2_500);
    // Never bound: a dear draft may cost more than there was.
    let mut free = script().pay(MON, JO, 30_000, 30_000, 3_000);
    (free.budget_end, free.month_end) = (100, vec![(JO, MON, 30_000)]);
    assert_eq!(free.run(draft(2_000, 1_000_000)).all.draft, 6_000);
}

#[test]
fn a_reward_that_the_rules_do_not_give_is_named() {
    let mut script = script().pay(MON, JO, 30_000, 30_000, 3_000).pay(TUE, JO, 20_000, 20_000, 2_001);
    script.month_end = vec![(JO, MON, 50_000)];
    let outcome = script.run(Draft::default());
    let first = outcome.first.unwrap();
    assert_eq!(
        (outcome.differences, first.no, first.recorded, first.again),
        (1, PostingNo(102), 2_001, 2_000)
    );
}

/// A month of a small town from a seed: payments, refunds in part, reservations taken in part or let go. The last
/// day is 12 March. The same seed gives the same wishes, whatever the rules are.
struct Month {
    city: TestCity,
    people: Vec<(PersonId, CardId)>,
    shops: [MerchantId; 2],
}

fn month(place: Place, pack: Kept, seed: u64, steps: usize) -> Month {
    let mut city = TestCity::new(place);
    if pack != common::pack() {
        let people = pack.scale;
        facts(city.ask(
            Role::System,
            Command::Activate { files: pack.files, people: people.0, population: people.1 },
        ));
    }
    city.on(2021, 1, 20);
    let mut month = {
        let shops = [city.shop("123-45-67891", "market-food"), city.shop("220-81-62517", "fish")];
        city.vote("cashback-2021", 100_000_000);
        let people = city.people(6, 1_900_000);
        Month { city, people, shops }
    };
    let mut random = Seeded::new(seed);
    let (mut paid, mut held) = (Vec::new(), Vec::new());
    for step in 0..steps {
        let day = (step * 51 / steps) as i32;
        let now = date_of_day(day_of_date(date(2021, 1, 20)) + day);
        month.city.on(now.year(), now.month(), now.day());
        month.step(&mut random, &mut paid, &mut held);
    }
    month
}

type Open = (PostingNo, i64, MerchantId);

impl Month {
    fn step(&mut self, random: &mut Seeded, paid: &mut Vec<Open>, held: &mut Vec<Open>) {
        let who = self.people[random.below(6) as usize];
        let shop = self.shops[random.below(2) as usize];
        let amount = 1_000 + random.below(90_000) as i64;
        let (choice, share) = (random.below(10), 1 + random.below(100) as i64);
        let mut pick = |list: &mut Vec<Open>| {
            let at = random.below(list.len().max(1) as u64) as usize;
            (at < list.len()).then(|| list.swap_remove(at))
        };
        match choice {
            0 => {
                let Some((no, of, shop)) = pick(paid) else { return };
                let amount = Some((of * share / 100).max(1));
                // Cashback spent elsewhere can make a refund impossible; then nothing happens, in either city alike.
                drop(self.city.ask(Role::Merchant(shop), Command::Refund { payment: no, amount }));
            }
            1 | 2 => {
                let wish = Command::Authorise { card: CardRef::Id(who.1), merchant: shop, amount, pin: None };
                let reply = self.city.ask(Role::Citizen(who.0), wish);
                if reply.is_ok() {
                    held.push((posting(&reply), amount, shop));
                }
            }
            3 => {
                let Some((no, of, shop)) = pick(held) else { return };
                let amount = (of * share / 100).max(1);
                let reply = self
                    .city
                    .ask(Role::Merchant(shop), Command::Capture { authorisation: no, amount: Some(amount) });
                if reply.is_ok() {
                    paid.push((posting(&reply), amount, shop));
                }
            }
            4 => {
                let Some((no, _, shop)) = pick(held) else { return };
                drop(self.city.ask(Role::Merchant(shop), Command::Void { authorisation: no }));
            }
            _ => {
                let reply = self.city.pay(who, shop, amount);
                if reply.is_ok() {
                    paid.push((posting(&reply), amount, shop));
                }
            }
        }
    }

    fn rehearse(&self, draft: &Draft) -> Rehearsal {
        let readers = Readers::open(&self.city.target, 1).unwrap();
        let today = self.city.zone.date(self.city.now());
        let mut heard = (0, 0);
        let result =
            rehearse(&self.city.pen.shared(), &readers, today, draft, &mut |done, all| heard = (done, all))
                .unwrap();
        assert_eq!(heard.0, heard.1);
        result
    }
}

/// The pack with one campaign from January on, and everything that is paid with earning: what people pay with then
/// doesn't hang on what they earned before, so that two cities under two rules can be compared.
fn one_rule(rate: &str, limit: &str, from: &str) -> Kept {
    let mut kept = pack();
    let text = r#"
[[campaign]]
id = "pig-2021-01"
from = 2021-01-01
until = 2021-12-31
person_month = 300_000
counts = "spend"
earns = ["cash", "reward"]
grants = [{ at = "payment", rate = "10%", budget = "cashback-2021" }]
name = { ko = "하나", en = "One" }
source = "setting: a test"
"#;
    let changed = text
        .replace("pig-2021-01", "pig-changed")
        .replace("from = 2021-01-01", &format!("from = {from}"))
        .replace("10%", rate)
        .replace("300_000", limit);
    let until = from.parse::<Date>().unwrap().yesterday().unwrap();
    let text = text.replace("until = 2021-12-31", &format!("until = {until}"));
    kept.files.insert("campaigns/pig-card.toml".into(), format!("{text}\n{changed}"));
    kept
}

#[test]
fn a_real_month_comes_out_as_it_was_recorded() {
    for place in testkit::engines().into_iter().map(Place::fresh) {
        let month = month(place, pack(), 7, 220);
        let same = month.rehearse(&Draft::default());
        assert_eq!((same.differences, same.first), (0, None));
        assert!(same.payments > 60 && same.cost_now > 0, "{same:?}");
        assert_eq!(same.cost_draft, same.cost_now);
        assert_eq!((same.from, same.until), (date(2021, 2, 10), date(2021, 3, 11)));
        assert_eq!(same.changes, [date(2021, 3, 1)]);
        assert_eq!(same.people.2, same.bands.iter().map(|b| b.count).sum::<i64>());
        for sums in [
            same.bands.iter().map(|g| g.now).sum::<i64>(),
            same.trades.iter().map(|(_, g)| g.now).sum(),
            same.places.iter().map(|(_, g)| g.now).sum(),
        ] {
            assert_eq!(sums, same.cost_now);
        }
        // The record itself says so: what the days' tallies hold.
        let view = month.city.pen.shared();
        let view = view.read();
        let days = (day_of_date(same.from), day_of_date(same.until));
        assert_eq!(view.town.stats.payment_reward_between(days.0, days.1), same.cost_now);
        let cheaper = month.rehearse(&draft(800, 200_000));
        assert!(cheaper.cost_draft < cheaper.cost_now && cheaper.differences == 0, "{cheaper:?}");
    }
}

#[test]
fn the_draft_that_is_the_rule_costs_the_same() {
    for seed in 0..6 {
        let month =
            month(Place::fresh(testkit::Engine::Sqlite), one_rule("10%", "300_000", "2021-02-10"), seed, 160);
        let same = month.rehearse(&draft(1_000, 300_000));
        assert_eq!((same.differences, same.cost_draft), (0, same.cost_now), "seed {seed}");
        assert!(same.cost_now > 0, "seed {seed}");
        assert_eq!(same.people.2, same.bands.iter().map(|b| b.count).sum::<i64>());
    }
}

/// The proof: a city that really went over to the draft on the window's first day paid what the rehearsal said.
#[test]
fn a_city_that_really_did_it_paid_just_that() {
    for (seed, rate, points, limit) in [
        (1, "8%", 800, 300_000),
        (2, "10%", 1_000, 120_000),
        (3, "7.25%", 725, 90_000),
        (4, "12%", 1_200, 450_000),
    ] {
        let plain = one_rule("10%", "300_000", "2021-02-10");
        let asked = month(Place::fresh(testkit::Engine::Sqlite), plain, seed, 160);
        let said = asked.rehearse(&draft(points, limit));
        let really = one_rule(rate, &limit.to_string(), "2021-02-10");
        let did = month(Place::fresh(testkit::Engine::Sqlite), really, seed, 160);
        let cost = did.rehearse(&Draft::default());
        assert_eq!((said.differences, cost.differences), (0, 0));
        assert_eq!(said.payments, cost.payments, "seed {seed}: the same wishes came true in both");
        assert_eq!(said.cost_draft, cost.cost_now, "seed {seed}: {rate} up to {limit}");
        assert_ne!(said.cost_now, said.cost_draft, "seed {seed} tells nothing");
    }
}

#[test]
fn a_tampered_reward_is_found() {
    let month = month(Place::fresh(testkit::Engine::Sqlite), pack(), 3, 120);
    let Month { city: TestCity { pen, place, target, folder, clock, zone, .. }, .. } = month;
    let last = pen.shared().read().books.last_posting();
    drop(pen);
    let db = rusqlite::Connection::open(place.location()).unwrap();
    let no: i64 = db
        .query_row(
            "SELECT max(no) FROM postings WHERE kind = 'pay' AND facts LIKE '%\"cut\":\"full\"%'",
            [],
            |r| r.get(0),
        )
        .unwrap();
    let facts: String = db.query_row("SELECT facts FROM postings WHERE no = ?1", [no], |r| r.get(0)).unwrap();
    let reward = facts.split("\"reward\":").nth(1).unwrap().split(',').next().unwrap().to_owned();
    let wrong = facts.replace(
        &format!("\"reward\":{reward},"),
        &format!("\"reward\":{},", reward.parse::<i64>().unwrap() + 1),
    );
    db.execute("UPDATE postings SET facts = ?1 WHERE no = ?2", rusqlite::params![wrong, no]).unwrap();
    drop(db);
    let city = City::open(opening(target, folder.path(), clock.clone(), 5)).unwrap();
    let today = zone.date(base::Clock::now(clock.as_ref()));
    let found = rehearse(&city.shared, &city.readers, today, &Draft::default(), &mut |_, _| ()).unwrap();
    assert_eq!(found.through, last);
    assert_eq!(found.first.map(|d| d.no), Some(PostingNo(no.cast_unsigned())));
    city.close().unwrap();
    drop(place);
}
