//! The keys of the house, unwrapped, and what is done with them.

use std::collections::BTreeMap;
use std::fmt;

use base::Entropy;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::key::{DataKey, Use};
use crate::masters::Masters;
use crate::place::Place;
use crate::seal::{self, CantOpen, Sealed};

/// A part of the house with keys of its own.
pub type Compartment = str;

/// A blind index: equal for equal texts, and silent about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Index(pub [u8; 16]);

/// Why a vault stays locked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Locked {
    /// The master key is not at hand.
    #[error("data key {no} is wrapped under the master key {mark}, which is not among the keys at hand")]
    NoMaster {
        /// The data key.
        no: u32,
        /// Its master key's mark.
        mark: String,
    },
    /// The master key is at hand, and the wrapped key was changed.
    #[error("data key {no} was changed in the database: it doesn't open with its own master key")]
    Broken {
        /// The data key.
        no: u32,
    },
    /// A compartment without a key.
    #[error("the compartment {compartment:?} has no key to {}", used_for.code())]
    NoKey {
        /// Which.
        compartment: String,
        /// For what.
        used_for: Use,
    },
}

type Key = Zeroizing<[u8; 32]>;

#[derive(Clone, Default)]
struct Keys {
    seal: Option<u32>,
    /// By their numbers. There are two while one is changed for the other.
    indexes: BTreeMap<u32, Key>,
}

/// The keys of the house.
#[derive(Clone, Default)]
pub struct Vault {
    compartments: BTreeMap<String, Keys>,
    seals: BTreeMap<u32, (String, Key)>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("seals", &self.seals.keys().collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

impl Vault {
    /// Unwraps all keys, or says which one can't be.
    pub fn unlock(masters: &Masters, keys: &[DataKey]) -> Result<Vault, Locked> {
        let mut vault = Vault::default();
        for key in keys {
            vault.add(masters, key)?;
        }
        Ok(vault)
    }

    /// One key more: the newest of a compartment seals, or makes indexes, from now on.
    pub fn add(&mut self, masters: &Masters, key: &DataKey) -> Result<(), Locked> {
        let bytes = key.unwrap(masters)?;
        let keys = self.compartments.entry(key.compartment.clone()).or_default();
        match key.used_for {
            Use::Seal => {
                keys.seal = keys.seal.max(Some(key.no));
                self.seals.insert(key.no, (key.compartment.clone(), bytes));
            }
            Use::Index => {
                keys.indexes.insert(key.no, bytes);
            }
        }
        Ok(())
    }

    /// One key less, that nothing is sealed or indexed under any more. False, and nothing happens, where there is no such key,
    /// or it is the one in use in its compartment.
    pub fn remove(&mut self, no: u32) -> bool {
        let is_used =
            |keys: &Keys| keys.seal == Some(no) || keys.newest().is_some_and(|(newest, _)| newest == no);
        if self.compartments.values().any(is_used) {
            return false;
        }
        let was_index = self.compartments.values_mut().any(|keys| keys.indexes.remove(&no).is_some());
        self.seals.remove(&no).is_some() || was_index
    }

    /// Whether there is a key for each of these uses.
    pub fn holds(&self, uses: &[(&Compartment, Use)]) -> Result<(), Locked> {
        for (compartment, used_for) in uses {
            let keys = self.compartments.get(*compartment);
            let there = keys.is_some_and(|keys| match used_for {
                Use::Seal => keys.seal.is_some(),
                Use::Index => !keys.indexes.is_empty(),
            });
            if !there {
                return Err(Locked::NoKey { compartment: (*compartment).to_owned(), used_for: *used_for });
            }
        }
        Ok(())
    }

    /// The number of the key that seals in a compartment.
    pub fn sealing(&self, compartment: &Compartment) -> Option<u32> {
        self.compartments.get(compartment)?.seal
    }

    /// Seals a field.
    pub fn seal(
        &self,
        compartment: &Compartment,
        place: Place<'_>,
        text: &[u8],
        entropy: &mut dyn Entropy,
    ) -> Result<Sealed, Locked> {
        let lacks = || Locked::NoKey { compartment: compartment.to_owned(), used_for: Use::Seal };
        let no = self.sealing(compartment).ok_or_else(lacks)?;
        let (_, key) = self.seals.get(&no).ok_or_else(lacks)?;
        Ok(seal::seal(key, no, &place.bytes(compartment), text, entropy))
    }

    /// Opens a field.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, CantOpen> {
        let no = sealed.key_no()?;
        let (compartment, key) = self.seals.get(&no).ok_or(CantOpen::NoKey(no))?;
        seal::open(key, &place.bytes(compartment), sealed).map(Zeroizing::new)
    }

    /// Opens a field and seals it anew, at the same place, with the key that seals in its compartment now. `None`: that
    /// is the key it is sealed with.
    pub fn resealed(
        &self,
        place: Place<'_>,
        sealed: &Sealed,
        entropy: &mut dyn Entropy,
    ) -> Result<Option<Sealed>, CantOpen> {
        let no = sealed.key_no()?;
        let (compartment, _) = self.seals.get(&no).ok_or(CantOpen::NoKey(no))?;
        let Some(newest) = self.sealing(compartment).filter(|newest| *newest != no) else { return Ok(None) };
        let (_, key) = self.seals.get(&newest).ok_or(CantOpen::NoKey(newest))?;
        let text = self.open(place, sealed)?;
        Ok(Some(seal::seal(key, newest, &place.bytes(compartment), &text, entropy)))
    }

    /// The numbers of the keys that make blind indexes in a compartment, the one in use first.
    pub fn indexing(&self, compartment: &Compartment) -> impl Iterator<Item = u32> {
        self.compartments.get(compartment).into_iter().flat_map(|keys| keys.indexes.keys().rev().copied())
    }

    /// The blind index of a text, in its normal form, among texts of one kind: under the key in use.
    pub fn index(&self, compartment: &Compartment, kind: &str, text: &str) -> Result<Index, Locked> {
        let mut all = self.indexes(compartment, kind, text)?;
        Ok(all.swap_remove(0))
    }

    /// All blind indexes of a text, under the key in use first. While keys are changed, what is looked for may stand under
    /// either.
    pub fn indexes(&self, compartment: &Compartment, kind: &str, text: &str) -> Result<Vec<Index>, Locked> {
        let lacks = || Locked::NoKey { compartment: compartment.to_owned(), used_for: Use::Index };
        let keys = self.compartments.get(compartment).filter(|keys| !keys.indexes.is_empty());
        let keys = keys.ok_or_else(lacks)?.indexes.values().rev();
        keys.map(|key| index(key, kind, text).ok_or_else(lacks)).collect()
    }
}

impl Keys {
    fn newest(&self) -> Option<(u32, &Key)> {
        self.indexes.last_key_value().map(|(no, key)| (*no, key))
    }
}

/// `None`: no key of this length is taken, which never is.
fn index(key: &Key, kind: &str, text: &str) -> Option<Index> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&**key).ok()?;
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    mac.update(text.as_bytes());
    let mut index = [0u8; 16];
    index.copy_from_slice(&mac.finalize().into_bytes()[..16]);
    Some(Index(index))
}
