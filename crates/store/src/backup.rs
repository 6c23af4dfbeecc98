//! A copy of a running SQLite city.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use crate::engine::sqlite::{self, Use};
use crate::{Error, Target};

/// Pages copied between two reports.
const PAGES: i32 = 4_096;

/// Copies a running SQLite city to `to` as of this moment, telling pages remaining and in all. The copy appears
/// under its name only when it is whole and on the disk.
pub fn backup(target: &Target, to: &Path, progress: &mut dyn FnMut(i32, i32)) -> Result<(), Error> {
    // SQLite would play such a WAL onto the copy, whatever city it is of.
    let wal = beside(to, "-wal");
    if fs::metadata(&wal).is_ok_and(|found| found.len() > 0) {
        let why =
            format!("{} is of a city that is, or was, at work there: choose another name", wal.display());
        return Err(std::io::Error::new(std::io::ErrorKind::AlreadyExists, why).into());
    }
    let source = sqlite::open(target, Use::Tend)?;
    let partial = &beside(to, ".partial");
    // What a killed backup left.
    for left in [partial, &beside(partial, "-journal")] {
        match fs::remove_file(left) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e.into()),
            _ => {}
        }
    }
    copy(&source, partial, progress)?;
    File::open(partial)?.sync_all()?;
    fs::rename(partial, to)?;
    let folder = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn copy(source: &Connection, to: &Path, progress: &mut dyn FnMut(i32, i32)) -> Result<(), Error> {
    // Under an open read transaction the source stands still for this connection; without it each commit of the
    // pen would make the copy start over.
    source.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema;")?;
    sqlite::make_private(to);
    let mut copy = Connection::open(to)?;
    {
        let backup = Backup::new(source, &mut copy)?;
        loop {
            let step = backup.step(PAGES)?;
            let at = backup.progress();
            progress(at.remaining, at.pagecount);
            match step {
                StepResult::Done => break,
                StepResult::Busy | StepResult::Locked => {
                    std::thread::sleep(std::time::Duration::from_millis(20))
                }
                _ => {}
            }
        }
    }
    source.execute_batch("COMMIT")?;
    copy.close().map_err(|(_, e)| Error::Sqlite(e))
}
