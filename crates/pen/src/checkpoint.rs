//! Checkpoints: the books as they stood, in files of their own, written off the pen's thread.
//!
//! A checkpoint is fuzzy: accounts are copied in chunks while the pen goes on, each with its last entry, and at
//! start the journal's tail is applied to a side only if it is newer. What can't be fuzzy (the town's own part)
//! is copied in one moment, the posting number of which is where the tail begins. The last group that can have left a
//! trace in any of it closes the file: a journal without that group is not the one the checkpoint was taken of.
//!
//! Files: `books` (written, synced, renamed), and `keys-<day>` (appended; `books` says how much of each counts).

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base::{CardId, EntryNo, Instant, MerchantId, PersonId, PostingNo};
use crossbeam_channel::{Receiver, Sender, unbounded};
use ledger::{Account, AccountNo, Books, ClassNo, Key, Owner, Side, State, UnitNo};
use sha2::{Digest, Sha256};

use crate::keys::{KeyTable, Recorded};
use crate::{Shared, Town};

const MAGIC: &[u8; 8] = b"OGUL-CK2";
const ACCOUNT: usize = 32;
const KEY: usize = 16;
/// Accounts copied at once: for so long publishing waits, some tens of microseconds.
const CHUNK: u32 = 4_096;

type Keys = Vec<(i32, u64, i64)>;

/// The pen's side of the key log: hands over what each group remembered, before its readers see the group, so
/// that whoever has seen a group finds its keys in the log.
pub(crate) struct KeyLog(Sender<Keys>);

impl KeyLog {
    pub(crate) fn append(&self, keys: Keys) {
        // Without a checkpointer there is nobody to keep them for.
        self.0.send(keys).ok();
    }
}

/// Writes checkpoints of a running city into a folder.
pub struct Checkpoints {
    dir: PathBuf,
    log: Receiver<Keys>,
    /// Keys that no file has yet, by day: a write that fails must not lose them.
    pending: BTreeMap<i32, Vec<u8>>,
    lengths: BTreeMap<i32, u64>,
    keep_days: i32,
}

/// A whole checkpoint, read and found undamaged. Its books are made of it by [`Loaded::books`].
pub(crate) struct Loaded {
    bytes: Vec<u8>,
    town: Range<usize>,
    accounts: Range<usize>,
    pub sequence: u64,
    /// The last group (sequence and nonce) of which something may be in it.
    pub newest: (u64, u64),
    pub at: Instant,
    pub requests: u64,
    pub last_posting: PostingNo,
    pub last_entry: EntryNo,
    /// How much of each day's key file counts.
    pub lengths: BTreeMap<i32, u64>,
}

impl Checkpoints {
    pub(crate) fn new(
        dir: &Path,
        keep_days: i32,
        lengths: BTreeMap<i32, u64>,
    ) -> io::Result<(Checkpoints, KeyLog)> {
        std::fs::create_dir_all(dir)?;
        let (send, log) = unbounded();
        let pending = BTreeMap::new();
        Ok((Checkpoints { dir: dir.to_path_buf(), log, pending, lengths, keep_days }, KeyLog(send)))
    }

