//! The ledger's file: the only place with SQL.

mod read;
mod verify;
mod write;

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Row};

pub use self::read::Readers;
pub(crate) use self::write::{Chunk, Writer};
use crate::{Disposal, Entry, Error, Hash, Head, Look, LookNo};

/// How long a connection waits for another's lock.
const BUSY: Duration = Duration::from_secs(5);

/// No index by person or account: with random ids such an index is written at a random place for every look.
/// Measured with 3,000,000 entries of 650,000 people, 8 KiB pages, groups of 64, durable, 2 cores:
///
/// | index | log written | CPU | median group |
/// |---|---|---|---|
/// | none | 0.55 KB a look | 5 µs a look | 0.4 ms |
/// | by instant | 0.89 KB a look | 7 µs a look | 0.6 ms |
/// | by instant, by person, by account | 24.2 KB a look | 44 µs a look | 3.8 ms |
///
/// So each entry names the one before it of the same person and of the same account, and a history is a walk over
/// primary keys, newest first. Where a walk begins stands in `latest`, which is written behind (see [`Writer::save_latest`]);
/// what it lacks is found in the entries after `latest_upto`. The index by instant is written at its end. With all of
/// that and 2,000,000 entries there before, `ongoeul bench access` keeps 15,000 (others at work on the machine) to
/// 73,000 looks a second.
const TABLES: &str = "
CREATE TABLE looks (
    no INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT NOT NULL,
    whom TEXT NOT NULL,
    what TEXT NOT NULL,
    purpose TEXT NOT NULL,
    source TEXT NOT NULL,
    reason TEXT,
    task TEXT,
    whom_before INTEGER NOT NULL,
    who_before INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX looks_at ON looks (at);
CREATE TABLE heads (no INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
CREATE TABLE disposals (
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    hash BLOB NOT NULL,
    before INTEGER NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE TABLE latest (kind INTEGER, id TEXT, no INTEGER NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
CREATE TABLE latest_upto (one INTEGER PRIMARY KEY CHECK (one = 1), no INTEGER NOT NULL) STRICT;
INSERT INTO latest_upto VALUES (1, 0);
PRAGMA user_version = 1;
";
const VERSION: i64 = 1;

/// `latest.kind`: the id is a person's, who was looked at.
const WHOM: i64 = 0;
/// `latest.kind`: the id is an account's, that looked.
const WHO: i64 = 1;

macro_rules! columns {
    () => {
        "no, at, who, role, whom, what, purpose, source, reason, task, whom_before, who_before, hash"
    };
}
use columns;

fn connect(path: &Path, vfs: Option<&str>, flags: OpenFlags) -> Result<Connection, Error> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs)?,
        None => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "trusted_schema", "OFF")?;
    Ok(connection)
}

/// The entry in a row of [`columns!`]; when it is none (somebody has changed it), only its place.
fn entry(row: &Row<'_>) -> Result<(LookNo, Option<Entry>), Error> {
    let no = LookNo(row.get::<_, i64>(0)?.cast_unsigned());
    Ok((no, shaped(row, no).ok()))
}

fn shaped(row: &Row<'_>, no: LookNo) -> Result<Entry, Error> {
    let whom: String = row.get(4)?;
    let look = Look {
        at: base::Instant(row.get(1)?),
        who: row.get(2)?,
        role: row.get(3)?,
        whom: whom.parse().map_err(|_| Error::Damaged(format!("entry {no}: no person's id")))?,
        what: row.get(5)?,
        purpose: row.get(6)?,
        from: row.get(7)?,
        reason: row.get(8)?,
        task: row.get(9)?,
    };
    let place = |column| row.get::<_, i64>(column).map(|no| LookNo(no.cast_unsigned()));
    Ok(Entry { no, look, whom_before: place(10)?, who_before: place(11)?, hash: Hash(row.get(12)?) })
}

/// The last disposal: the entries that are left follow it.
fn anchor(connection: &Connection) -> Result<Option<Disposal>, Error> {
    const TEXT: &str = "SELECT last, first, hash, before, at FROM disposals ORDER BY last DESC LIMIT 1";
    let mut statement = connection.prepare_cached(TEXT)?;
    let mut rows = statement.query([])?;
    rows.next()?.map(disposal).transpose()
}

fn disposal(row: &Row<'_>) -> Result<Disposal, Error> {
    let place = |column| row.get::<_, i64>(column).map(|no| LookNo(no.cast_unsigned()));
    Ok(Disposal {
        first: place(1)?,
        last: Head { no: place(0)?, hash: Hash(row.get(2)?) },
        before: base::Instant(row.get(3)?),
        at: base::Instant(row.get(4)?),
    })
}

/// What the first entry that is there follows.
fn start(connection: &Connection) -> Result<Head, Error> {
    Ok(anchor(connection)?.map_or_else(Head::genesis, |disposal| disposal.last))
}

/// Where the chain stands.
fn head(connection: &Connection) -> Result<Head, Error> {
    match one_head(connection, "SELECT no, hash FROM looks ORDER BY no DESC LIMIT 1")? {
        Some(head) => Ok(head),
        None => start(connection),
    }
}

fn one_head(connection: &Connection, text: &str) -> Result<Option<Head>, Error> {
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query([])?;
    rows.next()?.map(read_head).transpose()
}

fn read_head(row: &Row<'_>) -> Result<Head, Error> {
    Ok(Head { no: LookNo(row.get::<_, i64>(0)?.cast_unsigned()), hash: Hash(row.get(1)?) })
}

fn latest_upto(connection: &Connection) -> Result<LookNo, Error> {
    let no: i64 = connection.prepare_cached("SELECT no FROM latest_upto")?.query_row([], |row| row.get(0))?;
    Ok(LookNo(no.cast_unsigned()))
}
