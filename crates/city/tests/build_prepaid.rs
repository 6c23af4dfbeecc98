//! The town's prepayments and pledges: what the city announced, to the won, where the town is large enough; a share of it
//! else.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use crate::common;

use std::sync::Arc;

use base::{Instant, Zone, date};
use city::build::{Plan, raise};
use city::clock::HandClock;
use city::open::prepare;
use city::prepay::read::board;
use common::{opening, target};
use store::Readers;
use testkit::{Engine, Place, TempDir};

fn end() -> Instant {
    Zone::named("Asia/Seoul").unwrap().instant(date(2021, 2, 23), 9, 0)
}

#[test]
fn a_town_prepays_what_was_announced() {
    for (people, weekly, expected) in
        [(16_800, (1, 40), (5_554, 1_007_817_035)), (300, (1, 1), (99, 17_964_329))]
    {
        let place = Place::fresh(Engine::Sqlite);
        let (target, folder) = (target(&place), TempDir::new());
        let open = || {
            let mut opening = opening(target.clone(), folder.path(), Arc::new(HandClock::at(end())), 3);
            opening.pack.scale = (i64::from(people), 650_000);
            opening
        };
        let plan = Plan { merchants: 120, weekly, ..Plan::new(people, 11, date(2021, 1, 1), end()) };
        let raised = raise(open(), &plan, &mut |_| {}).unwrap();
        let odd = |code: &&&str| {
            ["prepay.", "pledge.", "claim.", "organisation."].iter().any(|p| code.starts_with(p))
        };
        assert_eq!(raised.tally.refused.keys().find(odd), None, "{:?}", raised.tally.refused);
        let started = prepare(open()).unwrap();
        let shared = started.pen.shared();
        let view = shared.read();
        let board = Readers::open(&target, 1).unwrap().read(board).unwrap();
        let board = board.within(&view.town.directory.organisations, date(2021, 2, 23));
        assert_eq!((board.all.people, board.all.sum), expected, "{people}");
        assert_eq!(board.all.count, board.all.people);
        // 300 firms, 168 of them through five councils, and none twice.
        assert_eq!((board.lines.len(), board.lines[0].firms, board.lines[0].parts.len()), (1, 300, 5));
        assert_eq!(board.lines[0].parts.iter().map(|part| part.firms).sum::<usize>(), 168);
        assert_eq!(board.pledged(), (300, 3_000, 500_000_000));
        assert!(board.lines[0].paid > board.lines[0].parts[0].paid && board.lines[0].parts[0].paid > 0);
        assert!(view.town.claims.at(raised.personas.shop).count() > 0, "the personas' shop has some");
    }
}