    /// Writes one checkpoint. Readers and the pen go on meanwhile.
    pub fn write<T: Town>(&mut self, shared: &Shared<T::View>) -> io::Result<PostingNo> {
        let (header, town, last) = {
            let view = shared.read();
            let numbers = [
                view.sequence,
                view.nonce,
                view.at.0.cast_unsigned(),
                view.requests,
                view.books.last_posting().0,
                view.books.last_entry().0,
                view.books.accounts() as u64,
            ];
            (numbers, T::save(&view.town), view.books.last_posting())
        };
        self.write_keys()?;
        let path = self.dir.join("books.new");
        let mut file = Hashing::new(BufWriter::with_capacity(1 << 20, File::create(&path)?));
        file.write_all(MAGIC)?;
        for number in header {
            file.write_all(&number.to_le_bytes())?;
        }
        file.write_all(&(self.lengths.len() as u64).to_le_bytes())?;
        for (day, length) in &self.lengths {
            file.write_all(&i64::from(*day).to_le_bytes())?;
            file.write_all(&length.to_le_bytes())?;
        }
        file.write_all(&(town.len() as u64).to_le_bytes())?;
        file.write_all(&town)?;
        write_accounts(&mut file, shared, u32::try_from(header[6]).unwrap_or(u32::MAX))?;
        let newest = {
            let view = shared.read();
            [view.sequence, view.nonce]
        };
        for number in newest {
            file.write_all(&number.to_le_bytes())?;
        }
        file.finish()?;
        std::fs::rename(&path, checkpoint_file(&self.dir))?;
        File::open(&self.dir)?.sync_all()?;
        // Only now does nothing count them any more.
        self.remove_old_keys()?;
        Ok(last)
    }

    /// Appends the keys of all groups published so far; later groups' keys may come along, they are found again
    /// in the journal's tail.
    fn write_keys(&mut self) -> io::Result<()> {
        for (day, fingerprint, number) in self.log.try_iter().flatten() {
            let bytes = self.pending.entry(day).or_default();
            bytes.extend_from_slice(&fingerprint.to_le_bytes());
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let newest = self.pending.keys().chain(self.lengths.keys()).max().copied().unwrap_or(i32::MIN);
        let oldest = newest.saturating_sub(self.keep_days);
        self.lengths.retain(|day, _| *day >= oldest);
        while let Some(entry) = self.pending.first_entry() {
            let day = *entry.key();
            if day >= oldest {
                let length = self.lengths.entry(day).or_insert(0);
                let path = key_file(&self.dir, day);
                let mut file = OpenOptions::new().create(true).truncate(false).write(true).open(path)?;
                // What an earlier run wrote beyond what counts is not ours to keep.
                file.set_len(*length)?;
                file.seek(SeekFrom::End(0))?;
                file.write_all(entry.get())?;
                file.sync_all()?;
                *length += entry.get().len() as u64;
            }
            entry.remove();
        }
        Ok(())
    }

    /// Removes the key files that the checkpoint doesn't count: of days that are over, or of another journal.
    fn remove_old_keys(&self) -> io::Result<()> {
        for file in std::fs::read_dir(&self.dir)? {
            let file = file?;
            let name = file.file_name();
            let day =
                name.to_str().and_then(|name| name.strip_prefix("keys-")).and_then(|day| day.parse().ok());
            if day.is_some_and(|day: i32| !self.lengths.contains_key(&day)) {
                std::fs::remove_file(file.path())?;
            }
        }
        Ok(())
    }

    /// Runs on a thread of its own until told to stop: a checkpoint whenever `every` postings have come since the
    /// last one, and one at the end.
    pub fn spawn<T: Town>(self, shared: Shared<T::View>, every: u64) -> io::Result<Checkpointer> {
        let stop = Arc::new(AtomicU8::new(GO_ON));
        let seen = Arc::clone(&stop);
        let shelf = Arc::new(Mutex::new(self));
        let thread = std::thread::Builder::new().name("checkpoints".into()).spawn(move || {
            let mut last = shared.read().books.last_posting().0;
            while seen.load(Ordering::Relaxed) == GO_ON {
                std::thread::park_timeout(std::time::Duration::from_millis(500));
                let now = shared.read().books.last_posting().0;
                if now >= last.saturating_add(every) {
                    log_outcome(shelf.lock().unwrap_or_else(PoisonError::into_inner).write::<T>(&shared));
                    last = now;
                }
            }
            if seen.load(Ordering::Relaxed) == LEAVE {
                return;
            }
            log_outcome(shelf.lock().unwrap_or_else(PoisonError::into_inner).write::<T>(&shared));
        })?;
        Ok(Checkpointer { stop, thread })
    }
}

/// What a checkpoint thread is told.
const GO_ON: u8 = 0;
const STOP: u8 = 1;
const LEAVE: u8 = 2;

/// The running checkpoint thread.
#[derive(Debug)]
pub struct Checkpointer {
    stop: Arc<AtomicU8>,
    thread: std::thread::JoinHandle<()>,
}

impl Checkpointer {
    /// Writes a last checkpoint and ends.
    pub fn stop(self) {
        self.end(STOP);
    }

