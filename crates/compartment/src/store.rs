//! The file of records: the only place with SQL.

use std::path::Path;
use std::time::Duration;

use base::RecordId;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, TransactionBehavior, params};
use vault::{DataKey, Sealed, Use};

use crate::Error;

/// How long a connection waits for another's lock (a backup's, say).
const BUSY: Duration = Duration::from_secs(5);

/// Keys are random or keyed hashes, and no row has a number: in the file, what was written last stands anywhere.
const TABLES: &str = "
CREATE TABLE data_keys (
    no INTEGER PRIMARY KEY,
    compartment TEXT NOT NULL,
    used_for TEXT NOT NULL,
    master TEXT NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;
CREATE TABLE pages (
    id TEXT PRIMARY KEY,
    record TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pages_of ON pages (record);
PRAGMA user_version = 1;
";
const VERSION: i64 = 1;

/// Something written, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// A keyed hash of the request that wrote it.
    pub id: String,
    /// In which record.
    pub record: RecordId,
    /// What, sealed.
    pub sealed: Vec<u8>,
}

/// The file.
pub(crate) struct File(Connection);

impl File {
    /// Opens the file, or makes it. That one process has it open is for the ledger beside it to say.
    pub(crate) fn open(path: &Path) -> Result<File, Error> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(BUSY)?;
        let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if mode != "wal" {
            return Err(Error::Unsafe("its file system can't hold a WAL".to_owned()));
        }
        connection.pragma_update(None, "synchronous", "FULL")?;
        let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if synchronous != 2 {
            return Err(Error::Unsafe("synchronous=FULL was not taken".to_owned()));
        }
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "temp_store", "MEMORY")?;
        connection.pragma_update(None, "trusted_schema", "OFF")?;
        let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match version {
            VERSION => {}
            0 => connection.execute_batch(&format!("BEGIN IMMEDIATE; {TABLES} COMMIT;"))?,
            other => return Err(Error::Damaged(format!("its tables are of version {other}, not {VERSION}"))),
        }
        Ok(File(connection))
    }

    /// Its data keys.
    pub(crate) fn keys(&self) -> Result<Vec<DataKey>, Error> {
        read_keys(&self.0)
    }

    /// Keeps data keys and pages sealed anew, and removes data keys: all of it or nothing.
    pub(crate) fn reseal(&mut self, keys: &[DataKey], pages: &[Page], removed: &[u32]) -> Result<(), Error> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        put_keys(&transaction, keys)?;
        for page in pages {
            const TEXT: &str = "UPDATE pages SET sealed = ?2 WHERE id = ?1";
            transaction.execute(TEXT, params![page.id, page.sealed])?;
        }
        for no in removed {
            transaction.execute("DELETE FROM data_keys WHERE no = ?1", [no])?;
        }
        Ok(transaction.commit()?)
    }

    /// Removes all that is written in records.
    pub(crate) fn let_go(&mut self, records: &[RecordId]) -> Result<(), Error> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for record in records {
            transaction.execute("DELETE FROM pages WHERE record = ?1", [record.to_string()])?;
        }
        Ok(transaction.commit()?)
    }

    /// What was removed is overwritten in the file (`secure_delete`); the WAL would keep it a while longer.
    pub(crate) fn empty_wal(&self) -> Result<(), Error> {
        let busy: i64 = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(Error::Unsafe("a reader keeps its WAL from emptying".to_owned())) }
    }

    /// Keeps data keys, new ones or wrapped anew: all or none.
    pub(crate) fn put_keys(&mut self, keys: &[DataKey]) -> Result<(), Error> {
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        put_keys(&transaction, keys)?;
        Ok(transaction.commit()?)
    }

    /// Everything written.
    pub(crate) fn pages(&self) -> Result<Vec<Page>, Error> {
        let mut statement = self.0.prepare_cached("SELECT id, record, sealed FROM pages")?;
        let rows = statement.query_map([], page)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What is written in a record, in no order.
    pub(crate) fn of(&self, record: RecordId) -> Result<Vec<Page>, Error> {
        let mut statement =
            self.0.prepare_cached("SELECT id, record, sealed FROM pages WHERE record = ?1")?;
        let rows = statement.query_map([record.to_string()], page)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a request wrote, if it did.
    pub(crate) fn page(&self, id: &str) -> Result<Option<Page>, Error> {
        let mut statement = self.0.prepare_cached("SELECT id, record, sealed FROM pages WHERE id = ?1")?;
        Ok(statement.query_row([id], page).optional()?)
    }

    /// Appends: durable when this returns.
    pub(crate) fn append(&mut self, page: &Page) -> Result<(), Error> {
        const TEXT: &str = "INSERT INTO pages (id, record, sealed) VALUES (?1, ?2, ?3)";
        let transaction = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(TEXT, params![page.id, page.record.to_string(), page.sealed])?;
        Ok(transaction.commit()?)
    }
}

fn put_keys(connection: &Connection, keys: &[DataKey]) -> Result<(), Error> {
    const TEXT: &str = "INSERT INTO data_keys (no, compartment, used_for, master, wrapped) \
        VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (no) DO UPDATE SET master = excluded.master, wrapped = excluded.wrapped";
    for DataKey { no, compartment, used_for, master, wrapped } in keys {
        connection.execute(TEXT, params![no, compartment, used_for.code(), master, wrapped.0])?;
    }
    Ok(())
}

fn page(row: &Row<'_>) -> rusqlite::Result<Page> {
    let record: String = row.get(1)?;
    let wrong =
        |error| rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::new(error));
    Ok(Page { id: row.get(0)?, record: record.parse().map_err(wrong)?, sealed: row.get(2)? })
}

fn read_keys(connection: &Connection) -> Result<Vec<DataKey>, Error> {
    const TEXT: &str = "SELECT no, compartment, used_for, master, wrapped FROM data_keys ORDER BY no";
    let mut statement = connection.prepare(TEXT)?;
    let mut rows = statement.query([])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        let used_for: String = row.get(2)?;
        let used_for = Use::coded(&used_for);
        keys.push(DataKey {
            no: row.get(0)?,
            compartment: row.get(1)?,
            used_for: used_for.ok_or_else(|| Error::Damaged("a data key is for nothing known".to_owned()))?,
            master: row.get(3)?,
            wrapped: Sealed(row.get(4)?),
        });
    }
    Ok(keys)
}

/// The data keys in a file of records, of a running server's too; none where there is no file.
///
/// # Errors
/// When the file is there and can't be read.
pub fn keys(file: &Path) -> Result<Vec<DataKey>, Error> {
    if !file.exists() {
        return Ok(Vec::new());
    }
    // Not read only: what a server that was killed left in the WAL is to be seen as well.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(BUSY)?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version == 0 { Ok(Vec::new()) } else { read_keys(&connection) }
}
