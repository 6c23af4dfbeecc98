//! Lines of the bank's answers as a desk shows them: what waits, what was found about the others, and whom they concern.

use std::collections::BTreeSet;

use base::{Instant, PersonId};
use store::{Error, Snapshot};

use crate::Payee;
use crate::payouts::store::{LineRow, PAYOUT, PayoutRow, SETTLED_LINES, list_open_lines, settled_lines};

/// Settled lines are listed for four weeks: the month's reconciliation with the bank's statement.
pub const DAYS: i64 = 28;
/// As many as one page shows.
const MOST: u32 = 100;

/// Lines, and the people whose payouts they are about: whoever shows them notes a look at each.
#[derive(Debug, Default)]
pub struct Lines {
    /// The lines.
    pub lines: Vec<LineRow>,
    /// Whom they concern.
    pub people: Vec<PersonId>,
    /// How many there are in all.
    pub all: u64,
}

/// What was settled in the four weeks before an instant, the newest first.
pub fn settled(snapshot: &mut Snapshot<'_>, now: Instant) -> Result<Lines, Error> {
    let since = since(now);
    let lines: Vec<LineRow> = snapshot.query(SETTLED_LINES, &[since.into(), MOST.into()])?;
    let (people, all) = (people_of(snapshot, &lines)?, settled_lines(snapshot, since)?);
    Ok(Lines { lines, people, all })
}

/// How many these are.
pub fn count_settled(snapshot: &mut Snapshot<'_>, now: Instant) -> Result<u64, Error> {
    settled_lines(snapshot, since(now))
}

/// Lines nobody has looked at, the oldest first.
pub(super) fn open(snapshot: &mut Snapshot<'_>, most: u32) -> Result<Lines, Error> {
    let lines = list_open_lines(snapshot, most)?;
    let people = people_of(snapshot, &lines)?;
    Ok(Lines { all: lines.len() as u64, lines, people })
}

fn since(now: Instant) -> Instant {
    now.plus_seconds(-DAYS * 86_400)
}

/// The people whose payouts lines name, or were found to be.
fn people_of(snapshot: &mut Snapshot<'_>, lines: &[LineRow]) -> Result<Vec<PersonId>, Error> {
    let mut people = BTreeSet::new();
    for no in lines.iter().flat_map(|line| [line.payout, line.done_payout]).flatten() {
        let row: Option<PayoutRow> = snapshot.one(PAYOUT, &[no.into()])?;
        if let Some(Ok(Payee::Person(person))) = row.map(|row| row.payee.parse()) {
            people.insert(person);
        }
    }
    Ok(people.into_iter().collect())
}
