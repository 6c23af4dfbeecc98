//! Checkpoints and the keys beside them: nothing they say is believed without proof, and nothing is lost.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::fs;
use std::path::PathBuf;

use base::{Entropy, Seeded};
use common::{DAY, Deed, Memory, Small, code, setup};
use pen::Started;
use testkit::{Engine, engines};

fn books(town: &Small) -> PathBuf {
    town.folder.path().join("checkpoints").join("books")
}

fn keys(town: &Small, day: i32) -> PathBuf {
    town.folder.path().join("checkpoints").join(format!("keys-{day}"))
}

fn save(town: &mut Small) {
    town.checkpoints.write::<Memory>(&town.pen.shared()).unwrap();
}

/// Every key of the town answers as it did the first time, and carrying it out again writes nothing.
fn all_known(town: &mut Small, answers: &[(String, Deed, common::Answer)]) {
    let before = town.rows();
    for (key, deed, first) in answers {
        assert_eq!(town.one(key, deed.clone()).as_ref(), Ok(first), "{key}");
    }
    assert_eq!(town.rows(), before);
}

fn put_some(town: &mut Small, from: u64, count: u64) -> Vec<(String, Deed, common::Answer)> {
    (from..from + count)
        .map(|number| {
            let deed = if number % 3 == 0 { Deed::Note("n") } else { Deed::Put("p", 2) };
            let key = format!("key-{number}");
            let answer = town.one(&key, deed.clone()).unwrap();
            (key, deed, answer)
        })
        .collect()
}

#[test]
fn keys_survive_a_checkpoint_that_failed() {
    for engine in engines() {
        let mut town = Small::new(engine);
        let first = put_some(&mut town, 0, 6);
        // Where the keys' file should be there is something else: the disk says no in the middle of a checkpoint.
        fs::create_dir_all(keys(&town, 20_000)).unwrap();
        assert!(town.checkpoints.write::<Memory>(&town.pen.shared()).is_err());
        fs::remove_dir(keys(&town, 20_000)).unwrap();
        save(&mut town);
        let mut town = town.again(2);
        assert!(town.report.from_checkpoint);
        assert_eq!((town.report.replayed, town.report.keys), (0, 6));
        all_known(&mut town, &first);
    }
}

#[test]
fn keys_are_known_from_checkpoint_tail_and_journal() {
    for engine in engines() {
        let mut town = Small::new(engine);
        let mut answers = put_some(&mut town, 0, 5);
        save(&mut town);
        answers.extend(put_some(&mut town, 5, 5));
        let mut town = town.again(2);
        assert!(town.report.from_checkpoint && town.report.replayed > 0);
        all_known(&mut town, &answers);
        // The tail's keys get into the next checkpoint.
        save(&mut town);
        let mut town = town.again(3);
        assert_eq!((town.report.from_checkpoint, town.report.replayed), (true, 0));
        all_known(&mut town, &answers);
        // From the journal alone; and the checkpoint after that has them too.
        fs::remove_dir_all(town.folder.path().join("checkpoints")).unwrap();
        let mut town = town.again(4);
        assert!(!town.report.from_checkpoint);
        all_known(&mut town, &answers);
        save(&mut town);
        let mut town = town.again(5);
        assert_eq!((town.report.from_checkpoint, town.report.replayed), (true, 0));
        all_known(&mut town, &answers);
        // Cut short, the keys are not believed.
        let file = keys(&town, 20_000);
        let half = fs::metadata(&file).unwrap().len() / 32 * 16;
        fs::File::options().write(true).open(&file).unwrap().set_len(half).unwrap();
        let mut town = town.again(6);
        assert!(!town.report.from_checkpoint);
        all_known(&mut town, &answers);
    }
}

