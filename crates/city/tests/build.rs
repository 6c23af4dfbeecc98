//! A synthetic town: built on both engines from a seed, and the machinery's chores.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use base::{Instant, PostingNo, Role, Zone, date};
use city::build::{PIN, Pace, Phase, Plan, Progress, Raised, Traffic, raise};
use city::chores::{Chores, Outside, follow};
use city::clock::HandClock;
use city::open::{Opening, prepare};
use city::read::households::together;
use city::read::people::Register;
use city::verify::recount;
use city::{CardRef, CityMemory, Command, Reply};
use common::{opening, pack, request, target};
use economy::CardKind;
use ledger::{EntryRow, PostingRow};
use pen::{Envelope, Failure, Pen, Started};
use people::fact::{Datum, Kind, valid_on};
use people::household::{Basis, Relation};
use rules::Purpose;
use store::{Readers, Target};
use testkit::{Place, TempDir};

fn zone() -> Zone {
    Zone::named("Asia/Seoul").unwrap()
}

fn end() -> Instant {
    zone().instant(date(2021, 2, 23), 9, 0)
}

fn plan() -> Plan {
    Plan { merchants: 60, ..Plan::new(300, 7, date(2021, 1, 1), end()) }
}

fn scaled(target: &Target, folder: &Path) -> Opening {
    let mut opening = opening(target.clone(), folder, Arc::new(HandClock::at(end())), 3);
    opening.pack.scale = (300, 650_000);
    opening
}

/// A town, built and opened again.
struct Built {
    started: Started<CityMemory>,
    raised: Raised,
    target: Target,
    folder: TempDir,
    _place: Place,
}

fn built(place: Place) -> Built {
    let (target, folder) = (target(&place), TempDir::new());
    let raised = raise(scaled(&target, folder.path()), &plan(), &mut |_| {}).unwrap();
    let started = prepare(scaled(&target, folder.path())).unwrap();
    Built { started, raised, target, folder, _place: place }
}

fn journal(target: &Target) -> Vec<(PostingRow, Vec<EntryRow>)> {
    let mut rows = Vec::new();
    Readers::open(target, 1)
        .unwrap()
        .read(|snapshot| {
            snapshot.for_each_posting(PostingNo(1), None, &mut |posting, entries| {
                rows.push((posting, entries.to_vec()));
                Ok(())
            })
        })
        .unwrap();
    rows
}

#[test]
fn a_town_is_built_the_same_on_both_engines_and_adds_up() {
    let mut journals = Vec::new();
    for engine in testkit::engines() {
        let town = built(Place::fresh(engine));
        assert!(town.started.report.from_checkpoint, "the last checkpoint serves the next start");
        assert_eq!(town.started.report.replayed, 0);
        let shared = town.started.pen.shared();
        let view = shared.read();
        let counted = Readers::open(&town.target, 1)
            .unwrap()
            .read(|snapshot| Ok(recount(snapshot, Some(&view.books), &mut |_| ()).unwrap()))
            .unwrap();
        assert_eq!(counted.backing, counted.owed);
        assert!(view.at < end(), "nothing happens when the history is over");
        drop(view);
        journals.push(journal(&town.target));
    }
    assert!(journals.windows(2).all(|pair| pair[0] == pair[1]), "one seed, one journal");
}

#[test]
fn one_seed_gives_one_journal_and_another_seed_another() {
    let towns: Vec<_> = [7, 7, 8]
        .into_iter()
        .map(|seed| {
            let (target, folder) = (Target::memory().unwrap(), TempDir::new());
            let plan = Plan { seed, until: zone().instant(date(2021, 1, 6), 9, 0), ..plan() };
            let raised = raise(scaled(&target, folder.path()), &plan, &mut |_| {}).unwrap();
            (raised.tally, journal(&target))
        })
        .collect();
    assert!(towns[0] == towns[1]);
    assert!(towns[0].1 != towns[2].1);
}

