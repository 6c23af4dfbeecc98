//! The file: the only place with SQL.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::{Crowd, Cursor, Error, Fate, Message, NewMessage, Outcome, Which};

/// How long a connection waits for another's lock (a backup's, say).
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE cursors (follower TEXT PRIMARY KEY, posting INTEGER NOT NULL, request INTEGER NOT NULL) STRICT;
CREATE TABLE messages (
    no INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    channel TEXT NOT NULL,
    receiver TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL,
    next INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    fate INTEGER NOT NULL DEFAULT 0,
    said TEXT NOT NULL DEFAULT '',
    done INTEGER
) STRICT;
CREATE INDEX messages_waiting ON messages (lane, no) WHERE fate = 0;
CREATE INDEX messages_next ON messages (next) WHERE fate = 0;
CREATE INDEX messages_lane ON messages (lane, no);
CREATE INDEX messages_to ON messages (receiver, channel, no);
CREATE INDEX messages_dead ON messages (no) WHERE fate = 2;
CREATE TABLE tries (
    message INTEGER NOT NULL,
    try INTEGER NOT NULL,
    at INTEGER NOT NULL,
    said TEXT NOT NULL,
    PRIMARY KEY (message, try)
) STRICT, WITHOUT ROWID;
";
/// What was let go of: how many by way, kind and fate, and when the last of them was done.
const DISPOSED: &str = "
CREATE TABLE disposed (
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (channel, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_done ON messages (done) WHERE fate = 1;
PRAGMA user_version = 2;
";
/// Many who are told of one posting, and have not been yet.
const CROWDS: &str = "
CREATE TABLE crowds (posting INTEGER PRIMARY KEY, cause TEXT NOT NULL, people INTEGER NOT NULL) STRICT;
PRAGMA user_version = 3;
";
const VERSION: i64 = 3;
/// As many messages are let go of in one transaction.
const AT_ONCE: i64 = 1_024;

/// As much of what a receiver said as is kept.
const SAID: usize = 200;

macro_rules! columns {
    () => {
        "no, key, lane, channel, receiver, kind, body, at, next, tries, fate, said, done"
    };
}

/// The outbox of a city. One connection, used by one thread at a time: what leaves the house is never in a hurry.
#[derive(Debug)]
pub struct Outbox(Mutex<Connection>);

fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    let fate = match row.get::<_, i64>(10)? {
        0 => Fate::Waiting,
        1 => Fate::Delivered,
        _ => Fate::Dead,
    };
    Ok(Message {
        no: row.get(0)?,
        new: NewMessage {
            key: row.get(1)?,
            lane: row.get(2)?,
            channel: row.get(3)?,
            to: row.get(4)?,
            kind: row.get(5)?,
            body: row.get(6)?,
            at: Instant(row.get(7)?),
            next: Instant(row.get(8)?),
        },
        tries: row.get(9)?,
        fate,
        said: row.get(11)?,
        done: row.get::<_, Option<i64>>(12)?.map(Instant),
    })
}

fn put(connection: &Connection, new: &NewMessage) -> Result<(), Error> {
    const TEXT: &str = "INSERT INTO messages (key, lane, channel, receiver, kind, body, at, next) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (key) DO NOTHING";
    let NewMessage { key, lane, channel, to, kind, body, at, next } = new;
    connection.prepare_cached(TEXT)?.execute(params![key, lane, channel, to, kind, body, at.0, next.0])?;
    Ok(())
}

fn place(connection: &Connection, follower: &str) -> Result<Option<Cursor>, Error> {
    const TEXT: &str = "SELECT posting, request FROM cursors WHERE follower = ?1";
    let found = connection.prepare_cached(TEXT)?.query_row([follower], |row| {
        let number = |column| row.get::<_, i64>(column).map(i64::cast_unsigned);
        Ok(Cursor { posting: number(0)?, request: number(1)? })
    });
    Ok(found.optional()?)
}

fn keep_place(connection: &Connection, follower: &str, at: Cursor) -> Result<(), Error> {
    const TEXT: &str = "INSERT INTO cursors (follower, posting, request) VALUES (?1, ?2, ?3) \
        ON CONFLICT (follower) DO UPDATE SET posting = excluded.posting, request = excluded.request";
    let (posting, request) = (at.posting.cast_signed(), at.request.cast_signed());
    connection.prepare_cached(TEXT)?.execute(params![follower, posting, request])?;
    Ok(())
}

impl Outbox {
    /// Opens the file, or makes it.
    pub fn open(path: &Path) -> Result<Outbox, Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        connection.set_prepared_statement_cache_capacity(32);
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match version {
            VERSION => {}
            2 => connection.execute_batch(&format!("BEGIN IMMEDIATE; {CROWDS} COMMIT;"))?,
            1 => connection.execute_batch(&format!("BEGIN IMMEDIATE; {DISPOSED} {CROWDS} COMMIT;"))?,
            0 => {
                connection
                    .execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} {DISPOSED} {CROWDS} COMMIT;"))?;
            }
            other => return Err(Error::Damaged(format!("its tables are of version {other}, not {VERSION}"))),
        }
        Ok(Outbox(Mutex::new(connection)))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn transaction<T>(&self, work: impl FnOnce(&Connection) -> Result<T, Error>) -> Result<T, Error> {
        let mut connection = self.connection();
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let outcome = work(&transaction)?;
        transaction.commit()?;
        Ok(outcome)
    }

    /// Where a follower stands.
    pub fn cursor(&self, follower: &str) -> Result<Option<Cursor>, Error> {
        place(&self.connection(), follower)
    }

    /// Sets a follower to the journal's end, if it has no place yet: what happened before it came is not told. A follower
    /// that stands behind that end is of another journal.
    pub fn begin(&self, follower: &str, end: Cursor) -> Result<Cursor, Error> {
        self.transaction(|connection| match place(connection, follower)? {
            Some(at) if end.covers(&at) => Ok(at),
            Some(at) => Err(Error::Ahead(at)),
            None => keep_place(connection, follower, end).map(|()| end),
        })
    }

    /// Takes in what follows from the journal up to a place, and moves the follower there. Nothing of it when the follower
    /// is there already (two of them ran).
    pub fn append(&self, follower: &str, upto: Cursor, messages: &[NewMessage]) -> Result<(), Error> {
        self.append_with(follower, upto, messages, &[])
    }

    /// [`Outbox::append`], with crowds that are told later: see [`Outbox::crowd`].
    pub fn append_with(
        &self,
        follower: &str,
        upto: Cursor,
        messages: &[NewMessage],
        crowds: &[Crowd],
    ) -> Result<(), Error> {
        const TEXT: &str = "INSERT INTO crowds (posting, cause, people) VALUES (?1, ?2, ?3)";
        self.transaction(|connection| {
            if place(connection, follower)?.is_some_and(|at| at.covers(&upto)) {
                return Ok(());
            }
            messages.iter().try_for_each(|new| put(connection, new))?;
            for Crowd { posting, cause, people } in crowds {
                connection.prepare_cached(TEXT)?.execute(params![posting.cast_signed(), cause, people])?;
            }
            keep_place(connection, follower, upto)
        })
    }

    /// The crowd that has waited longest to be told.
    pub fn crowd(&self) -> Result<Option<Crowd>, Error> {
        const TEXT: &str = "SELECT posting, cause, people FROM crowds ORDER BY posting LIMIT 1";
        let connection = self.connection();
        let found = connection.prepare_cached(TEXT)?.query_row([], |row| {
            let posting = row.get::<_, i64>(0)?.cast_unsigned();
            Ok(Crowd { posting, cause: row.get(1)?, people: row.get(2)? })
        });
        Ok(found.optional()?)
    }

    /// How many people of one cause are still to be told.
    pub fn untold(&self, cause: &str) -> Result<u64, Error> {
        const TEXT: &str = "SELECT COALESCE(SUM(people), 0) FROM crowds WHERE cause = ?1";
        let people =
            self.connection().prepare_cached(TEXT)?.query_row([cause], |row| row.get::<_, i64>(0))?;
        Ok(people.unsigned_abs())
    }

    /// Takes in what a crowd is told, and lets the crowd go. Nothing of it when the crowd is gone (two told it).
    pub fn tell(&self, posting: u64, messages: &[NewMessage]) -> Result<(), Error> {
        const TEXT: &str = "DELETE FROM crowds WHERE posting = ?1";
        self.transaction(|connection| {
            match connection.prepare_cached(TEXT)?.execute([posting.cast_signed()])? {
                0 => Ok(()),
                _ => messages.iter().try_for_each(|new| put(connection, new)),
            }
        })
    }

    /// What is to be sent now: of each lane the oldest message that waits, if its time has come.
    pub fn due(&self, now: Instant, most: usize) -> Result<Vec<Message>, Error> {
        const TEXT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM messages m WHERE fate = 0 AND next <= ?1 AND NOT EXISTS (SELECT 1 FROM messages e \
             WHERE e.fate = 0 AND e.lane = m.lane AND e.no < m.no) ORDER BY next, no LIMIT ?2"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.query(TEXT, params![now.0, most])
    }

    fn query(&self, text: &str, params: impl rusqlite::Params) -> Result<Vec<Message>, Error> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(text)?;
        let rows = statement.query_map(params, message)?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    }

    /// Keeps what a try came to. A message that doesn't wait any more stays as it is.
    pub fn tried(&self, no: i64, at: Instant, said: &str, outcome: &Outcome) -> Result<(), Error> {
        let said: String = said.chars().filter(|c| !c.is_control()).take(SAID).collect();
        self.transaction(|connection| {
            let (fate, next, done) = match outcome {
                Outcome::Delivered => (1, None, Some(at.0)),
                Outcome::Again(next) => (0, Some(next.0), None),
                Outcome::Dead(_) => (2, None, Some(at.0)),
            };
            const TEXT: &str = "UPDATE messages SET fate = ?2, next = COALESCE(?3, next), done = ?4, said = ?5, \
                tries = tries + 1 WHERE no = ?1 AND fate = 0";
            if connection.prepare_cached(TEXT)?.execute(params![no, fate, next, done, said])? == 0 {
                return Ok(());
            }
            const TRY: &str = "INSERT INTO tries (message, try, at, said) \
                SELECT ?1, COUNT(*) + 1, ?2, ?3 FROM tries WHERE message = ?1";
            connection.prepare_cached(TRY)?.execute(params![no, at.0, said])?;
            match outcome {
                Outcome::Dead(Some(instead)) => put(connection, instead),
                _ => Ok(()),
            }
        })
    }

    /// Sends a message again that was delivered or given up: the same message, under the same key. False when there is no
    /// such message in the lane, or it waits already.
    pub fn again(&self, no: i64, lane: &str, now: Instant) -> Result<bool, Error> {
        const TEXT: &str = "UPDATE messages SET fate = 0, next = ?3, done = NULL, tries = 0 \
            WHERE no = ?1 AND lane = ?2 AND fate <> 0";
        Ok(self.connection().prepare_cached(TEXT)?.execute(params![no, lane, now.0])? > 0)
    }

    /// Somebody told the receiver in person.
    pub fn told(&self, no: i64, at: Instant, by: &str) -> Result<bool, Error> {
        const TEXT: &str = "UPDATE messages SET fate = 1, done = ?2, said = ?3 WHERE no = ?1 AND fate = 2";
        Ok(self.connection().prepare_cached(TEXT)?.execute(params![no, at.0, by])? > 0)
    }

    /// How many messages were delivered before an instant: what [`Outbox::dispose`] would let go of.
    pub fn disposable(&self, before: Instant) -> Result<u64, Error> {
        const TEXT: &str = "SELECT COUNT(*) FROM messages WHERE fate = 1 AND done < ?1";
        let count =
            self.connection().prepare_cached(TEXT)?.query_row([before.0], |row| row.get::<_, i64>(0))?;
        Ok(count.unsigned_abs())
    }

    /// Lets go of what was delivered before an instant, with what its tries came to; how many there were stays. In parts:
    /// one that was cut off goes on with the next call. What nobody received is never let go of. Gives how many.
    pub fn dispose(&self, before: Instant) -> Result<u64, Error> {
        const COUNT: &str = "INSERT INTO disposed (channel, kind, count, until) \
            SELECT channel, kind, COUNT(*), MAX(done) FROM messages WHERE no IN (SELECT no FROM messages \
            WHERE fate = 1 AND done < ?1 ORDER BY done, no LIMIT ?2) GROUP BY channel, kind \
            ON CONFLICT (channel, kind) DO UPDATE SET count = count + excluded.count, \
            until = MAX(until, excluded.until)";
        const TRIES: &str = "DELETE FROM tries WHERE message IN (SELECT no FROM messages \
            WHERE fate = 1 AND done < ?1 ORDER BY done, no LIMIT ?2)";
        const MESSAGES: &str = "DELETE FROM messages WHERE no IN (SELECT no FROM messages \
            WHERE fate = 1 AND done < ?1 ORDER BY done, no LIMIT ?2)";
        let mut gone = 0;
        loop {
            let part = self.transaction(|connection| {
                for text in [COUNT, TRIES] {
                    connection.prepare_cached(text)?.execute(params![before.0, AT_ONCE])?;
                }
                Ok(connection.prepare_cached(MESSAGES)?.execute(params![before.0, AT_ONCE])?)
            })?;
            if part == 0 {
                return Ok(gone);
            }
            gone += part as u64;
        }
    }

    /// What was let go of: way, kind, how many, and when the last of them was delivered.
    pub fn disposed(&self) -> Result<Vec<(String, String, u64, Instant)>, Error> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT channel, kind, count, until FROM disposed ORDER BY channel, kind")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs(), Instant(row.get(3)?)))
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    }

    /// A message.
    pub fn message(&self, no: i64) -> Result<Option<Message>, Error> {
        const TEXT: &str = concat!("SELECT ", columns!(), " FROM messages WHERE no = ?1");
        Ok(self.query(TEXT, [no])?.pop())
    }

    /// The message under a key.
    pub fn keyed(&self, key: &str) -> Result<Option<Message>, Error> {
        const TEXT: &str = concat!("SELECT ", columns!(), " FROM messages WHERE key = ?1");
        Ok(self.query(TEXT, [key])?.pop())
    }

    /// Messages, the newest first.
    pub fn list(&self, which: &Which<'_>, most: usize) -> Result<Vec<Message>, Error> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        macro_rules! newest {
            ($which:literal) => {
                concat!("SELECT ", columns!(), " FROM messages WHERE ", $which, " ORDER BY no DESC LIMIT ?1")
            };
        }
        match which {
            Which::Channel(channel) => self.query(newest!("channel = ?2"), params![most, channel]),
            Which::NotChannel(channel) => self.query(newest!("channel <> ?2"), params![most, channel]),
            Which::Lane(lane) => self.query(newest!("lane = ?2"), params![most, lane]),
            Which::LaneBefore(lane, no) => {
                self.query(newest!("lane = ?2 AND no < ?3"), params![most, lane, no])
            }
            Which::To(to, channel) => {
                self.query(newest!("receiver = ?2 AND channel = ?3"), params![most, to, channel])
            }
            Which::DeadNotChannel(channel) => {
                self.query(newest!("fate = 2 AND channel <> ?2"), params![most, channel])
            }
        }
    }

    /// What each try of a message came to: when, and what was said.
    pub fn tries(&self, no: i64) -> Result<Vec<(Instant, String)>, Error> {
        let connection = self.connection();
        let mut statement =
            connection.prepare_cached("SELECT at, said FROM tries WHERE message = ?1 ORDER BY try")?;
        let rows = statement.query_map([no], |row| Ok((Instant(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?)
    }
}
