//! Finds an account by its key. One hash table of millions is built anew as a whole when it has outgrown its room, which
//! takes a tenth of a second in which nobody can pay; many small ones grow one at a time.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::pages::Pages;
use crate::{Account, Key};

const BITS: u32 = 10;
const PARTS: usize = 1 << BITS;

/// An account's number with the lower half of its key's hash, so that a table grows, and passes over others' keys, without
/// looking at the accounts themselves: they lie all over the memory.
#[derive(Debug, Clone, Copy)]
struct Slot {
    no: u32,
    half: u32,
}

impl Slot {
    fn new(no: u32, hash: u64) -> Slot {
        Slot { no, half: hash as u32 }
    }

    /// What its table sorts it by: a table takes its place from the lowest bits and its tag from the highest.
    fn sorted_by(&self) -> u64 {
        u64::from(self.half) << 32 | u64::from(self.half)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Finder {
    parts: Vec<HashTable<Slot>>,
    hasher: DefaultHashBuilder,
}

impl Default for Finder {
    fn default() -> Finder {
        Finder { parts: vec![HashTable::new(); PARTS], hasher: DefaultHashBuilder::default() }
    }
}

impl Finder {
    /// The upper half tells the part, the lower the place in it.
    fn part(hash: u64) -> usize {
        (hash >> 32) as usize & (PARTS - 1)
    }

    pub fn find(&self, key: &Key, accounts: &Pages<Account>) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let sought = Slot::new(0, hash);
        let is_it = |slot: &Slot| slot.half == sought.half && accounts[slot.no as usize].key == *key;
        self.parts[Self::part(hash)].find(sought.sorted_by(), is_it).map(|slot| slot.no)
    }

    /// The key is a new one, and `accounts` has it at `no` already.
    pub fn insert(&mut self, no: u32, accounts: &Pages<Account>) {
        let hash = self.hasher.hash_one(accounts[no as usize].key);
        let slot = Slot::new(no, hash);
        self.parts[Self::part(hash)].insert_unique(slot.sorted_by(), slot, Slot::sorted_by);
    }

    /// `accounts` still has it at `no`.
    pub fn remove(&mut self, no: u32, accounts: &Pages<Account>) {
        let hash = self.hasher.hash_one(accounts[no as usize].key);
        let sought = Slot::new(no, hash).sorted_by();
        if let Ok(found) = self.parts[Self::part(hash)].find_entry(sought, |slot| slot.no == no) {
            found.remove();
        }
    }

    /// Makes room for so many more.
    pub fn reserve(&mut self, more: usize) {
        for part in &mut self.parts {
            part.reserve(more.div_ceil(PARTS), Slot::sorted_by);
        }
    }
}
