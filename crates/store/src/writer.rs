//! The pen's one connection.

use ledger::GroupRow;

use crate::beside::{Beside, Done};
use crate::engine::postgres_writer::PostgresWriter;
use crate::engine::sqlite_writer::SqliteWriter;
use crate::journal::LAST_GROUP;
use crate::{Batch, CommitError, Error, Fate, FromRow, Migration, Sql, Target, Value};

/// The one writing connection, with the leader lock. Blocking: it lives on the pen's thread.
pub struct Writer {
    /// Away while rows are being written beside the caller.
    engine: Option<Engine>,
    /// The thread for that, from its first use on.
    beside: Option<Beside>,
    /// What went wrong there and nobody has heard of yet.
    failed: Option<Error>,
    /// An empty batch with room, to go on with.
    spare: Batch,
}

pub(crate) enum Engine {
    Sqlite(Box<SqliteWriter>),
    Postgres(Box<PostgresWriter>),
}

impl Engine {
    pub(crate) fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        match self {
            Engine::Sqlite(engine) => engine.append(batch),
            Engine::Postgres(engine) => engine.append(batch),
        }
    }
}

impl Writer {
    /// Takes the leader lock, checks that commits are durable, and brings the tables up to date: the journal's,
    /// then `extra` in order. [`Error::LeaderAlive`] while another process writes; [`Error::Unsafe`] when the
    /// database could lose a commit.
    pub fn open(target: &Target, extra: &[Migration]) -> Result<Writer, Error> {
        let engine = match target {
            Target::Postgres(url) => Engine::Postgres(Box::new(PostgresWriter::open(url, extra)?)),
            _ => Engine::Sqlite(Box::new(SqliteWriter::open(target, extra)?)),
        };
        Ok(Writer { engine: Some(engine), beside: None, failed: None, spare: Batch::default() })
    }

    /// Begins the group's transaction if it isn't, and writes these rows, so that the group's later commands read
    /// them. On an error nothing of the group is left.
    pub fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        self.engine()?.append(batch)
    }

    /// Like [`Writer::append`], but on a thread beside, while the caller goes on with the emptied batch. Leaves the
    /// batch as it is while earlier rows are still being written. An error is heard at the next call that has one:
    /// the commit at the latest.
    pub fn append_beside(&mut self, batch: &mut Batch) {
        if self.engine.is_none()
            && let Some(done) = self.beside.as_ref().and_then(Beside::poll)
        {
            self.take_back(done);
        }
        if self.beside.is_none() {
            // Without the thread the rows go with the commit.
            self.beside = Beside::new().ok();
        }
        let (None, Some(beside)) = (&self.failed, &self.beside) else { return };
        let Some(engine) = self.engine.take() else { return };
        let rows = std::mem::replace(batch, std::mem::take(&mut self.spare));
        if let Err(back) = beside.send(engine, rows) {
            let (engine, rows) = *back;
            self.engine = Some(engine);
            self.spare = std::mem::replace(batch, rows);
        }
    }

    /// The engine, after all that was to be written beside is written.
    fn engine(&mut self) -> Result<&mut Engine, Error> {
        self.land();
        match (self.failed.take(), &mut self.engine) {
            (Some(error), _) => Err(error),
            (None, Some(engine)) => Ok(engine),
            (None, None) => Err(Error::Fatal("the writing thread panicked".to_owned())),
        }
    }

    fn land(&mut self) {
        if self.engine.is_none()
            && let Some(done) = self.beside.as_ref().and_then(Beside::wait)
        {
            self.take_back(done);
        }
    }

    fn take_back(&mut self, done: Done) {
        self.engine = Some(done.engine);
        self.spare = done.batch;
        self.spare.clear();
        self.failed = done.outcome.err();
    }

    /// Reads, inside the group's transaction when it has begun. An error on PostgreSQL spoils that transaction:
    /// the group must be rolled back.
    pub fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        match self.engine()? {
            Engine::Sqlite(engine) => engine.query(sql, params),
            Engine::Postgres(engine) => engine.query(sql, params),
        }
    }

    /// Prepares a statement without running it: whether the engine takes it at all.
    pub fn prepare(&mut self, sql: Sql) -> Result<(), Error> {
        match self.engine()? {
            Engine::Sqlite(engine) => engine.prepare(sql),
            Engine::Postgres(engine) => engine.prepare(sql),
        }
    }

    /// Commits the group: its fence row, what was appended before, and these rows.
    pub fn commit(&mut self, group: &GroupRow, batch: &Batch) -> Result<(), CommitError> {
        match self.engine().map_err(CommitError::Definite)? {
            Engine::Sqlite(engine) => engine.commit(group, batch),
            Engine::Postgres(engine) => engine.commit(group, batch),
        }
    }

    /// True while a group's transaction is open, or was until an error that nobody has heard of yet.
    pub fn in_group(&self) -> bool {
        match &self.engine {
            _ if self.failed.is_some() => true,
            Some(Engine::Sqlite(engine)) => engine.begun(),
            Some(Engine::Postgres(engine)) => engine.begun(),
            None => true,
        }
    }

    /// Drops the group's transaction, if one has begun.
    pub fn rollback(&mut self) {
        self.land();
        self.failed = None;
        match &mut self.engine {
            Some(Engine::Sqlite(engine)) => engine.rollback(),
            Some(Engine::Postgres(engine)) => engine.rollback(),
            None => {}
        }
    }

    /// After [`CommitError::Unknown`]: reconnects, takes the leader lock again and an empty group's row at that
    /// sequence; whether it is free tells the fate. On an error ask again: asking is idempotent.
    pub fn resolve(&mut self, group: &GroupRow) -> Result<Fate, Error> {
        match self.engine()? {
            Engine::Sqlite(engine) => engine.resolve(group),
            Engine::Postgres(engine) => engine.resolve(group),
        }
    }

    /// The last committed group.
    pub fn last_group(&mut self) -> Result<Option<GroupRow>, Error> {
        Ok(self.query(LAST_GROUP, &[])?.pop())
    }
}

pub(crate) fn group_values(group: &GroupRow) -> [Value; 5] {
    [
        group.sequence.into(),
        group.epoch.into(),
        group.nonce.into(),
        group.first_posting.into(),
        group.last_posting.into(),
    ]
}

/// The empty group that takes the sequence of a group whose fate is unknown. Its nonce is derived, so that
/// asking again (after the connection broke once more) knows it from the group itself.
pub(crate) fn takeover(group: &GroupRow) -> GroupRow {
    GroupRow { nonce: !group.nonce, last_posting: group.first_posting.wrapping_sub(1), ..*group }
}

/// The fate, by the row that is found at the group's sequence.
pub(crate) fn fate(group: &GroupRow, found: Option<&GroupRow>) -> Fate {
    match found {
        Some(row) if row.epoch == group.epoch && row.nonce == group.nonce => Fate::Committed,
        Some(row) if row.epoch == group.epoch && row.nonce == !group.nonce => Fate::Lost,
        _ => Fate::Fenced,
    }
}
