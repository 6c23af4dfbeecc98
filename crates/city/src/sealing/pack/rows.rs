//! Rows of gifts: which won of a purpose the collector's spendings took, and which came back.
//!
//! A period that is not the first begins with rows that earlier postings have filled. A pack brings the few that say how a row
//! stood: its last gift, its last spending, and what was struck behind that. Whether they are all of them the books tell: what
//! is neither spent nor struck is what was not passed on yet and what the collector holds.

use std::collections::{BTreeMap, BTreeSet};

use base::{EntryNo, PostingNo};
use economy::Facts;
use economy::facts::GivingFacts;
use economy::gifts::Row;
use ledger::AccountNo;
use store::{Error, Snapshot};

/// An account's chain of entries, from its last one back.
pub(super) type Chain = (AccountNo, EntryNo);

/// What a posting says of a row.
enum Says {
    Gave { from: i64, until: i64 },
    Struck { until: i64, amount: i64 },
    Spent { until: i64 },
}

fn says(facts: &Facts, purpose: u16) -> Option<Says> {
    if let Some((.., gift)) = facts.gift().filter(|(.., gift)| gift.purpose == purpose) {
        return Some(Says::Gave { from: gift.from, until: gift.until() });
    }
    match facts {
        Facts::Refund(refund) => {
            let back = refund.gift.as_ref().filter(|back| back.purpose == purpose && back.back > 0)?;
            Some(Says::Struck { until: back.until, amount: back.back })
        }
        Facts::Giving(GivingFacts::Spend(spent)) => {
            let draw = spent.draws.iter().find(|draw| draw.purpose == purpose)?;
            Some(Says::Spent { until: draw.until })
        }
        _ => None,
    }
}

/// The purposes whose rows a posting is decided on.
pub(super) fn asked(facts: &Facts) -> Vec<u16> {
    match facts {
        Facts::Refund(refund) => refund.gift.iter().map(|back| back.purpose).collect(),
        Facts::Giving(GivingFacts::Spend(spent)) => vec![spent.purpose, rules::Giving::GENERAL],
        _ => Vec::new(),
    }
}

/// The postings that say how a purpose's row stood, by the accounts of what was given and of what the collector holds. None
/// where the journal doesn't have them any more.
pub(super) fn find(
    snapshot: &mut Snapshot<'_>,
    purpose: u16,
    (gifts, chest): (Chain, Option<Chain>),
) -> Result<BTreeSet<PostingNo>, Error> {
    let mut found = BTreeSet::new();
    let (mut front, mut struck) = (None, Vec::new());
    let mut of_chest = |no: PostingNo, said: Says| {
        match said {
            Says::Spent { until } if front.is_none() => front = Some((no, until)),
            Says::Struck { until, .. } => struck.push((no, until)),
            _ => {}
        }
        true
    };
    let whole = match chest {
        Some(chain) => walk(snapshot, purpose, chain, &mut of_chest)?,
        None => true,
    };
    if !whole && front.is_none() {
        return Ok(found);
    }
    let behind = front.map_or(0, |(_, until)| until);
    let mut last = None;
    let whole = walk(snapshot, purpose, gifts, &mut |no, said| match said {
        Says::Gave { from, .. } => {
            last.get_or_insert(no);
            from > behind
        }
        Says::Struck { until, .. } => {
            struck.push((no, until));
            true
        }
        Says::Spent { .. } => true,
    })?;
    if whole {
        found.extend(last);
        found.extend(front.map(|(no, _)| no));
        found.extend(struck.into_iter().filter(|(_, until)| *until > behind).map(|(no, _)| no));
    }
    Ok(found)
}

/// Walks back through a chain until it is told to stop. Gives whether it came so far.
fn walk(
    snapshot: &mut Snapshot<'_>,
    purpose: u16,
    (account, last): Chain,
    each: &mut dyn FnMut(PostingNo, Says) -> bool,
) -> Result<bool, Error> {
    let mut at = last;
    while at != EntryNo(0) {
        let Some(entry) = snapshot.entry(at)? else { return Ok(false) };
        let Some(posting) = snapshot.posting_alone(entry.posting)? else { return Ok(false) };
        let facts = Facts::read(&posting.facts).map_err(|error| Error::Shape(error.to_string()))?;
        if let Some(said) = says(&facts, purpose)
            && !each(posting.no, said)
        {
            return Ok(true);
        }
        at = if entry.debit == account { entry.debit_previous } else { entry.credit_previous };
    }
    Ok(true)
}

/// A row as earlier postings say it stood.
#[derive(Debug, Default)]
struct Stood {
    given: i64,
    front: i64,
    struck: BTreeMap<i64, i64>,
}

