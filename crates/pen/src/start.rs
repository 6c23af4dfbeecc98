//! Starting: checkpoint plus the journal's tail, or the whole journal.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Entropy, Instant, PostingNo};
use ledger::{AccountNo, Books, State};
use store::{Migration, Readers, Target, Writer};

use crate::checkpoint::{self, Checkpoints, Loaded};
use crate::keys::{KeyTable, Recorded};
use crate::town::Base;
use crate::{Load, Options, Pen, Shared, Stop, Town, View};

/// A city ready to write.
pub struct Started<T: Town> {
    /// The writer.
    pub pen: Pen<T>,
    /// The checkpoint writer.
    pub checkpoints: Checkpoints,
    /// What starting took.
    pub report: Report,
}

/// What starting took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report {
    /// True when a checkpoint was used.
    pub from_checkpoint: bool,
    /// Postings read from the journal.
    pub replayed: u64,
    /// Request keys remembered.
    pub keys: usize,
    /// Accounts in the books.
    pub accounts: usize,
}

/// Everything a start needs.
pub struct Setup<'a> {
    /// Where the data is.
    pub target: &'a Target,
    /// Tables of the floors above.
    pub migrations: &'a [Migration],
    /// The folder of checkpoints.
    pub checkpoints: &'a Path,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Randomness for ids.
    pub entropy: Box<dyn Entropy>,
    /// Randomness for the fence; never a repeatable one in earnest.
    pub nonces: Box<dyn Entropy>,
    /// How the pen works.
    pub options: Options,
    /// Start although the clock stands before the last posting.
    pub accept_clock: bool,
    /// Use the last checkpoint if there is a good one.
    pub use_checkpoint: bool,
}

/// The machine's clock may stand this far behind the last posting without a question.
const CLOCK_SLACK: Duration = Duration::from_secs(300);

/// Opens the store, rebuilds the memory, and hands over a pen.
pub fn start<T: Town>(mut town: T, setup: Setup<'_>) -> Result<Started<T>, Stop> {
    let mut writer = Writer::open(setup.target, setup.migrations)?;
    let readers = Readers::open(setup.target, 1)?;
    let file = |error: std::io::Error| Stop::Broken(format!("checkpoint folder: {error}"));
    let last_group = writer.last_group()?;
    let saved =
        if setup.use_checkpoint { good_checkpoint(&town, setup.checkpoints, &readers)? } else { None };
    let mut keys = KeyTable::new(setup.options.key_days);
    let tail = replay(&mut town, &readers, saved.as_ref(), setup.checkpoints, &mut keys)?;
    let report = Report {
        from_checkpoint: saved.is_some(),
        replayed: tail.replayed,
        keys: keys.len(),
        accounts: tail.books.accounts(),
    };
    let lengths = saved.map(|saved| saved.lengths).unwrap_or_default();
    check_clock(setup.clock.as_ref(), tail.at, setup.accept_clock)?;
    let (sequence, nonce) = last_group.map_or((0, 0), |g| (g.sequence, g.nonce));
    let (books, view) = beside(|| tail.books.clone(), || town.view())?;
    let shared =
        Shared::new(View { sequence, nonce, at: tail.at, requests: tail.requests, books, town: view });
    let (checkpoints, key_log) =
        Checkpoints::new(setup.checkpoints, setup.options.key_days, lengths).map_err(file)?;
    key_log.append(tail.keys);
    let pen = Pen::new(
        town,
        tail.books,
        keys,
        writer,
        setup.clock,
        setup.entropy,
        setup.nonces,
        shared,
        key_log,
        last_group,
        setup.options.ahead,
    );
    Ok(Started { pen, checkpoints, report })
}

/// The checkpoint, if there is one that can be used.
fn good_checkpoint<T: Town>(town: &T, dir: &Path, readers: &Readers) -> Result<Option<Loaded>, Stop> {
    let Some(loaded) = checkpoint::load(dir).map_err(file)? else { return Ok(None) };
    // An empty city's checkpoint says nothing.
    if loaded.sequence > 0 && !T::knows(loaded.town()) {
        tracing::warn!("the checkpoint is another version's: reading the journal whole");
        return Ok(None);
    }
    if !belongs(readers, &loaded)? {
        tracing::warn!(
            "the checkpoint is of another journal (a restored backup?): reading the journal whole"
        );
        return Ok(None);
    }
    if loaded.last_posting < readers.read(|snapshot| town.disposed(snapshot))? {
        tracing::warn!(
            "the checkpoint is of postings that were disposed of: going on from what stays of them"
        );
        return Ok(None);
    }
    if !loaded.has_keys(dir).map_err(file)? {
        tracing::warn!("key files are missing or cut short: reading the journal whole");
        return Ok(None);
    }
    Ok(Some(loaded))
}

fn file(error: std::io::Error) -> Stop {
    Stop::Broken(format!("checkpoint folder: {error}"))
}

/// True when the newest group that left anything in the checkpoint is in this very journal. A journal that was
/// restored from an older backup lacks it, or has another one there.
fn belongs(readers: &Readers, loaded: &Loaded) -> Result<bool, Stop> {
    let (sequence, nonce) = loaded.newest;
    if sequence == 0 {
        return Ok(true);
    }
    Ok(readers.read(|snapshot| snapshot.group(sequence))?.is_some_and(|group| group.nonce == nonce))
}

