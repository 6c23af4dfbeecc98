//! Those who were given a coupon by a job are told afterwards: each once, by day, and nobody who was passed over.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::collections::BTreeMap;
use std::time::Duration;

use base::{PersonId, Role, Zone, date};
use city::coupons::{JobState, jobs};
use city::follow::{Notice, cause, follow, tell_crowd};
use city::open::{CantOpen, City};
use city::pack::Kept;
use city::{Command, NewJob, OnCoupons, Recipients};
use common::{Live, TestCity, facts, opening, pack, request};
use outbox::Which;
use people::notice::Told;
use testkit::{Place, on_each_engine, wait_for};

const PEOPLE: usize = 500;
const EACH: i64 = 10_000;

fn begin() -> Command {
    let to = Recipients::Everyone { district: None, each: EACH };
    Command::OnCoupons(OnCoupons::Begin(NewJob { coupon: "relief-2021".into(), to }))
}

/// A city in which a coupon for everyone was begun; all but one get it.
fn begun(place: &Place, rules: Kept) -> (Live, Vec<PersonId>) {
    let place = Place::fresh(place.engine());
    let mut city = TestCity::under(common::target(&place), place, rules);
    city.on(2021, 3, 2);
    city.vote("relief-2021", 100_000_000);
    let people: Vec<PersonId> = city.people(PEOPLE, 1).into_iter().map(|who| who.0).collect();
    let give = OnCoupons::Give { coupon: "relief-2021".into(), person: people[3], amount: 100_000 };
    facts(city.ask(Role::Officer, Command::OnCoupons(give)));
    let live = city.live();
    live.city.ask_waiting(request(Role::Officer, "begin", &begin()), begin()).unwrap();
    (live, people)
}

fn at(live: &Live, day: i8, hour: i8) {
    live.clock.set(Zone::named("Asia/Seoul").unwrap().instant(date(2021, 3, day), hour, 0));
}

fn now(live: &Live) -> base::Instant {
    base::Clock::now(live.clock.as_ref())
}

fn catch_up(live: &Live) {
    while follow(&live.city).unwrap() {}
}

fn untold(live: &Live) -> u64 {
    live.city.outbox.untold(&cause(1)).unwrap()
}

fn all(live: &Live) -> Vec<outbox::Message> {
    live.city.outbox.list(&Which::NotChannel("hook"), 10_000).unwrap()
}

/// As after a kill: nothing is said at the end, and what was under way is over.
fn killed(live: Live) -> Live {
    let Live { city, clock, target, place, folder } = live;
    drop(city);
    // PostgreSQL may need a moment to let go of the earlier one's lock.
    let city = wait_for("the leader lock", Duration::from_secs(10), || {
        match City::open(opening(target.clone(), folder.path(), clock.clone(), 9)) {
            Err(CantOpen::Store(store::Error::LeaderAlive)) => None,
            opened => Some(opened.unwrap()),
        }
    });
    Live { city, clock, target, place, folder }
}

#[test]
fn each_who_was_given_it_is_told_once_over_any_end() {
    on_each_engine(|place| {
        let (live, people) = begun(place, pack());
        // A part is given; while the job runs nobody is told, so that it isn't slowed down.
        let step = Command::OnCoupons(OnCoupons::Step { job: 1, from: 0, at_most: jobs::AT_ONCE });
        live.city.ask_waiting(request(Role::System, "", &step), step).unwrap();
        catch_up(&live);
        // One of them can't be given it.
        let first = u64::from(jobs::AT_ONCE) - 1;
        assert_eq!((untold(&live), tell_crowd(&live.city, now(&live)).unwrap()), (first, false));
        let live = killed(live);
        while jobs::work(&live.city, Duration::from_secs(1)).unwrap() {}
        let job = live.city.shared.read().town.coupons.job(1).cloned().unwrap();
        assert_eq!((job.state, job.people as usize, job.skipped), (JobState::Done, PEOPLE - 1, 1));
        catch_up(&live);
        assert_eq!((untold(&live), all(&live).len()), (499, 0), "not in the follower's stretch");
        // At night all are left in peace.
        at(&live, 2, 22);
        assert!(!tell_crowd(&live.city, now(&live)).unwrap());
        at(&live, 3, 8);
        assert!(tell_crowd(&live.city, now(&live)).unwrap());
        assert_eq!((untold(&live), all(&live).len()), (499 - first, first as usize * 2));
        // Killed in between, and read anew by the follower: it goes on behind what was told.
        let live = killed(live);
        catch_up(&live);
        assert_eq!(untold(&live), 499 - first);
        at(&live, 3, 9);
        while tell_crowd(&live.city, now(&live)).unwrap() {}
        assert_eq!(untold(&live), 0);
        let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for one in all(&live) {
            let notice = Notice::read(&one.new.body).unwrap();
            assert_eq!(
                (notice.told, one.new.kind.as_str()),
                (Told::CouponGiven { amount: EACH }, "coupon-given")
            );
            assert!(one.new.at < one.new.next && one.new.next <= now(&live), "{one:?}");
            told.entry(one.new.to).or_default().push(one.new.channel);
        }
        for (place, person) in people.iter().enumerate() {
            let ways = told.remove(&person.to_string()).map(|mut ways| {
                ways.sort_unstable();
                ways
            });
            let expected = (place != 3).then(|| vec!["app".to_owned(), "kakao".to_owned()]);
            assert_eq!(ways, expected, "place {place}");
        }
        assert!(told.is_empty(), "{told:?}");
        live.close();
    });
}

#[test]
fn nobody_is_told_of_a_coupon_that_the_pack_keeps_quiet() {
    on_each_engine(|place| {
        let mut rules = pack();
        let text = rules.files.get_mut("coupons.toml").unwrap();
        let relief = "id = \"relief-2021\"\npurpose = \"relief\"\n";
        assert!(text.contains(relief));
        *text = text.replacen(relief, &format!("{relief}tell = false\n"), 1);
        let (live, people) = begun(place, rules);
        while jobs::work(&live.city, Duration::from_secs(1)).unwrap() {}
        catch_up(&live);
        assert_eq!((untold(&live), tell_crowd(&live.city, now(&live)).unwrap()), (0, false));
        // Nor is whoever is given it singly.
        let give = OnCoupons::Give { coupon: "relief-2021".into(), person: people[0], amount: 1 };
        let give = Command::OnCoupons(give);
        live.city.ask_waiting(request(Role::Officer, "one", &give), give).unwrap();
        catch_up(&live);
        assert_eq!(all(&live).len(), 0);
        live.close();
    });
}