#[test]
fn its_figures_are_plausible() {
    let town = built(Place::fresh(testkit::Engine::Sqlite));
    let tally = &town.raised.tally;
    let weeks = (end().0 - zone().instant(date(2021, 1, 1), 0, 0).0) as f64 / 6.048e11;
    let weekly = tally.payments as f64 / 300.0 / weeks;
    assert!((1.8..=2.2).contains(&weekly), "{weekly} payments a person a week");
    let mean = tally.paid as f64 / tally.payments as f64;
    assert!((10_000.0..40_000.0).contains(&mean), "{mean} won a payment");
    let refunds = tally.refunds as f64 / tally.payments as f64;
    assert!((0.004..0.02).contains(&refunds), "{refunds}");
    assert!(tally.reward > 0);
    // A till is told less of a customer's purse than they are themselves.
    let short: u64 = ["purse.short", "till.short"].iter().filter_map(|code| tally.refused.get(*code)).sum();
    assert!(short * 200 <= tally.payments, "{:?}", tally.refused);

    let shared = town.started.pen.shared();
    let view = shared.read();
    let (directory, books) = (&view.town.directory, &view.books);
    assert_eq!((directory.holders().len(), tally.people), (300, 300));
    let plastic = directory.cards().iter().filter(|card| card.kind == CardKind::Plastic).count();
    assert!((30..100).contains(&plastic), "{plastic} of {} cards are plastic", directory.cards().len());
    // Shops of every trade, some that don't take the card, one above three billion; all but one owned by others.
    let trade = |id: &str| view.town.pack.city.trades.iter().position(|t| t.id == id).unwrap() as u8;
    for town_trade in &view.town.pack.town.trades {
        assert!(directory.shops().iter().any(|shop| shop.trade == trade(&town_trade.trade)));
    }
    assert!(directory.shops().iter().any(|shop| shop.trade == trade("hypermarket")));
    assert!(directory.shops().iter().any(|shop| shop.sales.is_some_and(|s| s.0 > 3_000_000_000)));
    assert!(directory.shops().iter().filter(|shop| shop.owner.is_some()).count() > 5);
    // Shops were paid out on Monday: what they have earned since is not much, and not nothing.
    let waiting: i64 = directory.shops().iter().map(|shop| view.town.payable(books, shop.id)).sum();
    assert!(waiting > 0 && waiting < tally.paid / 20, "{waiting} of {}", tally.paid);
    // People sleep: the hours of the day differ as the trades' profiles say.
    let hour = |h: usize| view.town.stats.days.values().map(|day| day.hours[h].count).sum::<i64>();
    assert!(hour(12) > 10 * hour(3).max(1), "{} at noon, {} at three", hour(12), hour(3));
}

