//! A disk that misbehaves: the power goes, a sync or a write fails, there is no room.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

// The disk's file speaks of the crate `store`, which stands beside this one and isn't imported: what it takes from
// there stands here.
extern crate self as store;

mod common;
#[path = "../../store/tests/faulty_vfs/mod.rs"]
mod faulty_vfs;

use std::path::PathBuf;

use access::{AccessLedger, Busy, Error, Failure, Handle, Joiner, Kept, LookNo, Options, Readers};
use base::{Entropy, Instant, Seeded};
use common::{Place, look, nth};
use faulty_vfs::{Disk, Which};

/// Which file, through which VFS.
pub enum Target {
    SqliteVfs { path: PathBuf, vfs: String },
}

fn open(place: &Place, disk: &Disk) -> (Handle, Joiner) {
    let Target::SqliteVfs { path, vfs } = disk.target(&place.file);
    AccessLedger::open(&path, Options { vfs: Some(vfs), ..Options::default() }).unwrap()
}

/// The power goes at any moment: in a commit, while the file is tended, in a disposal. What was resolved is there.
#[test]
fn what_was_resolved_survives_the_power() {
    let mut cut = 0;
    for seed in 0..24 {
        let mut dice = Seeded::new(seed);
        let disk = Disk::mount();
        let place = Place::new();
        let mut resolved = LookNo(0);
        for life in 0..4 {
            let (handle, joiner) = open(&place, &disk);
            assert!(
                handle.head().no >= resolved,
                "seed {seed} life {life}: {} < {resolved}",
                handle.head().no
            );
            disk.power_off_after(dice.below(120));
            for n in 0..30 {
                let most = if dice.below(40) == 0 { 17_000 } else { 40 };
                let many = 1 + dice.below(most);
                let looks = (0..many).map(|_| look(life * 30 + n, "acc_1", dice.below(900))).collect();
                if dice.below(8) == 0 {
                    drop(handle.dispose_before(Instant(life * 30 + n - 9), Instant(0)));
                }
                match handle.record(looks).map(|pending| pending.wait()) {
                    Ok(Ok(Kept { first, count })) => resolved = LookNo(first.0 + count - 1),
                    Ok(Err(Failure::Ended)) | Err(Busy::Ended) => break,
                    other => panic!("seed {seed} life {life}: {other:?}"),
                }
            }
            cut += u32::from(disk.is_off());
            disk.power_off();
            drop(handle);
            // It may have ended by the power.
            joiner.join().ok();
            disk.power_on((dice.below(3) > 0).then(|| dice.next_u64()));
            let verified = Readers::open(&place.file).map(|readers| {
                readers.verify(None).unwrap_or_else(|error| panic!("seed {seed} life {life}: {error}"))
            });
            // Without a file there is nothing that could have been resolved.
            let last = verified.map_or(LookNo(0), |verified| verified.to.no);
            assert!(last >= resolved, "seed {seed} life {life}: {last} < {resolved}");
        }
    }
    assert!(cut > 24, "only {cut} cuts came in the middle");
}

/// After a failed sync or write nobody knows: the caller hears so, and so does everyone after.
#[test]
fn a_failed_disk_ends_the_ledger() {
    for fail in
        [|disk: &Disk| disk.fail_next_sync(Which::Wal), |disk: &Disk| disk.fail_next_write(Which::Wal)]
    {
        let disk = Disk::mount();
        let place = Place::new();
        let (handle, joiner) = open(&place, &disk);
        let kept = handle.record(vec![nth(1), nth(2)]).unwrap().wait().unwrap();
        assert_eq!(kept, Kept { first: LookNo(1), count: 2 });
        fail(&disk);
        assert_eq!(handle.record(vec![nth(3)]).unwrap().wait(), Err(Failure::Ended));
        testkit::wait_until("the ledger to end", std::time::Duration::from_secs(10), || joiner.is_finished());
        assert_eq!(handle.record(vec![nth(4)]).map(|_| ()), Err(Busy::Ended));
        assert_eq!(handle.dispose_before(Instant(9), Instant(9)).map(|_| ()), Err(Busy::Ended));
        assert_eq!(handle.head().no, LookNo(2));
        assert!(matches!(joiner.join(), Err(Error::Sqlite(_))));
        drop(handle);
        disk.power_off();
        disk.power_on(None);
        let (handle, joiner) = open(&place, &disk);
        assert_eq!(handle.head().no, LookNo(2));
        handle.record(vec![nth(3)]).unwrap().wait().unwrap();
        assert_eq!(handle.readers().verify(None).unwrap().to.no, LookNo(3));
        drop(handle);
        joiner.join().unwrap();
    }
}

/// When the file can't be synced as it is tended, the WAL alone has it all, and stays.
#[test]
fn a_failed_sync_of_the_file_ends_the_ledger() {
    let disk = Disk::mount();
    let place = Place::new();
    let (handle, joiner) = open(&place, &disk);
    disk.fail_next_sync(Which::Database);
    // Enough for the file to be tended.
    let kept = handle.record((0..17_000).map(nth).collect()).unwrap().wait();
    assert_eq!(kept, Ok(Kept { first: LookNo(1), count: 17_000 }));
    assert!(joiner.join().is_err());
    assert_eq!(handle.record(vec![nth(1)]).map(|_| ()), Err(Busy::Ended));
    drop(handle);
    disk.power_off();
    disk.power_on(None);
    assert_eq!(Readers::open(&place.file).unwrap().verify(None).unwrap().to.no, LookNo(17_000));
}

/// Without room nothing is kept and the caller hears it; with room again it goes on, and no place is left out.
#[test]
fn a_full_disk_is_told_and_passes() {
    let disk = Disk::mount();
    let place = Place::new();
    let (handle, joiner) = open(&place, &disk);
    let mut dice = Seeded::new(5);
    let (mut kept, mut failed) = (0, 0);
    for n in 0..60 {
        disk.room(Some(dice.below(200_000)));
        let many = 1 + dice.below(90);
        let looks: Vec<_> = (0..many).map(|_| look(n, &format!("acc_{n}"), dice.below(50))).collect();
        match handle.record(looks).unwrap().wait() {
            Ok(told) => {
                assert_eq!(told, Kept { first: LookNo(kept + 1), count: many });
                kept += many;
            }
            Err(Failure::NotKept(_)) => failed += 1,
            Err(other) => panic!("{other}"),
        }
        disk.room(None);
        assert_eq!(handle.head().no, LookNo(kept));
    }
    assert!(failed > 5 && kept > 100, "{failed} failed, {kept} kept");
    assert_eq!(handle.readers().verify(None).unwrap().to.no, LookNo(kept));
    drop(handle);
    joiner.join().unwrap();
    assert_eq!(Readers::open(&place.file).unwrap().verify(None).unwrap().to.no, LookNo(kept));
}

/// A file that can't be written refuses to start: no page may be shown without its looks kept.
#[test]
fn a_file_that_cannot_be_written_refuses_to_start() {
    let place = Place::new();
    std::fs::create_dir(&place.file).unwrap();
    assert!(AccessLedger::open(&place.file, Options::default()).is_err());
    let nowhere = place.folder.path().join("none").join("access.sqlite");
    assert!(matches!(AccessLedger::open(&nowhere, Options::default()), Err(Error::Io(_))));
    let other = place.folder.path().join("other");
    std::fs::write(&other, "no database, but long enough to be looked at as one. ".repeat(40)).unwrap();
    assert!(matches!(AccessLedger::open(&other, Options::default()), Err(Error::Sqlite(_))));
    assert!(Readers::open(&place.folder.path().join("absent")).is_err());
}
