//! Finds an account by its key. One hash table of millions is built anew as a whole when it has outgrown its room, which
//! takes a tenth of a second in which nobody can pay; many small ones grow one at a time.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::pages::Pages;
use crate::{Account, Key};

const BITS: u32 = 10;
const PARTS: usize = 1 << BITS;

#[derive(Debug, Clone)]
pub(crate) struct Finder {
    parts: Vec<HashTable<u32>>,
    hasher: DefaultHashBuilder,
}

impl Default for Finder {
    fn default() -> Finder {
        Finder { parts: vec![HashTable::new(); PARTS], hasher: DefaultHashBuilder::default() }
    }
}

impl Finder {
    /// A table takes its place from the lowest bits of a hash and its tag from the highest: the part is told by others.
    fn part(hash: u64) -> usize {
        (hash >> 32) as usize & (PARTS - 1)
    }

    pub fn find(&self, key: &Key, accounts: &Pages<Account>) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        self.parts[Self::part(hash)].find(hash, |no| accounts[*no as usize].key == *key).copied()
    }

    /// The key is a new one, and `accounts` has it at `no` already.
    pub fn insert(&mut self, no: u32, accounts: &Pages<Account>) {
        let Finder { parts, hasher } = self;
        let again = |no: &u32| hasher.hash_one(accounts[*no as usize].key);
        let hash = again(&no);
        parts[Self::part(hash)].insert_unique(hash, no, again);
    }

    /// `accounts` still has it at `no`.
    pub fn remove(&mut self, no: u32, accounts: &Pages<Account>) {
        let hash = self.hasher.hash_one(accounts[no as usize].key);
        if let Ok(found) = self.parts[Self::part(hash)].find_entry(hash, |n| *n == no) {
            found.remove();
        }
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize, accounts: &Pages<Account>) {
        let Finder { parts, hasher } = self;
        for part in parts {
            part.reserve(more.div_ceil(PARTS), |no| hasher.hash_one(accounts[*no as usize].key));
        }
    }
}
