//! The seal at work: a follower adds every durable posting to the log, behind the pen and never in its way; receipts and
//! nightly statements are made from what it sealed.

mod check;
pub mod closing;
mod float;
mod follower;
pub mod pack;
mod shown;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use base::PostingNo;
use ledger::{EntryRow, PostingRow};
use seal::{
    Checkpoint, Damage, Hash, Log, Opening, Reader, Receipt, Salts, Sealed, Secret, VerifierKey, inclusion,
};
use store::{Error, Readers};

use crate::disposal;

pub use check::{Verified, WrongLog, leaves, verify_log};
pub use float::{CantState, NotStated, recompute, stated_in};
pub(crate) use follower::Follower;
pub use shown::Shown;

/// The log's folder in a city's.
pub const FOLDER: &str = "seal";
/// Postings that share a checkpoint when there are many to seal.
const AT_ONCE: u64 = 4_096;
/// Of the last leaves sealed, so many are compared with the journal at a start.
const COMPARED: u64 = 256;

/// Why a city can't be sealed.
#[derive(Debug, thiserror::Error)]
pub enum CantSeal {
    /// The log's files.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The journal.
    #[error("the journal can't be read: {0}")]
    Store(#[from] Error),
    /// A file.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// More is sealed than there is.
    #[error(
        "{sealed} postings are sealed, and the journal has {journal}: an older copy of the database was brought back. \
         What is sealed was published and can't be taken back. Bring back the newest copy; if there is none, keep the \
         folder {folder} as evidence, move it away, and set another `seal_origin` in the configuration"
    )]
    Ahead {
        /// Leaves.
        sealed: u64,
        /// Postings.
        journal: u64,
        /// The log's folder.
        folder: String,
    },
    /// What is sealed is not what the journal says.
    #[error("posting {0} is not what was sealed: the journal is another one, or was changed")]
    Another(PostingNo),
    /// A key can't be called this.
    #[error("a log can't be called {0:?}: no spaces, no +")]
    Origin(String),
    /// The journal misses a posting.
    #[error("posting {0} is missing from the journal")]
    Missing(PostingNo),
}

/// A sealed city's log.
pub struct Sealing {
    log: Mutex<Log>,
    /// Leaves sealed: who only wants to know doesn't wait for who seals.
    sealed: AtomicU64,
    reader: Reader,
    key: VerifierKey,
    secret: Secret,
    salts: Salts,
    folder: PathBuf,
    readers: Readers,
    state: Mutex<State>,
    /// One statement at a time.
    stating: Mutex<()>,
}

/// How the follower is doing.
#[derive(Debug, Default)]
struct State {
    /// When it was seen to be behind.
    behind_since: Option<Stopwatch>,
    /// The longest it was behind.
    longest: Duration,
    failing: bool,
}

/// How far the seal is behind the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Postings sealed.
    pub sealed: u64,
    /// Postings that aren't yet.
    pub postings: u64,
    /// For how long some haven't been.
    pub behind: Duration,
    /// The longest it ever took since the start.
    pub longest: Duration,
    /// The last try failed; the log says why.
    pub failing: bool,
}

