//! What SQLite's files hold after the power went, a sync failed, or the disk was full.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;
mod faulty_vfs;

use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use base::{Entropy, Seeded};
use common::{COUNT_POSTINGS, COUNT_SHOPS, SHOPS, batch, count, group, shop};
use faulty_vfs::{Disk, Which};
use rusqlite::{Connection, OpenFlags};
use store::{Batch, CommitError, Error, Target, Writer, spawn_wal_checkpointer};
use testkit::TempDir;

/// Group `sequence` of a journal where each group has so many postings and as many shops.
fn rows(first: u64, postings: u64) -> Batch {
    let mut batch = batch(first, postings);
    batch.writes.extend((first..first + postings).map(|number| shop(&format!("s{number}"), 1)));
    batch
}

/// What is there is a beginning of the journal, whole groups only; how many postings.
fn whole(writer: &mut Writer) -> u64 {
    let postings = count(writer, COUNT_POSTINGS);
    assert_eq!(count(writer, COUNT_SHOPS), postings);
    let last = writer.last_group().unwrap();
    assert_eq!(last.map_or(0, |group| group.last_posting).cast_signed(), postings);
    postings.cast_unsigned()
}

/// A checkpoint that may be cut off; the keeper's own thread would end the process.
fn checkpoint(disk: &Disk, target: &Target) {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let path = target.path().unwrap();
    let connection = Connection::open_with_flags_and_vfs(path, flags, disk.name()).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).ok();
}

/// The power goes at any moment: in the middle of a commit, of a checkpoint, of closing. What was committed is there,
/// what was not is there whole or not at all.
#[test]
fn what_was_committed_survives_the_power() {
    let mut cut = 0;
    for seed in 0..60 {
        let mut dice = Seeded::new(seed);
        let disk = Disk::mount();
        let folder = TempDir::new();
        let target = disk.target(&folder.path().join("city.db"));
        let (mut told, mut first) = (0, 1);
        for life in 0..4 {
            let mut writer = Writer::open(&target, &[SHOPS]).unwrap();
            let there = whole(&mut writer);
            // At least what was told, at most the one group that was under way.
            assert!(there >= told && there < first, "seed {seed} life {life}: {told} <= {there} < {first}");
            let mut sequence = writer.last_group().unwrap().map_or(0, |group| group.sequence);
            (told, first) = (there, there + 1);
            disk.power_off_after(dice.below(200));
            for _ in 0..12 {
                let postings = 1 + dice.below(20);
                sequence += 1;
                let mut rows = rows(first, postings);
                // Now and then a part of the group goes to the database before its commit.
                if dice.below(3) == 0 && writer.append(&rows).is_ok() {
                    rows = Batch::default();
                }
                let row = group(sequence, dice.next_u64() >> 1, first, first + postings - 1);
                let outcome = if disk.is_off() { break } else { writer.commit(&row, &rows) };
                first += postings;
                match outcome {
                    Ok(()) => told = first - 1,
                    Err(CommitError::Definite(Error::Fatal(_))) => break,
                    Err(other) => panic!("{other}"),
                }
                if dice.below(5) == 0 {
                    checkpoint(&disk, &target);
                }
            }
            cut += u32::from(disk.is_off());
            disk.power_off();
            drop(writer);
            let torn = (dice.below(3) > 0).then(|| dice.next_u64());
            disk.power_on(torn);
        }
    }
    assert!(cut > 60, "only {cut} cuts came in the middle");
}

#[test]
fn a_failed_sync_is_fatal_and_nothing_was_told() {
    let disk = Disk::mount();
    let folder = TempDir::new();
    let target = disk.target(&folder.path().join("city.db"));
    let mut writer = Writer::open(&target, &[SHOPS]).unwrap();
    writer.commit(&group(1, 1, 1, 3), &rows(1, 3)).unwrap();
    disk.fail_next_sync(Which::Wal);
    let outcome = writer.commit(&group(2, 2, 4, 6), &rows(4, 3));
    assert!(matches!(outcome, Err(CommitError::Definite(Error::Fatal(_)))), "{outcome:?}");
    // The process ends here; then the power goes too.
    disk.power_off();
    drop(writer);
    disk.power_on(None);
    let mut writer = Writer::open(&target, &[SHOPS]).unwrap();
    assert_eq!(whole(&mut writer), 3);
    writer.commit(&group(2, 3, 4, 6), &rows(4, 3)).unwrap();
}

