//! Which postings stay although their year goes: those that later ones refer to. They are decided again with what they
//! refer to, taken back by what was recorded, and held against the bank's files.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{Error, Snapshot};
use base::PostingNo;
use ledger::{Account, State};

use super::store::{FILED, FiledRow};
use crate::sealing::pack::Refers;

/// What stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stays {
    /// Postings.
    pub postings: BTreeSet<PostingNo>,
    /// The bank's answers, by their hashes.
    pub answers: BTreeSet<String>,
}

/// Walks through what came after a posting, at which accounts stood so. `cash`: the number of own money's purpose.
pub(super) fn find(
    snapshot: &mut Snapshot<'_>,
    last: PostingNo,
    (accounts, states, cash): (&[Account], &[State], u8),
    progress: &mut dyn FnMut(u64),
) -> Result<Stays, Error> {
    let first = PostingNo(last.0 + 1);
    let mut refers = Refers::beginning(first);
    snapshot.for_each_posting(first, None, &mut |posting, _| {
        if posting.no.0.is_multiple_of(10_000) {
            progress(posting.no.0);
        }
        refers.take(&posting)
    })?;
    refers.without_rows();
    // A payout file is held against the journal whole.
    let rows: Vec<FiledRow> = snapshot.query(FILED, &[last.into()])?;
    let mut files: BTreeMap<i64, Vec<PostingNo>> = BTreeMap::new();
    rows.iter().for_each(|row| files.entry(row.file).or_default().push(row.posting));
    let of_files = rows.iter().filter(|row| refers.payouts.contains(&row.posting)).map(|row| row.file);
    let of_files: BTreeSet<i64> = of_files.collect();
    refers.refer(of_files.iter().filter_map(|file| files.get(file)).flatten().copied());
    refers.before(snapshot, (accounts, states), cash)?;
    Ok(Stays { postings: refers.postings, answers: refers.answers })
}
