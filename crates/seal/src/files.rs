//! Files that only grow, and files that are replaced whole.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file of records of one length, of which only what a checkpoint counts is there.
#[derive(Debug)]
pub(crate) struct Grown {
    file: File,
    waiting: Vec<u8>,
    /// Something was written since the last sync.
    dirty: bool,
}

impl Grown {
    /// Opens it at a length: what an earlier run wrote beyond it doesn't count. `None` when it is shorter.
    pub fn open(path: &Path, length: u64) -> io::Result<Option<Grown>> {
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        if file.metadata()?.len() < length {
            return Ok(None);
        }
        file.set_len(length)?;
        file.seek(SeekFrom::End(0))?;
        Ok(Some(Grown { file, waiting: Vec::new(), dirty: false }))
    }

    pub fn push(&mut self, record: &[u8]) {
        self.waiting.extend_from_slice(record);
    }

    /// Hands over to the system what waits.
    pub fn write(&mut self) -> io::Result<()> {
        if !self.waiting.is_empty() {
            self.dirty = true;
            self.file.write_all(&self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    pub fn sync(&mut self) -> io::Result<()> {
        if self.dirty {
            self.file.sync_data()?;
            self.dirty = false;
        }
        Ok(())
    }

    /// Forgets what was written beyond a length.
    pub fn cut(&mut self, length: u64) -> io::Result<()> {
        self.waiting.clear();
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::End(0))?;
        Ok(())
    }
}

/// Reads a stretch of a file; an error when it isn't that long.
pub(crate) fn read_at(path: &Path, start: u64, length: usize) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Replaces a file whole: it is the old one or the new one, whatever happens meanwhile.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
