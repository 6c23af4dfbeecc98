//! kill -9 at any moment: what was resolved is there, and the chain is whole.
#![expect(clippy::unwrap_used, reason = "a failure here is a failed test")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use access::{AccessLedger, LookNo, Options, Readers};
use base::{Entropy, Instant, Seeded};
use common::{Place, look};
use testkit::Guarded;

const CHILD: &str = "ONGOEUL_TEST_ACCESS_CHILD";
const CALLERS: u64 = 16;

/// Records for ever, and says of each call's looks what was kept.
fn child(file: &Path) {
    let (handle, _joiner) = AccessLedger::open(file, Options::default()).unwrap();
    let at = Arc::new(AtomicI64::new(0));
    std::thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (handle, at) = (handle.clone(), Arc::clone(&at));
            scope.spawn(move || {
                loop {
                    let at = at.fetch_add(1, Ordering::Relaxed);
                    let who = format!("acc_{caller}");
                    let looks = (0..1 + at % 7).map(|_| look(at, &who, caller)).collect();
                    let kept = handle.record(looks).unwrap().wait().unwrap();
                    let line = format!("\nkept {} {} {who} {at} .\n", kept.first, kept.count);
                    std::io::stdout().write_all(line.as_bytes()).unwrap();
                }
            });
        }
    });
}

#[test]
fn what_was_resolved_survives_a_kill() {
    if let Some(file) = std::env::var_os(CHILD) {
        return child(Path::new(&file));
    }
    let place = Place::new();
    let mut dice = Seeded::new(11);
    let mut all = 0;
    for life in 0..6 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["what_was_resolved_survives_a_kill", "--exact", "--nocapture"]).env(CHILD, &place.file);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = Guarded::spawn(command);
        let said = BufReader::new(process.child().stdout.take().unwrap());
        let reader = std::thread::spawn(move || {
            let lines = said.lines().map_while(Result::ok);
            lines.filter(|line| line.starts_with("kept ") && line.ends_with(" .")).collect::<Vec<_>>()
        });
        std::thread::sleep(Duration::from_millis(300 + dice.below(700)));
        process.kill9();
        let kept = reader.join().unwrap();
        all += kept.len();
        let readers = Readers::open(&place.file).unwrap();
        let mut last = 0;
        for line in &kept {
            let words: Vec<&str> = line.split(' ').collect();
            let (first, count): (u64, u64) = (words[1].parse().unwrap(), words[2].parse().unwrap());
            last = last.max(first + count - 1);
            let (at, until) = (Instant(words[4].parse().unwrap()), Instant(i64::MAX));
            let after = Some((at, LookNo(first - 1)));
            let found = readers.between(at, until, after, usize::try_from(count).unwrap()).unwrap();
            assert_eq!(found.len() as u64, count, "life {life}: {line}");
            for (entry, no) in found.iter().zip(first..) {
                assert_eq!(
                    (entry.no.0, entry.look.who.as_str(), entry.look.at),
                    (no, words[3], at),
                    "{line}"
                );
            }
        }
        let verified = readers.verify(None).unwrap();
        assert!(verified.to.no.0 >= last, "life {life}: {} < {last}", verified.to.no);
    }
    assert!(all > 100, "only {all} calls were told");
    // And it goes on.
    let (handle, joiner) = place.open();
    handle.record(vec![look(1, "acc_1", 1)]).unwrap().wait().unwrap();
    drop(handle);
    joiner.join().unwrap();
}
