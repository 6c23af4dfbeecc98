//! How much one caller may ask, how often one may be wrong, how many pages may be live: kept in memory, in a table of
//! one size. A bucket is one number, the moment at which it will be full again (the "generic cell rate algorithm"), so
//! asking costs one short lock of one row and allocates nothing.
//!
//! Whoever is known is counted for themselves, never for their address: a hall full of people behind one address
//! doesn't lock its till out.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use base::Clock;
use serde::Deserialize;

/// A bucket: so many at once, and so many a minute from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// How fast it fills.
    pub per_minute: NonZeroU32,
    /// How much it holds.
    pub burst: NonZeroU32,
}

const fn rate(per_minute: u32, burst: u32) -> Rate {
    match (NonZeroU32::new(per_minute), NonZeroU32::new(burst)) {
        (Some(per_minute), Some(burst)) => Rate { per_minute, burst },
        _ => Rate { per_minute: NonZeroU32::MIN, burst: NonZeroU32::MIN },
    }
}

/// What is allowed. The defaults leave room for a busy till, and for a thousand people behind one address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// Requests of one token or one session.
    pub caller: Rate,
    /// Requests of all who are not signed in behind one address.
    pub address: Rate,
    /// Wrong tokens from one address.
    pub failures: Rate,
    /// Wrong PINs typed at one place: a shop with all its tokens, else a token or a session. (A card has its own count, and locks.)
    pub pins: Rate,
    /// Wrong codes of a counter's from one address.
    pub codes: Rate,
    /// Wrong codes for one card from one address. Never for the card alone: that would lock its holder out.
    pub card_codes: Rate,
    /// Telephone numbers that one account asks about: whom it may give to, who may help.
    pub phones: Rate,
    /// Live pages of one session.
    pub live_caller: usize,
    /// Live pages of all who are not signed in behind one address.
    pub live_address: usize,
    /// Live pages of all.
    pub live: usize,
    /// The city's own proxies: behind them, the address is the last of `X-Forwarded-For` that is none of theirs.
    pub proxies: Vec<IpAddr>,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules {
            caller: rate(30_000, 5_000),
            address: rate(60_000, 10_000),
            failures: rate(60, 60),
            pins: rate(12, 30),
            codes: rate(12, 30),
            card_codes: rate(2, 10),
            phones: rate(5, 10),
            live_caller: 16,
            live_address: 1_000,
            live: 4_000,
            proxies: Vec::new(),
        }
    }
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Requests of someone known.
    Caller,
    /// Requests of nobody known.
    Address,
    /// Wrong tokens.
    Failures,
    /// Wrong PINs.
    Pins,
    /// Wrong codes of a counter's.
    Codes,
    /// The same, for one card.
    CardCodes,
    /// Telephone numbers asked about.
    Phones,
}

/// Too much: there is room again after so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub u32);

/// Rows of the table, and buckets in a row: 32,768 callers at a time in about half a megabyte.
const ROWS: usize = 4_096;
const WAYS: usize = 8;
const SECOND: i64 = 1_000_000_000;

/// A bucket in use. One whose moment has passed is full, as if it had never been used, and its place is free.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    key: u64,
    full_at: i64,
}

/// How long one takes to come back.
fn one(rate: Rate) -> i64 {
    (60 * SECOND / i64::from(rate.per_minute.get())).max(1)
}

/// The limits of a server.
pub struct Limits {
    rules: Rules,
    clock: Arc<dyn Clock>,
    hash: RandomState,
    rows: Box<[Mutex<[Bucket; WAYS]>]>,
    live: Arc<Mutex<Live>>,
}

#[derive(Debug, Default)]
struct Live {
    all: usize,
    /// Of them, those of nobody who is signed in.
    strangers: usize,
    of: HashMap<u64, usize>,
}