#[test]
fn a_failed_write_leaves_nothing_and_is_fatal() {
    let disk = Disk::mount();
    let folder = TempDir::new();
    let target = disk.target(&folder.path().join("city.db"));
    let mut writer = Writer::open(&target, &[SHOPS]).unwrap();
    writer.commit(&group(1, 1, 1, 3), &rows(1, 3)).unwrap();
    disk.fail_next_write(Which::Wal);
    let outcome = writer.commit(&group(2, 2, 4, 6), &rows(4, 3));
    assert!(matches!(outcome, Err(CommitError::Definite(Error::Fatal(_)))), "{outcome:?}");
    assert_eq!(whole(&mut writer), 3);
}

#[test]
fn a_full_disk_is_a_definite_failure_and_passes() {
    let disk = Disk::mount();
    let folder = TempDir::new();
    let target = disk.target(&folder.path().join("city.db"));
    let mut writer = Writer::open(&target, &[SHOPS]).unwrap();
    let keeper = spawn_wal_checkpointer(&target).unwrap();
    let (mut sequence, mut first) = (1, 1);
    let mut dice = Seeded::new(3);
    for round in 0..40 {
        let postings = 1 + dice.below(60);
        let row = group(sequence, round + 1, first, first + postings - 1);
        let begun = dice.below(2) == 0;
        disk.room(Some(dice.below(20_000)));
        let batch = rows(first, postings);
        let outcome = if begun {
            writer
                .append(&batch)
                .map_err(CommitError::Definite)
                .and_then(|()| writer.commit(&row, &Batch::default()))
        } else {
            writer.commit(&row, &batch)
        };
        if let Err(error) = outcome {
            assert!(matches!(error, CommitError::Definite(Error::Sqlite(_))), "{error:?}");
            assert!(!writer.in_group());
            assert_eq!(whole(&mut writer), first - 1, "{round}");
            // Space comes back, and the very same group goes through.
            disk.room(None);
            writer.commit(&row, &batch).unwrap();
        }
        disk.room(None);
        (sequence, first) = (sequence + 1, first + postings);
        assert_eq!(whole(&mut writer), first - 1);
    }
    // The keeper has lived through it as well.
    assert!(!keeper.has_failed());
    keeper.stop().unwrap();
    let wal = folder.path().join("city.db-wal");
    assert_eq!(std::fs::metadata(wal).map_or(0, |found| found.len()), 0);
    disk.power_off();
    drop(writer);
    disk.power_on(None);
    assert_eq!(whole(&mut Writer::open(&target, &[SHOPS]).unwrap()), first - 1);
}

/// After a failed sync of the database file nobody may empty the WAL, which alone has it all: the keeper ends the
/// process, in a child here.
#[test]
fn a_failed_sync_under_a_checkpoint_ends_the_process() {
    const CHILD: &str = "ONGOEUL_TEST_POWER_CHILD";
    if let Some(folder) = std::env::var_os(CHILD) {
        let disk = Disk::mount();
        let target = disk.target(&std::path::Path::new(&folder).join("city.db"));
        let mut writer = Writer::open(&target, &[SHOPS]).unwrap();
        writer.commit(&group(1, 1, 1, 30), &rows(1, 30)).unwrap();
        let keeper = spawn_wal_checkpointer(&target).unwrap();
        disk.fail_next_sync(Which::Database);
        drop(keeper.stop());
        return;
    }
    let folder = TempDir::new();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["a_failed_sync_under_a_checkpoint_ends_the_process", "--exact", "--nocapture"])
        .env(CHILD, folder.path())
        .output()
        .unwrap();
    const SIGABRT: i32 = 6;
    assert_eq!(output.status.signal(), Some(SIGABRT), "{}", String::from_utf8_lossy(&output.stderr));
    let wal = std::fs::metadata(folder.path().join("city.db-wal")).unwrap();
    assert!(wal.len() > 0);
    let mut writer = Writer::open(&Target::Sqlite(folder.path().join("city.db")), &[SHOPS]).unwrap();
    assert_eq!(whole(&mut writer), 30);
}
