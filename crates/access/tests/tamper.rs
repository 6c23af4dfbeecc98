//! What was changed, taken out, put in or cut off is found and named.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use access::{AccessLedger, Broken, Error, Head, LookNo, NotVerified, Options, Readers};
use base::{Instant, PersonId};
use common::{Place, nth};

fn broken(place: &Place, from: Option<Head>) -> Option<Broken> {
    match Readers::open(&place.file).unwrap().verify(from) {
        Ok(_) => None,
        Err(NotVerified::Broken(broken)) => Some(broken),
        Err(NotVerified::Error(error)) => panic!("{error}"),
    }
}

#[test]
fn every_change_is_named() {
    let no = LookNo;
    let person = PersonId(77).to_string();
    let elsewhere = format!("UPDATE looks SET whom = '{person}' WHERE no = 50");
    let cases: &[(&str, Broken)] = &[
        ("UPDATE looks SET at = at + 1 WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET who = 'acc_9' WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET role = 'officer' WHERE no = 50", Broken::Changed(no(50))),
        (&elsewhere, Broken::Changed(no(50))),
        ("UPDATE looks SET whom = 'nobody' WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET what = 'x' WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET purpose = 'x' WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET source = '10.0.0.2' WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET reason = NULL WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET task = 'tsk_1' WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET whom_before = 1 WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET who_before = 1 WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET hash = zeroblob(32) WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET hash = zeroblob(31) WHERE no = 50", Broken::Changed(no(50))),
        ("UPDATE looks SET at = at + 1 WHERE no IN (40, 60)", Broken::Changed(no(40))),
        ("DELETE FROM looks WHERE no = 1", Broken::Missing(no(1))),
        ("DELETE FROM looks WHERE no = 50", Broken::Missing(no(50))),
        // The places behind it moved up: what stands there now was written elsewhere.
        (
            "DELETE FROM looks WHERE no = 50; UPDATE looks SET no = no - 1 WHERE no > 50",
            Broken::Changed(no(50)),
        ),
        (
            "UPDATE looks SET no = -no WHERE no > 50; UPDATE looks SET no = 1 - no WHERE no < 0;
             INSERT INTO looks SELECT 51, at, who, role, whom, what, purpose, source, reason, task, whom_before,
                 who_before, hash FROM looks WHERE no = 50",
            Broken::Changed(no(51)),
        ),
        (
            "INSERT INTO looks SELECT 101, at, who, role, whom, what, purpose, source, reason, task, whom_before,
                 who_before, hash FROM looks WHERE no = 50",
            Broken::Changed(no(101)),
        ),
        (
            "INSERT INTO looks SELECT 0, at, who, role, whom, what, purpose, source, reason, task, whom_before,
                 who_before, hash FROM looks WHERE no = 50",
            Broken::Stray(no(0)),
        ),
        ("DELETE FROM looks WHERE no > 95", Broken::CutOff { last: no(95), kept: no(100) }),
        ("DELETE FROM looks WHERE no > 90", Broken::CutOff { last: no(90), kept: no(100) }),
        ("DELETE FROM looks", Broken::CutOff { last: no(0), kept: no(10) }),
        ("DELETE FROM heads WHERE no = 100", Broken::Head(no(100))),
        ("UPDATE heads SET hash = zeroblob(32) WHERE no = 50", Broken::Head(no(50))),
        ("DELETE FROM latest WHERE id = 'acc_1'", Broken::Latest("acc_1".to_owned())),
        ("UPDATE latest SET no = 1 WHERE id = 'acc_1'", Broken::Latest("acc_1".to_owned())),
        ("INSERT INTO latest VALUES (1, 'acc_9', 50)", Broken::Latest("acc_9".to_owned())),
        // Hidden from its person: the list leads to the entry before.
        (
            "UPDATE latest SET no = 90 WHERE kind = 0 AND no = 100",
            Broken::Latest(PersonId(0).to_string()),
        ),
    ];
    for (sql, expected) in cases {
        let place = Place::filled(100);
        assert_eq!(broken(&place, None), None);
        place.tamper(sql);
        assert_eq!(broken(&place, None).as_ref(), Some(expected), "{sql}");
    }
}