#[test]
fn keys_are_forgotten_after_their_days_and_alike_after_any_start() {
    for engine in engines() {
        let mut town = Small::new(engine);
        for day in 0..12 {
            town.clock.set((20_000 + day) * DAY);
            for (name, deed) in [("put", Deed::Put("p", 2)), ("note", Deed::Note("n"))] {
                assert_eq!(code(&town.one(&format!("{name}-{day}"), deed)), "done");
            }
            if day == 9 {
                save(&mut town);
            }
        }
        for start in ["live", "checkpoint and tail", "journal"] {
            match start {
                "live" => {}
                "journal" => {
                    fs::remove_dir_all(town.folder.path().join("checkpoints")).unwrap();
                    town = town.again(3);
                }
                _ => town = town.again(2),
            }
            assert_eq!(town.report.from_checkpoint, start == "checkpoint and tail");
            for day in 4..12 {
                // A known key refuses another wish; a forgotten one would carry it out.
                for name in ["put", "note"] {
                    let other = town.one(&format!("{name}-{day}"), Deed::Put("other", 9));
                    assert_eq!(code(&other), "key.reused", "{name}-{day} {start}");
                }
            }
            assert_eq!(town.report.keys, if start == "live" { 0 } else { 16 });
        }
        // At midnight the oldest day is over, before anything has happened on the new one.
        town.clock.set(20_012 * DAY - 1);
        assert_eq!(code(&town.one("put-4", Deed::Put("other", 9))), "key.reused");
        town.clock.set(20_012 * DAY);
        assert_eq!(code(&town.one("put-4", Deed::Put("other", 9))), "done");
        save(&mut town);
        // Files of days that are over go.
        assert!(!keys(&town, 20_004).exists() && keys(&town, 20_005).exists());
    }
}

#[test]
fn a_damaged_checkpoint_is_not_believed() {
    let mut town = Small::new(Engine::Sqlite);
    put_some(&mut town, 0, 20);
    save(&mut town);
    let good = fs::read(books(&town)).unwrap();
    let seen = town.seen();
    let mut dice = Seeded::new(7);
    for round in 0..25 {
        let mut bad = good.clone();
        if round % 3 == 0 {
            bad.truncate(usize::try_from(dice.below(good.len() as u64)).unwrap());
        } else {
            let at = usize::try_from(dice.below(good.len() as u64)).unwrap();
            bad[at] ^= 1 << dice.below(8);
        }
        fs::write(books(&town), bad).unwrap();
        town = town.again(round);
        assert!(!town.report.from_checkpoint, "{round}");
        assert_eq!(town.seen(), seen);
    }
    fs::write(books(&town), good).unwrap();
    let town = town.again(99);
    assert!(town.report.from_checkpoint);
    assert_eq!(town.seen(), seen);
}

/// The database is put back to an earlier state, the checkpoint folder isn't: the checkpoint is of a future that
/// never was, at once and later, when the journal has grown past it on another way.
#[test]
fn a_checkpoint_of_another_future_is_not_believed() {
    let mut town = Small::new(Engine::Sqlite);
    put_some(&mut town, 0, 6);
    let copy = town.folder.path().join("copy.db");
    store::backup(&town.target, &copy, &mut |_, _| {}).unwrap();
    let at_backup = town.seen();
    let lost = put_some(&mut town, 6, 6);
    save(&mut town);
    let Small { pen, checkpoints, clock, target, folder, place, .. } = town;
    drop((pen, checkpoints));
    for file in ["", "-wal", "-shm"] {
        fs::remove_file(format!("{}{file}", place.location())).ok();
    }
    fs::rename(&copy, place.location()).unwrap();

    let Started { pen, checkpoints, report } = setup(&target, &folder, &clock, 77).unwrap();
    assert!(!report.from_checkpoint);
    let mut town = Small { pen, checkpoints, report, clock, target, folder, place };
    assert_eq!(town.seen(), at_backup);
    for (key, deed, _) in &lost {
        assert_eq!(code(&town.one(key, deed.clone())), "done");
    }
    put_some(&mut town, 20, 10);
    let seen = town.seen();
    let town = town.again(78);
    assert!(!town.report.from_checkpoint);
    assert_eq!(town.seen(), seen);
}

#[test]
fn a_clock_that_stands_behind_is_refused() {
    for engine in engines() {
        let mut town = Small::new(engine);
        put_some(&mut town, 1, 2);
        let now = 20_000 * DAY;
        let Small { pen, checkpoints, clock, target, folder, place, .. } = town;
        drop((pen, checkpoints));
        clock.set(now - 301_000_000);
        let refused = setup(&target, &folder, &clock, 2).err().unwrap().to_string();
        assert!(refused.contains("clock"), "{refused}");
        clock.set(now - 299_000_000);
        let mut started = setup(&target, &folder, &clock, 3).unwrap();
        // Instants go on from where they were.
        let last = started.pen.shared().read().at;
        started.pen.run(vec![pen::Envelope {
            request: common::request("late", &Deed::Put("late", 1)),
            command: Deed::Put("late", 1),
            reply: None,
        }]);
        assert!(started.pen.shared().read().at > last);
        drop(place);
    }
}
