//! What the law lets go by its date. Names of persons who left, and scans of what they signed, are removed; their
//! postings stay. Looks are disposed of by the access ledger.
//!
//! - Records of payments are kept for 5 years (Electronic Financial Transactions Act §22, its decree §12): for so long
//!   after the last movement it must be known whose they are.
//! - Looks are kept for 2 years (safety notice of the Personal Information Protection Act, §8).

use base::{Date, Month};

/// Years after the last movement that a person's names are kept.
pub const NAMES: u32 = 5;
/// Years that looks are kept.
pub const LOOKS: u32 = 2;

/// How a person stands with the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Won in all purses.
    pub balance: i64,
    /// Has a card that pays, or could again.
    pub has_card: bool,
    /// The day of the last movement; of their taking in where nothing ever moved.
    pub last: Date,
}

impl Standing {
    /// Whether they left, and the law lets their names go.
    pub fn may_go(&self, today: Date) -> bool {
        self.balance == 0 && !self.has_card && self.last < years_before(today, NAMES)
    }
}

/// The same day so many years before; the last of February where it has no such day.
pub fn years_before(date: Date, years: u32) -> Date {
    let month = Month(Month::of(date).0.saturating_sub(12 * years));
    let last = month.last_day();
    Date::new(last.year(), last.month(), date.day().min(last.day())).unwrap_or(last)
}

/// The same day so many years after; the last of February where it has no such day.
pub fn years_after(date: Date, years: u32) -> Date {
    let last = Month::of(date).plus(12 * years).last_day();
    Date::new(last.year(), last.month(), date.day().min(last.day())).unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use base::date;

    use super::*;

    #[test]
    fn who_may_go() {
        let today = date(2026, 2, 23);
        for (balance, has_card, last, goes) in [
            (0, false, date(2021, 2, 22), true),
            (0, false, date(2021, 2, 23), false),
            (1, false, date(2001, 1, 1), false),
            (0, true, date(2001, 1, 1), false),
        ] {
            assert_eq!(
                Standing { balance, has_card, last }.may_go(today),
                goes,
                "{balance} {has_card} {last}"
            );
        }
    }

    /// What is closed on a day goes from the day on that is named, and on none before.
    #[test]
    fn what_is_closed_goes_on_its_day() {
        for closed in [date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 1), date(2021, 12, 31)] {
            let goes = years_after(closed, 3).tomorrow().unwrap();
            assert!(closed < years_before(goes, 3), "{closed} {goes}");
            assert!(closed >= years_before(goes.yesterday().unwrap(), 3), "{closed} {goes}");
        }
    }

    #[test]
    fn years_end_on_the_same_day() {
        assert_eq!(years_before(date(2023, 2, 23), 2), date(2021, 2, 23));
        assert_eq!(years_before(date(2024, 2, 29), 2), date(2022, 2, 28));
        assert_eq!(years_before(date(2024, 12, 31), 5), date(2019, 12, 31));
    }
}
