//! What is kept, what is told, and what is refused.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use access::{AccessLedger, Busy, Error, Failure, Kept, LookNo, Options};
use base::{Instant, PersonId};
use common::{Place, look, nth};

/// Callers on many threads, each waiting for its looks: places have no gaps, nothing is lost, groups are shared.
#[test]
fn many_callers_share_groups() {
    const CALLERS: u64 = 32;
    const CALLS: u64 = 40;
    let place = Place::new();
    let (handle, joiner) = place.open();
    let mut kept: Vec<(Kept, u64)> = std::thread::scope(|scope| {
        let caller = |caller: u64| {
            let handle = handle.clone();
            move || {
                let call = |call: u64| {
                    let looks = (0..1 + call % 3).map(|_| look(1, &format!("acc_{caller}"), call)).collect();
                    (handle.record(looks).unwrap().wait().unwrap(), caller)
                };
                (0..CALLS).map(call).collect::<Vec<_>>()
            }
        };
        let threads: Vec<_> = (0..CALLERS).map(|number| scope.spawn(caller(number))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    kept.sort_by_key(|(kept, _)| kept.first);
    let readers = handle.readers();
    let mut next = LookNo(1);
    for (kept, caller) in &kept {
        assert_eq!(kept.first, next);
        next = LookNo(next.0 + kept.count);
        let page = readers.of_account(&format!("acc_{caller}"), None, 1_000).unwrap();
        assert!(page.iter().any(|entry| entry.no == kept.first), "{kept:?}");
    }
    let all: u64 = (0..CALLS).map(|call| 1 + call % 3).sum::<u64>() * CALLERS;
    assert_eq!(next, LookNo(all + 1));
    assert_eq!(handle.head().no, LookNo(all));
    let groups = readers.heads(LookNo(0), usize::MAX).unwrap();
    assert!(groups.len() < kept.len(), "{} groups for {} calls", groups.len(), kept.len());
    assert_eq!(groups.last().copied(), Some(handle.head()));
    assert_eq!(readers.verify(None).unwrap().to, handle.head());
    drop((handle, readers));
    joiner.join().unwrap();
}

#[test]
fn a_history_is_read_page_by_page() {
    let place = Place::filled(200);
    for reopened in [false, true] {
        // A ledger that was closed has its lists; what comes now is found without them.
        let (handle, joiner) = place.open();
        let readers = handle.readers();
        let many = if reopened { 230 } else { 215 };
        for n in (many - 14)..=many {
            handle.record(vec![nth(n)]).unwrap().wait().unwrap();
        }
        let mut before = None;
        let mut seen = Vec::new();
        loop {
            let page = readers.of_person(PersonId(2), before, 7).unwrap();
            before = page.last().map(|entry| entry.no);
            seen.extend(page.into_iter().map(|entry| (entry.no.0, entry.look)));
            if before.is_none() {
                break;
            }
        }
        let expected = (1..=many).rev().filter(|n| n % 5 == 2).map(|n| (n.cast_unsigned(), nth(n)));
        assert_eq!(seen, expected.collect::<Vec<_>>());
        let page = readers.of_account("acc_1", Some(LookNo(100)), 3).unwrap();
        assert_eq!(page.iter().map(|entry| entry.no.0).collect::<Vec<_>>(), [97, 94, 91]);
        // Somebody else's entry, or none, as a place to go on from shows nothing.
        for place in [0, 99, 1_000, u64::MAX] {
            assert!(readers.of_person(PersonId(2), Some(LookNo(place)), 7).unwrap().is_empty(), "{place}");
            assert!(readers.of_account("acc_1", Some(LookNo(place)), 7).unwrap().is_empty(), "{place}");
        }
        assert!(readers.of_person(PersonId(77), None, 7).unwrap().is_empty());
        assert!(readers.of_account("per_0000000000002", None, 7).unwrap().is_empty());
        drop((handle, readers));
        joiner.join().unwrap();
    }
}

/// Clocks go back, and many looks have one instant.
#[test]
fn a_time_is_read_page_by_page() {
    let place = Place::new();
    let (handle, joiner) = place.open();
    let instants = [50, 40, 60, 50, 50, 10, 70, 50, 40, -5];
    for at in instants {
        handle.record(vec![look(at, "acc_1", 1)]).unwrap().wait().unwrap();
    }
    let readers = handle.readers();
    let mut expected: Vec<_> = (1..).map(LookNo).zip(instants).map(|(no, at)| (Instant(at), no)).collect();
    expected.sort_unstable();
    for (from, until) in [(-9, 100), (40, 60), (50, 51), (41, 50), (70, 70), (60, 10)] {
        let inside = |(at, _): &&(Instant, LookNo)| (from..until).contains(&at.0);
        let expected: Vec<_> = expected.iter().filter(inside).copied().collect();
        for n in 1..5 {
            let mut seen = Vec::new();
            let page = |after| readers.between(Instant(from), Instant(until), after, n).unwrap().into_iter();
            loop {
                let page: Vec<_> =
                    page(seen.last().copied()).map(|entry| (entry.look.at, entry.no)).collect();
                if page.is_empty() {
                    break;
                }
                seen.extend(page);
            }
            assert_eq!(seen, expected, "{from}..{until} by {n}");
        }
        assert_eq!(readers.count(Instant(from), Instant(until)).unwrap(), expected.len() as u64);
    }
    assert_eq!(readers.verify(None).unwrap().to.no, LookNo(10));
    drop((handle, readers));
    joiner.join().unwrap();
}

#[test]
fn a_look_that_cannot_be_kept_is_refused_with_its_call() {
    let place = Place::new();
    let (handle, joiner) = place.open();
    for (field, change) in [
        ("who", (|look| look.who.clear()) as fn(&mut access::Look)),
        ("role", |look| look.role = "x".repeat(201)),
        ("what", |look| look.what.push('\0')),
        ("purpose", |look| look.purpose.push('\n')),
        ("from", |look| look.from.clear()),
        ("task", |look| look.task = Some(String::new())),
        ("reason", |look| look.reason = Some("가".repeat(700))),
    ] {
        let mut bad = nth(1);
        change(&mut bad);
        let outcome = handle.record(vec![nth(1), bad]).unwrap().wait();
        assert_eq!(outcome, Err(Failure::Malformed { field }));
    }
    let mut long = nth(1);
    (long.reason, long.who) = (Some("가".repeat(600)), "x".repeat(200));
    assert_eq!(handle.record(vec![long.clone()]).unwrap().wait(), Ok(Kept { first: LookNo(1), count: 1 }));
    assert_eq!(handle.readers().of_person(long.whom, None, 9).unwrap()[0].look, long);
    assert_eq!(handle.record(Vec::new()).unwrap().wait().unwrap().count, 0);
    assert_eq!(handle.head().no, LookNo(1));
    drop(handle);
    joiner.join().unwrap();
}

/// While another holds the file, looks wait; when too many do, nothing more is taken, and what was taken is kept.
#[test]
fn a_full_queue_says_so() {
    let place = Place::new();
    let options = Options { queue: 10, group: 4, ..Options::default() };
    let (handle, joiner) = AccessLedger::open(&place.file, options).unwrap();
    let other = rusqlite::Connection::open(&place.file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut pending = Vec::new();
    let busy = loop {
        match handle.record(vec![nth(1), nth(2)]) {
            Ok(answer) => pending.push(answer),
            Err(busy) => break busy,
        }
        assert!(pending.len() < 100, "it never is full");
    };
    assert_eq!(busy, Busy::Full);
    // Five calls wait, and at most two are under way.
    assert!((5..=7).contains(&pending.len()), "{}", pending.len());
    assert!(handle.waiting() <= 10);
    other.execute_batch("ROLLBACK").unwrap();
    let calls = pending.len() as u64;
    for answer in pending {
        assert_eq!(answer.wait().unwrap().count, 2);
    }
    assert_eq!(handle.head().no, LookNo(calls * 2));
    // A call that is larger than the queue passes alone.
    assert_eq!(handle.record((1..=50).map(nth).collect()).unwrap().wait().unwrap().count, 50);
    drop(handle);
    joiner.join().unwrap();
}

/// What waits when the last handle goes is kept; and its future says so.
#[tokio::test]
async fn the_last_handle_leaves_nothing_behind() {
    let place = Place::new();
    let (handle, joiner) = place.open();
    let pending: Vec<_> = (1..=500).map(|n| handle.record(vec![nth(n)]).unwrap()).collect();
    let readers = handle.readers();
    drop(handle);
    for (n, answer) in (1..).zip(pending) {
        assert_eq!(answer.await, Ok(Kept { first: LookNo(n), count: 1 }));
    }
    tokio::task::spawn_blocking(|| joiner.join()).await.unwrap().unwrap();
    assert_eq!(readers.verify(None).unwrap().to.no, LookNo(500));
    let (handle, _joiner) = place.open();
    assert_eq!(handle.head(), readers.head().unwrap());
}

#[test]
fn one_process_writes() {
    let place = Place::new();
    let (handle, joiner) = place.open();
    assert!(matches!(AccessLedger::open(&place.file, Options::default()), Err(Error::InUse)));
    drop(handle);
    joiner.join().unwrap();
    place.open();
}

/// Readers see old states as long as they like; the writer goes on.
#[test]
fn readers_never_block_the_writer() {
    let place = Place::filled(10);
    let (handle, joiner) = place.open();
    let other = rusqlite::Connection::open(&place.file).unwrap();
    other.execute_batch("BEGIN").unwrap();
    let count = || other.query_row("SELECT count(*) FROM looks", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count(), 10);
    // Far enough for the file to be tended twice.
    for _ in 0..70 {
        handle
            .record((0..500).map(|n| look(n, "acc_9", n.cast_unsigned())).collect())
            .unwrap()
            .wait()
            .unwrap();
    }
    assert_eq!(count(), 10);
    drop(other);
    assert_eq!(handle.readers().verify(None).unwrap().to.no, LookNo(35_010));
    assert_eq!(handle.readers().of_person(PersonId(499), None, 999).unwrap().len(), 70);
    drop(handle);
    joiner.join().unwrap();
}
