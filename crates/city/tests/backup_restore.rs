//! A copy of a running city is a city: it counts, it opens, and it goes on its own way.

use crate::common;

use std::fs;
use std::sync::atomic::{AtomicI64, Ordering};

use base::Role;
use city::open::{City, prepare};
use city::{CardRef, CityMemory, Command};
use common::{TestCity, count, facts, opening, posting, request, state};
use pen::Recorded;
use store::{Target, backup};
use testkit::{Engine, Place};

#[test]
fn a_backup_of_a_running_city_is_a_city() {
    let mut city = TestCity::new(Place::fresh(Engine::Sqlite));
    let shop = city.shop("123-45-67891", "market-food");
    city.vote("cashback-2021", 1_000_000);
    let people = city.people(20, 90_000);
    let live = city.live();
    let copy = live.folder.path().join("copy.db");
    let last_told = AtomicI64::new(0);
    let told_before = std::thread::scope(|scope| {
        let paying = scope.spawn(|| {
            for round in 0..400 {
                let (person, card) = people[round % people.len()];
                let card = CardRef::Id(card);
                let pay = Command::Pay { card, merchant: shop, amount: 300, pin: None, order: None };
                let request = request(Role::Citizen(person), &format!("pay-{round}"), &pay);
                let no = posting(&live.city.ask_waiting(request, pay));
                last_told.store(Recorded::Posting(no).to_number(), Ordering::SeqCst);
            }
        });
        testkit::wait_until("some payments", std::time::Duration::from_secs(20), || {
            last_told.load(Ordering::SeqCst) > 60
        });
        let told_before = last_told.load(Ordering::SeqCst);
        let mut reports = 0;
        backup(&live.target, &copy, &mut |_, _| reports += 1).unwrap();
        assert!(reports > 0 && fs::metadata(&copy).unwrap().len() > 0);
        paying.join().unwrap();
        told_before
    });

    // The copy, with the newer checkpoints of the city it was taken of.
    let lost = live.city.shared.read().books.last_posting();
    let (clock, folder) = (live.clock.clone(), live.folder.path().to_path_buf());
    live.city.close().unwrap();
    assert!(folder.join("checkpoints").join("books").exists());
    let target = Target::Sqlite(copy);
    let mut restored = prepare(opening(target.clone(), &folder, clock.clone(), 50)).unwrap();
    assert!(!restored.report.from_checkpoint);
    let last = restored.pen.shared().read().books.last_posting();
    // Everything that was answered before the backup began is in it, and what it has is a beginning of the journal.
    assert!(last.0.cast_signed() >= told_before && last < lost, "{last} {told_before} {lost}");
    count(&target, &restored.pen.shared().read().books);

    // It goes on: a checkpoint of its own, payments, another start.
    restored.checkpoints.write::<CityMemory>(&restored.pen.shared()).unwrap();
    let before = state(&restored.pen.shared());
    drop(restored);
    let again = City::open(opening(target.clone(), &folder, clock, 51)).unwrap();
    assert!(again.report.from_checkpoint);
    assert_eq!(state(&again.shared), before);
    for (number, (person, card)) in people.into_iter().enumerate() {
        let card = CardRef::Id(card);
        let pay = Command::Pay { card, merchant: shop, amount: 700, pin: None, order: None };
        facts(again.ask_waiting(request(Role::Citizen(person), &format!("after-{number}"), &pay), pay));
    }
    let shared = again.shared.clone();
    again.close().unwrap();
    assert_eq!(shared.read().books.last_posting().0, last.0 + 20);
    count(&target, &shared.read().books);
    drop((live.place, live.folder));
}

/// A WAL beside the wanted name would be played onto the copy: it is left alone, and so is whoever works there.
#[test]
fn a_backup_never_lands_on_a_city_at_work() {
    let mut city = TestCity::new(Place::fresh(Engine::Sqlite));
    let mut other = TestCity::new(Place::fresh(Engine::Sqlite));
    other.person();
    let there = other.target.path().unwrap().to_owned();
    let before = state(&other.pen.shared());
    let refused = backup(&city.target, &there, &mut |_, _| {}).unwrap_err().to_string();
    assert!(refused.contains("-wal"), "{refused}");
    let other = other.again(7);
    assert_eq!(state(&other.pen.shared()), before);
    // Onto an older backup it may land.
    city.person();
    let copy = city.folder.path().join("copy.db");
    for _ in 0..2 {
        backup(&city.target, &copy, &mut |_, _| {}).unwrap();
    }
}
