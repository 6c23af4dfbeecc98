//! The pen's connection on SQLite.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use ledger::GroupRow;
use rusqlite::{Connection, ErrorCode};

use super::append_sqlite::{self, Texts};
use super::sqlite::{self, Use};
use crate::journal::{GROUP_AT, INSERT_GROUP};
use crate::migrate::{self, Applied, Migration};
use crate::writer::{group_values, takeover};
use crate::{Batch, CommitError, Error, Fate, FromRow, Sql, Target, Value};

pub(crate) struct SqliteWriter {
    connection: Connection,
    texts: Texts,
    begun: bool,
    /// Held as long as this writer lives, and let go of after the connection.
    _lock: Lock,
}

impl SqliteWriter {
    pub(crate) fn prepare(&self, sql: Sql) -> Result<(), Error> {
        self.connection.prepare(sql.text())?;
        Ok(())
    }

    pub(crate) fn begun(&self) -> bool {
        self.begun
    }

    pub(crate) fn open(target: &Target, extra: &[Migration]) -> Result<SqliteWriter, Error> {
        let path = target.path().ok_or_else(|| Error::shape("not a SQLite database"))?;
        let lock = lock(path)?;
        let connection = sqlite::open(target, Use::Write)?;
        let mut writer = SqliteWriter { connection, texts: Texts::new(), begun: false, _lock: lock };
        writer.migrate(extra)?;
        Ok(writer)
    }

    fn migrate(&mut self, extra: &[Migration]) -> Result<(), Error> {
        self.begin()?;
        let outcome = self.apply(extra);
        match outcome {
            Ok(()) => sqlite::plain(&self.connection, "COMMIT").map(|()| self.begun = false),
            Err(e) => {
                self.rollback();
                Err(e)
            }
        }
    }

    fn apply(&mut self, extra: &[Migration]) -> Result<(), Error> {
        self.apply_text(&migrate::TABLE)?;
        let applied: Vec<Applied> = sqlite::query(&self.connection, migrate::APPLIED, &[])?;
        let (place, rest) = migrate::pending(&applied, extra)?;
        for (place, migration) in (place..).zip(rest) {
            self.apply_text(&migration)?;
            let record = [place.into(), migration.name.into(), migration.hash().into()];
            sqlite::execute(&self.connection, migrate::RECORD, &record)?;
        }
        Ok(())
    }

    fn apply_text(&self, migration: &Migration) -> Result<(), Error> {
        for statement in migrate::translate_sqlite(migration.sql) {
            self.connection
                .execute_batch(&statement)
                .map_err(|e| Error::Migration { name: migration.name.to_owned(), why: e.to_string() })?;
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Error> {
        if self.begun && self.connection.is_autocommit() {
            // After some errors SQLite rolls back by itself; what came next would be committed row by row.
            return Err(Error::shape("SQLite has rolled the group back"));
        }
        if !self.begun {
            sqlite::plain(&self.connection, "BEGIN IMMEDIATE")?;
            self.begun = true;
        }
        Ok(())
    }

    fn write(&mut self, batch: &Batch) -> Result<(), Error> {
        append_sqlite::append(&self.connection, batch, &self.texts)?;
        for write in &batch.writes {
            sqlite::execute(&self.connection, write.sql, &write.params)?;
        }
        Ok(())
    }

    pub(crate) fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        self.begin().and_then(|()| self.write(batch)).map_err(|e| {
            self.rollback();
            e.or_fatal()
        })
    }

    pub(crate) fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        sqlite::query(&self.connection, sql, params).map_err(Error::or_fatal)
    }

    pub(crate) fn commit(&mut self, group: &GroupRow, batch: &Batch) -> Result<(), CommitError> {
        let outcome = self.commit_steps(group, batch);
        if outcome.is_err() {
            self.rollback();
        }
        outcome
    }

    fn commit_steps(&mut self, group: &GroupRow, batch: &Batch) -> Result<(), CommitError> {
        let broken = |e: Error| CommitError::Definite(e.or_fatal());
        self.begin().map_err(broken)?;
        sqlite::execute(&self.connection, INSERT_GROUP, &group_values(group))
            .map_err(|e| if is_constraint(&e) { CommitError::Fenced } else { broken(e) })?;
        self.write(batch).map_err(broken)?;
        // A full disk shows before the frame that commits is whole; any other I/O error may come from the fsync
        // itself, and then what is on the disk is not known: `or_fatal` tells them apart.
        sqlite::plain(&self.connection, "COMMIT").map_err(broken)?;
        self.begun = false;
        Ok(())
    }

    pub(crate) fn rollback(&mut self) {
        // Errors on the way may have rolled back already; only an open transaction is rolled back here, and if
        // even that fails the next BEGIN says so.
        if !self.connection.is_autocommit() {
            sqlite::plain(&self.connection, "ROLLBACK").ok();
        }
        self.begun = !self.connection.is_autocommit();
    }

    /// On SQLite a commit's outcome is always known to this process; the row is asked all the same.
    pub(crate) fn resolve(&mut self, group: &GroupRow) -> Result<Fate, Error> {
        self.rollback();
        let row = takeover(group);
        match sqlite::execute(&self.connection, INSERT_GROUP, &group_values(&row)) {
            Ok(()) => Ok(Fate::Lost),
            Err(e) if is_constraint(&e) => {
                let found = self.query::<GroupRow>(GROUP_AT, &[group.sequence.into()])?;
                Ok(crate::writer::fate(group, found.first()))
            }
            Err(e) => Err(e.or_fatal()),
        }
    }
}

fn is_constraint(error: &Error) -> bool {
    matches!(error, Error::Sqlite(e) if e.sqlite_error_code() == Some(ErrorCode::ConstraintViolation))
}

/// `<db>.lock`, locked by the operating system: a killed process lets go of it at once.
fn lock(path: &Path) -> Result<Lock, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(PathBuf::from(name))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(Error::LeaderAlive),
        Err(TryLockError::Error(e)) => Err(e.into()),
    }
}

/// A locked file. Closing it would not do: a child of this process that is just being started has the file too, and the
/// lock with it, until it becomes the other program.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // It was locked; and where this failed, closing it does the same a little later.
        self.0.unlock().ok();
    }
}
