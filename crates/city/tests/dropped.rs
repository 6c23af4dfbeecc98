//! A city that is let go of without being closed ends in order all the same, before whoever let go of it goes on.

use crate::common;

use std::sync::Arc;

use base::{Role, Zone, date};
use city::clock::HandClock;
use city::open::City;
use city::{Command, NewPerson};
use common::{opening, request, target};
use testkit::{Engine, Place, TempDir};

/// Its threads are gone when it is: nothing writes to its files any more (they may be deleted), its lock is free, and
/// all that it was asked is done.
#[test]
fn nothing_is_left_of_a_city_that_was_let_go_of() {
    for engine in testkit::engines() {
        let place = Place::fresh(engine);
        let folder = TempDir::new();
        let noon = Zone::named("Asia/Seoul").unwrap().instant(date(2021, 2, 23), 12, 0);
        let open = |seed| {
            let clock = Arc::new(HandClock::at(noon));
            City::open(opening(target(&place), folder.path(), clock, seed)).unwrap()
        };
        for round in 0..5_u64 {
            let city = open(round);
            for number in 0..50 {
                let command = Command::Enrol(NewPerson {
                    name: "이영희".into(),
                    phone: None,
                    birth_day: None,
                    district: None,
                    card: None,
                });
                let key = format!("enrol-{round}-{number}");
                drop(city.commands.send(request(Role::System, &key, &command), command).unwrap());
            }
            drop(city);
            for file in ["city.sqlite-wal", "city.sqlite-shm"] {
                if let Place::Sqlite { dir, .. } = &place {
                    assert!(!dir.path().join(file).exists(), "{file} was left");
                }
            }
            // The access ledger's is emptied, not deleted.
            let looks = std::fs::metadata(folder.path().join("access.sqlite-wal"));
            assert_eq!(looks.map_or(0, |file| file.len()), 0);
            let city = open(round + 100);
            let people = city.shared.read().town.directory.holders().len();
            assert_eq!(people as u64, (round + 1) * 50, "{engine:?}");
        }
    }
}

/// A handle that somebody else holds is theirs to let go of: nobody waits for that.
#[test]
fn a_handle_elsewhere_holds_nobody_up() {
    let place = Place::fresh(Engine::Sqlite);
    let folder = TempDir::new();
    let noon = Zone::named("Asia/Seoul").unwrap().instant(date(2021, 2, 23), 12, 0);
    let city = City::open(opening(target(&place), folder.path(), Arc::new(HandClock::at(noon)), 1)).unwrap();
    let (commands, access) = (city.commands.clone(), city.access.clone());
    drop(city);
    assert!(!commands.is_full());
    drop((commands, access));
}
