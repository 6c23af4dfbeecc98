//! Open claims in memory: a payment is decided on them without SQL. Their rows are written with the postings that change
//! them, and read once at start.

pub(crate) mod advances;
pub(crate) mod check;
mod follow;
pub mod read;
pub(crate) mod store;

pub(crate) use follow::bought_by;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{MerchantId, PersonId, PostingNo};

/// A claim that has not ended. What is in it is for the books to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its number.
    pub no: u32,
    /// The posting it was bought by.
    pub posting: PostingNo,
    /// The programme's id in the pack.
    pub programme: String,
    /// Its shop.
    pub merchant: MerchantId,
    /// Who bought it.
    pub buyer: PersonId,
    /// Who holds it.
    pub holder: PersonId,
    /// Won it was bought for.
    pub amount: i64,
    /// The last day of use: days since 1970-01-01.
    pub use_by: i32,
    /// The day it was bought.
    pub bought: i32,
    /// Whether its shop was advanced its share.
    pub advanced: bool,
}

/// All claims that have not ended.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    all: BTreeMap<u32, Claim>,
    held: HashMap<PersonId, Vec<u32>>,
    at: BTreeMap<MerchantId, BTreeSet<u32>>,
    by_day: BTreeSet<(i32, u32)>,
    fresh: BTreeSet<(MerchantId, u32)>,
    last: u32,
}

impl Claims {
    /// The number the next claim will have.
    pub fn next(&self) -> u32 {
        self.last + 1
    }

    /// A claim.
    pub fn get(&self, no: u32) -> Option<&Claim> {
        self.all.get(&no)
    }

    /// All of them, in order of buying.
    pub fn all(&self) -> impl Iterator<Item = &Claim> {
        self.all.values()
    }

    /// Those somebody holds, in order of buying.
    pub fn of(&self, person: PersonId) -> impl Iterator<Item = &Claim> {
        self.held.get(&person).into_iter().flatten().filter_map(|no| self.all.get(no))
    }

    /// Those on a shop, in order of buying.
    pub fn at(&self, merchant: MerchantId) -> impl Iterator<Item = &Claim> {
        self.at.get(&merchant).into_iter().flatten().filter_map(|no| self.all.get(no))
    }

    /// Shops with claims.
    pub fn shops(&self) -> impl Iterator<Item = MerchantId> {
        self.at.keys().copied()
    }

    /// Those whose last day was before this one, the longest past first.
    pub fn over(&self, day: i32) -> impl Iterator<Item = &Claim> {
        self.by_day.range(..(day, 0)).filter_map(|(_, no)| self.all.get(no))
    }

    /// Those on a shop that it was not advanced yet.
    pub fn fresh(&self, merchant: MerchantId) -> impl Iterator<Item = &Claim> {
        self.fresh.range((merchant, 0)..=(merchant, u32::MAX)).filter_map(|(_, no)| self.all.get(no))
    }

    /// Takes in a claim, or its change; gives what it was before.
    pub fn put(&mut self, claim: Claim) -> Option<Claim> {
        let was = self.remove(claim.no);
        self.last = self.last.max(claim.no);
        let held = self.held.entry(claim.holder).or_default();
        let place = held.partition_point(|no| *no < claim.no);
        held.insert(place, claim.no);
        self.at.entry(claim.merchant).or_default().insert(claim.no);
        self.by_day.insert((claim.use_by, claim.no));
        if !claim.advanced {
            self.fresh.insert((claim.merchant, claim.no));
        }
        self.all.insert(claim.no, claim);
        was
    }

    /// A claim has ended.
    pub fn remove(&mut self, no: u32) -> Option<Claim> {
        let claim = self.all.remove(&no)?;
        if let Some(held) = self.held.get_mut(&claim.holder) {
            held.retain(|held| *held != no);
            if held.is_empty() {
                self.held.remove(&claim.holder);
            }
        }
        if let Some(at) = self.at.get_mut(&claim.merchant) {
            at.remove(&no);
            if at.is_empty() {
                self.at.remove(&claim.merchant);
            }
        }
        self.by_day.remove(&(claim.use_by, no));
        self.fresh.remove(&(claim.merchant, no));
        Some(claim)
    }

    /// Takes back the last that was bought.
    pub(crate) fn drop_last(&mut self) {
        self.remove(self.last);
        self.last = self.last.saturating_sub(1);
    }

    /// Numbers given so far, at start: claims that have ended keep theirs.
    pub(crate) fn count_from(&mut self, last: u32) {
        self.last = self.last.max(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(no: u32, holder: u64, shop: u64, use_by: i32) -> Claim {
        Claim {
            no,
            posting: PostingNo(u64::from(no)),
            programme: "good".into(),
            merchant: MerchantId(shop),
            buyer: PersonId(holder),
            holder: PersonId(holder),
            amount: 100_000,
            use_by,
            bought: 0,
            advanced: false,
        }
    }

    #[test]
    fn found_by_all_that_it_is_asked_by_and_taken_back_without_a_trace() {
        let mut claims = Claims::default();
        for one in [claim(1, 7, 1, 30), claim(2, 7, 1, 20), claim(3, 8, 2, 10)] {
            assert_eq!(claims.put(one), None);
        }
        let numbers = |found: &mut dyn Iterator<Item = &Claim>| found.map(|c| c.no).collect::<Vec<_>>();
        assert_eq!(numbers(&mut claims.of(PersonId(7))), [1, 2]);
        assert_eq!(numbers(&mut claims.at(MerchantId(2))), [3]);
        assert_eq!(numbers(&mut claims.over(30)), [3, 2]);
        assert_eq!(numbers(&mut claims.fresh(MerchantId(1))), [1, 2]);
        let before = claims.clone();
        // Given and advanced, and back.
        let was = claims.put(Claim { holder: PersonId(8), advanced: true, ..claim(2, 7, 1, 20) }).unwrap();
        assert_eq!(numbers(&mut claims.of(PersonId(8))), [2, 3]);
        assert_eq!(numbers(&mut claims.fresh(MerchantId(1))), [1]);
        claims.put(was);
        assert_eq!(claims, before);
        let gone = claims.remove(3).unwrap();
        assert_eq!((claims.next(), claims.shops().collect::<Vec<_>>()), (4, vec![MerchantId(1)]));
        claims.put(gone);
        claims.put(claim(4, 7, 3, 5));
        claims.drop_last();
        assert_eq!(claims, before);
    }
}