/// The rows that are known, as an auditor's walk finds them.
#[derive(Debug)]
pub(super) struct Rows {
    rows: BTreeMap<u16, Row>,
    /// Nothing was given before the period.
    whole: bool,
    earlier: BTreeMap<u16, Stood>,
}

impl Rows {
    /// At the beginning of a period; `whole`: of the first.
    pub fn new(whole: bool) -> Rows {
        Rows { rows: BTreeMap::new(), whole, earlier: BTreeMap::new() }
    }

    /// Takes in a posting of before the period, in order.
    pub fn earlier(&mut self, facts: &Facts) {
        let gift = facts.gift().map(|(.., gift)| gift.purpose);
        let drawn = match facts {
            Facts::Giving(GivingFacts::Spend(spent)) => spent.draws.iter().map(|one| one.purpose).collect(),
            other => asked(other),
        };
        for purpose in gift.into_iter().chain(drawn) {
            let stood = self.earlier.entry(purpose).or_default();
            match says(facts, purpose) {
                Some(Says::Gave { until, .. }) => stood.given = stood.given.max(until),
                Some(Says::Struck { until, amount }) => drop(stood.struck.insert(until, amount)),
                Some(Says::Spent { until }) => stood.front = stood.front.max(until),
                None => {}
            }
        }
    }

    /// The period begins. Of a purpose `left` gives the won that the books have neither spent nor struck; `None` where nothing
    /// was ever given to it.
    pub fn begin(&mut self, purposes: impl IntoIterator<Item = u16>, left: impl Fn(u16) -> Option<i64>) {
        for purpose in purposes {
            let row = match (left(purpose), self.earlier.get(&purpose)) {
                (None, _) => Some(Row::default()),
                (Some(left), Some(stood)) => {
                    let behind = stood.struck.iter().filter(|(until, _)| **until > stood.front);
                    let behind = behind.map(|(until, amount)| (*until, *amount));
                    Some(Row::resumed(stood.given, stood.front, behind)).filter(|row| row.left() == left)
                }
                (Some(_), None) => None,
            };
            self.rows.extend(row.map(|row| (purpose, row)));
        }
    }

    /// A purpose's row by now; `None` where the pack doesn't say how it stood.
    pub fn row(&self, purpose: u16) -> Option<Row> {
        let known = self.rows.get(&purpose).cloned();
        if self.whole { Some(known.unwrap_or_default()) } else { known }
    }

    /// Takes in a posting of the period.
    pub fn take(&mut self, facts: &Facts) {
        if let Some((.., gift)) = facts.gift() {
            self.change(gift.purpose, |row| row.given = gift.until());
        }
        match facts {
            Facts::Refund(refund) => {
                if let Some(back) = &refund.gift {
                    self.change(back.purpose, |row| row.strike(back.until, back.back));
                }
            }
            Facts::Giving(GivingFacts::Spend(spent)) => {
                for draw in &spent.draws {
                    self.change(draw.purpose, |row| {
                        (row.front, row.spent) = (draw.until, row.spent + draw.amount);
                    });
                }
            }
            _ => {}
        }
    }

    fn change(&mut self, purpose: u16, change: impl FnOnce(&mut Row)) {
        if self.whole {
            change(self.rows.entry(purpose).or_default());
        } else if let Some(row) = self.rows.get_mut(&purpose) {
            change(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stood: (i64, i64), struck: &[(i64, i64)], left: Option<i64>) -> Option<Row> {
        let mut rows = Rows::new(false);
        let (given, front) = stood;
        if given > 0 {
            let struck = struck.iter().copied().collect();
            rows.earlier.insert(1, Stood { given, front, struck });
        }
        rows.begin([1], |_| left);
        rows.row(1)
    }

    /// A row is known where the books have as much left of it as its last gift, its last spending and what was struck say.
    #[test]
    fn what_a_pack_brings_of_a_row_is_held_against_the_books() {
        let front = |row: Option<Row>| row.map(|row| (row.left(), row.front_after(20)));
        assert_eq!(front(row((100, 0), &[], Some(100))), Some((100, Some(20))));
        assert_eq!(front(row((100, 40), &[], Some(60))), Some((60, Some(60))));
        // Struck behind the front counts, struck before it is over.
        assert_eq!(front(row((100, 40), &[(50, 5), (30, 5)], Some(55))), Some((55, Some(65))));
        // A strike, a spending or the last gift isn't there; or nothing is.
        for (stood, left) in [((100, 40), 55), ((100, 0), 60), ((90, 40), 60), ((0, 0), 60)] {
            assert_eq!(row(stood, &[], Some(left)), None, "{stood:?}");
        }
        // Nothing was ever given.
        assert_eq!(row((0, 0), &[], None), Some(Row::default()));
        assert_eq!(Rows::new(true).row(1), Some(Row::default()));
    }
}
