//! What the patterns are looked for in, read from the journal.

use base::PostingNo;
use economy::Facts;
use store::{Error, Snapshot};

use super::score::{Deed, What};
use super::store::{DEEDS, DeedRow};
use crate::read::rehearse::first_of_day;

/// Rows read at once.
const CHUNK: u32 = 4_096;

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

/// Adds the deeds between two postings, both included.
pub(super) fn read(
    snapshot: &mut Snapshot<'_>,
    (first, last): (PostingNo, PostingNo),
    deeds: &mut Vec<Deed>,
) -> Result<(), Error> {
    let mut next = first;
    while next <= last {
        let rows: Vec<DeedRow> = snapshot.query(DEEDS, &[next.into(), last.into(), CHUNK.into()])?;
        let Some(read) = rows.last().map(|row| row.no) else { break };
        next = PostingNo(read.0 + 1);
        for row in rows {
            let facts =
                Facts::read(&row.facts).map_err(|error| Error::Shape(format!("{}: {error}", row.no)))?;
            if let Some(what) = what(&facts) {
                deeds.push(Deed { no: row.no, at: row.at, what, amount: row.amount });
            }
        }
    }
    Ok(())
}

fn what(facts: &Facts) -> Option<What> {
    Some(match facts {
        Facts::Pay(payment) | Facts::Capture { payment, .. } => {
            What::Paid { person: payment.person, shop: payment.merchant }
        }
        Facts::Refund(refund) => What::Refunded { payment: PostingNo(refund.payment) },
        Facts::TopUp(top_up) => What::ToppedUp { person: top_up.person },
        Facts::Gift(gift) => What::Gave { from: gift.from, to: gift.to },
        _ => return None,
    })
}
