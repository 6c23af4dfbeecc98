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

type Day = HashMap<u64, i64, BuildHasherDefault<Passthrough>>;

/// Keys by the day they were recorded on; the oldest day is dropped whole.
#[derive(Debug)]
pub struct KeyTable {
    days: VecDeque<(i32, Day)>,
    keep: i32,
    staged: Vec<(i32, u64, i64)>,
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

    /// What is recorded under a fingerprint, the newest first.
    pub fn find(&self, fingerprint: u64) -> Option<Recorded> {
        self.days.iter().find_map(|(_, day)| day.get(&fingerprint)).map(|n| Recorded::from_number(*n))
    }

    /// Remembers; taken back by [`KeyTable::rewind`] until [`KeyTable::settle`].
    pub fn insert(&mut self, day: i32, fingerprint: u64, recorded: Recorded) {
        self.restore(day, fingerprint, recorded);
        self.staged.push((day, fingerprint, recorded.to_number()));
    }

    /// Remembers at start.
    pub fn restore(&mut self, day: i32, fingerprint: u64, recorded: Recorded) {
        match self.days.iter_mut().find(|(d, _)| *d == day) {
            Some((_, keys)) => {
                keys.insert(fingerprint, recorded.to_number());
            }
            None => {
                let mut keys = Day::default();
                keys.insert(fingerprint, recorded.to_number());
                self.days.push_front((day, keys));
                self.forget(day);
            }
        }
    }

    /// Makes room in a day for keys to come, at start.
    pub fn reserve(&mut self, day: i32, keys: usize) {
        match self.days.iter_mut().find(|(d, _)| *d == day) {
            Some((_, map)) => map.reserve(keys),
            None => {
                let mut map = Day::default();
                map.reserve(keys);
                self.days.push_front((day, map));
            }
        }
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
        for (day, fingerprint, _) in self.staged.drain(mark..) {
            if let Some((_, keys)) = self.days.iter_mut().find(|(d, _)| *d == day) {
                keys.remove(&fingerprint);
            }
        }
    }

    /// Makes the staged keys final and hands them over for the checkpoint: day, fingerprint, record.
    pub fn settle(&mut self) -> Vec<(i32, u64, i64)> {
        std::mem::take(&mut self.staged)
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

    #[test]
    fn keys_are_kept_for_their_days() {
        let mut keys = KeyTable::new(7);
        keys.insert(100, 1, Recorded::Posting(PostingNo(5)));
        keys.insert(107, 2, Recorded::Request(9));
        assert_eq!(keys.find(1), Some(Recorded::Posting(PostingNo(5))));
        keys.insert(108, 3, Recorded::Posting(PostingNo(6)));
        assert_eq!(keys.find(1), None);
        assert_eq!(keys.find(2), Some(Recorded::Request(9)));
    }

    #[test]
    fn staged_keys_can_be_taken_back() {
        let mut keys = KeyTable::new(7);
        keys.insert(1, 1, Recorded::Posting(PostingNo(1)));
        let mark = keys.mark();
        keys.insert(1, 2, Recorded::Posting(PostingNo(2)));
        keys.rewind(mark);
        assert_eq!(keys.find(2), None);
        assert_eq!(keys.settle(), vec![(1, 1, 1)]);
    }

    #[test]
    fn clients_do_not_share_keys() {
        assert_ne!(KeyTable::fingerprint(1, "a"), KeyTable::fingerprint(2, "a"));
    }
}
