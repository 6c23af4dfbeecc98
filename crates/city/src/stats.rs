//! Tallies of the town: by day, and within a day by hour, neighbourhood and trade. Brought up to date by what is
//! durable, kept in checkpoints, rebuilt from the journal without one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Directory, Happened, What};

/// How many, and how much in won.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Payments.
    pub count: i64,
    /// Won.
    pub sum: i64,
}

impl Tally {
    fn add(&mut self, amount: i64) {
        self.count += 1;
        self.sum += amount;
    }
}

/// One day of the town.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// All payments.
    pub paid: Tally,
    /// Refunds.
    pub refunded: Tally,
    /// Top-ups.
    pub topped_up: Tally,
    /// Cashback granted less taken back, in won.
    pub reward: i64,
    /// The part of it granted at payment.
    pub payment_reward: i64,
    /// Payments by hour.
    pub hours: [Tally; 24],
    /// Payments by the shop's neighbourhood (position in the pack).
    pub districts: Vec<Tally>,
    /// Payments by the shop's trade (position in the pack).
    pub trades: Vec<Tally>,
}

/// All days.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// By day: days since 1970-01-01.
    pub days: BTreeMap<i32, Day>,
}

impl Stats {
    /// Counts one movement.
    pub fn count(&mut self, happened: &Happened, directory: &Directory) {
        let day = self.days.entry(happened.day).or_default();
        match happened.what {
            What::Paid => {
                day.paid.add(happened.amount);
                day.reward += happened.reward;
                day.payment_reward += happened.reward;
                day.hours[usize::from(happened.hour.min(23))].add(happened.amount);
                if let Some(shop) = happened.shop.and_then(|at| directory.shops().get(at as usize)) {
                    tally(&mut day.districts, shop.district).add(happened.amount);
                    tally(&mut day.trades, shop.trade).add(happened.amount);
                }
            }
            What::Refunded => {
                day.refunded.add(happened.amount);
                day.reward -= happened.reward;
                day.payment_reward -= happened.reward;
            }
            What::ToppedUp => {
                day.topped_up.add(happened.amount);
                day.reward += happened.reward;
            }
        }
    }

    /// A day's tallies; empty ones for a day without any.
    pub fn day(&self, day: i32) -> Day {
        self.days.get(&day).cloned().unwrap_or_default()
    }

    /// Cashback at payment in won, over the days `from..=to`.
    pub fn payment_reward_between(&self, from: i32, to: i32) -> i64 {
        if from > to {
            return 0;
        }
        self.days.range(from..=to).map(|(_, day)| day.payment_reward).sum()
    }
}

fn tally(list: &mut Vec<Tally>, index: u8) -> &mut Tally {
    let index = usize::from(index);
    if list.len() <= index {
        list.resize(index + 1, Tally::default());
    }
    &mut list[index]
}