/// A verification from a kept head covers what is after it, and the head itself.
#[test]
fn from_a_head_that_was_kept() {
    let place = Place::filled(100);
    let readers = Readers::open(&place.file).unwrap();
    let heads = readers.heads(LookNo(0), 100).unwrap();
    assert_eq!(
        heads.iter().map(|head| head.no.0).collect::<Vec<_>>(),
        (10..=100).step_by(10).collect::<Vec<_>>()
    );
    assert_eq!(readers.heads(LookNo(35), 2).unwrap(), heads[3..5]);
    let verified = readers.verify(Some(heads[4])).unwrap();
    assert_eq!((verified.from, verified.to), (heads[4], heads[9]));
    assert_eq!(readers.verify(Some(heads[9])).unwrap().to, heads[9]);
    assert_eq!(readers.compare(&heads).unwrap(), 10);
    place.tamper("UPDATE looks SET role = 'officer' WHERE no = 30");
    assert_eq!(broken(&place, None), Some(Broken::Changed(LookNo(30))));
    assert_eq!(broken(&place, Some(heads[4])), None);
    place.tamper("UPDATE looks SET role = 'officer' WHERE no = 70");
    assert_eq!(broken(&place, Some(heads[4])), Some(Broken::Changed(LookNo(70))));
    let forged = Head { hash: heads[3].hash, ..heads[4] };
    assert_eq!(broken(&place, Some(forged)), Some(Broken::Rewritten(LookNo(50))));
}

/// Someone who may write the file writes it anew, without the look that troubles them, or cuts it off with all that
/// belongs to it: in itself the file is right, but not beside the heads that were kept.
#[test]
fn kept_heads_find_what_the_file_cannot_show() {
    let place = Place::filled(100);
    let kept = Readers::open(&place.file).unwrap().heads(LookNo(0), 100).unwrap();
    let cut = Place::filled(80);
    assert_eq!(broken(&cut, None), None);
    let compare = |place: &Place| match Readers::open(&place.file).unwrap().compare(&kept) {
        Err(NotVerified::Broken(broken)) => broken,
        other => panic!("{other:?}"),
    };
    assert_eq!(compare(&cut), Broken::CutOff { last: LookNo(80), kept: LookNo(90) });
    assert_eq!(broken(&cut, Some(kept[9])), Some(Broken::CutOff { last: LookNo(80), kept: LookNo(100) }));
    let anew = Place::new();
    let (handle, joiner) = anew.open();
    for n in (1..=101).filter(|n| *n != 50) {
        handle.record(vec![nth(n)]).unwrap().wait().unwrap();
    }
    drop(handle);
    joiner.join().unwrap();
    assert_eq!(broken(&anew, None), None);
    assert_eq!(compare(&anew), Broken::Rewritten(LookNo(50)));
}

/// What is cut off without its group's heads is missed at the next start already.
#[test]
fn a_damaged_end_refuses_to_start() {
    for sql in ["DELETE FROM looks WHERE no > 95", "DELETE FROM heads WHERE no > 95", "DELETE FROM looks"] {
        let place = Place::filled(100);
        place.tamper(sql);
        let outcome = AccessLedger::open(&place.file, Options::default()).map(|_| ());
        assert!(matches!(outcome, Err(Error::Damaged(_))), "{sql}: {outcome:?}");
    }
    let place = Place::filled(1);
    place.tamper("PRAGMA user_version = 2");
    let outcome = AccessLedger::open(&place.file, Options::default()).map(|_| ());
    assert!(matches!(outcome, Err(Error::Damaged(_))), "{outcome:?}");
}

/// A walk never shows one person another's looks, nor runs in circles, whatever the file says.
#[test]
fn a_changed_link_is_an_error_for_readers() {
    for sql in [
        "UPDATE looks SET whom_before = 99 WHERE no = 100",
        "UPDATE looks SET whom_before = 100 WHERE no = 95",
        "UPDATE looks SET whom = 'nobody' WHERE no = 95",
        "DELETE FROM looks WHERE no = 95",
    ] {
        let place = Place::filled(100);
        place.tamper(sql);
        let outcome = Readers::open(&place.file).unwrap().of_person(PersonId(0), None, 100);
        assert!(matches!(outcome, Err(Error::Damaged(_))), "{sql}: {outcome:?}");
    }
}