impl Sealing {
    /// Opens the log in a folder, or begins it there under an origin; what is sealed must be what the journal says.
    pub fn open(folder: &Path, secret: Secret, origin: &str, readers: Readers) -> Result<Sealing, CantSeal> {
        std::fs::create_dir_all(folder)?;
        let origin = kept_origin(folder, origin)?;
        let signer = secret.signer(&origin).ok_or_else(|| CantSeal::Origin(origin.clone()))?;
        let log = Log::open(folder, signer)?;
        let (reader, key, salts) = (log.reader(), log.signer().verifier(), secret.salts());
        compare(&readers, &log, &reader, &salts, folder)?;
        Ok(Sealing {
            sealed: AtomicU64::new(log.size()),
            log: Mutex::new(log),
            reader,
            key,
            secret,
            salts,
            folder: folder.to_path_buf(),
            readers,
            state: Mutex::default(),
            stating: Mutex::new(()),
        })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn standing(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals up to a posting.
    pub fn catch_up(&self, to: PostingNo) -> Result<(), CantSeal> {
        while self.step(to)? {}
        Ok(())
    }

    /// Seals some; true when more are waiting.
    fn step(&self, to: PostingNo) -> Result<bool, CantSeal> {
        let mut log = self.log();
        if log.size() >= to.0 {
            return Ok(false);
        }
        let first = log.size() + 1;
        let last = to.0.min(log.size() + AT_ONCE);
        let mut commitments = Vec::with_capacity(usize::try_from(last + 1 - first).unwrap_or(0));
        self.readers.read(|snapshot| {
            leaves(snapshot, &self.salts, (first, Some(last)), &mut |_, commitment| {
                commitments.push(commitment);
                Ok(())
            })
        })?;
        if commitments.len() as u64 != last + 1 - first {
            return Err(CantSeal::Missing(PostingNo(first + commitments.len() as u64)));
        }
        let signed = log.append(&commitments)?;
        self.sealed.store(signed.size, Ordering::Release);
        Ok(signed.size < to.0)
    }

    /// Postings sealed.
    pub fn sealed(&self) -> u64 {
        self.sealed.load(Ordering::Acquire)
    }

    /// What is signed now.
    pub fn signed(&self) -> Result<Checkpoint, CantSeal> {
        Ok(self.reader.checkpoint(&self.key)?)
    }

    /// The key checkpoints and statements are signed with.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// The log's files.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Makes salts.
    pub fn salts(&self) -> &Salts {
        &self.salts
    }

    /// True when so little waits for its seal that it is a matter of moments; an old city's journal takes longer at first.
    pub fn is_near(&self, last: PostingNo) -> bool {
        last.0.saturating_sub(self.sealed()) <= AT_ONCE
    }

    /// How far it is behind a journal that ends with a posting.
    pub fn lag(&self, last: PostingNo) -> Lag {
        let sealed = self.sealed();
        let state = self.standing();
        let behind = state.behind_since.map_or(Duration::ZERO, |since| since.elapsed());
        Lag {
            sealed,
            postings: last.0.saturating_sub(sealed),
            behind,
            longest: state.longest.max(behind),
            failing: state.failing,
        }
    }

    /// The receipt of a posting, with the parts that `show` names open; `None` while it isn't sealed.
    pub fn receipt(
        &self,
        posting: &(PostingRow, Vec<EntryRow>),
        show: impl Fn(&str) -> bool,
    ) -> Result<Option<Receipt>, CantSeal> {
        let no = posting.0.no.0;
        // Another checkpoint may be written meanwhile: the note that is read is the one that is proved.
        let note = self.reader.note()?;
        let checkpoint = Checkpoint::open(&note, &self.key).map_err(Damage::from)?;
        if no == 0 || no > checkpoint.size {
            return Ok(None);
        }
        let path = inclusion(&self.reader, no - 1, checkpoint.size)?;
        let opening = opening(&self.salts, posting);
        let receipt = Receipt::new(no, &opening, show, &path, &note, &self.key);
        Ok(Some(receipt))
    }

    /// The root over the first so many leaves, which must be sealed.
    pub fn root(&self, size: u64) -> Result<Hash, CantSeal> {
        Ok(seal::root(&self.reader, size)?)
    }
}

fn opening(salts: &Salts, posting: &(PostingRow, Vec<EntryRow>)) -> Opening {
    Sealed::default().open(&salts.seed(posting.0.no.0), &posting.0, &posting.1)
}

/// The origin a log was begun under; a new log's is kept. The address people use may change, the log's name may not.
fn kept_origin(folder: &Path, origin: &str) -> Result<String, CantSeal> {
    let file = folder.join("origin");
    match std::fs::read_to_string(&file) {
        Ok(kept) => Ok(kept.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::write(&file, format!("{origin}\n"))?;
            Ok(origin.to_owned())
        }
        Err(error) => Err(error.into()),
    }
}

/// The key that a folder's log is signed with, as far as its secret and its kept origin tell.
pub fn key_of(folder: &Path, secret: &Secret) -> Result<VerifierKey, CantSeal> {
    let origin = std::fs::read_to_string(folder.join("origin"))?;
    let signer = secret.signer(origin.trim()).ok_or_else(|| CantSeal::Origin(origin.trim().to_owned()))?;
    Ok(signer.verifier())
}

/// The journal that comes with a log must be the one that was sealed: a restored backup is told apart at the start.
fn compare(
    readers: &Readers,
    log: &Log,
    reader: &Reader,
    salts: &Salts,
    folder: &Path,
) -> Result<(), CantSeal> {
    let size = log.size();
    let (journal, gone) = readers.read(|snapshot| {
        let last = snapshot.last_group()?.map_or(0, |group| group.last_posting);
        Ok((last, disposal::before(snapshot)?.0))
    })?;
    if size > journal {
        return Err(CantSeal::Ahead { sealed: size, journal, folder: folder.display().to_string() });
    }
    // What was disposed of can't be compared any more; what stays of it is the closing's to say.
    let first = size.saturating_sub(COMPARED).max(gone.min(size)) + 1;
    let mut another = None;
    let mut compared = 0;
    readers.read(|snapshot| {
        leaves(snapshot, salts, (first, Some(size)), &mut |no, commitment| {
            compared += 1;
            if reader.entry(no.0 - 1)? != commitment {
                another.get_or_insert(no);
            }
            Ok(())
        })
    })?;
    match another {
        Some(no) => Err(CantSeal::Another(no)),
        None if compared + first != size + 1 => Err(CantSeal::Missing(PostingNo(first + compared))),
        None => Ok(()),
    }
}
