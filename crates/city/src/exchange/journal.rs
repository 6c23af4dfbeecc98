//! What the patterns are looked for in, read from the journal.

use base::PostingNo;
use economy::Facts;
use store::{Error, Snapshot};

use super::score::{Deed, What};
use crate::read::rehearse::first_of_day;

/// The postings of some days.
pub(super) fn window(
    snapshot: &mut Snapshot<'_>,
    (from, until): (i32, i32),
    last: PostingNo,
) -> Result<(PostingNo, PostingNo), Error> {
    let first = first_of_day(snapshot, from, last)?;
    let beyond = first_of_day(snapshot, until.saturating_add(1), last)?;
    Ok((first, PostingNo(beyond.0.saturating_sub(1))))
}

/// The deeds between two postings, both included.
pub(super) fn deeds(
    snapshot: &mut Snapshot<'_>,
    (first, last): (PostingNo, PostingNo),
) -> Result<Vec<Deed>, Error> {
    let mut deeds = Vec::new();
    if first > last {
        return Ok(deeds);
    }
    snapshot.for_each_posting(first, Some(last), &mut |row, _| {
        if !matches!(row.kind.as_ref(), "pay" | "capture" | "refund" | "top-up" | "gift") {
            return Ok(());
        }
        let facts = Facts::read(&row.facts).map_err(|error| Error::Shape(format!("{}: {error}", row.no)))?;
        let what = match &facts {
            Facts::Pay(payment) | Facts::Capture { payment, .. } => {
                What::Paid { person: payment.person, shop: payment.merchant }
            }
            Facts::Refund(refund) => What::Refunded { payment: PostingNo(refund.payment) },
            Facts::TopUp(top_up) => What::ToppedUp { person: top_up.person },
            Facts::Gift(gift) => What::Gave { from: gift.from, to: gift.to },
            _ => return Ok(()),
        };
        deeds.push(Deed { no: row.no, at: row.at, what, amount: row.amount });
        Ok(())
    })?;
    Ok(deeds)
}
