//! A later pack comes into force in a city that lives: what was decided stays, what comes is decided by the new rules, and a
//! start reads it back.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use base::{Instant, Zone, date};
use city::clock::HandClock;
use city::open::City;
use city::pack::{CantFollow, bring, newest, next};
use common::{opening, target};
use testkit::{Place, TempDir};

const CAMPAIGNS: &str = "campaigns/pig-card.toml";

/// The pack with April's limit raised.
fn later() -> BTreeMap<String, String> {
    let mut files = common::pack().files;
    let text = files.get_mut(CAMPAIGNS).unwrap();
    let (before, april) = text.split_once("id = \"pig-2021-04\"").unwrap();
    *text = format!(
        "{before}id = \"pig-2021-04\"{}",
        april.replacen("person_month = 300_000", "person_month = 400_000", 1)
    );
    files
}

fn nine(month: i8, day: i8) -> Instant {
    Zone::named("Asia/Seoul").unwrap().instant(date(2021, month, day), 9, 0)
}

fn april(city: &City) -> Option<base::Won> {
    city.shared.read().town.pack.campaign_on(date(2021, 4, 1)).unwrap().person_month
}

fn number(city: &City) -> u32 {
    city.readers.read(newest).unwrap().unwrap().0
}

#[test]
fn a_later_pack_is_brought_into_force_and_read_back() {
    for engine in testkit::engines() {
        let place = Place::fresh(engine);
        let (target, folder) = (target(&place), TempDir::new());
        let clock = Arc::new(HandClock::at(nine(2, 23)));
        let open = |seed| City::open(opening(target.clone(), folder.path(), clock.clone(), seed)).unwrap();
        let city = open(1);
        assert_eq!((april(&city), number(&city)), (Some(base::Won(300_000)), 1));
        // Looking changes nothing.
        let (step, _) =
            city.readers.read(|snapshot| Ok(next(snapshot, later(), nine(2, 23)))).unwrap().unwrap();
        let line = "campaign pig-2021-04 (from 2021-04-01), which is ahead, is changed";
        assert_eq!(step.changes, [line]);
        assert_eq!(number(&city), 1);

        assert_eq!(bring(&city, later()).unwrap().changes, [line]);
        assert_eq!((april(&city), number(&city)), (Some(base::Won(400_000)), 2), "{engine:?}");
        // The same again is no other pack.
        assert!(bring(&city, later()).unwrap().changes.is_empty());
        assert_eq!(number(&city), 2);
        city.close().unwrap();

        let city = open(2);
        assert_eq!((april(&city), number(&city)), (Some(base::Won(400_000)), 2));
        // In April it holds: it isn't taken back any more, and nothing of it was written.
        clock.set(nine(4, 1));
        match bring(&city, common::pack().files) {
            Err(CantFollow::Rewrites(faults)) => {
                assert!(faults[0].contains("pig-2021-04 (from 2021-04-01) holds already"), "{faults:?}");
            }
            other => panic!("{other:?}"),
        }
        let bad = BTreeMap::from([("city.toml".to_owned(), "zone = 3".to_owned())]);
        assert!(matches!(bring(&city, bad), Err(CantFollow::Bad(_))));
        assert_eq!((april(&city), number(&city)), (Some(base::Won(400_000)), 2));
        city.close().unwrap();
    }
}