    /// Ends without a last checkpoint: another writer may have the journal by now.
    pub fn leave(self) {
        self.end(LEAVE);
    }

    fn end(self, word: u8) {
        self.stop.store(word, Ordering::Relaxed);
        self.thread.thread().unpark();
        if self.thread.join().is_err() {
            tracing::error!("the checkpoint thread panicked");
        }
    }
}

fn log_outcome(outcome: io::Result<PostingNo>) {
    match outcome {
        Ok(posting) => tracing::info!(%posting, "checkpoint written"),
        // The journal is the truth; without a checkpoint only the next start is slower.
        Err(error) => tracing::warn!(%error, "no checkpoint could be written"),
    }
}

fn write_accounts<V, W: Write>(file: &mut W, shared: &Shared<V>, accounts: u32) -> io::Result<()> {
    let mut buffer = Vec::with_capacity(CHUNK as usize * ACCOUNT);
    for start in (0..accounts).step_by(CHUNK as usize) {
        buffer.clear();
        {
            let view = shared.read();
            for no in (start..accounts.min(start + CHUNK)).map(AccountNo) {
                if let Some(account) = view.books.account(no) {
                    encode(&mut buffer, account, view.books.state(no));
                }
            }
        }
        file.write_all(&buffer)?;
    }
    Ok(())
}

fn encode(buffer: &mut Vec<u8>, account: &Account, state: State) {
    let (tag, owner) = match account.key.owner {
        Owner::None => (0, 0),
        Owner::Person(id) => (1, id.0),
        Owner::Merchant(id) => (2, id.0),
        Owner::Card(id) => (3, id.0),
        Owner::Posting(no) => (4, no.0),
    };
    let flags = u8::from(account.side == Side::Credit) | (u8::from(account.floor) << 1);
    buffer.extend_from_slice(&[account.key.class.0, account.unit.0, flags, tag]);
    buffer.extend_from_slice(&account.key.sub.to_le_bytes());
    buffer.extend_from_slice(&owner.to_le_bytes());
    buffer.extend_from_slice(&state.balance.to_le_bytes());
    buffer.extend_from_slice(&state.last.0.to_le_bytes());
}

fn decode(bytes: &[u8]) -> Option<(Account, State)> {
    let id = word(bytes, 8)?;
    let owner = match bytes[3] {
        0 => Owner::None,
        1 => Owner::Person(PersonId(id)),
        2 => Owner::Merchant(MerchantId(id)),
        3 => Owner::Card(CardId(id)),
        4 => Owner::Posting(PostingNo(id)),
        _ => return None,
    };
    let sub = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    let account = Account {
        key: Key { class: ClassNo(bytes[0]), owner, sub },
        unit: UnitNo(bytes[1]),
        side: if bytes[2] & 1 == 1 { Side::Credit } else { Side::Debit },
        floor: bytes[2] & 2 == 2,
    };
    Some((account, State { balance: word(bytes, 16)?.cast_signed(), last: EntryNo(word(bytes, 24)?) }))
}

fn word(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at + 8).and_then(|slice| slice.try_into().ok()).map(u64::from_le_bytes)
}

/// The file in the folder that the books are kept in.
pub fn checkpoint_file(dir: &Path) -> PathBuf {
    dir.join("books")
}

fn key_file(dir: &Path, day: i32) -> PathBuf {
    dir.join(format!("keys-{day}"))
}

