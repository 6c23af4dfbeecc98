//! Looks, and a ledger in a folder of its own.
#![allow(dead_code, reason = "each test file uses its own part of it")]

use std::path::PathBuf;

use access::{AccessLedger, Handle, Joiner, Look, Options};
use base::{Instant, PersonId};
use rusqlite::Connection;
use testkit::TempDir;

/// Of a moment, by an account, at a person.
pub fn look(at: i64, who: &str, whom: u64) -> Look {
    Look {
        at: Instant(at),
        who: who.to_owned(),
        role: "clerk".to_owned(),
        whom: PersonId(whom),
        what: "window.person".to_owned(),
        purpose: "intake".to_owned(),
        from: "10.0.0.1".to_owned(),
        reason: (at % 5 == 0).then(|| "확인".to_owned()),
        task: (at % 3 == 0).then(|| format!("tsk_{at}")),
    }
}

pub struct Place {
    pub folder: TempDir,
    pub file: PathBuf,
}

impl Place {
    pub fn new() -> Place {
        let folder = TempDir::new();
        let file = folder.path().join("access.sqlite");
        Place { folder, file }
    }

    pub fn open(&self) -> (Handle, Joiner) {
        AccessLedger::open(&self.file, Options::default()).unwrap()
    }

    /// A closed ledger of `many` looks: instants from 1, accounts `acc_0` to `acc_2`, people 0 to 4 in turns, in groups
    /// of 10.
    pub fn filled(many: i64) -> Place {
        let place = Place::new();
        let (handle, joiner) = place.open();
        let all: Vec<Look> = (1..=many).map(nth).collect();
        for group in all.chunks(10) {
            handle.record(group.to_vec()).unwrap().wait().unwrap();
        }
        drop(handle);
        joiner.join().unwrap();
        place
    }

    /// Behind the ledger's back.
    pub fn tamper(&self, sql: &str) {
        Connection::open(&self.file).unwrap().execute_batch(sql).unwrap();
    }
}

/// The look number `n` of [`Place::filled`].
pub fn nth(n: i64) -> Look {
    look(n, &format!("acc_{}", n % 3), (n % 5).cast_unsigned())
}
