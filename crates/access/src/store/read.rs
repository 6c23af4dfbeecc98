//! Readers: read-only connections beside the writer, which never waits for them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base::{Instant, PersonId};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Params, params};

use super::{WHO, WHOM, columns, connect, disposal, entry, head, latest_upto, read_head, start};
use crate::{Broken, Disposal, Entry, Error, Head, LookNo, NotVerified};

/// Idle connections that are kept.
const IDLE: usize = 8;

/// Reads the ledger's file. Clones share their connections. Every call blocks: asynchronous callers wrap it in
/// `spawn_blocking`. Each sees one state of the file, with whatever was durable before.
#[derive(Clone)]
pub struct Readers {
    pool: Arc<Pool>,
}

struct Pool {
    path: PathBuf,
    vfs: Option<String>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens a file that an [`crate::AccessLedger`] has made; of a running city's too.
    pub fn open(path: &Path) -> Result<Readers, Error> {
        Readers::open_with(path, None)
    }

    pub(crate) fn open_with(path: &Path, vfs: Option<String>) -> Result<Readers, Error> {
        let pool = Pool { path: path.to_owned(), vfs, idle: Mutex::default() };
        let readers = Readers { pool: Arc::new(pool) };
        readers.read(head)?;
        Ok(readers)
    }

    /// Looks in one state of the file.
    pub(super) fn read<T, E: From<Error>>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut connection = self.pool.take()?;
        let outcome = {
            let snapshot = connection.transaction().map_err(Error::from)?;
            work(&snapshot)
        };
        self.pool.give_back(connection);
        outcome
    }

    /// The newest looks at one person's record, newest first, at most `n`; those before one of that person's entries,
    /// to read on. An entry of somebody else there gives nothing.
    pub fn of_person(&self, whom: PersonId, before: Option<LookNo>, n: usize) -> Result<Vec<Entry>, Error> {
        let walk = Walk {
            kind: WHOM,
            id: whom.to_string(),
            tail: concat!(
                "SELECT ",
                columns!(),
                " FROM looks WHERE no > ?1 AND whom = ?2 ORDER BY no DESC LIMIT 1"
            ),
            its: |entry| entry.look.whom.to_string(),
            before: |entry| entry.whom_before,
        };
        self.read(|connection| walk.entries(connection, before, n))
    }

    /// The newest looks of one account, newest first, at most `n`; those before one of that account's entries, to
    /// read on. An entry of somebody else there gives nothing.
    pub fn of_account(&self, who: &str, before: Option<LookNo>, n: usize) -> Result<Vec<Entry>, Error> {
        let walk = Walk {
            kind: WHO,
            id: who.to_owned(),
            tail: concat!(
                "SELECT ",
                columns!(),
                " FROM looks WHERE no > ?1 AND who = ?2 ORDER BY no DESC LIMIT 1"
            ),
            its: |entry| entry.look.who.clone(),
            before: |entry| entry.who_before,
        };
        self.read(|connection| walk.entries(connection, before, n))
    }

    /// Looks of a time, `until` excluded, by instant and then by place; those after an entry of the page before
    /// (its instant and its place), to read on. For the monthly inspection.
    pub fn between(
        &self,
        from: Instant,
        until: Instant,
        after: Option<(Instant, LookNo)>,
        n: usize,
    ) -> Result<Vec<Entry>, Error> {
        const TEXT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM looks WHERE at >= ?1 AND at < ?2 AND (at > ?1 OR no > ?3) ORDER BY at, no LIMIT ?4"
        );
        let (from, no) = match after {
            Some((at, no)) if at >= from => (at, no),
            _ => (from, LookNo(0)),
        };
        let values = params![from.0, until.0, no.0.cast_signed(), limit(n)];
        self.read(|connection| entries(connection, TEXT, values))
    }

    /// One entry, if it is there.
    pub fn entry(&self, no: LookNo) -> Result<Option<Entry>, Error> {
        self.read(|connection| at(connection, no))
    }

    /// How many looks a time had, `until` excluded.
    pub fn count(&self, from: Instant, until: Instant) -> Result<u64, Error> {
        const TEXT: &str = "SELECT count(*) FROM looks WHERE at >= ?1 AND at < ?2";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(TEXT)?;
            let count: i64 = statement.query_row([from.0, until.0], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        })
    }

    /// How many entries [`crate::Handle::dispose_before`] would dispose of: the oldest, up to the first that is not
    /// older than the limit. (One with a wrong clock keeps later ones, until it is old itself.)
    pub fn disposable(&self, before: Instant) -> Result<u64, Error> {
        // The plus keeps SQLite from the index by instant: the first row by place ends this.
        const TEXT: &str = "SELECT no FROM looks WHERE +at >= ?1 ORDER BY no LIMIT 1";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(TEXT)?;
            let kept: Option<i64> = statement.query_row([before.0], |row| row.get(0)).optional()?;
            let end = match kept {
                Some(no) => no.cast_unsigned(),
                None => head(connection)?.no.next().0,
            };
            Ok(end.saturating_sub(start(connection)?.no.next().0))
        })
    }

    /// What was disposed of, the newest first, at most `n`. The newest is what the entries that are left follow.
    pub fn disposals(&self, n: usize) -> Result<Vec<Disposal>, Error> {
        const TEXT: &str = "SELECT last, first, hash, before, at FROM disposals ORDER BY last DESC LIMIT ?1";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(TEXT)?;
            let mut rows = statement.query([limit(n)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(disposal(row)?);
            }
            Ok(found)
        })
    }

    /// Where the chain stands.
    pub fn head(&self) -> Result<Head, Error> {
        self.read(head)
    }

    /// The heads of the groups after an entry, at most `n`, to be kept elsewhere.
    pub fn heads(&self, after: LookNo, n: usize) -> Result<Vec<Head>, Error> {
        const TEXT: &str = "SELECT no, hash FROM heads WHERE no > ?1 ORDER BY no LIMIT ?2";
        self.read(|connection| {
            let mut statement = connection.prepare_cached(TEXT)?;
            let mut rows = statement.query([after.0.cast_signed(), limit(n)])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push(read_head(row)?);
            }
            Ok(found)
        })
    }

    /// Compares the file with heads that were kept elsewhere; how many could be compared (those of entries that are
    /// disposed of can't). What is wrong first, by the order of the list, is an error. Together with
    /// [`Readers::verify`] this shows whether the file was cut off or written anew.
    pub fn compare(&self, kept: &[Head]) -> Result<u64, NotVerified> {
        self.read(|connection| {
            let (start, last) = (start(connection)?, head(connection)?.no);
            let mut compared = 0;
            for kept in kept.iter().filter(|kept| kept.no >= start.no) {
                agrees(connection, start, last, *kept)?;
                compared += 1;
            }
            Ok(compared)
        })
    }
}

