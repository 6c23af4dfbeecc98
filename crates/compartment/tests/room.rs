//! A compartment: what is kept, what is refused, what its files tell.

#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::collections::BTreeSet;
use std::path::Path;

use access::Look;
use base::{Instant, RecordId, Seeded};
use compartment::{Error, Failure, LOOKS, NewRecord, RECORDS, Request, Room, Said};
use testkit::TempDir;
use vault::{MasterKey, Masters};

fn masters(bytes: &[u8]) -> Masters {
    Masters::new(bytes.iter().map(|byte| MasterKey::new([*byte; 32]))).unwrap()
}

fn open(folder: &Path, keys: &[u8], seed: u64) -> Result<Room, Error> {
    Room::open(folder, "shelter", &masters(keys), Box::new(Seeded::new(seed)))
}

fn request(key: &str, at: i64) -> Request<'_> {
    Request { by: "acc_0000000000001", key, at: Instant(at) }
}

fn wish(name: &str) -> NewRecord {
    NewRecord { name: name.into(), reach: "010-5555-4444".into(), note: "밤에 무서워요".into() }
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> &'static str {
    match outcome {
        Err(Failure::Refused(refusal)) => refusal.code,
        other => panic!("{other:?}"),
    }
}

fn look(record: RecordId) -> Look {
    Look {
        at: Instant(5),
        who: "acc_0000000000001".into(),
        role: "counsellor".into(),
        whom: Room::whom(record),
        what: "compartment.record".into(),
        purpose: "victims".into(),
        from: "127.0.0.1".into(),
        reason: None,
        task: None,
    }
}

#[test]
fn a_record_is_kept_and_read_again() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let record = room.take_in(request("a", 10), &wish("새벽")).unwrap();
    room.note(request("b", 9), record, "경찰에 같이 갔어요").unwrap();
    // Asked again, it is the same; something else under the same key is not.
    assert_eq!(room.take_in(request("a", 11), &wish("새벽")).unwrap(), record);
    assert_eq!(refused(room.take_in(request("a", 11), &wish("노을"))), "key.reused");
    assert_eq!(refused(room.note(request("b", 12), record, "다른 글")), "key.reused");
    let other = room.take_in(request("c", 12), &wish("노을")).unwrap();
    assert_eq!(refused(room.note(request("b", 12), other, "경찰에 같이 갔어요")), "key.reused");
    room.close(request("d", 20), record, "").unwrap();
    room.close(request("d", 21), record, "").unwrap();
    room.note(request("b", 22), record, "경찰에 같이 갔어요").unwrap();
    assert_eq!(refused(room.note(request("e", 22), record, "더")), "compartment.closed");
    assert_eq!(refused(room.close(request("e", 22), record, "")), "compartment.closed");
    assert_eq!(refused(room.note(request("e", 22), RecordId(1), "더")), "compartment.unknown");
    let before = room.read(&[record, other]).unwrap();
    assert_eq!(before[0].1.len(), 3);
    assert!(before[0].1.is_sorted_by(|a, b| a.at < b.at), "also when the clock went back");
    assert!(matches!(&before[0].1[0].said, Said::TakenIn { name, .. } if name == "새벽"));
    assert!(before[0].0.closed && !before[1].0.closed);
    let listed: Vec<RecordId> = room.list().iter().map(|one| one.record).collect();
    assert_eq!(listed, [other, record], "open ones first");
    drop(room);
    let again = open(folder.path(), &[1], 2).unwrap();
    assert_eq!(again.read(&[record, other]).unwrap(), before);
}

#[test]
fn looks_are_kept_before_they_are_answered() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let record = room.take_in(request("a", 10), &wish("새벽")).unwrap();
    assert!(room.looks(None, 10).unwrap().is_empty());
    for _ in 0..3 {
        room.looked(vec![look(record)]).unwrap().wait().unwrap();
    }
    let newest = room.looks(None, 2).unwrap();
    assert_eq!(newest.iter().map(|entry| entry.no.0).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(Room::record_of(&newest[0].look), record);
    assert_eq!(room.looks(Some(newest[1].no), 2).unwrap().len(), 1);
    drop(room);
    access::Readers::open(&folder.path().join(LOOKS)).unwrap().verify(None).unwrap();
}

