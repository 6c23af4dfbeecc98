//! Drawing by weight, and what a payment costs. Whole numbers and exactly rounded square roots only, so that a seed
//! gives the same town on every machine.

use base::{Entropy, Seeded};
use rules::Ticket;

/// Positions with weights.
#[derive(Debug, Clone, Default)]
pub(super) struct Weights {
    sums: Vec<u64>,
}

impl Weights {
    pub(super) fn new(weights: impl IntoIterator<Item = u64>) -> Weights {
        let mut sum = 0u64;
        let add = |weight| {
            sum = sum.saturating_add(weight);
            sum
        };
        Weights { sums: weights.into_iter().map(add).collect() }
    }

    /// The sum of all weights.
    pub(super) fn total(&self) -> u64 {
        self.sums.last().copied().unwrap_or(0)
    }

    /// A position; `None` when nothing has any weight.
    pub(super) fn draw(&self, entropy: &mut Seeded) -> Option<usize> {
        let total = self.total();
        (total > 0).then(|| {
            let at = entropy.below(total);
            self.sums.partition_point(|sum| *sum <= at)
        })
    }
}

/// True in `count` of `of` cases.
pub(super) fn chance(entropy: &mut Seeded, count: u64, of: u64) -> bool {
    entropy.below(of) < count
}

/// One of a list.
pub(super) fn one<'a, T>(entropy: &mut Seeded, list: &'a [T]) -> Option<&'a T> {
    list.get(usize::try_from(entropy.below(list.len() as u64)).ok()?)
}

/// Steps of the table on either side of the median; 16 of them lead to the ticket's low or high.
const STEPS: usize = 34;
const TO_BOUND: u32 = 16;
/// The sum of four 16-bit numbers, less its middle, has a standard deviation of 65,536 / √3; the 95th percentile lies
/// at 1.645 of them, and a sixteenth of that is a step.
const STEP: i64 = 3_890;
const MIDDLE: i64 = 2 * 65_535;

/// What payments at a trade cost: about log-normal, half under the median, few under the low or over the high end.
#[derive(Debug, Clone)]
pub(super) struct Prices([i64; 2 * STEPS + 1]);

impl Prices {
    pub(super) fn new(ticket: &Ticket) -> Prices {
        let median = ticket.median.0.max(1);
        let mut amounts = [median; 2 * STEPS + 1];
        for (end, up) in [(ticket.low.0, false), (ticket.high.0, true)] {
            // The 16th root of the way to the end, by four square roots.
            let ratio = end.max(1) as f64 / median as f64;
            let factor = (0..TO_BOUND.ilog2()).fold(ratio, |root, _| root.sqrt());
            let mut amount = median as f64;
            for step in 1..=STEPS {
                amount *= factor;
                amounts[if up { STEPS + step } else { STEPS - step }] = amount as i64;
            }
        }
        Prices(amounts)
    }

    /// Won, rounded as prices are.
    pub(super) fn draw(&self, entropy: &mut Seeded) -> i64 {
        let bits = entropy.next_u64();
        let sum: i64 = (0..4).map(|i| ((bits >> (16 * i)) & 0xffff).cast_signed()).sum();
        let place = sum - MIDDLE + STEP * STEPS as i64;
        let (step, rest) = (usize::try_from(place / STEP).unwrap_or(0), place % STEP);
        let (low, high) = (self.0[step.min(2 * STEPS)], self.0[(step + 1).min(2 * STEPS)]);
        round(low + (high - low) * rest / STEP, entropy.below(4))
    }
}

/// Small sums end in tens or hundreds, larger ones mostly in thousands.
fn round(amount: i64, habit: u64) -> i64 {
    let unit = match (amount, habit) {
        (..10_000, 0) => 10,
        (..20_000, _) | (_, 0) => 100,
        (_, 1) => 500,
        _ => 1_000,
    };
    ((amount + unit / 2) / unit * unit).max(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Won;

    #[test]
    fn prices_lie_where_the_ticket_says() {
        let ticket = Ticket { low: Won(8_000), median: Won(19_000), high: Won(78_000) };
        let prices = Prices::new(&ticket);
        let mut entropy = Seeded::new(1);
        let drawn: Vec<i64> = (0..20_000).map(|_| prices.draw(&mut entropy)).collect();
        let share = |bound: i64| drawn.iter().filter(|a| **a < bound).count() / 200;
        assert!((47..=53).contains(&share(19_000)), "{}", share(19_000));
        assert!((3..=7).contains(&share(8_000)), "{}", share(8_000));
        assert!((93..=97).contains(&share(78_000)), "{}", share(78_000));
        assert!(drawn.iter().all(|a| *a > 0 && a % 10 == 0));
    }

    #[test]
    fn weights_decide() {
        let weights = Weights::new([0, 3, 1]);
        let mut entropy = Seeded::new(2);
        let mut counts = [0; 3];
        for _ in 0..4_000 {
            counts[weights.draw(&mut entropy).unwrap()] += 1;
        }
        assert_eq!(counts[0], 0);
        assert!((2_800..3_200).contains(&counts[1]), "{counts:?}");
        assert_eq!(Weights::new([0, 0]).draw(&mut entropy), None);
    }
}
