//! What can break.

/// Something broke in or around the database. (That the city says no is not an error and never appears here.)
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite says no.
    #[error("sqlite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL, or the way to it, says no.
    #[error("postgres: {}", postgres_text(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// A file or a thread.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// Another process holds the leader lock of this database.
    #[error("another writer is alive: it holds the leader lock of this database")]
    LeaderAlive,
    /// The database is set up so that a commit could be lost.
    #[error("the database is not durable: {0}")]
    Unsafe(String),
    /// The tables are not what this program expects.
    #[error("migration {name}: {why}")]
    Migration {
        /// Which one.
        name: String,
        /// What is wrong with it.
        why: String,
    },
    /// A row or a parameter has another shape than the code says.
    #[error("{0}")]
    Shape(String),
    /// The disk failed under a write: what is on it is no longer known. The process must end.
    #[error("the disk failed, the process must end: {0}")]
    Fatal(String),
    /// Raised by a caller's own code inside a callback.
    #[error("{0}")]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps a caller's own error, to leave a callback with it.
    pub fn other(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Other(error.into())
    }

    pub(crate) fn shape(text: impl Into<String>) -> Error {
        Error::Shape(text.into())
    }

    /// The same error, told as fatal when it says that the disk failed under SQLite's file.
    pub(crate) fn or_fatal(self) -> Error {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
        match self {
            Error::Sqlite(e)
                if matches!(
                    e.sqlite_error_code(),
                    Some(SystemIoFailure | DatabaseCorrupt | NotADatabase)
                ) =>
            {
                Error::Fatal(e.to_string())
            }
            other => other,
        }
    }

    /// Did the connection end, so that nothing more can be heard from that session?
    pub fn is_lost(&self) -> bool {
        match self {
            Error::Postgres(e) => match e.code() {
                // 57P01..57P05: the server ends this session or all; 08: connection exceptions.
                Some(code) => code.code().starts_with("57P") || code.code().starts_with("08"),
                None => true,
            },
            Error::Io(_) => true,
            _ => false,
        }
    }
}

/// The driver's own text is only "db error": add what the server said.
fn postgres_text(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => match db.detail() {
            Some(detail) => format!("{}: {} ({detail})", db.code().code(), db.message()),
            None => format!("{}: {}", db.code().code(), db.message()),
        },
        None => match std::error::Error::source(error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        },
    }
}
