//! The town's gifts: what the city announced, to the won and at any size.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::sync::Arc;

use base::{Instant, Month, Zone, date};
use city::build::{Plan, raise};
use city::clock::HandClock;
use city::giving::AngelState;
use city::open::prepare;
use common::{opening, target};
use testkit::{Engine, Place, TempDir};

fn end() -> Instant {
    Zone::named("Asia/Seoul").unwrap().instant(date(2021, 2, 23), 9, 0)
}

#[test]
fn a_town_of_any_size_gives_what_was_announced() {
    for (people, merchants, weekly) in [(200, 100, (2, 1)), (1_500, 120, (1, 2)), (600, 300, (4, 1))] {
        let place = Place::fresh(Engine::Sqlite);
        let (target, folder) = (target(&place), TempDir::new());
        let open = || {
            let mut opening = opening(target.clone(), folder.path(), Arc::new(HandClock::at(end())), 3);
            opening.pack.scale = (i64::from(people), 650_000);
            opening
        };
        let plan = Plan { merchants, weekly, ..Plan::new(people, 11, date(2021, 1, 1), end()) };
        let raised = raise(open(), &plan, &mut |_| {}).unwrap();
        assert!(
            !raised.tally.refused.keys().any(|code| code.starts_with("giving.") && *code != "giving.nothing"),
            "{:?}",
            raised.tally.refused
        );
        let started = prepare(open()).unwrap();
        let shared = started.pen.shared();
        let view = shared.read();
        let giving = &view.town.directory.giving;
        assert_eq!((giving.given().givers(), giving.given().won()), ((130, 0), (2_950_000, 0)), "{people}");
        let won: i64 = giving.given().months().map(|(_, _, month)| month.left()).sum();
        assert_eq!(won, 2_950_000);
        assert!(giving.given().givers_in(Month::of(date(2021, 2, 22))).0 > 0);
        let applied = giving.angels().filter(|angel| angel.state == AngelState::Applied).count();
        assert_eq!(applied, 89, "{people}");
        assert!(giving.standing_gifts() > 20, "some go on");
    }
}