/// Does the file have this head?
pub(super) fn agrees(
    connection: &Connection,
    start: Head,
    last: LookNo,
    kept: Head,
) -> Result<(), NotVerified> {
    if kept.no > last {
        return Err(Broken::CutOff { last, kept: kept.no }.into());
    }
    let found = if kept.no == start.no {
        Some(start)
    } else {
        let mut statement = connection.prepare_cached("SELECT no, hash FROM looks WHERE no = ?1")?;
        let mut rows = statement.query([kept.no.0.cast_signed()])?;
        rows.next()?.map(read_head).transpose()?
    };
    match found {
        Some(found) if found == kept => Ok(()),
        Some(_) => Err(Broken::Rewritten(kept.no).into()),
        None => Err(Broken::Missing(kept.no).into()),
    }
}

/// How to walk through a history: of a person or of an account.
struct Walk {
    kind: i64,
    id: String,
    /// Finds the newest entry among those that `latest` doesn't know yet.
    tail: &'static str,
    its: fn(&Entry) -> String,
    before: fn(&Entry) -> LookNo,
}

impl Walk {
    fn entries(
        &self,
        connection: &Connection,
        before: Option<LookNo>,
        n: usize,
    ) -> Result<Vec<Entry>, Error> {
        let gone = start(connection)?.no;
        let mut next = match before {
            Some(shown) => match at(connection, shown)? {
                Some(shown) if (self.its)(&shown) == self.id => (self.before)(&shown),
                _ => return Ok(Vec::new()),
            },
            None => self.newest(connection)?,
        };
        let mut found = Vec::new();
        while found.len() < n && next > gone {
            match at(connection, next)? {
                // Each link leads back: a changed file can't send this in circles.
                Some(entry) if (self.its)(&entry) == self.id && (self.before)(&entry) < entry.no => {
                    next = (self.before)(&entry);
                    found.push(entry);
                }
                _ => return Err(Error::Damaged(format!("entry {next} is not what the one after it says"))),
            }
        }
        Ok(found)
    }

    fn newest(&self, connection: &Connection) -> Result<LookNo, Error> {
        let upto = latest_upto(connection)?.0.cast_signed();
        if let Some(entry) = entries(connection, self.tail, params![upto, self.id])?.first() {
            return Ok(entry.no);
        }
        let mut statement = connection.prepare_cached("SELECT no FROM latest WHERE kind = ?1 AND id = ?2")?;
        let no: Option<i64> =
            statement.query_row(params![self.kind, self.id], |row| row.get(0)).optional()?;
        Ok(LookNo(no.unwrap_or(0).cast_unsigned()))
    }
}

fn at(connection: &Connection, no: LookNo) -> Result<Option<Entry>, Error> {
    const TEXT: &str = concat!("SELECT ", columns!(), " FROM looks WHERE no = ?1");
    Ok(entries(connection, TEXT, params![no.0.cast_signed()])?.pop())
}

fn entries(connection: &Connection, text: &str, values: impl Params) -> Result<Vec<Entry>, Error> {
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query(values)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        match entry(row)? {
            (_, Some(entry)) => found.push(entry),
            (no, None) => return Err(Error::Damaged(format!("entry {no} is no look"))),
        }
    }
    Ok(found)
}

fn limit(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl Pool {
    fn take(&self) -> Result<Connection, Error> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(connection) = idle {
            return Ok(connection);
        }
        let connection = connect(&self.path, self.vfs.as_deref(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.pragma_update(None, "query_only", "ON")?;
        Ok(connection)
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE && connection.is_autocommit() {
            idle.push(connection);
        }
    }
}
