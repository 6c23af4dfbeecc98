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
use crate::unasked::Unasked;
use crate::{CityView, Directory, Happened, Stats};

/// The head of what a checkpoint keeps: its version. A change of what follows is another number.
const HEAD: &[u8] = b"city 4\n";
/// The head of what a disposal keeps: text, without what only counts on its day. It is read for ever, so that a new form goes on
/// reading this one.
const KEPT: &[u8] = b"city 2\n";

#[derive(serde::Serialize, serde::Deserialize)]
struct Saved {
    stats: Stats,
    taken: Vec<(u64, i64)>,
    holds: Vec<(u64, i64)>,
    giving: giving::Saved,
}

fn json(view: &CityView) -> Vec<u8> {
    let mut taken: Vec<(u64, i64)> = view.open.taken.iter().map(|(no, taken)| (no.0, *taken)).collect();
    taken.sort_unstable();
    let saved = Saved {
        stats: view.stats.clone(),
        taken,
        holds: view.open.holds.iter().map(|(no, at)| (no.0, at.0)).collect(),
        giving: view.directory.giving.save(),
    };
    serde_json::to_vec(&saved).unwrap_or_default()
}

/// See [`pen::Town::save`].
pub(crate) fn save(view: &CityView) -> Vec<u8> {
    let mut bytes = HEAD.to_vec();
    view.unasked.save(&mut bytes);
    bytes.extend(json(view));
    bytes
}

/// See [`pen::Town::knows`].
pub(crate) fn knows(saved: &[u8]) -> bool {
    saved.starts_with(HEAD)
}

/// What a disposal keeps.
pub(crate) fn keep(view: &CityView) -> Vec<u8> {
    [KEPT, &json(view)].concat()
}

/// Whether a disposal kept it in a form that is known.
pub(crate) fn is_kept(saved: &[u8]) -> bool {
    saved.starts_with(KEPT)
}

/// Where it stands.
pub(crate) struct Past<'a> {
    pub stats: &'a mut Stats,
    pub open: &'a mut OpenItems,
    pub directory: &'a mut Directory,
    pub unasked: &'a mut Unasked,
}

impl Past<'_> {
    /// From what [`save`] or [`keep`] gave.
    pub fn restore(&mut self, saved: &[u8]) -> Result<(), Stop> {
        let broken = |why: String| Stop::Broken(format!("the checkpoint's part of the city: {why}"));
        let (unasked, json) = match saved.strip_prefix(HEAD) {
            Some(rest) => Unasked::restore(rest).ok_or_else(|| broken("it is cut short".to_owned()))?,
            None => (Unasked::default(), saved.strip_prefix(KEPT).unwrap_or(saved)),
        };
        let saved: Saved = serde_json::from_slice(json).map_err(|error| broken(error.to_string()))?;
        *self.unasked = unasked;
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
        if let Some(change) = self.unasked.change(&posting.role, posting.day, &facts) {
            self.unasked.apply(change);
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
    pub(crate) fn stood_at(
        mut self,
        snapshot: &mut Snapshot<'_>,
        base: Option<&Base>,
        last: PostingNo,
    ) -> Result<CityView, Stop> {
        self.stats = Stats::default();
        (self.open.taken, self.open.holds) = Default::default();
        self.directory.giving.restore(giving::Saved::default());
        self.unasked = Unasked::default();
        let CityView { stats, open, directory, unasked, zone, .. } = &mut self;
        let mut past = Past { stats, open, directory, unasked };
        let mut first = PostingNo(1);
        if let Some(base) = base {
            past.restore(base.memory.as_bytes())?;
            first = PostingNo(base.last().0 + 1);
        }
        let mut stop = None;
        snapshot.for_each_posting(first, Some(last), &mut |posting, _| {
            if let Err(found) = past.absorb(zone, &posting) {
                stop.get_or_insert(found);
            }
            Ok(())
        })?;
        stop.map_or(Ok(self), Err)
    }
}