/// Everybody has a residence and a home; some have more, as the pack weighs it. It stands where everybody's records do, and
/// reads like them.
#[test]
fn its_people_are_whole_people() {
    for engine in testkit::engines() {
        let town = built(Place::fresh(engine));
        let shared = town.started.pen.shared();
        let view = shared.read();
        let (directory, vault) = (&view.town.directory, &view.town.vault);
        let readers = Readers::open(&town.target, 1).unwrap();
        let founded = date(2020, 12, 31);
        let (mut homes, mut facts, mut alone, mut agreed) = (BTreeMap::new(), BTreeMap::new(), 0, 0);
        // By the card they came with: some lost it and have one of the other kind now.
        let mut came_with = BTreeMap::new();
        for card in directory.cards() {
            came_with.entry(card.person).or_insert(card.kind);
        }
        let plastic: BTreeSet<_> = came_with
            .iter()
            .filter(|(_, kind)| **kind == CardKind::Plastic)
            .map(|(person, _)| *person)
            .collect();
        let mut unknown = 0;
        for holder in directory.holders() {
            let person = holder.person.id;
            let (known, file, (here, size)) = readers
                .read(|snapshot| {
                    let mut register = Register::new(snapshot, vault);
                    let (known, file) = (register.naming(person)?.unwrap(), register.file(person)?);
                    let together = together(&mut register, (person, &file), founded, |_| true, |_| true)?;
                    Ok((known, file, together))
                })
                .unwrap();
            let facts_known = file.known();
            agreed += file.consents.len();
            for fact in &facts_known {
                *facts.entry(fact.datum.kind()).or_insert(0) += 1;
            }
            let residence = valid_on(&facts_known, &Kind::ResidenceSince, founded);
            assert_eq!(residence.is_some(), plastic.contains(&person), "who came to a window showed papers");
            if let Some(residence) = residence {
                let Datum::ResidenceSince(since) = residence.fact.datum else { panic!() };
                assert!(since < founded && since >= base::date_of_day(known.birth_day.unwrap()), "{since}");
            }
            let Some(here) = here else {
                assert!(!plastic.contains(&person), "a window knows who lives with whoever came");
                unknown += 1;
                continue;
            };
            let size = size.unwrap();
            assert!(size.people >= here.people(), "children without a card may live there too");
            if size.basis == Basis::Fact {
                assert_eq!(size.against, Some(here.people()), "the certificate says more than the members");
            }
            for member in &here.others {
                let other = member.known.as_ref().unwrap();
                assert_eq!(other.district, known.district, "one roof, one neighbourhood");
                if here.own.relation == Relation::Head && member.membership.relation == Relation::Child {
                    assert_eq!(other.name.chars().next(), known.name.chars().next());
                }
            }
            alone += usize::from(size.people == 1);
            homes.entry(here.id).or_insert_with(Vec::new).push(here.own.relation);
        }
        assert!(homes.values().all(|there| there.iter().filter(|one| **one == Relation::Head).count() == 1));
        assert!((40..120).contains(&homes.len()), "{} homes of 300", homes.len());
        assert!((5..40).contains(&alone), "{alone} of 300 live alone");
        assert!((120..230).contains(&unknown), "{unknown} of 300 joined by phone, as all at home did");
        assert_eq!(facts[&Kind::ResidenceSince], plastic.len());
        assert!(
            (30..=plastic.len()).contains(&facts[&Kind::BirthDate]),
            "a window has seen their papers: {facts:?}"
        );
        assert!(facts[&Kind::Disability] > 3 && facts[&Kind::BasicLivelihood] > 3, "{facts:?}");
        assert!((10..60).contains(&agreed), "{agreed} consents");
    }
}

#[test]
fn the_personas_are_as_promised() {
    let town = built(Place::fresh(testkit::Engine::Sqlite));
    let personas = &town.raised.personas;
    let shared = town.started.pen.shared();
    let view = shared.read();
    let directory = &view.town.directory;
    let purses = |person| -> Vec<(u8, i64)> {
        let holder = directory.holder(person).unwrap();
        holder.purses().map(|(purpose, _, account)| (purpose, view.books.balance(account))).collect()
    };
    let card = directory.card(CardRef::Number(personas.citizen_card_number)).unwrap();
    assert_eq!(
        (card.id, card.person, card.kind),
        (personas.citizen_card, personas.citizen, CardKind::Plastic)
    );
    assert_eq!(card.pin, Some(economy::pin::seal(&[7; 32], card.id, PIN)));
    let has: i64 = purses(personas.citizen).iter().map(|(_, won)| won).sum();
    assert!((75_000..=85_000).contains(&has), "{has}");
    let reward = view.town.pack.purpose(Purpose::REWARD).unwrap().number;
    assert!(purses(personas.citizen).iter().any(|(purpose, won)| *purpose == reward && *won > 0));
    assert!(purses(personas.newcomer).is_empty());
    let (_, shop) = directory.shop(personas.shop).unwrap();
    assert_eq!(shop.trade, 0, "of the pack's first trade");
    assert_eq!(shop.owner, Some(personas.shop_owner));
    assert_ne!(personas.shop_owner, personas.citizen);
    assert!(view.town.payable(&view.books, personas.shop) > 0, "there is something to be paid out tomorrow");

    let readers = Readers::open(&town.target, 1).unwrap();
    let keys = readers.read(people::store::data_keys).unwrap();
    let vault = vault::Vault::unlock(&common::masters(), &keys).unwrap();
    let naming = readers
        .read(|snapshot| city::read::people::Register::new(snapshot, &vault).naming(personas.citizen))
        .unwrap()
        .unwrap();
    let born = base::date_of_day(naming.birth_day.unwrap());
    let had_birthday = (born.month(), born.day()) <= (2, 23);
    assert_eq!(2021 - born.year() - i16::from(!had_birthday), 78, "{born}");
    let bought = journal(&town.target)
        .iter()
        .filter(|(row, _)| row.kind == "pay" && row.facts.contains(&personas.citizen.to_string()))
        .count();
    assert!(bought >= 5, "{bought} payments of the citizen");
    // Their list is kept beside the city.
    let text = serde_json::to_string(personas).unwrap();
    assert_eq!(&serde_json::from_str::<city::build::Personas>(&text).unwrap(), personas);
    drop(town.folder);
}

