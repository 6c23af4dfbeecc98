//! A shop's own numbers: what it will be paid, and what it sold, from the chains of its accounts. A day is found by
//! walking back from the newest entry, so a shop pays for its own sales only, however long the journal is.

use std::collections::BTreeMap;

use crate::store::MOVEMENTS_SINCE;
use base::{Date, EntryNo, Instant, MerchantId, PostingNo, Zone};
use calendar::Holidays;
use economy::chart;
use economy::facts::{Facts, Payment};
use ledger::{AccountNo, Books, PostingRow};
use store::{Snapshot, row};

/// More entries than a shop makes in a week; beyond, the walk ends early.
const FARTHEST: i64 = 50_000;
/// Entries read at once when only the newest postings matter.
const NEWEST: u32 = 100;

/// A shop's accounts at one sequence: what it is owed, what it owes, and where their chains begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Won earned and not paid out yet.
    pub earned: i64,
    /// Won the shop owes back: taken off the next payout.
    pub owes: i64,
    /// Won that were sent and came back: sent again as they are.
    pub returned: i64,
    chains: [Option<(AccountNo, EntryNo)>; 2],
}

impl Standing {
    /// Of a shop. Chains are walked from here, so sales and balances are of one moment.
    pub fn of(books: &Books, shop: MerchantId) -> Standing {
        let accounts = [chart::payable(shop), chart::shop_due(shop)].map(|account| books.find(&account.key));
        let [earned, owes] = accounts.map(|found| found.map_or(0, |no| books.balance(no)));
        let returned = books.balance_of(&chart::shop_returned(shop).key);
        Standing {
            earned,
            owes,
            returned,
            chains: accounts.map(|found| found.map(|no| (no, books.state(no).last))),
        }
    }

    /// Won the next payout brings, if nothing more is sold.
    pub fn payout(&self) -> i64 {
        (self.earned + self.returned - self.owes).max(0)
    }

    fn chains(&self) -> impl Iterator<Item = (AccountNo, EntryNo)> {
        self.chains.into_iter().flatten().filter(|(_, last)| *last != EntryNo(0))
    }
}

/// The day on which what is earned at an instant is paid out: the next business day whose payout hour is still to come.
pub fn pay_day(payout_hour: i8, holidays: &Holidays, zone: &Zone, at: Instant) -> Date {
    let today = zone.date(at);
    if holidays.is_business_day(today) && at < zone.instant(today, payout_hour, 0) {
        today
    } else {
        holidays.next_business_day(today)
    }
}

row! {
    /// A sale or a refund, as the journal lists it.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Movement {
        /// Its posting.
        pub no: PostingNo,
        /// When.
        pub at: Instant,
        /// The business day it counts for.
        pub day: i32,
        /// `pay`, `capture` or `refund`.
        pub kind: String,
        /// Won.
        pub amount: i64,
    }
}

impl Movement {
    /// True for money taken, false for money given back.
    pub fn is_sale(&self) -> bool {
        self.kind != "refund"
    }
}

/// What a shop sold and gave back on the days from `day` on, newest first.
pub fn movements(
    snapshot: &mut Snapshot<'_>,
    shop: &Standing,
    day: i32,
) -> Result<Vec<Movement>, store::Error> {
    let mut all: BTreeMap<PostingNo, Movement> = BTreeMap::new();
    for (account, last) in shop.chains() {
        let walked =
            snapshot.query(MOVEMENTS_SINCE, &[last.into(), account.into(), day.into(), FARTHEST.into()])?;
        all.extend(walked.into_iter().map(|one: Movement| (one.no, one)));
    }
    Ok(all.into_values().rev().collect())
}

/// A sale with what was decided on it.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Its posting.
    pub no: PostingNo,
    /// When.
    pub at: Instant,
    /// The payment.
    pub payment: Payment,
}

/// A payment of a shop by its posting; `None` for anything else, and for another shop's.
pub fn payment(
    snapshot: &mut Snapshot<'_>,
    shop: MerchantId,
    no: PostingNo,
) -> Result<Option<Taken>, store::Error> {
    Ok(snapshot.posting_alone(no)?.and_then(|row| taken(&row, shop)))
}

fn taken(row: &PostingRow, shop: MerchantId) -> Option<Taken> {
    let facts = Facts::read(&row.facts).ok()?;
    let payment = facts.payment().filter(|payment| payment.merchant == shop)?;
    Some(Taken { no: row.no, at: row.at, payment: payment.clone() })
}

/// The newest posting of a shop that passes a test, among the last hundred movements of its accounts.
pub fn newest(
    snapshot: &mut Snapshot<'_>,
    shop: &Standing,
    mut is_it: impl FnMut(&PostingRow) -> bool,
) -> Result<Option<PostingRow>, store::Error> {
    let mut numbers = std::collections::BTreeSet::new();
    for (account, last) in shop.chains() {
        numbers.extend(snapshot.statement(account, last, NEWEST)?.iter().map(|entry| entry.posting));
    }
    for no in numbers.into_iter().rev() {
        if let Some(row) = snapshot.posting_alone(no)?.filter(&mut is_it) {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn shops_are_paid_when_banks_begin() {
        let holidays = Holidays::new([]);
        let zone = Zone::named("Asia/Seoul").unwrap();
        for (day, hour, paid) in [
            (date(2021, 2, 23), 8, date(2021, 2, 23)),
            (date(2021, 2, 23), 9, date(2021, 2, 24)),
            // Over a weekend and the first of March.
            (date(2021, 2, 26), 15, date(2021, 3, 2)),
            (date(2021, 2, 28), 3, date(2021, 3, 2)),
        ] {
            assert_eq!(pay_day(9, &holidays, &zone, zone.instant(day, hour, 0)), paid, "{day} {hour}");
        }
        // Another city pays out in the evening.
        let evening = zone.instant(date(2021, 2, 23), 17, 59);
        assert_eq!(pay_day(18, &holidays, &zone, evening), date(2021, 2, 23));
        assert_eq!(pay_day(18, &holidays, &zone, evening.plus_seconds(60)), date(2021, 2, 24));
    }
}
