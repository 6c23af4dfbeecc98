//! A compartment at work.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use access::{AccessLedger, Busy, Entry, Handle, Joiner, Kept, Look, LookNo, Pending, Readers};
use base::{Entropy, Instant, PersonId, RecordId, Refusal};
use vault::{DataKey, Masters, Use, Vault};

use crate::decide::{self, NewRecord};
use crate::store::File;
use crate::written::{Said, Written};
use crate::{Error, Failure};

/// The file of records in a compartment's folder.
pub const RECORDS: &str = "records.sqlite";
/// The file of who looked, beside it.
pub const LOOKS: &str = "looks.sqlite";

/// Who asks for a change, and what makes the same request the same.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The account's opaque id.
    pub by: &'a str,
    /// Drawn when the form was shown.
    pub key: &'a str,
    /// Now.
    pub at: Instant,
}

/// Where a record stands; nothing of it names anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Which.
    pub record: RecordId,
    /// When it began.
    pub since: Instant,
    /// When something was written in it last.
    pub last: Instant,
    /// Whether it has ended.
    pub closed: bool,
}

/// A compartment, open.
pub struct Room {
    id: String,
    inner: Mutex<Inner>,
    looks: Looks,
    readers: Readers,
    uses: AtomicU64,
}

/// Its ledger of looks, whose lock is the room's. Dropped, it waits until they are kept and the lock is let go of; it is
/// gone only while it is dropped.
struct Looks(Option<(Handle, Joiner)>);