#[test]
fn it_is_built_on_empty_ground_and_to_a_plan_only() {
    let (target, folder) = (Target::memory().unwrap(), TempDir::new());
    let short = Plan { until: zone().instant(date(2021, 1, 2), 9, 0), ..plan() };
    let mut phases = Vec::new();
    raise(scaled(&target, folder.path()), &short, &mut |progress: Progress| {
        assert!(progress.done <= progress.total);
        phases.push(progress.phase);
    })
    .unwrap();
    phases.dedup();
    assert_eq!(phases, [Phase::People, Phase::Shops, Phase::Lives, Phase::History, Phase::Closing]);
    assert!(raise(scaled(&target, folder.path()), &short, &mut |_| {}).is_err());
    let (target, folder) = (Target::memory().unwrap(), TempDir::new());
    for bad in [
        Plan { people: 9, ..short.clone() },
        Plan { weekly: (1, 0), ..short.clone() },
        Plan { until: zone().instant(date(2020, 1, 1), 0, 0), ..short },
    ] {
        assert!(raise(scaled(&target, folder.path()), &bad, &mut |_| {}).is_err());
    }
}

fn asked(pen: &mut Pen<CityMemory>, role: Role, key: &str, command: Command) -> Result<Reply, Failure> {
    let (reply, mut answer) = tokio::sync::oneshot::channel();
    let request = request(role, key, &command);
    pen.run(vec![Envelope { request, command, reply: Some(reply) }]);
    answer.try_recv().unwrap()
}

#[test]
fn traffic_pays_on_and_chores_pay_out() {
    let mut town = built(Place::fresh(testkit::Engine::Sqlite));
    let pen = &mut town.started.pen;
    let shared = pen.shared();
    let mut traffic = Traffic::new(1, Pace::PerSecond(20), &shared.read().town, &town.raised.personas);
    let (mut paid, mut refused) = (0, 0);
    let noon = zone().instant(date(2021, 2, 23), 12, 30);
    for second in 0..20 {
        let commands = traffic.next(noon.plus_seconds(second), 1_000_000, 1, &shared.read());
        for (request, command) in commands {
            let pays = matches!(command, Command::Pay { .. });
            match asked(pen, request.actor.role, &request.key, command) {
                Ok(_) => paid += i32::from(pays),
                Err(_) => refused += 1,
            }
        }
    }
    // Noon is busier than the mean hour.
    assert!((400..2_000).contains(&paid), "{paid}");
    assert!(refused * 20 < paid, "{refused} refused, {paid} paid");
    let night = zone().instant(date(2021, 2, 24), 3, 0);
    assert!(traffic.next(night, 1_000_000, 1, &shared.read()).len() < 10);
    assert!(traffic.next(noon, 0, 1, &shared.read()).is_empty(), "nobody pays while the clock stands");

    // At its own pace 300 people pay 85 times a day: played ten times as lively, or as fast as the clock.
    traffic.set_pace(Pace::Life);
    let lively = |speed| traffic.now(noon, speed, &shared.read().town);
    assert_eq!(lively(1).times, 10);
    let hurried = lively(600);
    assert_eq!(hurried.times, 600);
    assert!((35..=150).contains(&hurried.per_minute), "{hurried:?}");
    let within = traffic.next(noon, 1_000_000, 86_400, &shared.read()).len();
    assert!((40..=500).contains(&within), "{within} within a second of a day's length");

    let chores = Chores::new(&shared.read().town.pack, zone(), Outside::Simulated);
    let due = {
        let view = shared.read();
        chores.due(Some(end()), zone().instant(date(2021, 2, 24), 9, 0), &view.town.pack, &view.books)
    };
    let done = follow(due, &mut |chore| asked(pen, Role::System, &chore.key(), chore.command.clone()));
    assert_eq!(done.broken, None);
    let view = shared.read();
    let shops = view.town.directory.shops();
    assert!(shops.iter().all(|shop| view.town.payable(&view.books, shop.id) == 0));
}

