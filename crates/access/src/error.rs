//! What can break.

use base::Instant;

use crate::LookNo;

/// Something broke in or around the ledger's file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite says no.
    #[error("access ledger: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A file or a thread.
    #[error("access ledger: {0}")]
    Io(#[from] std::io::Error),
    /// Another process writes this ledger.
    #[error("another process is writing this access ledger")]
    InUse,
    /// The file is set up so that an entry could be lost.
    #[error("the access ledger is not durable: {0}")]
    Unsafe(String),
    /// The file is not what this program expects; `verify` tells more.
    #[error("the access ledger is damaged: {0}")]
    Damaged(String),
}

impl Error {
    /// Did the disk fail under a write, so that nobody knows what is on it?
    pub(crate) fn is_fatal(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
        let code = match self {
            Error::Sqlite(error) => error.sqlite_error_code(),
            _ => None,
        };
        matches!(code, Some(SystemIoFailure | DatabaseCorrupt | NotADatabase))
            || matches!(self, Error::Damaged(_))
    }
}

/// The looks were not taken: nothing is kept, and the records must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// Too many looks wait: try again shortly.
    #[error("too many looks are waiting to be kept")]
    Full,
    /// The ledger has ended: its disk failed, or the city stops.
    #[error("the access ledger is not writing")]
    Ended,
}

/// The looks were taken, but can't be vouched for: the records must not be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// A look can't be kept as it is; nothing of the call was.
    #[error("a look's {field} is empty, too long or has control characters")]
    Malformed {
        /// Which field.
        field: &'static str,
    },
    /// The write failed and nothing of it is kept; another try may succeed (when there is room again, say).
    #[error("the look could not be kept: {0}")]
    NotKept(String),
    /// The ledger has ended meanwhile; nobody knows whether the looks were kept.
    #[error("the access ledger has ended")]
    Ended,
}

/// Where the file stops agreeing with itself, or with a head that was kept elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The entry is not there, but later ones are.
    #[error("entry {0} is missing")]
    Missing(LookNo),
    /// The entry, or its hash, was changed, or it was put there later.
    #[error("entry {0} is not what was written")]
    Changed(LookNo),
    /// An entry stands before the first one that may be there.
    #[error("entry {0} was disposed of, and stands there again")]
    Stray(LookNo),
    /// The head of a group says something else than the chain does.
    #[error("the head of the group that ends with entry {0} is not what was written")]
    Head(LookNo),
    /// The list of each person's and each account's last entries was changed, so that looks would not be found.
    #[error("the last look of {0} is not where the list says")]
    Latest(String),
    /// The file ends before an entry that a kept head vouches for.
    #[error("the file ends at entry {last}, but a kept head vouches for entry {kept}")]
    CutOff {
        /// The file's last entry.
        last: LookNo,
        /// The entry that must be there.
        kept: LookNo,
    },
    /// A kept head and the file have different hashes for the same entry.
    #[error("entry {0} is another one than the kept head vouches for")]
    Rewritten(LookNo),
}

/// What was disposed of: the anchor of the entries that are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Disposal {
    /// The first entry of it.
    pub first: LookNo,
    /// The last entry of it, and the hash that the next one follows.
    pub last: crate::Head,
    /// The limit that was asked for: all of it was older.
    pub before: Instant,
    /// When it was done.
    pub at: Instant,
}

impl Disposal {
    /// How many entries.
    pub fn count(&self) -> u64 {
        (self.last.no.0 + 1).saturating_sub(self.first.0)
    }
}

/// The ledger could not be verified: it is broken, or it could not be read.
#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    /// What is wrong first.
    #[error("the access ledger is broken: {0}")]
    Broken(#[from] Broken),
    /// It could not be read.
    #[error(transparent)]
    Error(#[from] Error),
}

impl From<rusqlite::Error> for NotVerified {
    fn from(error: rusqlite::Error) -> NotVerified {
        NotVerified::Error(error.into())
    }
}

/// All entries from one head to another are what was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// What the first one follows.
    pub from: crate::Head,
    /// The last one.
    pub to: crate::Head,
}