/// All bytes of a folder's files.
fn bytes(folder: &Path) -> Vec<u8> {
    let files = std::fs::read_dir(folder).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

fn has(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn its_files_tell_no_name_no_order_and_no_length() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let mut ids = Vec::new();
    for nth in 0..40 {
        ids.push(room.take_in(request(&format!("key-{nth}"), nth), &wish("김새벽")).unwrap());
    }
    room.note(request("long", 50), ids[0], &"길어요 ".repeat(40)).unwrap();
    let told = bytes(folder.path());
    for part in ["김새벽", "010-5555-4444", "밤에 무서워요", "길어요", "acc_0000000000001", "key-7"]
    {
        assert!(!has(&told, part), "{part}");
    }
    assert!(has(&told, &ids[0].to_string()), "the test looks at the right bytes");
    let different: BTreeSet<RecordId> = ids.iter().copied().collect();
    assert_eq!(different.len(), 40);
    let rising = ids.windows(2).filter(|two| two[0] < two[1]).count();
    assert!((10..30).contains(&rising), "ids rise as often as they fall: {rising} of 39");
    drop(room);
    let connection = rusqlite_of(folder.path());
    let lengths = connection.lengths();
    assert_eq!(lengths.len(), 1, "short texts are all of one length: {lengths:?}");
}

/// The sealed lengths, read past the room.
struct Raw(rusqlite::Connection);

fn rusqlite_of(folder: &Path) -> Raw {
    Raw(rusqlite::Connection::open(folder.join(RECORDS)).unwrap())
}

impl Raw {
    fn lengths(&self) -> BTreeSet<i64> {
        let mut statement = self.0.prepare("SELECT length(sealed) FROM pages").unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

#[test]
fn a_wrong_key_a_second_opener_and_a_changed_file_are_refused() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let one = room.take_in(request("a", 1), &wish("새벽")).unwrap();
    room.take_in(request("b", 2), &wish("노을")).unwrap();
    let second = open(folder.path(), &[1], 2).unwrap_err();
    assert!(matches!(second, Error::Looks(access::Error::InUse)), "{second}");
    drop(room);
    let wrong = open(folder.path(), &[2], 2).unwrap_err().to_string();
    assert!(wrong.contains("not among the keys at hand"), "{wrong}");
    // Moved to another record, a page is refused and not misread.
    let raw = rusqlite_of(folder.path());
    raw.0.execute("UPDATE pages SET record = ?1", [one.to_string()]).unwrap();
    drop(raw);
    let moved = open(folder.path(), &[1], 2).unwrap_err();
    assert!(matches!(moved, Error::Damaged(_)), "{moved}");
}

#[test]
fn its_master_key_is_changed() {
    let folder = TempDir::new();
    let record = open(folder.path(), &[1], 1).unwrap().take_in(request("a", 1), &wish("새벽")).unwrap();
    let under = || {
        let keys = compartment::keys(&folder.path().join(RECORDS)).unwrap();
        keys.into_iter().map(|key| key.master).collect::<BTreeSet<_>>()
    };
    let old = under();
    drop(open(folder.path(), &[2, 1], 2).unwrap());
    assert_ne!(under(), old);
    // The old one is of no use any more.
    assert!(open(folder.path(), &[1], 3).is_err());
    let room = open(folder.path(), &[2], 3).unwrap();
    assert_eq!(room.read(&[record]).unwrap()[0].1.len(), 1);
    assert!(compartment::keys(&folder.path().join("nowhere")).unwrap().is_empty());
}

#[test]
fn its_keys_are_changed_while_it_is_open() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let record = room.take_in(request("a", 1), &wish("새벽")).unwrap();
    let keys = || compartment::keys(&folder.path().join(RECORDS)).unwrap();
    let under = |no: u32| keys().into_iter().find(|key| key.no == no).map(|key| key.master);
    let first = under(1).unwrap();
    // A master key that opens nothing changes nothing.
    assert!(room.reseal(&masters(&[9]), true).is_err());
    assert_eq!((under(1), keys().len()), (Some(first.clone()), 2));
    // Another master key alone: what is sealed stays sealed under the data key that is in use, which is never removed.
    let done = room.reseal(&masters(&[2, 1]), false).unwrap();
    assert_eq!((done.rewrapped, done.removed), (2, Vec::new()));
    assert!(under(1).is_some_and(|master| master != first) && keys().len() == 2);
    // A data key more: everything is sealed under it, and the one before is gone.
    let done = room.reseal(&masters(&[2]), true).unwrap();
    assert_eq!((done.rewrapped, done.removed), (0, vec![1]));
    assert_eq!((under(1), under(3).is_some()), (None, true));
    // It goes on, also with requests that came before.
    assert_eq!(room.take_in(request("a", 2), &wish("새벽")).unwrap(), record);
    room.note(request("b", 3), record, "경찰에 같이 갔어요").unwrap();
    assert_eq!(room.read(&[record]).unwrap()[0].1.len(), 2);
    drop(room);
    let again = open(folder.path(), &[2], 2).unwrap();
    assert_eq!(again.read(&[record]).unwrap()[0].1.len(), 2);
    // Something that doesn't open: nothing is changed, and no key is lost with which it could be opened again.
    drop(again);
    let raw = rusqlite_of(folder.path());
    raw.0
        .execute(
            "UPDATE pages SET sealed = CAST(substr(sealed, 1, 40) || zeroblob(length(sealed) - 40) AS BLOB)",
            [],
        )
        .unwrap();
    drop(raw);
    assert!(open(folder.path(), &[2], 3).is_err());
    assert_eq!(keys().len(), 2);
}

#[test]
fn a_broken_page_keeps_its_key() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    room.take_in(request("a", 1), &wish("새벽")).unwrap();
    rusqlite_of(folder.path()).0.execute("UPDATE pages SET record = ?1", [RecordId(1).to_string()]).unwrap();
    assert!(room.reseal(&masters(&[2, 1]), true).is_err());
    let keys = compartment::keys(&folder.path().join(RECORDS)).unwrap();
    assert_eq!(keys.iter().map(|key| key.no).collect::<Vec<_>>(), [1, 2]);
    assert!(keys.iter().all(|key| key.master == masters(&[1]).current()), "nothing was wrapped anew");
}

