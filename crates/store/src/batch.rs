//! What is written together.

use ledger::{AccountRow, EntryRow, PostingRow, RequestRow};

use crate::{Error, Sql, Value};

/// A statement of a domain table, with its values.
#[derive(Debug, Clone)]
pub struct Write {
    /// The text.
    pub sql: Sql,
    /// Its values, in order of `$1`, `$2`…
    pub params: Vec<Value>,
}

/// Rows to be written together. Journal rows go in before the writes, the writes in their order.
#[derive(Debug, Default)]
pub struct Batch {
    /// Accounts opened.
    pub accounts: Vec<AccountRow>,
    /// Postings taken.
    pub postings: Vec<PostingRow>,
    /// Their entries.
    pub entries: Vec<EntryRow>,
    /// Commands carried out without a posting.
    pub requests: Vec<RequestRow>,
    /// Domain rows.
    pub writes: Vec<Write>,
}

impl Batch {
    /// Nothing to write?
    pub fn is_empty(&self) -> bool {
        self.rows() == 0 && self.writes.is_empty()
    }

    /// Empties it, keeping its room.
    pub fn clear(&mut self) {
        self.accounts.clear();
        self.postings.clear();
        self.entries.clear();
        self.requests.clear();
        self.writes.clear();
    }

    /// Rows of the journal's own tables.
    pub(crate) fn rows(&self) -> usize {
        self.accounts.len() + self.postings.len() + self.entries.len() + self.requests.len()
    }
}

/// Why a commit was not confirmed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Nothing of the group is in the database, and never will be. The one exception is [`Error::Fatal`]: the disk
    /// failed under the commit, the process must end, and its next start finds out.
    #[error("not committed: {0}")]
    Definite(Error),
    /// The connection was lost after COMMIT was sent: ask [`crate::Writer::resolve`].
    #[error("the commit's outcome is unknown: {0}")]
    Unknown(Error),
    /// Another writer took this sequence: this one must stop serving.
    #[error("fenced: another writer took this group's sequence")]
    Fenced,
}

/// What became of a commit whose outcome was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is in the database.
    Committed,
    /// It is not and never will be: its sequence is taken by an empty group of ours; go on at the next one.
    Lost,
    /// Another writer took its sequence: stop serving.
    Fenced,
}