impl Limits {
    /// Full buckets. The clock is the machine's, also where the city's own is stopped or hurried.
    pub fn new(rules: Rules, clock: Arc<dyn Clock>) -> Limits {
        let rows = (0..ROWS).map(|_| Mutex::default()).collect();
        Limits { rules, clock, hash: RandomState::new(), rows, live: Arc::default() }
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// A caller or an address as a number; nobody outside can choose two that are the same.
    pub(crate) fn key(&self, of: impl std::hash::Hash) -> u64 {
        self.hash.hash_one(of)
    }

    /// Gives back one that was taken. Where the bucket was forgotten meanwhile, it is full already.
    pub(crate) fn give_back(&self, kind: Kind, key: u64) {
        let one = one(self.rate(kind));
        let key = self.key((kind, key));
        let mut row = self.row(key).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = row.iter_mut().find(|bucket| bucket.key == key) {
            bucket.full_at = bucket.full_at.saturating_sub(one);
        }
    }

    fn rate(&self, kind: Kind) -> Rate {
        match kind {
            Kind::Caller => self.rules.caller,
            Kind::Address => self.rules.address,
            Kind::Failures => self.rules.failures,
            Kind::Pins => self.rules.pins,
            Kind::Codes => self.rules.codes,
            Kind::CardCodes => self.rules.card_codes,
            Kind::Phones => self.rules.phones,
        }
    }

    fn row(&self, key: u64) -> &Mutex<[Bucket; WAYS]> {
        &self.rows[usize::try_from(key % ROWS as u64).unwrap_or(0)]
    }

    /// Takes one, or says how long to wait.
    pub(crate) fn take(&self, kind: Kind, key: u64) -> Result<(), Wait> {
        let rate = self.rate(kind);
        let key = self.key((kind, key));
        let now = self.clock.now().0.saturating_mul(1_000);
        let mut row = self.row(key).lock().unwrap_or_else(PoisonError::into_inner);
        let found = row.iter().position(|bucket| bucket.key == key);
        let full_at = found.map_or(now, |at| row[at].full_at);
        let one = one(rate);
        let holds = one.saturating_mul(i64::from(rate.burst.get()));
        let latest = now.saturating_add(holds);
        if let Some(at) = found
            && full_at > latest
        {
            // An empty bucket is full at the latest then: the clock was put back.
            row[at].full_at = latest;
        }
        let after = full_at.clamp(now, latest).saturating_add(one);
        if after > latest {
            let seconds = (after - latest + SECOND - 1) / SECOND;
            return Err(Wait(u32::try_from(seconds).unwrap_or(u32::MAX)));
        }
        // Where the row is taken up, the one that is nearest to full is forgotten: it loses least.
        let oldest = || (0..WAYS).min_by_key(|at| row[*at].full_at).unwrap_or(0);
        let at = found.unwrap_or_else(oldest);
        row[at] = Bucket { key, full_at: after };
        Ok(())
    }

    /// A place for a live page, kept until it is dropped; `None` when there is no more.
    pub(crate) fn sit(&self, key: u64, signed_in: bool) -> Option<Seat> {
        let most = if signed_in { self.rules.live_caller } else { self.rules.live_address };
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        // Strangers leave a quarter to who is signed in: a shop at its till is not put off by who only looks.
        let is_full = !signed_in && live.strangers >= self.rules.live - self.rules.live / 4;
        if is_full || live.all >= self.rules.live || live.of.get(&key).copied().unwrap_or(0) >= most {
            return None;
        }
        live.all += 1;
        live.strangers += usize::from(!signed_in);
        *live.of.entry(key).or_default() += 1;
        Some(Seat { key, signed_in, live: Arc::clone(&self.live) })
    }
}

/// A live page's place.
#[derive(Debug)]
pub(crate) struct Seat {
    key: u64,
    signed_in: bool,
    live: Arc<Mutex<Live>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        live.all -= 1;
        live.strangers -= usize::from(!self.signed_in);
        if let Some(count) = live.of.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                live.of.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use base::Instant;
    use city::clock::HandClock;

    use super::*;

    fn limits(caller: Rate) -> (Limits, Arc<HandClock>) {
        let clock = Arc::new(HandClock::at(Instant(1_000_000_000)));
        (Limits::new(Rules { caller, ..Rules::default() }, clock.clone()), clock)
    }

