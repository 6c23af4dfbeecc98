//! The log's files: what a crash leaves, what somebody changes, what another secret finds.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::fs::{self, OpenOptions};
use std::io::Write;

use seal::{Checkpoint, Damage, Log, Secret, Tile};
use testkit::TempDir;

fn open(folder: &TempDir) -> Result<Log, Damage> {
    Log::open(folder.path(), Secret::new([3; 32]).signer("example.kr/log").unwrap())
}

fn entries(from: u8, count: u8) -> Vec<[u8; 32]> {
    (from..from + count).map(|byte| [byte; 32]).collect()
}

#[test]
fn an_empty_log_is_signed() {
    let folder = TempDir::new();
    let log = open(&folder).unwrap();
    let key = log.signer().verifier();
    let checkpoint = log.reader().checkpoint(&key).unwrap();
    assert_eq!((checkpoint.size, checkpoint.origin.as_str()), (0, "example.kr/log"));
}

#[test]
fn what_a_crash_left_beyond_the_checkpoint_is_cut_off() {
    let folder = TempDir::new();
    let mut log = open(&folder).unwrap();
    log.append(&entries(0, 200)).unwrap();
    drop(log);
    // Killed between the files and the checkpoint, in the middle of a record.
    for name in ["entries", "level-0", "level-1"] {
        let mut file = OpenOptions::new().append(true).open(folder.path().join(name)).unwrap();
        file.write_all(&[0xff; 77]).unwrap();
    }
    fs::write(folder.path().join("checkpoint.new"), "half").unwrap();
    let mut log = open(&folder).unwrap();
    assert_eq!(log.size(), 200);
    log.append(&entries(200, 55)).unwrap();
    log.append(&entries(0, 3)).unwrap();
    let again = {
        let whole = TempDir::new();
        let mut log = open(&whole).unwrap();
        log.append(&[entries(0, 200), entries(200, 55), entries(0, 3)].concat()).unwrap()
    };
    assert_eq!(*log.signed(), again, "the same leaves, however they came");
    let bundle = log.reader().tile(Tile { level: None, index: 1, width: 2 }).unwrap();
    assert_eq!(bundle, [[0, 32].as_slice(), &[1; 32], &[0, 32], &[2; 32]].concat());
}

#[test]
fn damage_is_named() {
    let folder = TempDir::new();
    open(&folder).unwrap().append(&entries(0, 100)).unwrap();
    let other = Secret::new([4; 32]).signer("example.kr/log").unwrap();
    assert!(matches!(Log::open(folder.path(), other), Err(Damage::Checkpoint(_))));

    let path = folder.path().join("level-0");
    let whole = fs::read(&path).unwrap();
    let mut changed = whole.clone();
    changed[40] ^= 1;
    fs::write(&path, &changed).unwrap();
    assert!(matches!(open(&folder), Err(Damage::Root)));
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(matches!(open(&folder), Err(Damage::Short("level-0"))));
    fs::write(&path, &whole).unwrap();
    assert_eq!(open(&folder).unwrap().size(), 100);

    let path = folder.path().join("checkpoint");
    let note = fs::read_to_string(&path).unwrap();
    fs::write(&path, note.replace("\n100\n", "\n101\n")).unwrap();
    assert!(matches!(open(&folder), Err(Damage::Checkpoint(_))));
    assert_eq!(Checkpoint::unverified(&note).unwrap().size, 100);
}

#[test]
fn a_failed_write_leaves_nothing_behind() {
    let folder = TempDir::new();
    let mut log = open(&folder).unwrap();
    log.append(&entries(0, 10)).unwrap();
    let signed = log.signed().clone();
    // The checkpoint can't be written: a folder stands where its new file goes.
    let blocked = folder.path().join("checkpoint.new");
    fs::create_dir(&blocked).unwrap();
    assert!(log.append(&entries(10, 240)).is_err());
    assert_eq!(*log.signed(), signed);
    fs::remove_dir(&blocked).unwrap();
    let after = log.append(&entries(10, 5)).unwrap();
    let whole = TempDir::new();
    assert_eq!(after, open(&whole).unwrap().append(&entries(0, 15)).unwrap());
}