pub(crate) struct Inner {
    pub(crate) file: File,
    pub(crate) vault: Vault,
    /// As it was before index keys were dropped: requests from before are known by it.
    pub(crate) before: Vec<Vault>,
    pub(crate) entropy: Box<dyn Entropy>,
    pub(crate) records: BTreeMap<RecordId, Standing>,
    /// When something was written last.
    last: Instant,
}

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Room").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Room {
    /// Opens a compartment in its folder, or makes it. Everything in it is opened once, so that a wrong key or a changed
    /// file is found here; data keys under an older master key are wrapped anew.
    ///
    /// # Errors
    /// When another process has it open, the master key at hand is not its own, or a file is damaged.
    pub fn open(
        folder: &Path,
        id: &str,
        masters: &Masters,
        mut entropy: Box<dyn Entropy>,
    ) -> Result<Room, Error> {
        std::fs::create_dir_all(folder)?;
        let looks = AccessLedger::open(&folder.join(LOOKS), access::Options::default())?;
        let readers = looks.0.readers();
        let looks = Looks(Some(looks));
        let mut file = File::open(&folder.join(RECORDS))?;
        let mut keys = file.keys()?;
        if keys.is_empty() {
            for (no, used_for) in [(1, Use::Seal), (2, Use::Index)] {
                keys.push(DataKey::fresh(no, id, used_for, masters, &mut *entropy)?);
            }
            file.put_keys(&keys)?;
        }
        let vault = Vault::unlock(masters, &keys)?;
        let behind = keys.iter().filter(|key| key.master != masters.current());
        let anew: Vec<DataKey> =
            behind.map(|key| key.rewrapped(masters, &mut *entropy)).collect::<Result<_, _>>()?;
        if !anew.is_empty() {
            file.put_keys(&anew)?;
        }
        let mut inner = Inner {
            file,
            vault,
            before: Vec::new(),
            entropy,
            records: BTreeMap::new(),
            last: Instant(i64::MIN),
        };
        let pages = inner.file.pages()?;
        let mut all = Vec::with_capacity(pages.len());
        for page in &pages {
            all.push((page.record, Written::open(page, &inner.vault)?));
        }
        all.sort_by_key(|(_, written)| written.at);
        for (record, written) in &all {
            inner.apply(*record, written)?;
        }
        let (id, inner) = (id.to_owned(), Mutex::new(inner));
        Ok(Room { id, inner, looks, readers, uses: AtomicU64::new(0) })
    }

    /// Its id in the pack.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How often anything in it was asked for: what is answered without it can't depend on it.
    pub fn uses(&self) -> u64 {
        self.uses.load(Ordering::Relaxed)
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// All records: open ones first, and of these what was written in last first.
    pub fn list(&self) -> Vec<Standing> {
        let mut all: Vec<Standing> = self.inner().records.values().copied().collect();
        all.sort_by_key(|one| (one.closed, std::cmp::Reverse(one.last)));
        all
    }

    /// What is written in records, oldest first each. Blocks. Whoever is shown it is noted first, by [`Room::looked`].
    ///
    /// # Errors
    /// When the file can't be read, or was changed.
    pub fn read(&self, records: &[RecordId]) -> Result<Vec<(Standing, Vec<Written>)>, Error> {
        let inner = self.inner();
        let known = records.iter().filter_map(|record| inner.records.get(record));
        known.map(|standing| Ok((*standing, inner.written(standing.record)?))).collect()
    }

    /// Begins a record. Blocks; durable when it returns.
    ///
    /// # Errors
    /// Refused with what [`NewRecord`] says, or with `key.reused`.
    pub fn take_in(&self, request: Request<'_>, wish: &NewRecord) -> Result<RecordId, Failure> {
        let said = decide::take_in(wish)?;
        let mut inner = self.inner();
        let record = loop {
            let record = RecordId::new(&mut *inner.entropy);
            if !inner.records.contains_key(&record) {
                break record;
            }
        };
        inner.write(&self.id, request, record, |_| Ok(said))
    }

    /// Adds a note. Blocks; durable when it returns.
    ///
    /// # Errors
    /// `compartment.unknown`, `compartment.closed`, `compartment.note`, `key.reused`.
    pub fn note(&self, request: Request<'_>, record: RecordId, text: &str) -> Result<(), Failure> {
        self.add(request, record, |standing| decide::note(standing, text))
    }

    /// Ends a record. Blocks; durable when it returns.
    ///
    /// # Errors
    /// `compartment.unknown`, `compartment.closed`, `compartment.note`, `key.reused`.
    pub fn close(&self, request: Request<'_>, record: RecordId, text: &str) -> Result<(), Failure> {
        self.add(request, record, |standing| decide::close(standing, text))
    }

    fn add(
        &self,
        request: Request<'_>,
        record: RecordId,
        decide: impl FnOnce(&Standing) -> Result<Said, Refusal>,
    ) -> Result<(), Failure> {
        let mut inner = self.inner();
        let standing = *inner.records.get(&record).ok_or_else(|| Refusal::new("compartment.unknown"))?;
        // A note that is sent again after the record was closed was written before.
        inner.write(&self.id, request, record, |again| match again {
            true => decide(&Standing { closed: false, ..standing }),
            false => decide(&standing),
        })?;
        Ok(())
    }

    /// Notes looks. What comes says that they are durable: only then may what was read be shown.
    ///
    /// # Errors
    /// When too many wait, or the ledger has ended: then nothing may be shown.
    pub fn looked(&self, looks: Vec<Look>) -> Result<Pending<Kept>, Busy> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        let (handle, _) = self.looks.0.as_ref().ok_or(Busy::Ended)?;
        handle.record(looks)
    }

    /// Looks from before an instant go.
    pub(crate) fn dispose(&self, before: Instant, at: Instant) -> Result<(), Error> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        let ended = || Error::Unsafe("its ledger of looks has ended".to_owned());
        let (handle, _) = self.looks.0.as_ref().ok_or_else(ended)?;
        let disposed = handle.dispose_before(before, at).map_err(|_| ended())?;
        disposed.wait().map_err(|_| ended())?;
        Ok(())
    }

    /// A record, as looks name whom they are about: the ledger knows numbers of people, and here a record is a person's.
    pub fn whom(record: RecordId) -> PersonId {
        PersonId(record.0)
    }

    /// Which record a look was at.
    pub fn record_of(look: &Look) -> RecordId {
        RecordId(look.whom.0)
    }

    /// The newest looks, newest first, at most `n`; those before one of them, to read on. Blocks.
    ///
    /// # Errors
    /// When the ledger can't be read.
    pub fn looks(&self, before: Option<LookNo>, n: usize) -> Result<Vec<Entry>, Error> {
        self.uses.fetch_add(1, Ordering::Relaxed);
        let end = match before {
            Some(before) => before.0,
            None => self.readers.head()?.no.next().0,
        };
        let mut found = Vec::new();
        for no in (1..end).rev().take(n) {
            // What was disposed of is older than all that is left.
            let Some(entry) = self.readers.entry(LookNo(no))? else { break };
            found.push(entry);
        }
        Ok(found)
    }
}

