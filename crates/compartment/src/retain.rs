//! What is over by its date goes: records that were closed, whole, and looks. How many there were is for nobody outside.

use base::{Instant, RecordId};

use crate::Error;
use crate::room::{Room, Standing};

impl Standing {
    /// Whether it was closed before an instant, and nothing was written since.
    pub fn is_over(&self, before: Instant) -> bool {
        self.closed && self.last < before
    }
}

impl Room {
    /// Records that were closed before an instant: what [`Room::let_go`] removes.
    pub fn over(&self, before: Instant) -> Vec<RecordId> {
        let over = |one: &Standing| one.is_over(before);
        self.list().into_iter().filter(over).map(|one| one.record).collect()
    }

    /// Removes records that were closed before an instant, with all that was written in them. It can't be taken back. Blocks;
    /// they are gone from the disk when it returns.
    ///
    /// # Errors
    /// When the file can't be written; or when somebody (a backup, say) reads it just now, so that what was removed is still
    /// in its WAL: asked again, that is emptied.
    pub fn let_go(&self, before: Instant) -> Result<(), Error> {
        let mut guard = self.inner();
        let inner = &mut *guard;
        let over = inner.records.values().filter(|one| one.is_over(before));
        let over: Vec<RecordId> = over.map(|one| one.record).collect();
        inner.file.let_go(&over)?;
        inner.records.retain(|record, _| !over.contains(record));
        inner.file.empty_wal()
    }

    /// Removes looks from before an instant; that it was done at `at` stays in the ledger. Blocks.
    ///
    /// # Errors
    /// When the ledger can't be written, or has ended.
    pub fn let_go_looks(&self, before: Instant, at: Instant) -> Result<(), Error> {
        self.dispose(before, at)
    }
}
