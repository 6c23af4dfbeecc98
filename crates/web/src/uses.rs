//! When each API token was used last. Noted in memory by every call; kept every so often in a small file beside the access
//! ledger, written anew and put in place as a whole. It is for people to look at, nothing is decided by it: a server that
//! is killed forgets the last minute, and a file that can't be read is left aside.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use base::{Client, Instant};

/// The first line of the file: its form.
const HEAD: &str = "token uses 1";

/// The last uses.
#[derive(Debug)]
pub(crate) struct TokenUses {
    file: PathBuf,
    known: Mutex<HashMap<Client, Instant>>,
    /// Something was noted since it was kept.
    changed: AtomicBool,
}

impl TokenUses {
    /// What the file keeps, and what comes to it.
    pub(crate) fn open(file: &Path) -> TokenUses {
        let known = match fs::read_to_string(file) {
            Ok(text) => read(&text).unwrap_or_else(|| {
                tracing::warn!(file = %file.display(), "not a list of tokens' last uses: it begins anew");
                HashMap::new()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(%error, file = %file.display(), "tokens' last uses can't be read");
                }
                HashMap::new()
            }
        };
        TokenUses { file: file.to_owned(), known: Mutex::new(known), changed: AtomicBool::new(false) }
    }

    /// A token is used. Every API call passes here.
    pub(crate) fn note(&self, client: Client, now: Instant) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(client, now);
        self.changed.store(true, Ordering::Release);
    }

    /// When a token was used last, as far as is known.
    pub(crate) fn last(&self, client: Client) -> Option<Instant> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&client).copied()
    }

    /// Keeps what was noted, of the tokens that are still there. Blocks: not for the async threads.
    pub(crate) fn keep(&self, lasts: impl Fn(Client) -> bool) -> io::Result<()> {
        if !self.changed.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let mut all: Vec<(Client, Instant)> = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.retain(|client, _| lasts(*client));
            known.iter().map(|(client, at)| (*client, *at)).collect()
        };
        all.sort_unstable_by_key(|(client, _)| *client);
        let mut text = format!("{HEAD}\n");
        for (Client(client), Instant(at)) in all {
            // Writing into a string doesn't fail.
            writeln!(text, "{client:016x} {at}").map_err(io::Error::other)?;
        }
        let written = write(&self.file, &text);
        if written.is_err() {
            self.changed.store(true, Ordering::Release);
        }
        written
    }
}

fn read(text: &str) -> Option<HashMap<Client, Instant>> {
    let mut lines = text.lines();
    if lines.next() != Some(HEAD) {
        return None;
    }
    let line = |line: &str| {
        let (client, at) = line.split_once(' ')?;
        Some((Client(u64::from_str_radix(client, 16).ok()?), Instant(at.parse().ok()?)))
    };
    lines.map(line).collect()
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut out = File::create(&new)?;
    out.write_all(text.as_bytes())?;
    out.sync_all()?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_there_after_a_start() {
        let folder = testkit::TempDir::new();
        let file = folder.path().join("uses");
        let uses = TokenUses::open(&file);
        uses.keep(|_| true).unwrap();
        assert!(!file.exists(), "nothing to keep, nothing written");
        for (client, at) in [(u64::MAX, 5), (7, 6), (7, 9), (8, 1)] {
            uses.note(Client(client), Instant(at));
        }
        uses.keep(|client| client != Client(8)).unwrap();
        let again = TokenUses::open(&file);
        let found = [u64::MAX, 7, 8, 1].map(|client| again.last(Client(client)));
        assert_eq!(found, [Some(Instant(5)), Some(Instant(9)), None, None]);
        // Nothing new: the file isn't touched.
        fs::remove_file(&file).unwrap();
        again.keep(|_| true).unwrap();
        assert!(!file.exists());
    }

    #[test]
    fn a_damaged_file_is_left_aside() {
        let folder = testkit::TempDir::new();
        let file = folder.path().join("uses");
        for text in ["", "token uses 2\n", "token uses 1\nx 1\n", "token uses 1\n1\n", "token uses 1\n1 x\n"]
        {
            fs::write(&file, text).unwrap();
            let uses = TokenUses::open(&file);
            assert_eq!(uses.last(Client(1)), None, "{text:?}");
            uses.note(Client(1), Instant(2));
            uses.keep(|_| true).unwrap();
            assert_eq!(TokenUses::open(&file).last(Client(1)), Some(Instant(2)), "{text:?}");
        }
    }
}
