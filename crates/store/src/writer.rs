//! The pen's one connection.

use ledger::GroupRow;

use crate::engine::postgres_writer::PostgresWriter;
use crate::engine::sqlite_writer::SqliteWriter;
use crate::journal::LAST_GROUP;
use crate::{Batch, CommitError, Error, Fate, FromRow, Migration, Sql, Target, Value};

/// The one writing connection, with the leader lock. Blocking: it lives on the pen's thread.
pub struct Writer {
    engine: Engine,
}

enum Engine {
    Sqlite(Box<SqliteWriter>),
    Postgres(Box<PostgresWriter>),
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
        Ok(Writer { engine })
    }

    /// Begins the group's transaction if it isn't, and writes these rows, so that the group's later commands read
    /// them. On an error nothing of the group is left.
    pub fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.append(batch),
            Engine::Postgres(engine) => engine.append(batch),
        }
    }

    /// Reads, inside the group's transaction when it has begun. An error on PostgreSQL spoils that transaction:
    /// the group must be rolled back.
    pub fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.query(sql, params),
            Engine::Postgres(engine) => engine.query(sql, params),
        }
    }

    /// Commits the group: its fence row, what was appended before, and these rows.
    pub fn commit(&mut self, group: &GroupRow, batch: &Batch) -> Result<(), CommitError> {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.commit(group, batch),
            Engine::Postgres(engine) => engine.commit(group, batch),
        }
    }

    /// True while a group's transaction is open.
    pub fn in_group(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(engine) => engine.begun(),
            Engine::Postgres(engine) => engine.begun(),
        }
    }

    /// Drops the group's transaction, if one has begun.
    pub fn rollback(&mut self) {
        match &mut self.engine {
            Engine::Sqlite(engine) => engine.rollback(),
            Engine::Postgres(engine) => engine.rollback(),
        }
    }

    /// After [`CommitError::Unknown`]: reconnects, takes the leader lock again and an empty group's row at that
    /// sequence; whether it is free tells the fate. On an error ask again: asking is idempotent.
    pub fn resolve(&mut self, group: &GroupRow) -> Result<Fate, Error> {
        match &mut self.engine {
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