/// Reads the last checkpoint. `Ok(None)` when there is none, or it is damaged (then the journal is read whole).
pub(crate) fn load(dir: &Path) -> io::Result<Option<Loaded>> {
    let bytes = match std::fs::read(checkpoint_file(dir)) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let parsed = parse(bytes);
    if parsed.is_none() {
        tracing::warn!("the checkpoint is damaged: reading the whole journal instead");
    }
    Ok(parsed)
}

fn parse(bytes: Vec<u8>) -> Option<Loaded> {
    let body = bytes.len().checked_sub(32)?;
    if &bytes[..8] != MAGIC || Sha256::digest(&bytes[..body]).as_slice() != &bytes[body..] {
        return None;
    }
    let number = |index: usize| word(&bytes, 8 + index * 8);
    let days = usize::try_from(number(7)?).ok()?;
    let mut at = 72;
    let mut lengths = BTreeMap::new();
    for _ in 0..days {
        lengths.insert(i32::try_from(word(&bytes, at)?.cast_signed()).ok()?, word(&bytes, at + 8)?);
        at += 16;
    }
    let town_length = usize::try_from(word(&bytes, at)?).ok()?;
    let town = at + 8..(at + 8).checked_add(town_length)?;
    let end = body.checked_sub(16)?;
    let accounts = town.end..end;
    if bytes.get(accounts.clone())?.len() != usize::try_from(number(6)?).ok()?.checked_mul(ACCOUNT)? {
        return None;
    }
    Some(Loaded {
        sequence: number(0)?,
        newest: (word(&bytes, end)?, word(&bytes, end + 8)?),
        at: Instant(number(2)?.cast_signed()),
        requests: number(3)?,
        last_posting: PostingNo(number(4)?),
        last_entry: EntryNo(number(5)?),
        town,
        accounts,
        lengths,
        bytes,
    })
}

impl Loaded {
    /// What [`Town::save`] gave.
    pub(crate) fn town(&self) -> &[u8] {
        &self.bytes[self.town.clone()]
    }

    /// The books. `None` when an account can't be read.
    pub(crate) fn books(&self) -> Option<Books> {
        let accounts = &self.bytes[self.accounts.clone()];
        let mut books = Books::new();
        books.reserve(accounts.len() / ACCOUNT * 9 / 8);
        for chunk in accounts.chunks_exact(ACCOUNT) {
            let (account, state) = decode(chunk)?;
            books.reopen(account, state);
        }
        books.resume(self.last_posting, self.last_entry);
        Some(books)
    }

    /// Are all its keys there?
    pub(crate) fn has_keys(&self, dir: &Path) -> io::Result<bool> {
        for (day, length) in &self.lengths {
            match std::fs::metadata(key_file(dir, *day)) {
                Ok(file) if file.len() >= *length => {}
                Ok(_) => return Ok(false),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    /// Reads the key files as far as they count.
    pub(crate) fn load_keys(&self, dir: &Path, keys: &mut KeyTable) -> io::Result<()> {
        for (day, length) in &self.lengths {
            let mut bytes = Vec::new();
            File::open(key_file(dir, *day))?.take(*length).read_to_end(&mut bytes)?;
            keys.reserve(*day, bytes.len() / KEY);
            for record in bytes.chunks_exact(KEY) {
                if let (Some(fingerprint), Some(number)) = (word(record, 0), word(record, 8)) {
                    keys.restore(*day, fingerprint, Recorded::from_number(number.cast_signed()));
                }
            }
        }
        Ok(())
    }
}

/// Writes through a running hash, and ends with it.
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
}

impl Hashing {
    fn new(file: BufWriter<File>) -> Hashing {
        Hashing { file, hash: Sha256::new() }
    }

    fn finish(mut self) -> io::Result<()> {
        let digest = self.hash.finalize();
        self.file.write_all(digest.as_slice())?;
        self.file.flush()?;
        self.file.get_ref().sync_all()
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// The books of the checkpoint in a folder, for an auditor to compare; `None` when there is none.
pub fn checkpoint_books(dir: &Path) -> io::Result<Option<Books>> {
    Ok(load(dir)?.and_then(|loaded| loaded.books()))
}
