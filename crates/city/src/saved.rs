//! The part of the memory that a checkpoint keeps; the rest is read from the tables.

use base::{Instant, PostingNo};
use pen::Stop;

use crate::memory::{CityMemory, CityView};
use crate::unasked::Unasked;
use crate::{Stats, giving};

/// The head of that part: its version. A change of [`Saved`], or of what stands before it, is another number.
const HEAD: &[u8] = b"city 3\n";

#[derive(serde::Serialize, serde::Deserialize)]
struct Saved {
    stats: Stats,
    taken: Vec<(u64, i64)>,
    holds: Vec<(u64, i64)>,
    giving: giving::Saved,
}

/// Whether a checkpoint's part is of this version.
pub(crate) fn knows(saved: &[u8]) -> bool {
    saved.starts_with(HEAD)
}

/// What a checkpoint keeps.
pub(crate) fn save(view: &CityView) -> Vec<u8> {
    let mut taken: Vec<(u64, i64)> = view.open.taken.iter().map(|(no, taken)| (no.0, *taken)).collect();
    taken.sort_unstable();
    let saved = Saved {
        stats: view.stats.clone(),
        taken,
        holds: view.open.holds.iter().map(|(no, at)| (no.0, at.0)).collect(),
        giving: view.directory.giving.save(),
    };
    let mut bytes = HEAD.to_vec();
    view.unasked.save(&mut bytes);
    bytes.extend(serde_json::to_vec(&saved).unwrap_or_default());
    bytes
}

/// Puts it back.
pub(crate) fn restore(city: &mut CityMemory, saved: &[u8]) -> Result<(), Stop> {
    let broken = |why: String| Stop::Broken(format!("the checkpoint's part of the city: {why}"));
    let rest = saved.strip_prefix(HEAD).and_then(Unasked::restore);
    let (unasked, json) = rest.ok_or_else(|| broken("it is cut short".to_owned()))?;
    let saved: Saved = serde_json::from_slice(json).map_err(|error| broken(error.to_string()))?;
    city.unasked = unasked;
    city.stats = saved.stats;
    city.directory.giving.restore(saved.giving);
    city.open.taken = saved.taken.into_iter().map(|(no, taken)| (PostingNo(no), taken)).collect();
    city.open.holds = saved.holds.into_iter().map(|(no, at)| (PostingNo(no), Instant(at))).collect();
    Ok(())
}
