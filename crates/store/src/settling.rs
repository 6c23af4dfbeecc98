//! What a checkpoint moved into SQLite's file, brought to the disk at once. SQLite itself syncs the file only when a
//! checkpoint has caught up with the pen, which on a busy day is seldom: some dozens of megabytes go to the disk in one go
//! then, and the pen's own syncs wait behind them.

use std::fs::File;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use crate::{Error, Target};

/// The database file, opened once more when there is something to sync.
///
/// It is never closed: when a process closes any of its descriptors of a file, the system lets go of all locks the process has on
/// that file (POSIX), SQLite's too, and another program might take itself for the only one here.
pub(crate) struct Settling {
    path: Option<PathBuf>,
    file: Option<ManuallyDrop<File>>,
}

impl Settling {
    /// Of a database in earnest; a test's own kinds of file are left alone.
    pub fn of(target: &Target) -> Settling {
        let path = match target {
            Target::Sqlite(path) => Some(path.clone()),
            Target::SqliteVfs { .. } | Target::SqliteMemory(_) | Target::Postgres(_) => None,
        };
        Settling { path, file: None }
    }

    /// Waits until the disk has all that was written to the file.
    ///
    /// # Errors
    /// [`Error::Fatal`] when the sync fails: nobody can tell any more what the file lacks. A file that can't be opened
    /// (too many are) is left to SQLite's own sync.
    pub fn sync(&mut self) -> Result<(), Error> {
        if let (None, Some(path)) = (&self.file, &self.path) {
            self.file = File::open(path).ok().map(ManuallyDrop::new);
        }
        match &self.file {
            Some(file) => file.sync_data().map_err(|error| Error::Fatal(error.to_string())),
            None => Ok(()),
        }
    }
}
