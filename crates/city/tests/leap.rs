//! A clock that jumps carries its town through the days: people pay, shops are paid out on their days, nights are stated.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base::{Clock, Date, Instant, Zone, date, date_of_day, day_of_date};
use city::build::{Life, Pace, Personas, Plan, Through, Traffic, raise};
use city::chores::Keeper;
use city::clock::{CityClock, HandClock, PenClock};
use city::open::{City, Opening};
use city::verify::recount;
use common::{opening, target};
use store::{Readers, Target};
use testkit::{Place, TempDir};

fn zone() -> Zone {
    Zone::named("Asia/Seoul").unwrap()
}

fn nine(month: i8, day: i8) -> Instant {
    zone().instant(date(2021, month, day), 9, 0)
}

/// A town of 300 at 9 o'clock on 23 February, at work.
struct Town {
    city: City,
    clock: Arc<CityClock>,
    keeper: Mutex<Keeper>,
    life: Life,
    personas: Personas,
    target: Target,
    folder: TempDir,
    _place: Place,
}

fn town(place: Place) -> Town {
    let (target, folder) = (target(&place), TempDir::new());
    let plan = Plan { merchants: 60, ..Plan::new(300, 7, date(2021, 1, 1), nine(2, 23)) };
    let clock = Arc::new(CityClock::new(Arc::new(HandClock::at(Instant(0))), nine(2, 23)));
    let opens = || {
        let pens = Arc::new(PenClock(Arc::clone(&clock)));
        let mut opening: Opening = opening(target.clone(), folder.path(), pens, 3);
        opening.pack.scale = (300, 650_000);
        opening
    };
    let personas = raise(opens(), &plan, &mut |_| {}).unwrap().personas;
    let mut city = City::open(opens()).unwrap();
    city.clock = clock.clone();
    city.seal(&folder.path().join("seal"), seal::Secret::new([7; 32]), "card.example.kr/log").unwrap();
    let keeper = Mutex::new(Keeper::of_demo(&city));
    Town { city, clock, keeper, life: Life::default(), personas, target, folder, _place: place }
}

impl Town {
    fn traffic(&self) -> Traffic {
        Traffic::new(5, Pace::Life, &self.city.shared.read().town, &self.personas)
    }

    fn live(&self, to: Instant, traffic: Option<&mut Traffic>) {
        assert!(self.life.leap(self.clock.now(), to));
        let Town { city, clock, keeper, life, .. } = self;
        Through { city, clock, keeper, life }.live(to, traffic).unwrap();
        life.arrived();
    }

    /// Payments of a day, and how many of its hours have any.
    fn paid(&self, day: Date) -> (i64, usize) {
        let view = self.city.shared.read();
        let Some(day) = view.town.stats.days.get(&day_of_date(day)) else { return (0, 0) };
        let counts = day.hours.iter().map(|hour| hour.count);
        (counts.clone().sum(), counts.filter(|count| *count > 0).count())
    }

    /// The days on which money went out to shops.
    fn sent_on(&self) -> BTreeSet<i32> {
        let first = self.city.shared.read().books.last_posting();
        let mut days = BTreeSet::new();
        let readers = Readers::open(&self.target, 1).unwrap();
        readers
            .read(|snapshot| {
                snapshot.for_each_posting(base::PostingNo(1), Some(first), &mut |posting, _| {
                    if posting.kind == "settle" {
                        days.insert(zone().day_number(posting.at));
                    }
                    Ok(())
                })
            })
            .unwrap();
        days
    }
}

#[test]
fn a_jump_lives_every_day_on_its_way() {
    for engine in testkit::engines() {
        let town = town(Place::fresh(engine));
        let mut traffic = town.traffic();
        town.live(nine(3, 2), Some(&mut traffic));
        assert_eq!(town.clock.now(), nine(3, 2));
        let (first, last) = (day_of_date(date(2021, 2, 24)), day_of_date(date(2021, 3, 1)));
        for day in (first..=last).map(date_of_day) {
            let (paid, hours) = town.paid(day);
            assert!((30..=250).contains(&paid), "{engine:?} {day}: {paid} payments");
            assert!(hours >= 8, "{engine:?} {day}: payments in {hours} hours");
        }
        // Wednesday to Friday, and the Tuesday after the first of March, a day off.
        let business =
            [(2, 24), (2, 25), (2, 26), (3, 2)].map(|(month, day)| day_of_date(date(2021, month, day)));
        let sent = town.sent_on();
        let lived: Vec<i32> = sent.into_iter().filter(|day| *day >= first).collect();
        assert_eq!(lived, business, "{engine:?}");
        let stated = town.city.sealing().unwrap().stated();
        for day in (first..=last + 1).map(date_of_day) {
            assert!(stated.contains(&day), "{engine:?}: the float was not stated on {day}");
        }
        let counted = town
            .city
            .readers
            .read(
                |snapshot| Ok(recount(snapshot, Some(&town.city.shared.read().books), &mut |_| ()).unwrap()),
            )
            .unwrap();
        assert_eq!(counted.backing, counted.owed);
        drop(town.folder);
    }
}

#[test]
fn without_townsfolk_only_the_machinery_works() {
    let town = town(Place::fresh(testkit::Engine::Sqlite));
    town.live(nine(2, 26), None);
    assert_eq!(town.clock.now(), nine(2, 26));
    assert_eq!(town.paid(date(2021, 2, 25)), (0, 0));
    assert!(town.sent_on().contains(&day_of_date(date(2021, 2, 23))), "what was sold before is paid out");
}

#[test]
fn a_town_just_built_pays_out_at_the_hour_its_clock_begins_at() {
    for engine in testkit::engines() {
        let town = town(Place::fresh(engine));
        let today = day_of_date(date(2021, 2, 23));
        assert!(!town.sent_on().contains(&today), "{engine:?}: the history ends before that hour");
        let done = town.keeper.lock().unwrap().catch_up(&town.city);
        assert_eq!(done.broken, None, "{engine:?}");
        assert!(town.sent_on().contains(&today), "{engine:?}");
        let paid_out = town.city.shared.read().books.last_posting();
        // The same town opened once more: nothing is due twice.
        let done = Keeper::of_demo(&town.city).catch_up(&town.city);
        assert_eq!(done.broken, None, "{engine:?}");
        assert_eq!(town.city.shared.read().books.last_posting(), paid_out, "{engine:?}");
    }
}

#[test]
fn it_stays_where_it_is_told_to_and_goes_on_from_there() {
    let town = town(Place::fresh(testkit::Engine::Sqlite));
    let mut traffic = town.traffic();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while town.clock.now() < nine(2, 24) {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
            town.life.stop();
        });
        town.live(nine(7, 1), Some(&mut traffic));
    });
    let stayed = town.clock.now();
    assert!(stayed >= nine(2, 24) && stayed < nine(7, 1), "{stayed:?}");
    // Money of visitors moves beside it: the clock was let go of.
    town.live(stayed.plus_seconds(86_400), Some(&mut traffic));
    assert_eq!(town.clock.now(), stayed.plus_seconds(86_400));
}
