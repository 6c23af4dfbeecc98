//! The part of the memory that only the journal tells: what a checkpoint keeps of it, how a start reads it back, and how it
//! stood when a year ended that is disposed of.

use base::{Instant, PostingNo, Zone};
use economy::Facts;
use ledger::PostingRow;
use pen::Stop;
use store::Snapshot;

use crate::disposal::Base;
use crate::giving::{self, Change};
use crate::memory::OpenItems;
use crate::{CityView, Directory, Happened, Stats};

/// The head of that part: its version. A change of [`Saved`] is another number; what a disposal kept is read for ever, so
/// that a new form goes on reading this one.
const SAVED: &[u8] = b"city 2\n";

/// The part of the memory that a checkpoint keeps; the rest is read from the tables.
#[derive(serde::Serialize, serde::Deserialize)]
struct Saved {
    stats: Stats,
    taken: Vec<(u64, i64)>,
    holds: Vec<(u64, i64)>,
    giving: giving::Saved,
}

/// See [`pen::Town::save`].
pub(crate) fn save(view: &CityView) -> Vec<u8> {
    let mut taken: Vec<(u64, i64)> = view.open.taken.iter().map(|(no, taken)| (no.0, *taken)).collect();
    taken.sort_unstable();
    let saved = Saved {
        stats: view.stats.clone(),
        taken,
        holds: view.open.holds.iter().map(|(no, at)| (no.0, at.0)).collect(),
        giving: view.directory.giving.save(),
    };
    let mut bytes = SAVED.to_vec();
    bytes.extend(serde_json::to_vec(&saved).unwrap_or_default());
    bytes
}

/// See [`pen::Town::knows`].
pub(crate) fn knows(saved: &[u8]) -> bool {
    saved.starts_with(SAVED)
}

/// Where it stands.
pub(crate) struct Past<'a> {
    stats: &'a mut Stats,
    open: &'a mut OpenItems,
    directory: &'a mut Directory,
}

impl<'a> Past<'a> {
    pub fn of(stats: &'a mut Stats, open: &'a mut OpenItems, directory: &'a mut Directory) -> Past<'a> {
        Past { stats, open, directory }
    }

    /// From what [`save`] gave.
    pub fn restore(&mut self, saved: &[u8]) -> Result<(), Stop> {
        let saved: Saved = serde_json::from_slice(saved.strip_prefix(SAVED).unwrap_or(saved))
            .map_err(|error| Stop::Broken(format!("the checkpoint's part of the city: {error}")))?;
        *self.stats = saved.stats;
        self.directory.giving.restore(saved.giving);
        self.open.taken = saved.taken.into_iter().map(|(no, taken)| (PostingNo(no), taken)).collect();
        self.open.holds = saved.holds.into_iter().map(|(no, at)| (PostingNo(no), Instant(at))).collect();
        Ok(())
    }

    /// Takes in one posting of the journal.
    pub fn absorb(&mut self, zone: &Zone, posting: &PostingRow) -> Result<(), Stop> {
        let facts = Facts::read(&posting.facts).map_err(|error| Stop::Broken(error.to_string()))?;
        match &facts {
            Facts::Refund(refund) => {
                self.open.taken.insert(PostingNo(refund.payment), refund.before + refund.amount);
            }
            Facts::Authorise(_) => {
                self.open.holds.insert(posting.no, posting.at);
            }
            Facts::Capture { authorisation, .. } => {
                self.open.holds.remove(&PostingNo(*authorisation));
            }
            Facts::Release(release) => {
                self.open.holds.remove(&PostingNo(release.authorisation));
            }
            _ => {}
        }
        if let Some(change) = Change::of(&facts, posting.day) {
            self.directory.giving.apply(&change);
        }
        let when = (posting.no, posting.at, posting.day);
        let moved = Happened::of(self.directory, zone, when, &facts);
        if let Some(moved) = moved {
            self.stats.count(&moved, self.directory);
        }
        Ok(())
    }
}

impl CityView {
    /// The same city with this part as it stood after a posting: what was kept of years disposed of, and what came since.
    pub(crate) fn as_it_was(
        mut self,
        snapshot: &mut Snapshot<'_>,
        base: Option<&Base>,
        last: PostingNo,
    ) -> Result<CityView, Stop> {
        self.stats = Stats::default();
        (self.open.taken, self.open.holds) = Default::default();
        self.directory.giving.restore(giving::Saved::default());
        let mut past = Past::of(&mut self.stats, &mut self.open, &mut self.directory);
        let mut first = PostingNo(1);
        if let Some(base) = base {
            past.restore(base.memory.as_bytes())?;
            first = PostingNo(base.last().0 + 1);
        }
        let mut stop = None;
        snapshot.for_each_posting(first, Some(last), &mut |posting, _| {
            if let Err(found) = past.absorb(&self.zone, &posting) {
                stop.get_or_insert(found);
            }
            Ok(())
        })?;
        stop.map_or(Ok(self), Err)
    }
}