#[test]
fn what_is_over_goes_whole_and_nothing_else() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let [open_one, recent, over] =
        ["a", "b", "c"].map(|key| room.take_in(request(key, 10), &wish(key)).unwrap());
    room.note(request("d", 20), over, "경찰에 같이 갔어요").unwrap();
    room.close(request("e", 30), over, "끝났어요").unwrap();
    room.close(request("f", 50), recent, "").unwrap();
    room.looked(vec![look(over)]).unwrap().wait().unwrap();
    let before = Instant(40);
    assert_eq!(room.over(before), [over]);
    let has_over = || has(&bytes(folder.path()), &over.to_string());
    assert!(has_over() && room.over(before) == [over], "only told, nothing goes");
    room.let_go(before).unwrap();
    assert!(room.over(before).is_empty() && room.read(&[over]).unwrap().is_empty());
    assert!(!has(&std::fs::read(folder.path().join(RECORDS)).unwrap(), &over.to_string()), "nor in the file");
    assert_eq!(refused(room.note(request("g", 60), over, "더")), "compartment.unknown");
    room.let_go(before).unwrap();
    assert_eq!(room.read(&[open_one, recent]).unwrap().len(), 2);
    // Looks go by a date of their own.
    assert_eq!(room.looks(None, 9).unwrap().len(), 1);
    room.let_go_looks(Instant(6), Instant(70)).unwrap();
    assert!(room.looks(None, 9).unwrap().is_empty());
    drop(room);
    access::Readers::open(&folder.path().join(LOOKS)).unwrap().verify(None).unwrap();
    let again = open(folder.path(), &[1], 2).unwrap();
    assert_eq!(again.list().len(), 2);
}

#[test]
fn a_request_is_known_while_and_after_its_index_key_is_changed() {
    let folder = TempDir::new();
    let room = open(folder.path(), &[1], 1).unwrap();
    let record = room.take_in(request("a", 10), &wish("새벽")).unwrap();
    assert!(room.put_index_key(&masters(&[1])).unwrap());
    assert!(!room.put_index_key(&masters(&[1])).unwrap(), "one change at a time");
    assert_eq!(room.take_in(request("a", 11), &wish("새벽")).unwrap(), record);
    let other = room.take_in(request("b", 12), &wish("노을")).unwrap();
    assert_eq!(room.drop_index_keys().unwrap(), [2]);
    assert!(room.drop_index_keys().unwrap().is_empty());
    // Those from before are known as long as the room is open, those from since for good.
    assert_eq!(room.take_in(request("a", 13), &wish("새벽")).unwrap(), record);
    assert_eq!(refused(room.take_in(request("a", 13), &wish("노을"))), "key.reused");
    drop(room);
    let room = open(folder.path(), &[1], 2).unwrap();
    assert_eq!(room.take_in(request("b", 14), &wish("노을")).unwrap(), other);
    assert_eq!(room.list().len(), 2);
}
