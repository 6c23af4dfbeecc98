//! Checkpoints and backups taken at any moment of a busy town, and put together as they come.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{Entropy, Seeded};
use common::{Deed, Memory, Small, setup};
use pen::Options;
use store::{Target, backup};
use testkit::{Engine, TempDir};

const ACCOUNTS: u32 = 30_000;

fn books(pen: &pen::Pen<Memory>) -> String {
    let shared = pen.shared();
    let view = shared.read();
    format!(
        "{:?} {:?} {} {:?}",
        view.books.last_posting(),
        view.books.last_entry(),
        view.requests,
        view.books.iter().collect::<Vec<_>>()
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for file in fs::read_dir(from).unwrap().map(Result::unwrap) {
        fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// The accounts fill several chunks of a checkpoint, so that each copies them at several moments; while it does, the
/// pen writes all over them, and the database is backed up. Any backup with any checkpoint then starts as the
/// journal of that backup says, whichever of the two is older.
#[test]
fn any_backup_with_any_checkpoint_is_what_its_journal_says() {
    let mut town = Small::new(Engine::Sqlite);
    for part in 0..2 {
        let wide = Deed::Wide(part * ACCOUNTS / 2, ACCOUNTS / 2, 1_000);
        assert!(town.one(&format!("wide-{part}"), wide).is_ok());
    }
    let Small { pen, mut checkpoints, clock, target, folder, .. } = town;
    let shared = pen.shared();
    let (commands, running) = pen.spawn(Options { group: 8, ..Options::default() }).unwrap();
    let done = AtomicBool::new(false);
    let here = folder.path().join("checkpoints");
    let (taken, copied) = std::thread::scope(|scope| {
        let checkpointing = scope.spawn(|| {
            let mut taken = 0;
            while !done.load(Ordering::SeqCst) {
                checkpoints.write::<Memory>(&shared).unwrap();
                copy(&here, &folder.path().join(format!("taken-{taken}/checkpoints")));
                taken += 1;
            }
            taken
        });
        let backing_up = scope.spawn(|| {
            let mut copied = 0;
            while !done.load(Ordering::SeqCst) {
                let file = folder.path().join(format!("backup-{copied}.db"));
                backup(&target, &file, &mut |_, _| {}).unwrap();
                copied += 1;
            }
            copied
        });
        let mut dice = Seeded::new(4);
        for number in 0..1_500 {
            let from = u32::try_from(dice.below(u64::from(ACCOUNTS) - 20)).unwrap();
            let deed = match dice.below(10) {
                0 => Deed::Note("n"),
                // New accounts too, beyond what the checkpoint counted when it began.
                1 => Deed::Wide(ACCOUNTS + number, 1, 5),
                _ => Deed::Wide(from, 20, 7),
            };
            let request = common::request(&format!("k{number}"), &deed);
            // Nobody waits: the queue is always full of work.
            drop(commands.send_waiting(request, deed).unwrap());
        }
        // The last of them, to be sure that all is done.
        let last = Deed::Bare(1);
        let answer = commands.send_waiting(common::request("last", &last), last).unwrap().blocking_recv();
        assert!(answer.unwrap().is_ok());
        done.store(true, Ordering::SeqCst);
        (checkpointing.join().unwrap(), backing_up.join().unwrap())
    });
    drop(commands);
    drop(running.join().unwrap());
    assert!(taken > 2 && copied > 2, "{taken} {copied}");

    let mut believed = 0;
    let mut refused = 0;
    for number in 0..copied.min(8) {
        let file = folder.path().join(format!("backup-{}.db", number * copied / copied.min(8)));
        let target = Target::Sqlite(file);
        let empty = TempDir::new();
        let wanted = books(&setup(&target, &empty, &clock, 1).unwrap().pen);
        for one in 0..taken.min(8) {
            let from = folder.path().join(format!("taken-{}", one * taken / taken.min(8)));
            let mine = TempDir::new();
            copy(&from.join("checkpoints"), &mine.path().join("checkpoints"));
            let started = setup(&target, &mine, &clock, 2).unwrap();
            assert_eq!(
                books(&started.pen),
                wanted,
                "{} with {}",
                target.path().unwrap().display(),
                from.display()
            );
            if started.report.from_checkpoint { believed += 1 } else { refused += 1 }
        }
    }
    assert!(believed > 2 && refused > 2, "{believed} {refused}");
}
