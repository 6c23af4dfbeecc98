//! SQLite: how connections are opened, and how statements are bound and read.

use std::path::Path;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, Statement, ToSql};

use crate::row::check_columns;
use crate::{Error, FromRow, RowReader, Sql, Target, Value};

/// How long a connection waits for another's lock. The checkpointer is the only other one that ever takes one.
const BUSY: Duration = Duration::from_secs(20);
/// How often the pen asks meanwhile. SQLite's own waiting sleeps up to 100 ms at a time, and payments with it.
const BUSY_PAUSE: Duration = Duration::from_micros(250);
/// Statements kept prepared on a connection.
const STATEMENTS: usize = 512;

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Write,
    Read,
    /// Checkpoints and backups: looks at the file, takes no part in transactions.
    Tend,
}

pub(crate) fn open(target: &Target, purpose: Use) -> Result<Connection, Error> {
    let Some(path) = target.path() else {
        return Err(Error::shape("not a SQLite database"));
    };
    let access = match purpose {
        Use::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Use::Tend => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Use::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    if let (Use::Write, Target::Sqlite(path)) = (purpose, target) {
        make_private(path);
    }
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match target {
        Target::SqliteVfs { path, vfs } => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str())?,
        _ => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(BUSY)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // The database belongs to the city: nothing in its schema may call into the program.
    pragma(&connection, "trusted_schema", "OFF")?;
    pragma(&connection, "temp_store", "MEMORY")?;
    if purpose == Use::Read {
        pragma(&connection, "query_only", "ON")?;
        pragma(&connection, "mmap_size", "1073741824")?;
    }
    if purpose == Use::Write {
        connection.busy_handler(Some(ask_again))?;
        set_up_writer(&connection, path, matches!(target, Target::SqliteMemory(_)))?;
    }
    Ok(connection)
}

/// Makes a database's file, if there is none, for nobody but its owner to read. What SQLite puts beside it is given the same
/// rights. One that is there keeps its own: they are the house's choice. Where none can be made, SQLite says why.
pub fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(path));
}

fn ask_again(asked: i32) -> bool {
    std::thread::sleep(BUSY_PAUSE);
    u128::from(asked.unsigned_abs()) * BUSY_PAUSE.as_micros() < BUSY.as_micros()
}

fn set_up_writer(connection: &Connection, path: &Path, volatile: bool) -> Result<(), Error> {
    // Takes effect only while the file is empty. 8 KiB: measured, see the crate's bench.
    pragma(connection, "page_size", "8192")?;
    if pragma(connection, "journal_mode", "WAL")?.as_deref() != Some("wal") {
        return Err(Error::Unsafe(format!("{}: its file system can't hold a WAL", path.display())));
    }
    let (set, wanted) = if volatile { ("OFF", "0") } else { ("FULL", "2") };
    pragma(connection, "synchronous", set)?;
    if pragma_value(connection, "synchronous")?.as_deref() != Some(wanted) {
        return Err(Error::Unsafe("synchronous=FULL was not taken".to_owned()));
    }
    // Checkpoints run on a thread of their own: on this one they stall it.
    pragma(connection, "wal_autocheckpoint", "0")?;
    pragma(connection, "journal_size_limit", "268435456")?;
    pragma(connection, "cache_size", "-65536")?;
    Ok(())
}

/// Sets a pragma; returns what it answers, if anything.
pub(crate) fn pragma(connection: &Connection, name: &str, value: &str) -> Result<Option<String>, Error> {
    first_text(connection, &format!("PRAGMA {name} = {value}"))
}

fn pragma_value(connection: &Connection, name: &str) -> Result<Option<String>, Error> {
    first_text(connection, &format!("PRAGMA {name}"))
}

fn first_text(connection: &Connection, text: &str) -> Result<Option<String>, Error> {
    let mut statement = connection.prepare(text)?;
    let mut rows = statement.raw_query();
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(match row.get_ref(0)? {
        ValueRef::Text(v) => Some(String::from_utf8_lossy(v).into_owned()),
        ValueRef::Integer(v) => Some(v.to_string()),
        _ => None,
    })
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(v) => ValueRef::Integer(*v),
            Value::Text(v) => ValueRef::Text(v.as_bytes()),
            Value::Bytes(v) => ValueRef::Blob(v),
        }))
    }
}

/// Binds `$1`… by name: to SQLite they are names, numbered by first appearance and not by their digits.
fn bind(statement: &mut Statement<'_>, sql: Sql, params: &[Value]) -> Result<(), Error> {
    let mut used = 0;
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).unwrap_or("");
        let number = name.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(0);
        let Some(value) = number.checked_sub(1).and_then(|n| params.get(n)) else {
            return Err(Error::shape(format!("parameter {name:?} has no value: {}", sql.text())));
        };
        statement.raw_bind_parameter(index, value)?;
        used = used.max(number);
    }
    if used == params.len() {
        Ok(())
    } else {
        Err(Error::shape(format!("{} values for {used} parameters: {}", params.len(), sql.text())))
    }
}

pub(crate) fn execute(connection: &Connection, sql: Sql, params: &[Value]) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(sql.text())?;
    bind(&mut statement, sql, params)?;
    if statement.column_count() == 0 {
        statement.raw_execute()?;
    } else {
        // An INSERT … RETURNING is carried out row by row as it is read.
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
    }
    Ok(())
}

pub(crate) fn query<R: FromRow>(
    connection: &Connection,
    sql: Sql,
    params: &[Value],
) -> Result<Vec<R>, Error> {
    let mut statement = connection.prepare_cached(sql.text())?;
    check_columns::<R>(&mut statement.column_names().into_iter())?;
    bind(&mut statement, sql, params)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(R::from_row(&mut RowReader::sqlite(row))?);
    }
    Ok(found)
}

pub(crate) fn plain(connection: &Connection, text: &'static str) -> Result<(), Error> {
    connection.prepare_cached(text)?.raw_execute()?;
    Ok(())
}