    #[test]
    fn a_bucket_empties_and_fills() {
        let (limits, clock) = limits(rate(60, 3));
        for _ in 0..3 {
            assert_eq!(limits.take(Kind::Caller, 1), Ok(()));
        }
        assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(1)));
        assert_eq!(limits.take(Kind::Caller, 2), Ok(()), "another caller has a bucket of their own");
        assert_eq!(limits.take(Kind::Pins, 1), Ok(()), "and another kind is counted apart");
        clock.set(clock.now().plus_seconds(1));
        assert_eq!(limits.take(Kind::Caller, 1), Ok(()), "one a second comes back");
        assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(1)));
        clock.set(clock.now().plus_seconds(3_600));
        for _ in 0..3 {
            assert_eq!(limits.take(Kind::Caller, 1), Ok(()), "never more than it holds");
        }
        assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(1)));
    }

    #[test]
    fn a_wait_is_as_long_as_it_takes() {
        let (limits, _) = limits(rate(2, 1));
        assert_eq!(limits.take(Kind::Caller, 1), Ok(()));
        assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(30)));
    }

    #[test]
    fn what_is_given_back_was_never_taken() {
        let (limits, _) = limits(rate(60, 1));
        limits.give_back(Kind::Caller, 1);
        for _ in 0..10 {
            assert_eq!(limits.take(Kind::Caller, 1), Ok(()));
            assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(1)));
            limits.give_back(Kind::Caller, 1);
        }
        limits.give_back(Kind::Caller, 1);
        assert_eq!(limits.take(Kind::Caller, 1), Ok(()));
        assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(1)), "and is never more than it holds");
    }

    #[test]
    fn a_clock_that_is_put_back_locks_nobody_out() {
        let (limits, clock) = limits(rate(60, 2));
        assert_eq!(limits.take(Kind::Caller, 1), Ok(()));
        clock.set(Instant(1));
        assert_eq!(limits.take(Kind::Caller, 1), Err(Wait(1)), "not an hour");
        clock.set(Instant(1_000_001));
        assert_eq!(limits.take(Kind::Caller, 1), Ok(()));
    }

    /// However many come by, the table keeps its size, and whoever is shut out stays so.
    #[test]
    fn a_crowd_takes_no_more_room() {
        let (limits, _) = limits(rate(1, 2));
        for _ in 0..2 {
            assert_eq!(limits.take(Kind::Caller, 0), Ok(()));
        }
        for key in 1..200_000 {
            limits.take(Kind::Address, key).ok();
        }
        assert_eq!(limits.rows.len(), ROWS);
        let used: usize = limits.rows.iter().map(|row| row.lock().unwrap().len()).sum();
        assert_eq!(used, ROWS * WAYS);
        assert!(limits.take(Kind::Caller, 0).is_err());
    }

    #[test]
    fn seats_are_given_back() {
        let rules = Rules { live_caller: 1, live_address: 2, live: 3, ..Rules::default() };
        let limits = Limits::new(rules, Arc::new(HandClock::at(Instant(0))));
        let mine = limits.sit(1, true);
        assert!(mine.is_some() && limits.sit(1, true).is_none(), "one a session");
        let hall = [limits.sit(2, false), limits.sit(2, false)];
        assert!(hall.iter().all(Option::is_some) && limits.sit(2, false).is_none());
        assert!(limits.sit(3, true).is_none(), "three in all");
        drop((mine, hall));
        let rules = Rules { live_address: 1, live: 4, ..Rules::default() };
        let limits = Limits::new(rules, Arc::new(HandClock::at(Instant(0))));
        let strangers: Vec<_> = (10..20).filter_map(|address| limits.sit(address, false)).collect();
        assert_eq!(strangers.len(), 3, "whatever their addresses");
        assert!(limits.sit(1, true).is_some(), "a place is left for a till");
        drop(strangers);
        assert!(limits.sit(1, true).is_some());
        assert!(limits.live.lock().unwrap().of.len() <= 1, "who has left is forgotten");
    }
}
