//! Whether every journal row matches its leaf, trusting nothing.

use base::PostingNo;
use seal::{Checkpoint, Damage, Frontier, Hash, Reader, Salts, Sealed, consistency, verify_consistency};
use store::{Error, Snapshot};

use crate::disposal;

/// Leaves compared with the entries' file at once.
const CHUNK: u64 = 8_192;

/// What was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Leaves that match, those of postings that were disposed of counted in.
    pub leaves: u64,
    /// How many of them are of postings that were disposed of: the closing that stays says what they came to.
    pub disposed: u64,
    /// Postings that aren't sealed yet.
    pub unsealed: u64,
}

/// The first thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum WrongLog {
    /// A row isn't what was sealed.
    #[error("posting {0} is not what was sealed: its row was changed after that")]
    Row(PostingNo),
    /// A row is gone.
    #[error("posting {0} was sealed and is missing from the journal")]
    Missing(PostingNo),
    /// What stays of postings that were disposed of isn't what the log has.
    #[error("what is kept of the postings up to {last}, which were disposed of: {what}")]
    Kept {
        /// The last of them.
        last: PostingNo,
        /// How it differs.
        what: &'static str,
    },
    /// The leaves don't add up to the checkpoint.
    #[error(
        "the rows match the log's entries, but their root is not the checkpoint's: the log's files were changed"
    )]
    Root,
    /// The log isn't the one that an earlier checkpoint was of.
    #[error(
        "the log of {now} postings does not go on from the checkpoint of {then}: what was sealed before was replaced"
    )]
    Inconsistent {
        /// Leaves now.
        now: u64,
        /// Leaves then.
        then: u64,
    },
    /// The log can't be read.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The log's files can't be read.
    #[error("the log's files: {0}")]
    Io(#[from] std::io::Error),
    /// The journal can't be read.
    #[error("the journal can't be read: {0}")]
    Store(#[from] Error),
}

/// The commitments of a stretch of the journal, in order; `None`: to its end.
pub fn leaves(
    snapshot: &mut Snapshot<'_>,
    salts: &Salts,
    (first, last): (u64, Option<u64>),
    each: &mut dyn FnMut(PostingNo, [u8; 32]) -> Result<(), Error>,
) -> Result<(), Error> {
    if last.is_some_and(|last| last < first) {
        return Ok(());
    }
    let mut sealed = Sealed::default();
    snapshot.for_each_posting(PostingNo(first), last.map(PostingNo), &mut |posting, entries| {
        let commitment = sealed.commit(&salts.seed(posting.no.0), &posting, entries);
        each(posting.no, commitment)
    })
}

/// Compares the whole journal with the log up to a checkpoint, and the checkpoint with an earlier one. Where years were
/// disposed of, the journal begins with what stays of them.
pub fn verify_log(
    snapshot: &mut Snapshot<'_>,
    reader: &Reader,
    salts: &Salts,
    checkpoint: &Checkpoint,
    earlier: Option<&Checkpoint>,
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, WrongLog> {
    let size = checkpoint.size;
    if let Some(then) = earlier {
        let inconsistent = WrongLog::Inconsistent { now: size, then: then.size };
        if then.size > size || then.origin != checkpoint.origin {
            return Err(inconsistent);
        }
        let proof = consistency(reader, then.size, size)?;
        if !verify_consistency((then.size, then.root), (size, checkpoint.root), &proof) {
            return Err(inconsistent);
        }
    }
    let mut edge = beginning(snapshot, (reader, salts), checkpoint)?;
    let disposed = edge.size();
    let (mut kept, mut kept_from): (Vec<[u8; 32]>, u64) = (Vec::new(), disposed);
    let mut wrong = None;
    let outcome = leaves(snapshot, salts, (disposed + 1, Some(size)), &mut |no, commitment| {
        let at = edge.size();
        if no.0 != at + 1 {
            wrong = Some(WrongLog::Missing(PostingNo(at + 1)));
            return Err(Error::Shape("stop".into()));
        }
        if at - kept_from >= kept.len() as u64 {
            let count = usize::try_from((size - at).min(CHUNK)).unwrap_or(usize::MAX);
            (kept, kept_from) = (reader.entries(at, count)?, at);
            progress(at);
        }
        let place = usize::try_from(at - kept_from).unwrap_or(usize::MAX);
        if kept.get(place) != Some(&commitment) {
            wrong = Some(WrongLog::Row(no));
            return Err(Error::Shape("stop".into()));
        }
        edge.push(Hash::leaf(&commitment), &mut |_, _| {});
        Ok(())
    });
    if let Some(wrong) = wrong {
        return Err(wrong);
    }
    outcome?;
    if edge.size() < size {
        return Err(WrongLog::Missing(PostingNo(edge.size() + 1)));
    }
    if edge.root() != checkpoint.root {
        return Err(WrongLog::Root);
    }
    let journal = snapshot.last_group()?.map_or(0, |group| group.last_posting);
    Ok(Verified { leaves: size, disposed, unsealed: journal.saturating_sub(size) })
}

/// The log's edge where the journal begins: nothing, or where the closing stands that years were disposed with. It is the
/// one that the log has, the log stood there like that, and what stays of those years is what was sealed.
fn beginning(
    snapshot: &mut Snapshot<'_>,
    (reader, salts): (&Reader, &Salts),
    checkpoint: &Checkpoint,
) -> Result<Frontier, WrongLog> {
    let Some(base) = disposal::base(snapshot)? else { return Ok(Frontier::default()) };
    let last = base.last();
    let wrong = |what| WrongLog::Kept { last, what };
    if base.posting.0 > checkpoint.size {
        return Err(wrong("the posting that says so is not sealed"));
    }
    disposal::is_said(snapshot, &base)?.map_err(wrong)?;
    let edge = base.closing.edge;
    if base.closing.origin != checkpoint.origin || edge.size() != last.0 {
        return Err(wrong("the closing is of another log"));
    }
    if seal::root(reader, last.0)? != edge.root() {
        return Err(wrong("the log stood elsewhere then than the closing says"));
    }
    // Left for later postings' sake: each is still what was sealed.
    let mut changed = None;
    leaves(snapshot, salts, (1, Some(last.0)), &mut |no, commitment| {
        if reader.entry(no.0 - 1)? != commitment {
            changed.get_or_insert(no);
        }
        Ok(())
    })?;
    changed.map_or(Ok(edge), |no| Err(WrongLog::Row(no)))
}
