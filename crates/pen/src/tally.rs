//! What the pen counts of its own work, for whoever watches it: plain numbers, added to without waiting for anyone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Upper ends of [`Tally::sizes`], in commands.
pub const SIZES: [u64; 8] = [1, 4, 16, 64, 256, 1_024, 2_048, 4_096];
/// Upper ends of [`Tally::commits`], in microseconds.
pub const COMMITS: [u64; 10] = [250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 100_000, 500_000, 2_500_000];

/// Since the start.
#[derive(Debug)]
pub struct Tally {
    /// Groups carried out, by how many commands were in them.
    pub sizes: Spread<{ SIZES.len() }>,
    /// Commits, by how long they took: of groups that wrote something.
    pub commits: Spread<{ COMMITS.len() }>,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally { sizes: Spread::new(SIZES), commits: Spread::new(COMMITS), refusals: Mutex::default() }
    }
}

impl Tally {
    pub(crate) fn group(&self, commands: usize) {
        self.sizes.add(commands as u64);
    }

    pub(crate) fn commit(&self, took: Duration) {
        self.commits.add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn refused(&self, code: &'static str) {
        *self.refusals.lock().unwrap_or_else(PoisonError::into_inner).entry(code).or_default() += 1;
    }

    /// Refusals by code.
    pub fn refusals(&self) -> BTreeMap<&'static str, u64> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How numbers spread over ranges.
#[derive(Debug)]
pub struct Spread<const N: usize> {
    ends: [u64; N],
    /// One for each end, and what is beyond the last.
    counts: [AtomicU64; N],
    beyond: AtomicU64,
    sum: AtomicU64,
}

/// A [`Spread`] as it was at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spreading {
    /// Each range's upper end and how many fell into it.
    pub ranges: Vec<(u64, u64)>,
    /// How many there were in all.
    pub count: u64,
    /// Of all numbers.
    pub sum: u64,
}

impl<const N: usize> Spread<N> {
    const fn new(ends: [u64; N]) -> Spread<N> {
        let zero = const { AtomicU64::new(0) };
        Spread { ends, counts: [const { AtomicU64::new(0) }; N], beyond: zero, sum: AtomicU64::new(0) }
    }

    fn add(&self, number: u64) {
        let range = self.ends.iter().position(|end| number <= *end);
        range.map_or(&self.beyond, |range| &self.counts[range]).fetch_add(1, Ordering::Relaxed);
        self.sum.fetch_add(number, Ordering::Relaxed);
    }

    /// As it is now. The last range, without an end, has `u64::MAX`.
    pub fn now(&self) -> Spreading {
        let mut ranges: Vec<(u64, u64)> =
            self.ends.iter().zip(&self.counts).map(|(end, n)| (*end, n.load(Ordering::Relaxed))).collect();
        ranges.push((u64::MAX, self.beyond.load(Ordering::Relaxed)));
        let count = ranges.iter().map(|(_, n)| n).sum();
        Spreading { ranges, count, sum: self.sum.load(Ordering::Relaxed) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_falls_into_the_first_range_that_holds_it() {
        let tally = Tally::default();
        for commands in [1, 2, 4, 5, 4_096, 5_000] {
            tally.group(commands);
        }
        let now = tally.sizes.now();
        let filled: Vec<_> = now.ranges.into_iter().filter(|(_, n)| *n > 0).collect();
        assert_eq!(filled, [(1, 1), (4, 2), (16, 1), (4_096, 1), (u64::MAX, 1)]);
        assert_eq!((now.count, now.sum), (6, 9_108));
    }
}