#[test]
fn chores_fall_due_on_business_days() {
    let zone = zone();
    let parsed = pack().parse().unwrap();
    let chores = Chores::new(&parsed, zone.clone(), Outside::Simulated);
    let earnest = Chores::new(&parsed, zone.clone(), Outside::InEarnest);
    let at = |month, day, hour, minute| zone.instant(date(2021, month, day), hour, minute);
    let of = |chores: &Chores, last, now| -> Vec<&str> {
        chores.by_the_clock(last, now).iter().map(|chore| chore.command.operation()).collect()
    };
    let names = |last, now| of(&chores, Some(last), now);
    // Sunday 28 February and Monday 1 March, a holiday: banks are closed.
    assert_eq!(names(at(2, 26, 9, 0), at(3, 2, 8, 59)), ["sweep", "expire"]);
    // The week's first business day is Tuesday.
    assert_eq!(
        names(at(3, 2, 8, 59), at(3, 2, 9, 0)),
        ["treasury", "settle", "pass-gifts", "send-payouts", "sweep"]
    );
    assert_eq!(names(at(3, 2, 9, 0), at(3, 2, 9, 30)), Vec::<&str>::new());
    assert_eq!(names(at(3, 2, 9, 30), at(3, 2, 10, 0)), ["sweep"]);
    assert_eq!(names(at(3, 3, 8, 30), at(3, 3, 9, 10)), ["settle", "send-payouts", "sweep"]);
    assert_eq!(names(at(3, 3, 23, 50), at(3, 4, 0, 0)), ["sweep", "expire"]);
    // A month at one jump is no more than once each; and going nowhere is nothing.
    let once = ["treasury", "settle", "send-payouts", "sweep", "expire"];
    let in_april = ["treasury", "settle", "pass-gifts", "send-payouts", "sweep", "expire"];
    assert_eq!(names(at(2, 23, 9, 0), at(4, 1, 12, 0)), in_april);
    assert_eq!(names(at(2, 23, 9, 0), at(3, 15, 12, 0)), once);
    assert_eq!(names(at(3, 2, 9, 0), at(3, 2, 9, 0)), Vec::<&str>::new());

    // In earnest nobody speaks for the bank and the city hall; a start doesn't know what was done before it.
    assert_eq!(of(&earnest, Some(at(3, 2, 8, 59)), at(3, 2, 9, 0)), ["settle", "pass-gifts", "sweep"]);
    assert_eq!(of(&earnest, None, at(3, 1, 3, 0)), ["settle", "sweep", "expire"]);
    // Its key is of the day it fell due on, whenever it is asked.
    for (last, now) in [(None, at(3, 1, 3, 0)), (Some(at(2, 26, 8, 0)), at(2, 26, 9, 0))] {
        assert_eq!(earnest.by_the_clock(last, now)[0].key(), "chore/settle/2021-02-26/0");
    }

    // A budget is voted once it is open, and only if nothing was voted.
    let books = ledger::Books::new();
    let new_year = zone.instant(date(2022, 1, 1), 0, 0);
    let votes = chores.due(Some(new_year.plus_seconds(-1)), new_year, &parsed, &books);
    assert_eq!(votes[0].command, Command::Vote { budget: "cashback-2022".into(), amount: 24_000_000_000 });
    // That of refunds after a gift is open for good, and these books have none either.
    assert_eq!(votes[1].command, Command::Vote { budget: "gift-cover".into(), amount: 10_000_000 });
    assert_eq!(votes.len(), 4, "{votes:?}");
    let none = earnest.due(Some(new_year.plus_seconds(-1)), new_year, &parsed, &books);
    assert_eq!(none.len(), 2, "votes are the council's: {none:?}");
}
