//! Request keys of the last days: a 64-bit fingerprint leads to what was recorded; the full key is compared there.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};

use base::PostingNo;
use sha2::{Digest, Sha256};

/// Where a command's outcome was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// In a posting.
    Posting(PostingNo),
    /// In the table of requests without a posting.
    Request(u64),
}

impl Recorded {
    /// One number for both: postings above zero, requests below.
    pub fn to_number(self) -> i64 {
        match self {
            Recorded::Posting(no) => i64::try_from(no.0).unwrap_or(i64::MAX),
            Recorded::Request(no) => i64::try_from(no).map_or(i64::MIN, |n| -n),
        }
    }

    /// The reverse of [`Recorded::to_number`].
    pub fn from_number(number: i64) -> Recorded {
        if number > 0 {
            Recorded::Posting(PostingNo(number.unsigned_abs()))
        } else {
            Recorded::Request(number.unsigned_abs())
        }
    }
}

/// Fingerprints are uniform already: hashing them again would only cost time.
#[derive(Debug, Default, Clone, Copy)]
pub struct Passthrough(u64);

impl Hasher for Passthrough {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// A day's keys, in parts: one map of a million is built anew as a whole when it has outgrown its room, and everybody
/// waits for that.
#[derive(Debug)]
struct Day(Vec<HashMap<u64, i64, BuildHasherDefault<Passthrough>>>);

const PARTS: usize = 256;

impl Default for Day {
    fn default() -> Day {
        Day(vec![HashMap::default(); PARTS])
    }
}

impl Day {
    /// A map takes its place from the lowest bits of a fingerprint and its tag from the highest: the part is told by others.
    fn part(fingerprint: u64) -> usize {
        (fingerprint >> 40) as usize % PARTS
    }

    fn get(&self, fingerprint: u64) -> Option<i64> {
        self.0[Self::part(fingerprint)].get(&fingerprint).copied()
    }

    fn insert(&mut self, fingerprint: u64, number: i64) -> Option<i64> {
        self.0[Self::part(fingerprint)].insert(fingerprint, number)
    }

    fn remove(&mut self, fingerprint: u64) -> Option<i64> {
        self.0[Self::part(fingerprint)].remove(&fingerprint)
    }

    fn reserve(&mut self, keys: usize) {
        for part in &mut self.0 {
            part.reserve(keys.div_ceil(PARTS));
        }
    }

    fn iter(&self) -> impl Iterator<Item = (u64, i64)> + '_ {
        self.0.iter().flatten().map(|(fingerprint, number)| (*fingerprint, *number))
    }

    fn len(&self) -> usize {
        self.0.iter().map(HashMap::len).sum()
    }
}

/// A key that is remembered but not final yet, with what stood in its place.
#[derive(Debug)]
struct Staged {
    day: i32,
    fingerprint: u64,
    number: i64,
    before: Option<i64>,
}

/// Keys by the day they were recorded on, the newest day first; the oldest day is dropped whole.
#[derive(Debug)]
pub struct KeyTable {
    days: VecDeque<(i32, Day)>,
    keep: i32,
    staged: Vec<Staged>,
}

impl KeyTable {
    /// A table that remembers `keep` days.
    pub fn new(keep: i32) -> KeyTable {
        KeyTable { days: VecDeque::new(), keep, staged: Vec::new() }
    }

    /// The fingerprint of a client's key.
    pub fn fingerprint(client: u64, key: &str) -> u64 {
        let mut hasher = Sha256::new();
        hasher.update(client.to_le_bytes());
        hasher.update(key.as_bytes());
        let digest = hasher.finalize();
        let mut word = [0u8; 8];
        word.copy_from_slice(&digest[..8]);
        u64::from_le_bytes(word)
    }

    /// What is recorded under a fingerprint and still remembered on a day, the newest first.
    pub fn find(&self, fingerprint: u64, today: i32) -> Option<Recorded> {
        // Days are dropped when a newer one begins; until then an old one may still be here.
        let oldest = today.saturating_sub(self.keep);
        let kept = self.days.iter().filter(|(day, _)| *day >= oldest);
        kept.into_iter().find_map(|(_, keys)| keys.get(fingerprint)).map(Recorded::from_number)
    }

    /// Remembers; taken back by [`KeyTable::rewind`] until [`KeyTable::settle`].
    pub fn insert(&mut self, day: i32, fingerprint: u64, recorded: Recorded) {
        let number = recorded.to_number();
        let before = self.put(day, fingerprint, number);
        self.staged.push(Staged { day, fingerprint, number, before });
    }

    /// Remembers at start, in any order of days.
    pub fn restore(&mut self, day: i32, fingerprint: u64, recorded: Recorded) {
        self.put(day, fingerprint, recorded.to_number());
    }

