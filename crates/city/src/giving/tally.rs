//! What came in, from how many, by month and kind.

use std::collections::{BTreeMap, BTreeSet};

use base::Month;
use economy::facts::{GiftKind, Giver};
use serde::{Deserialize, Serialize};

/// The gifts of one kind in one month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthOfGifts {
    /// How many.
    pub gifts: i64,
    /// Won.
    pub won: i64,
    /// Won of it that came back.
    pub back: i64,
    /// From whom, with how many gifts each.
    #[serde(with = "pairs")]
    givers: BTreeMap<Giver, u32>,
}

impl MonthOfGifts {
    /// From how many.
    pub fn givers(&self) -> usize {
        self.givers.len()
    }

    /// Won that stayed.
    pub fn left(&self) -> i64 {
        self.won - self.back
    }
}

/// A map as a list of pairs: its keys are no texts.
mod pairs {
    use std::collections::BTreeMap;

    use economy::facts::Giver;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(map: &BTreeMap<Giver, u32>, to: S) -> Result<S::Ok, S::Error> {
        map.iter().collect::<Vec<_>>().serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Giver, u32>, D::Error> {
        Ok(Vec::<(Giver, u32)>::deserialize(from)?.into_iter().collect())
    }
}

/// All gifts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    months: BTreeMap<(Month, GiftKind), MonthOfGifts>,
    /// By giver: gifts, and won that stayed.
    givers: BTreeMap<Giver, (i64, i64)>,
}

/// As a checkpoint keeps it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Saved {
    months: Vec<(u32, GiftKind, MonthOfGifts)>,
    givers: Vec<(Giver, i64, i64)>,
}

impl Given {
    pub(super) fn gave(&mut self, giver: Giver, kind: GiftKind, won: i64, month: Month) {
        let of = self.months.entry((month, kind)).or_default();
        (of.gifts, of.won) = (of.gifts + 1, of.won + won);
        *of.givers.entry(giver).or_insert(0) += 1;
        let own = self.givers.entry(giver).or_insert((0, 0));
        *own = (own.0 + 1, own.1 + won);
    }

    pub(super) fn not_gave(&mut self, giver: Giver, kind: GiftKind, won: i64, month: Month) {
        if let Some(of) = self.months.get_mut(&(month, kind)) {
            (of.gifts, of.won) = (of.gifts - 1, of.won - won);
            let left = of.givers.get(&giver).copied().unwrap_or(0).saturating_sub(1);
            if left == 0 {
                of.givers.remove(&giver);
            } else {
                of.givers.insert(giver, left);
            }
            if of.gifts == 0 {
                self.months.remove(&(month, kind));
            }
        }
        if let Some(own) = self.givers.get_mut(&giver) {
            *own = (own.0 - 1, own.1 - won);
            if own.0 == 0 {
                self.givers.remove(&giver);
            }
        }
    }

    /// Only what is given with a payment comes back.
    pub(super) fn back(&mut self, giver: Giver, won: i64, month: Month) {
        self.months.entry((month, GiftKind::Standing)).or_default().back += won;
        if let Some(own) = self.givers.get_mut(&giver) {
            own.1 -= won;
        }
    }

    /// By month and kind, the oldest month first.
    pub fn months(&self) -> impl Iterator<Item = (Month, GiftKind, &MonthOfGifts)> {
        self.months.iter().map(|((month, kind), of)| (*month, *kind, of))
    }

    /// Gifts of one giver, and won that stayed.
    pub fn by(&self, giver: Giver) -> (i64, i64) {
        self.givers.get(&giver).copied().unwrap_or((0, 0))
    }

    /// How many people, and how many shops, have given.
    pub fn givers(&self) -> (usize, usize) {
        let people = self.givers.keys().filter(|giver| matches!(giver, Giver::Person(_))).count();
        (people, self.givers.len() - people)
    }

    /// From how many people, and how many shops, something came in a month.
    pub fn givers_in(&self, month: Month) -> (usize, usize) {
        let all: BTreeSet<&Giver> = self
            .months
            .range((month, GiftKind::Standing)..=(month, GiftKind::Shop))
            .flat_map(|(_, of)| of.givers.keys())
            .collect();
        let people = all.iter().filter(|giver| matches!(giver, Giver::Person(_))).count();
        (people, all.len() - people)
    }

    /// Won that stayed, of people and of shops.
    pub fn won(&self) -> (i64, i64) {
        let sum = |shops: bool| {
            let of = self.months.iter().filter(|((_, kind), _)| (*kind == GiftKind::Shop) == shops);
            of.map(|(_, month)| month.left()).sum()
        };
        (sum(false), sum(true))
    }

    pub(super) fn save(&self) -> Saved {
        let mut givers: Vec<_> = self.givers.iter().map(|(giver, own)| (*giver, own.0, own.1)).collect();
        givers.sort_unstable();
        let months = self.months.iter().map(|((month, kind), of)| (month.0, *kind, of.clone()));
        Saved { months: months.collect(), givers }
    }

    pub(super) fn restored(saved: Saved) -> Given {
        let months = saved.months.into_iter().map(|(month, kind, of)| ((Month(month), kind), of));
        let givers = saved.givers.into_iter().map(|(giver, gifts, won)| (giver, (gifts, won)));
        Given { months: months.collect(), givers: givers.collect() }
    }
}
