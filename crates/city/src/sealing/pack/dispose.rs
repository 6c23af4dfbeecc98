//! Disposing of packs whose time is over. What stays is the closing, signed: the next period's pack goes on from it, and
//! verification starts there.

use std::io;
use std::path::{Path, PathBuf};

use base::Date;
use seal::VerifierKey;

use super::{BEFORE, CLOSING, MANIFEST};
use crate::retain::years_before;
use crate::sealing::closing::{Closing, hash_of};

/// A pack that may go, or why it may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposable {
    /// Its folder.
    pub folder: PathBuf,
    /// Its period.
    pub from: Date,
    /// See `from`.
    pub until: Date,
    /// Bytes that would go.
    pub bytes: u64,
}

/// The packs in an archive whose periods ended so many years ago, each of which a later pack goes on from: without one,
/// nothing would be left to start from, and it stays.
pub fn disposable(archive: &Path, key: &VerifierKey, today: Date, years: u32) -> io::Result<Vec<Disposable>> {
    let (mut found, mut followed) = (Vec::new(), Vec::new());
    for folder in std::fs::read_dir(archive)? {
        let folder = folder?.path();
        let Ok(note) = std::fs::read_to_string(folder.join(CLOSING)) else { continue };
        let Ok(closing) = Closing::open(&note, key) else { continue };
        if !folder.join(MANIFEST).exists() {
            continue;
        }
        followed.extend(std::fs::read_to_string(folder.join(BEFORE)).ok().map(|before| hash_of(&before)));
        found.push((folder, closing, hash_of(&note)));
    }
    let over = years_before(today, years);
    let mut all = Vec::new();
    for (folder, closing, hash) in found {
        if closing.until < over && followed.contains(&hash) {
            let bytes = size(&folder)?;
            all.push(Disposable { folder, from: closing.from, until: closing.until, bytes });
        }
    }
    all.sort_by_key(|one| one.until);
    Ok(all)
}

fn size(folder: &Path) -> io::Result<u64> {
    std::fs::read_dir(folder)?.try_fold(0, |sum, file| {
        let file = file?;
        let here = if file.file_type()?.is_dir() { size(&file.path())? } else { file.metadata()?.len() };
        Ok(sum + here)
    })
}

/// Lets a pack go: everything but its closing.
pub fn dispose(pack: &Disposable) -> io::Result<()> {
    for file in std::fs::read_dir(&pack.folder)? {
        let file = file?;
        if file.file_name() == CLOSING {
            continue;
        }
        if file.file_type()?.is_dir() {
            std::fs::remove_dir_all(file.path())?;
        } else {
            std::fs::remove_file(file.path())?;
        }
    }
    Ok(())
}