    fn put(&mut self, day: i32, fingerprint: u64, number: i64) -> Option<i64> {
        self.day(day).and_then(|keys| keys.insert(fingerprint, number))
    }

    /// Makes room in a day for keys to come, at start.
    pub fn reserve(&mut self, day: i32, keys: usize) {
        if let Some(map) = self.day(day) {
            map.reserve(keys);
        }
    }

    /// A day's keys; `None` for a day that is forgotten already.
    fn day(&mut self, day: i32) -> Option<&mut Day> {
        let newest = self.days.front().map_or(day, |(newest, _)| *newest);
        if day < newest.saturating_sub(self.keep) {
            return None;
        }
        let at = self.days.iter().position(|(known, _)| *known <= day).unwrap_or(self.days.len());
        if self.days.get(at).is_none_or(|(known, _)| *known != day) {
            self.days.insert(at, (day, Day::default()));
            self.forget(newest.max(day));
        }
        self.days.get_mut(at).map(|(_, keys)| keys)
    }

    fn forget(&mut self, today: i32) {
        let oldest = today.saturating_sub(self.keep);
        self.days.retain(|(day, _)| *day >= oldest);
    }

    /// The length of the staged list.
    pub fn mark(&self) -> usize {
        self.staged.len()
    }

    /// Takes back what was remembered since the mark.
    pub fn rewind(&mut self, mark: usize) {
        while self.staged.len() > mark {
            let Some(last) = self.staged.pop() else { return };
            if let Some((_, keys)) = self.days.iter_mut().find(|(day, _)| *day == last.day) {
                match last.before {
                    Some(number) => keys.insert(last.fingerprint, number),
                    None => keys.remove(last.fingerprint),
                };
            }
        }
    }

    /// Makes the staged keys final and hands them over for the checkpoint: day, fingerprint, record.
    pub fn settle(&mut self) -> Vec<(i32, u64, i64)> {
        std::mem::take(&mut self.staged).into_iter().map(|s| (s.day, s.fingerprint, s.number)).collect()
    }

    /// All that is remembered: day, fingerprint, record.
    pub fn all(&self) -> impl Iterator<Item = (i32, u64, i64)> + '_ {
        self.days.iter().flat_map(|(day, keys)| keys.iter().map(move |(f, n)| (*day, f, n)))
    }

    /// How many keys are remembered.
    pub fn len(&self) -> usize {
        self.days.iter().map(|(_, keys)| keys.len()).sum()
    }

    /// True when none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many days are kept.
    pub fn keep_days(&self) -> i32 {
        self.keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: Recorded = Recorded::Posting(PostingNo(5));
    const SIX: Recorded = Recorded::Posting(PostingNo(6));
    const NINE: Recorded = Recorded::Request(9);

    #[test]
    fn keys_are_kept_for_their_days() {
        let mut keys = KeyTable::new(7);
        keys.insert(100, 1, FIVE);
        keys.insert(107, 2, NINE);
        assert_eq!(keys.find(1, 107), Some(FIVE));
        // Over, even before the new day has a key of its own.
        assert_eq!(keys.find(1, 108), None);
        keys.insert(108, 3, SIX);
        assert_eq!(keys.find(1, 108), None);
        assert_eq!(keys.find(2, 108), Some(NINE));
        assert_eq!(keys.len(), 2);
    }

    #[test]
    fn a_start_may_bring_days_in_any_order() {
        let mut keys = KeyTable::new(7);
        keys.restore(100, 1, FIVE);
        keys.restore(109, 1, SIX);
        // Requests come after all postings: a day that is over isn't brought back by them.
        keys.restore(101, 2, NINE);
        keys.restore(103, 3, NINE);
        keys.restore(102, 1, NINE);
        assert_eq!(keys.find(1, 109), Some(SIX));
        assert_eq!(keys.find(2, 109), None);
        assert_eq!(keys.find(3, 109), Some(NINE));
        keys.insert(111, 4, FIVE);
        assert_eq!((keys.find(3, 111), keys.len()), (None, 2));
    }

    #[test]
    fn staged_keys_can_be_taken_back() {
        let mut keys = KeyTable::new(7);
        keys.insert(1, 1, Recorded::Posting(PostingNo(1)));
        let mark = keys.mark();
        keys.insert(1, 2, Recorded::Posting(PostingNo(2)));
        keys.insert(1, 1, FIVE);
        keys.insert(1, 1, SIX);
        keys.rewind(mark);
        assert_eq!(keys.find(2, 1), None);
        assert_eq!(keys.find(1, 1), Some(Recorded::Posting(PostingNo(1))));
        assert_eq!(keys.settle(), vec![(1, 1, 1)]);
    }

    #[test]
    fn clients_do_not_share_keys() {
        assert_ne!(KeyTable::fingerprint(1, "a"), KeyTable::fingerprint(2, "a"));
    }
}
