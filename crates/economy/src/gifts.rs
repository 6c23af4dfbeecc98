//! Which won of a purpose were spent, and which came back.
//!
//! All that is given to a purpose stands in one row, won by won, in the order of giving; the collector spends from the
//! front. So a gift is a stretch of the row, and it became part of those spendings whose stretches it meets: first in,
//! first out, exact to the won. What comes back with a refund is struck out of the row, the gift's last won first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One purpose's row of won.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Won ever given.
    pub given: i64,
    /// Won before the first that is not spent.
    pub front: i64,
    /// Won spent: `front` without what was struck before it was.
    pub spent: i64,
    /// Won struck.
    pub back: i64,
    /// Stretches struck: won before the first, and the last.
    struck: BTreeMap<i64, i64>,
}

impl Row {
    /// A row of which only what follows its front is known: won given and before the front, and what was struck behind it, each
    /// stretch by its last won and how many. What was struck before counts as spent.
    pub fn resumed(given: i64, front: i64, struck: impl IntoIterator<Item = (i64, i64)>) -> Row {
        let mut row = Row { given, front, spent: front, ..Row::default() };
        struck.into_iter().for_each(|(until, amount)| row.strike(until, amount));
        row
    }

    /// Won that are neither spent nor struck.
    pub fn left(&self) -> i64 {
        self.given - self.spent - self.back
    }

    /// Of the gift `from..until`: won not spent and not struck, and the last of them.
    pub fn unspent(&self, from: i64, until: i64) -> (i64, i64) {
        let mut last = until;
        // A gift is struck from its end, so what is struck of it touches its end.
        while let Some((start, _)) = self.struck.range(..last).next_back().filter(|(_, end)| **end >= last) {
            last = (*start).max(from);
            if last == from {
                break;
            }
        }
        ((last - from.max(self.front)).max(0), last)
    }

    /// Strikes the `amount` won up to `until`.
    pub fn strike(&mut self, until: i64, amount: i64) {
        // Nothing may stand where another stretch begins.
        if amount > 0 {
            self.struck.insert(until - amount, until);
            self.back += amount;
        }
    }

    /// The reverse of [`Row::strike`].
    pub fn restore(&mut self, until: i64, amount: i64) {
        if amount > 0 {
            self.struck.remove(&(until - amount));
            self.back -= amount;
        }
    }

    /// Where the front stands once `amount` more are spent; `None` when there are fewer.
    pub fn front_after(&self, amount: i64) -> Option<i64> {
        if amount < 0 || amount > self.left() {
            return None;
        }
        let (mut at, mut missing) = (self.front, amount);
        for (start, end) in self.struck.range(self.front..) {
            let run = (start - at).max(0);
            if missing <= run {
                break;
            }
            missing -= run;
            at = *end;
        }
        Some(at + missing)
    }

    /// Won of the stretch `from..until` that were not struck.
    pub fn standing(&self, from: i64, until: i64) -> i64 {
        let meets = |start: i64, end: i64| (end.min(until) - start.max(from)).max(0);
        let struck: i64 = self.struck.range(..until.max(from)).map(|(start, end)| meets(*start, *end)).sum();
        (until - from).max(0) - struck
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn gifts_are_spent_in_their_order_and_struck_from_their_end() {
        let mut row = Row { given: 100, ..Row::default() };
        // A gift of 31..=60; 10 of it come back.
        assert_eq!(row.unspent(30, 60), (30, 60));
        row.strike(60, 10);
        assert_eq!((row.left(), row.unspent(30, 60)), (90, (20, 50)));
        // 45 are spent: 15 of the gift.
        let front = row.front_after(45).unwrap();
        assert_eq!(front, 45);
        (row.front, row.spent) = (front, 45);
        assert_eq!(row.unspent(30, 60), (5, 50));
        assert_eq!(row.unspent(0, 30), (0, 30));
        row.strike(50, 5);
        assert_eq!(row.unspent(30, 60).0, 0);
        // 1 more is the first won behind what was struck.
        assert_eq!(row.front_after(0), Some(45));
        assert_eq!(row.front_after(1), Some(61));
        assert_eq!(row.front_after(41), None);
        assert_eq!(row.standing(30, 60), 15);
        row.restore(50, 5);
        assert_eq!(row.unspent(30, 60), (5, 50));
    }

    /// A gift that is spent comes back with nothing, beside one that came back whole.
    #[test]
    fn nothing_struck_strikes_nothing_out() {
        let mut row = Row { given: 90, front: 60, spent: 60, ..Row::default() };
        row.strike(90, 30);
        let before = row.clone();
        assert_eq!(row.unspent(30, 60), (0, 60));
        row.strike(60, 0);
        assert_eq!((row.left(), row.front_after(1)), (0, None));
        row.given = 100;
        assert_eq!(row.front_after(1), Some(91), "what was struck is not spent");
        row.given = 90;
        row.restore(60, 0);
        assert_eq!(row, before);
    }

    #[test]
    fn a_row_goes_on_from_its_front() {
        let mut row = Row { given: 100, ..Row::default() };
        row.strike(20, 5);
        (row.front, row.spent) = (row.front_after(40).unwrap(), 40);
        row.strike(80, 10);
        let resumed = Row::resumed(row.given, row.front, [(80, 10)]);
        assert_eq!((row.front, resumed.left()), (45, row.left()));
        for amount in 0..=row.left() + 1 {
            assert_eq!(resumed.front_after(amount), row.front_after(amount));
        }
        assert_eq!(resumed.unspent(60, 80), row.unspent(60, 80));
    }

    proptest! {
        /// Every won of every gift is spent, struck or left, and none is two of these.
        #[test]
        fn no_won_is_lost(steps in prop::collection::vec((0u8..3, 1i64..500, any::<prop::sample::Index>()), 1..60)) {
            let mut row = Row::default();
            let mut gifts: Vec<(i64, i64)> = Vec::new();
            let mut spent: Vec<(i64, i64, i64)> = Vec::new();
            for (kind, amount, which) in steps {
                match kind {
                    0 => {
                        gifts.push((row.given, row.given + amount));
                        row.given += amount;
                    }
                    1 if !gifts.is_empty() => {
                        let (from, until) = gifts[which.index(gifts.len())];
                        let (unspent, last) = row.unspent(from, until);
                        let back = amount.min(unspent);
                        if back > 0 {
                            row.strike(last, back);
                        }
                    }
                    _ => {
                        let amount = amount.min(row.left());
                        let front = row.front_after(amount).unwrap();
                        spent.push((row.front, front, amount));
                        (row.front, row.spent) = (front, row.spent + amount);
                    }
                }
                prop_assert!(row.left() >= 0 && row.front <= row.given);
            }
            // Struck later, within a stretch that was spent before, nothing can be.
            for (from, until, amount) in &spent {
                prop_assert_eq!(row.standing(*from, *until), *amount);
            }
            let of = |from: i64, until: i64| -> i64 {
                spent.iter().map(|(a, b, _)| row.standing(from.max(*a), until.min(*b))).sum()
            };
            let mut left = 0;
            for (from, until) in gifts {
                let unspent = row.unspent(from, until).0;
                let struck = (until - from) - row.standing(from, until);
                prop_assert_eq!(of(from, until) + unspent + struck, until - from);
                left += unspent;
            }
            prop_assert_eq!(left, row.left());
        }
    }
}
