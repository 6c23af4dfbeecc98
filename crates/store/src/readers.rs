//! Read-only snapshots beside the writer.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use base::{EntryNo, PostingNo};
use ledger::{AccountNo, AccountRow, EntryRow, GroupRow, PostingRow, RequestRow};
use rusqlite::Connection;

use crate::engine::postgres::{Driver, Session};
use crate::engine::sqlite::{self, Use};
use crate::journal::{ACCOUNTS, ENTRIES, ENTRY_BEYOND, LAST_GROUP, POSTINGS, REQUESTS};
use crate::{Error, FromRow, Sql, Target, Value};

/// Rows read at once when walking through a table.
const CHUNK: i64 = 4_096;

/// A reader's transactions see one state and can't write. Its sessions hold no lock that the pen waits for.
const SET_UP: &str = "SET client_min_messages = warning; SET jit = off; \
    SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read';";

/// What [`Snapshot::for_each_posting`] calls with each posting and its entries.
pub type EachPosting<'a> = dyn FnMut(PostingRow, &[EntryRow]) -> Result<(), Error> + 'a;

/// A small pool of read-only connections. Clones share it.
#[derive(Clone)]
pub struct Readers {
    pool: Arc<Pool>,
}

struct Pool {
    target: Target,
    state: Mutex<State>,
    free: Condvar,
}

struct State {
    idle: Vec<Reader>,
    /// Connections that may still be opened.
    left: usize,
}

enum Reader {
    Sqlite(Connection),
    Postgres(Box<(Session, Driver)>),
}

impl Readers {
    /// A pool of up to `size` connections (at least one), opened when needed. The database must be there: a
    /// [`crate::Writer`] makes it.
    pub fn open(target: &Target, size: usize) -> Result<Readers, Error> {
        let first = Reader::connect(target)?;
        let state = State { idle: vec![first], left: size.saturating_sub(1) };
        let pool = Pool { target: target.clone(), state: Mutex::new(state), free: Condvar::new() };
        Ok(Readers { pool: Arc::new(pool) })
    }

    /// Reads in one consistent snapshot. Blocking (and it waits for a free connection): asynchronous callers
    /// wrap it in `spawn_blocking`. Don't read within a read.
    pub fn read<T>(&self, work: impl FnOnce(&mut Snapshot<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let mut lease = self.pool.lease()?;
        let reader = match lease.reader.take() {
            Some(reader) => lease.reader.insert(reader),
            None => lease.reader.insert(Reader::connect(&self.pool.target)?),
        };
        if let Err(e) = reader.begin() {
            // An idle connection may have been cut since it was last used: once more with a new one.
            if !e.is_lost() {
                return Err(e);
            }
            *reader = Reader::connect(&self.pool.target)?;
            reader.begin()?;
        }
        let outcome = work(&mut Snapshot { reader });
        let ended = reader.end();
        if ended.is_err() {
            lease.reader = None;
        } else {
            lease.clean = true;
        }
        let value = outcome?;
        ended?;
        Ok(value)
    }
}

impl Pool {
    fn lease(&self) -> Result<Lease<'_>, Error> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(reader) = state.idle.pop() {
                return Ok(Lease { pool: self, reader: Some(reader), clean: false });
            }
            if state.left > 0 {
                state.left -= 1;
                return Ok(Lease { pool: self, reader: None, clean: false });
            }
            state = self.free.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A connection on loan. When the reading panicked or its end failed, the connection is closed, not returned.
struct Lease<'a> {
    pool: &'a Pool,
    reader: Option<Reader>,
    clean: bool,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let reader = if self.clean { self.reader.take() } else { None };
        let mut state = self.pool.state.lock().unwrap_or_else(PoisonError::into_inner);
        match reader {
            Some(reader) => state.idle.push(reader),
            None => state.left += 1,
        }
        self.pool.free.notify_one();
    }
}

impl Reader {
    fn connect(target: &Target) -> Result<Reader, Error> {
        match target {
            Target::Postgres(url) => {
                let driver = Driver::new()?;
                let session = driver.wait(Session::connect(url, SET_UP))?;
                Ok(Reader::Postgres(Box::new((session, driver))))
            }
            _ => Ok(Reader::Sqlite(sqlite::open(target, Use::Read)?)),
        }
    }

    fn begin(&mut self) -> Result<(), Error> {
        match self {
            Reader::Sqlite(connection) => sqlite::plain(connection, "BEGIN"),
            // With the isolation level of the session's settings; the snapshot is taken by the first query.
            Reader::Postgres(held) => held.1.wait(async { Ok(held.0.client.batch_execute("BEGIN").await?) }),
        }
    }

