//! Which database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Which database, on which engine.
#[derive(Debug, Clone)]
pub enum Target {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A SQLite file through a named VFS (tests put one below that loses unsynced writes).
    SqliteVfs {
        /// The file.
        path: PathBuf,
        /// The registered name of the VFS.
        vfs: String,
    },
    /// A SQLite file for a test: never synced, gone when the last clone of this target is.
    SqliteMemory(Arc<Scratch>),
    /// A PostgreSQL database: `postgres://user@host:port/name` or key-value form.
    Postgres(String),
}

impl Target {
    /// A fresh SQLite database for a test. It is a file (in memory where the system has `/dev/shm`), since only
    /// files give readers beside the writer the same behaviour as in earnest.
    pub fn memory() -> io::Result<Target> {
        Ok(Target::SqliteMemory(Arc::new(Scratch::new()?)))
    }

    /// The file, when it is SQLite.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Target::Sqlite(path) | Target::SqliteVfs { path, .. } => Some(path),
            Target::SqliteMemory(scratch) => Some(&scratch.file),
            Target::Postgres(_) => None,
        }
    }

    /// `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        match self {
            Target::Postgres(_) => "postgres",
            _ => "sqlite",
        }
    }
}

/// A folder with a test's database, removed with it.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    file: PathBuf,
}

impl Scratch {
    fn new() -> io::Result<Scratch> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let memory = Path::new("/dev/shm");
        let base = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        // Left-overs of a killed process with our number may be there: take the next free name.
        loop {
            let name = format!("ongoeul-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let folder = base.join(name);
            match fs::create_dir(&folder) {
                Ok(()) => return Ok(Scratch { file: folder.join("city.db"), folder }),
                Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(e),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Nothing useful could be done about a test folder that doesn't go away.
        fs::remove_dir_all(&self.folder).ok();
    }
}
