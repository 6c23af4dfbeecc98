//! What can break, and what is refused.

use base::Refusal;
use vault::Locked;

/// Something broke in or around a compartment. It names no record.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite says no.
    #[error("its file: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file or a thread.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The master key at hand doesn't open its data keys.
    #[error("its records can't be opened: {0}")]
    Locked(#[from] Locked),
    /// Its ledger of looks.
    #[error("its looks: {0}")]
    Looks(#[from] access::Error),
    /// The file is not what this program wrote.
    #[error("its file is damaged: {0}")]
    Damaged(String),
    /// The file is set up so that a record could be lost.
    #[error("its file is not durable: {0}")]
    Unsafe(String),
}

/// Why something asked of a compartment was not done. Nothing of it is kept.
#[derive(Debug)]
pub enum Failure {
    /// It was refused.
    Refused(Refusal),
    /// It broke.
    Broken(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Broken(error)
    }
}
