//! Which postings stay although their year goes: those that later ones refer to. They are decided again with what they
//! refer to, taken back by what was recorded, and held against the bank's files.

use std::collections::{BTreeMap, BTreeSet};

use ::store::{Error, Snapshot};
use base::PostingNo;
use economy::Facts;
use economy::facts::PrepayFacts;

use super::store::{BOUGHT, BoughtRow, FILED, FiledRow};
use crate::read::rehearse::journal::{Names, deed_of};
use crate::sealing::pack::payouts_named;

/// What stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stays {
    /// Postings.
    pub postings: BTreeSet<PostingNo>,
    /// The bank's answers, by their hashes.
    pub answers: BTreeSet<String>,
}

/// The claims that facts speak of.
fn claims(facts: &Facts) -> Vec<u32> {
    let of = |legs: &[(u32, i64, i64)]| legs.iter().map(|leg| leg.0).collect();
    match facts {
        Facts::Refund(refund) => of(&refund.prepaid),
        Facts::Prepay(PrepayFacts::Advanced(advanced)) => {
            advanced.claims.iter().map(|(claim, _)| *claim).collect()
        }
        Facts::Prepay(PrepayFacts::Given(given)) => vec![given.claim],
        Facts::Prepay(PrepayFacts::Ended(ended)) => vec![ended.claim],
        // A payment, at once or reserved or taken.
        Facts::Authorise(payment) => of(&payment.prepaid),
        other => other.payment().map(|payment| of(&payment.prepaid)).unwrap_or_default(),
    }
}

/// Walks through what came after a posting.
pub(super) fn find(
    snapshot: &mut Snapshot<'_>,
    last: PostingNo,
    progress: &mut dyn FnMut(u64),
) -> Result<Stays, Error> {
    let rows: Vec<BoughtRow> = snapshot.query(BOUGHT, &[last.into()])?;
    let bought: BTreeMap<u32, PostingNo> = rows.into_iter().map(|row| (row.claim, row.posting)).collect();
    let rows: Vec<FiledRow> = snapshot.query(FILED, &[last.into()])?;
    let mut files: BTreeMap<i64, Vec<PostingNo>> = BTreeMap::new();
    rows.iter().for_each(|row| files.entry(row.file).or_default().push(row.posting));
    let file_of: BTreeMap<PostingNo, i64> = rows.into_iter().map(|row| (row.posting, row.file)).collect();
    let (mut stays, mut names) = (Stays::default(), Names::default());
    snapshot.for_each_posting(PostingNo(last.0 + 1), None, &mut |posting, _| {
        if posting.no.0.is_multiple_of(10_000) {
            progress(posting.no.0);
        }
        let facts = Facts::read(&posting.facts).map_err(Error::other)?;
        let deed = deed_of(&posting, &mut names, false)?.and_then(|deed| deed.act.of());
        let referred = posting.reverses.into_iter().chain(deed);
        let referred = referred.chain(claims(&facts).into_iter().filter_map(|no| bought.get(&no).copied()));
        stays.postings.extend(referred.filter(|no| *no <= last));
        for payout in payouts_named(&facts).into_iter().filter(|no| *no <= last) {
            stays.postings.insert(payout);
            // A payout file is held against the journal whole.
            let beside = file_of.get(&payout).and_then(|file| files.get(file));
            stays.postings.extend(beside.into_iter().flatten().copied());
        }
        if let Facts::Confirm { answer, .. } = facts {
            stays.answers.insert(answer);
        }
        Ok(())
    })?;
    Ok(stays)
}