/// Does two things at once, the first on a thread of its own.
fn beside<A: Send, B>(first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> Result<(A, B), Stop> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("start".into())
            .spawn_scoped(scope, first)
            .map_err(|error| Stop::Broken(error.to_string()))?;
        let second = second();
        let first = thread.join().map_err(|_| Stop::Broken("a thread of the start panicked".into()))?;
        Ok((first, second))
    })
}

/// The books and keys that a checkpoint holds.
fn restore(saved: Option<&Loaded>, dir: &Path, keys: &mut KeyTable) -> Result<Books, Stop> {
    let Some(saved) = saved else { return Ok(Books::new()) };
    saved.load_keys(dir, keys).map_err(file)?;
    saved.books().ok_or_else(|| Stop::Broken("the checkpoint holds an account of an unknown kind".into()))
}

struct Tail {
    books: Books,
    at: Instant,
    requests: u64,
    replayed: u64,
    keys: Vec<(i32, u64, i64)>,
}

fn replay<T: Town>(
    town: &mut T,
    readers: &Readers,
    saved: Option<&Loaded>,
    dir: &Path,
    keys: &mut KeyTable,
) -> Result<Tail, Stop> {
    // An empty city's checkpoint says nothing.
    let saved = saved.filter(|saved| saved.sequence > 0);
    let whole = saved.is_none();
    let base = if whole { beginning(town, readers)? } else { None };
    let begins = base.as_ref().map_or((Instant(i64::MIN), 0), |base| (base.at, base.requests));
    let (at, requests) = saved.map_or(begins, |saved| (saved.at, saved.requests));
    let mut tail = Tail { books: Books::new(), at, requests, replayed: 0, keys: Vec::new() };
    let mut stop = None;
    readers.read(|snapshot| {
        // The town is read from its tables while the books are made of the checkpoint.
        let kept = base.as_ref().map(|base| base.saved.as_slice()).filter(|saved| !saved.is_empty());
        let load = || town.load(Load { saved: saved.map(Loaded::town).or(kept), snapshot: &mut *snapshot });
        let loaded = beside(|| restore(saved, dir, keys), load);
        match loaded.and_then(|(books, loaded)| loaded.and(books)) {
            Ok(books) => tail.books = books,
            Err(found) => {
                stop = Some(found);
                return Ok(());
            }
        }
        let known = u32::try_from(tail.books.accounts()).unwrap_or(u32::MAX);
        snapshot.for_each_account(AccountNo(known), &mut |row| {
            let stood = base.as_ref().and_then(|base| base.states.get(row.no.0 as usize));
            match stood {
                Some(state) => tail.books.reopen(row.account, *state),
                None => {
                    tail.books.open(row.account);
                }
            }
            Ok(())
        })?;
        if let Some(base) = &base {
            tail.books.resume(base.last, base.entry);
        }
        for (no, account, _) in tail.books.iter() {
            town.absorb_account(no, account);
        }
        let mut last_entry = tail.books.last_entry();
        let mut last = tail.books.last_posting();
        snapshot.for_each_posting(PostingNo(last.0 + 1), None, &mut |row, entries| {
            for entry in entries {
                tail.books.restore(entry.debit, State { balance: entry.debit_after, last: entry.no });
                tail.books.restore(entry.credit, State { balance: entry.credit_after, last: entry.no });
                last_entry = entry.no;
            }
            if let Err(found) = town.absorb(&row, entries) {
                stop.get_or_insert(found);
            }
            if !row.request_key.is_empty() {
                let fingerprint = KeyTable::fingerprint(row.client, &row.request_key);
                let recorded = Recorded::Posting(row.no);
                keys.restore(row.day, fingerprint, recorded);
                if !whole {
                    tail.keys.push((row.day, fingerprint, recorded.to_number()));
                }
            }
            last = row.no;
            tail.at = tail.at.max(row.at);
            tail.replayed += 1;
            Ok(())
        })?;
        snapshot.for_each_request(tail.requests + 1, &mut |row| {
            if !row.request_key.is_empty() {
                let fingerprint = KeyTable::fingerprint(row.client, &row.request_key);
                let recorded = Recorded::Request(row.no);
                let day = town.day(row.at);
                keys.restore(day, fingerprint, recorded);
                if !whole {
                    tail.keys.push((day, fingerprint, recorded.to_number()));
                }
            }
            tail.requests = row.no;
            tail.at = tail.at.max(row.at);
            Ok(())
        })?;
        tail.books.resume(last, last_entry);
        Ok(())
    })?;
    if whole {
        // Of a whole journal only the keys that are still remembered matter to the next checkpoint.
        tail.keys = keys.all().collect();
    }
    stop.map_or(Ok(tail), Err)
}

/// What stands at the journal's beginning in place of what was disposed of.
fn beginning<T: Town>(town: &T, readers: &Readers) -> Result<Option<Base>, Stop> {
    let mut found = Ok(None);
    readers.read(|snapshot| {
        found = town.base(snapshot);
        Ok(())
    })?;
    found
}

/// Instants never decrease, so a clock that stands before the last posting would stamp everything with that last
/// instant: more likely the machine's clock is wrong. A person may say it is not.
fn check_clock(clock: &dyn Clock, last: Instant, accepted: bool) -> Result<(), Stop> {
    let behind = last.0.saturating_sub(clock.now().0);
    let slack = i64::try_from(CLOCK_SLACK.as_micros()).unwrap_or(i64::MAX);
    if accepted || last.0 == i64::MIN || behind <= slack {
        return Ok(());
    }
    Err(Stop::Broken(format!(
        "the clock stands {} s before the last posting: set the clock, or start with --accept-clock",
        behind / 1_000_000
    )))
}