impl Inner {
    /// Carries out a request once. What it says is decided under the lock; `true` when it was carried out before.
    fn write(
        &mut self,
        compartment: &str,
        request: Request<'_>,
        record: RecordId,
        decide: impl FnOnce(bool) -> Result<Said, Refusal>,
    ) -> Result<RecordId, Failure> {
        let ids = self.request_ids(compartment, request)?;
        let mut written = None;
        for id in &ids {
            written = written.or(self.file.page(id)?);
        }
        if let Some(page) = written {
            let before = Written::open(&page, &self.vault)?;
            let begins = matches!(before.said, Said::TakenIn { .. });
            let same = before.said == decide(true)? && (begins || page.record == record);
            return if same { Ok(page.record) } else { Err(Refusal::new("key.reused").into()) };
        }
        let said = decide(false)?;
        // A clock may be set back: what is written later stands later.
        let at = Instant(request.at.0.max(self.last.0.saturating_add(1)));
        let written = Written { at, by: request.by.to_owned(), said };
        let page = written.seal(compartment, &self.vault, (&ids[0], record), &mut *self.entropy)?;
        self.file.append(&page)?;
        self.apply(record, &written)?;
        Ok(record)
    }

    /// Keyed hashes of who asked under which key: nobody can tell from them which request it was. It is written under the
    /// first, and may have been under each.
    fn request_ids(&self, compartment: &str, request: Request<'_>) -> Result<Vec<String>, Error> {
        let text = format!("{}\n{}", request.by, request.key);
        let mut all = self.vault.indexes(compartment, "request", &text)?;
        for before in &self.before {
            all.extend(before.indexes(compartment, "request", &text)?);
        }
        Ok(all.iter().map(|index| index.0.iter().map(|byte| format!("{byte:02x}")).collect()).collect())
    }

    fn written(&self, record: RecordId) -> Result<Vec<Written>, Error> {
        let pages = self.file.of(record)?;
        let mut all: Vec<Written> =
            pages.iter().map(|page| Written::open(page, &self.vault)).collect::<Result<_, _>>()?;
        all.sort_by_key(|written| written.at);
        Ok(all)
    }

    /// The one place where what is known of records changes; in the order of their instants.
    fn apply(&mut self, record: RecordId, written: &Written) -> Result<(), Error> {
        let at = written.at;
        self.last = self.last.max(at);
        if let Said::TakenIn { .. } = written.said {
            self.records.insert(record, Standing { record, since: at, last: at, closed: false });
            return Ok(());
        }
        let standing = self.records.get_mut(&record);
        let standing = standing.ok_or_else(|| Error::Damaged("a record has no beginning".to_owned()))?;
        standing.last = at;
        standing.closed |= matches!(written.said, Said::Closed { .. });
        Ok(())
    }
}

impl Drop for Looks {
    fn drop(&mut self) {
        let Some((handle, joiner)) = self.0.take() else { return };
        drop(handle);
        // What was answered is kept; an ending that fails is found at the next opening.
        joiner.join().ok();
    }
}