    fn end(&mut self) -> Result<(), Error> {
        match self {
            Reader::Sqlite(connection) => sqlite::plain(connection, "ROLLBACK"),
            Reader::Postgres(held) => {
                held.1.wait(async { Ok(held.0.client.batch_execute("ROLLBACK").await?) })
            }
        }
    }
}

/// One consistent state of the database.
pub struct Snapshot<'a> {
    reader: &'a mut Reader,
}

impl Snapshot<'_> {
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.reader, Reader::Sqlite(_))
    }

    /// All rows.
    pub fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        match self.reader {
            Reader::Sqlite(connection) => sqlite::query(connection, sql, params),
            Reader::Postgres(held) => {
                let (session, driver) = &mut **held;
                driver.wait(session.query(sql, params))
            }
        }
    }

    /// The first row.
    pub fn one<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Option<R>, Error> {
        Ok(self.query(sql, params)?.into_iter().next())
    }

    /// The last committed group.
    pub fn last_group(&mut self) -> Result<Option<GroupRow>, Error> {
        self.one(LAST_GROUP, &[])
    }

    /// Walks through the journal in order, from one posting to another (or to the end), each with its entries.
    /// Entries that belong to no posting of the walk are an error; whether a posting has *all* its entries is for
    /// the caller to judge.
    pub fn for_each_posting(
        &mut self,
        from: PostingNo,
        to: Option<PostingNo>,
        f: &mut EachPosting<'_>,
    ) -> Result<(), Error> {
        let to_no = to.map_or(i64::MAX, |no| no.0.cast_signed());
        let mut next = from.0.cast_signed();
        let mut beyond: Option<EntryNo> = None;
        loop {
            let postings: Vec<PostingRow> =
                self.query(POSTINGS, &[next.into(), to_no.into(), CHUNK.into()])?;
            let (Some(first), Some(last)) = (postings.first(), postings.last()) else { break };
            next = last.no.0.cast_signed().saturating_add(1);
            let start = first.first_entry;
            let end = EntryNo(last.first_entry.0.saturating_add(u64::from(last.entries)));
            beyond = Some(end);
            let entries: Vec<EntryRow> = self.query(ENTRIES, &[start.into(), end.into()])?;
            let mut rest = &entries[..];
            for posting in postings {
                let own = rest.iter().take_while(|entry| entry.posting <= posting.no).count();
                let (these, others) = rest.split_at(own);
                rest = others;
                f(posting, these)?;
            }
            if let Some(stray) = rest.first() {
                return Err(Error::shape(format!("{:?} belongs to no posting before it", stray.no)));
            }
        }
        match to {
            Some(_) => Ok(()),
            None => self.nothing_beyond(beyond),
        }
    }

    fn nothing_beyond(&mut self, end: Option<EntryNo>) -> Result<(), Error> {
        let Some(end) = end else { return Ok(()) };
        crate::row! { struct Beyond { no: EntryNo } }
        match self.one::<Beyond>(ENTRY_BEYOND, &[end.into()])? {
            None => Ok(()),
            Some(stray) => {
                Err(Error::shape(format!("{:?} lies behind the last posting's entries", stray.no)))
            }
        }
    }

    /// Walks through all accounts from a number on, in order.
    pub fn for_each_account(
        &mut self,
        from: AccountNo,
        f: &mut dyn FnMut(AccountRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.walk(ACCOUNTS, i64::from(from.0), |row: &AccountRow| i64::from(row.no.0), f)
    }

    /// Walks through all commands without a posting from a number on, in order.
    pub fn for_each_request(
        &mut self,
        from: u64,
        f: &mut dyn FnMut(RequestRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.walk(REQUESTS, from.cast_signed(), |row: &RequestRow| row.no.cast_signed(), f)
    }

    fn walk<R: FromRow>(
        &mut self,
        sql: Sql,
        mut from: i64,
        no: fn(&R) -> i64,
        f: &mut dyn FnMut(R) -> Result<(), Error>,
    ) -> Result<(), Error> {
        loop {
            let rows: Vec<R> = self.query(sql, &[from.into(), CHUNK.into()])?;
            let Some(last) = rows.last() else { return Ok(()) };
            from = no(last).saturating_add(1);
            rows.into_iter().try_for_each(&mut *f)?;
        }
    }
}