#[test]
fn what_is_old_is_disposed_of_and_the_rest_can_be_verified() {
    let place = Place::filled(6_000);
    let (handle, joiner) = place.open();
    let readers = handle.readers();
    let kept = readers.heads(LookNo(0), 1_000).unwrap();
    assert_eq!(readers.disposable(Instant(5_001)).unwrap(), 5_000);
    assert_eq!(handle.head().no, LookNo(6_000));
    let disposal = handle.dispose_before(Instant(5_001), Instant(9_000)).unwrap().wait().unwrap().unwrap();
    assert_eq!((disposal.first, disposal.last.no, disposal.count()), (LookNo(1), LookNo(5_000), 5_000));
    assert_eq!((disposal.before, disposal.at), (Instant(5_001), Instant(9_000)));
    // The anchor is a head that was kept.
    assert_eq!(disposal.last, kept[499]);
    assert_eq!(readers.disposals(9).unwrap(), [disposal]);
    assert_eq!(readers.count(Instant(0), Instant(9_999)).unwrap(), 1_000);
    let verified = readers.verify(None).unwrap();
    assert_eq!((verified.from, verified.to), (disposal.last, handle.head()));
    assert_eq!(readers.verify(Some(kept[10])).unwrap(), verified);
    assert_eq!(readers.compare(&kept).unwrap(), 101);
    assert_eq!(readers.of_person(PersonId(2), None, 9_999).unwrap().len(), 200);
    // Nothing more is that old; then the rest goes, people and all.
    assert_eq!(handle.dispose_before(Instant(5_001), Instant(9_001)).unwrap().wait(), Ok(None));
    handle.record(vec![nth(7_000)]).unwrap().wait().unwrap();
    let rest = handle.dispose_before(Instant(7_000), Instant(9_002)).unwrap().wait().unwrap().unwrap();
    assert_eq!((rest.first, rest.last.no, rest.count()), (LookNo(5_001), LookNo(6_000), 1_000));
    assert_eq!(readers.disposals(9).unwrap(), [rest, disposal]);
    handle.record(vec![nth(7_001)]).unwrap().wait().unwrap();
    assert_eq!(readers.verify(None).unwrap().to.no, LookNo(6_002));
    assert!(readers.of_person(PersonId(2), None, 9).unwrap().is_empty());
    drop((handle, readers));
    joiner.join().unwrap();
    let left = || {
        let file = rusqlite::Connection::open(&place.file).unwrap();
        file.query_row("SELECT count(*) FROM latest", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!(left(), 4);
    // All of it goes; the chain goes on from the anchor.
    let (handle, joiner) = place.open();
    let readers = handle.readers();
    assert_eq!(readers.disposable(Instant(i64::MAX)).unwrap(), 2);
    let all = handle.dispose_before(Instant(i64::MAX), Instant(9_003)).unwrap().wait().unwrap().unwrap();
    assert_eq!((all.last.no, handle.head()), (LookNo(6_002), all.last));
    drop((handle, readers));
    joiner.join().unwrap();
    let (handle, joiner) = place.open();
    assert_eq!(handle.record(vec![nth(8_000)]).unwrap().wait().unwrap().first, LookNo(6_003));
    assert_eq!(handle.readers().verify(None).unwrap().from, all.last);
    drop(handle);
    joiner.join().unwrap();
    place.tamper("UPDATE disposals SET hash = zeroblob(32) WHERE last = 6002");
    assert_eq!(broken(&place, None), Some(Broken::Changed(LookNo(6_003))));
}

/// Entries are disposed of in the order of their places: one with a clock that was ahead keeps those behind it.
#[test]
fn a_clock_that_was_ahead_keeps_what_follows() {
    let place = Place::new();
    let (handle, joiner) = place.open();
    for at in [10, 5, 99, 7, 8] {
        handle.record(vec![nth(at)]).unwrap().wait().unwrap();
    }
    assert_eq!(handle.readers().disposable(Instant(50)).unwrap(), 2);
    let disposal = handle.dispose_before(Instant(50), Instant(50)).unwrap().wait().unwrap().unwrap();
    assert_eq!(disposal.last.no, LookNo(2));
    assert_eq!(handle.readers().verify(None).unwrap().to.no, LookNo(5));
    drop(handle);
    joiner.join().unwrap();
}

/// Looks pass between the parts of a disposal, and a verification that is overtaken by it is right all the same.
#[test]
fn a_disposal_lets_others_pass() {
    let place = Place::filled(20_000);
    let (handle, joiner) = place.open();
    let disposal = handle.dispose_before(Instant(15_001), Instant(30_000)).unwrap();
    let mut between = 0;
    while handle.readers().disposable(Instant(15_001)).unwrap() > 0 {
        handle.record(vec![nth(20_001)]).unwrap().wait().unwrap();
        handle.readers().verify(None).unwrap();
        between += 1;
    }
    assert_eq!(disposal.wait().unwrap().unwrap().count(), 15_000);
    assert!(between > 0);
    assert_eq!(handle.readers().verify(None).unwrap().from.no, LookNo(15_000));
    drop(handle);
    joiner.join().unwrap();
}
