//! Master keys: outside the database, one in use, older ones kept until nothing is wrapped under them.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// A master key. It is never shown.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// From its 32 bytes.
    pub fn new(bytes: [u8; 32]) -> MasterKey {
        MasterKey(Zeroizing::new(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// A name for it that says nothing about it: 16 hex digits, the same for the same key. It stands beside what was
    /// wrapped under it, so that a wrong key is told from a lost one.
    pub fn mark(&self) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&*self.0) else { return String::new() };
        mac.update(b"the mark of a master key");
        mac.finalize().into_bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// By their marks: a mark is the same for the same key alone.
impl PartialEq for MasterKey {
    fn eq(&self, other: &MasterKey) -> bool {
        self.mark() == other.mark()
    }
}

impl Eq for MasterKey {}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", self.mark())
    }
}

/// The master keys at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masters {
    current: String,
    keys: BTreeMap<String, MasterKey>,
}

/// Master keys that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadMasters {
    /// None at all.
    #[error("there is no master key")]
    None,
}

impl Masters {
    /// The keys at hand, the one in use first.
    pub fn new(keys: impl IntoIterator<Item = MasterKey>) -> Result<Masters, BadMasters> {
        let mut current = None;
        let mut all = BTreeMap::new();
        for key in keys {
            let mark = key.mark();
            current.get_or_insert_with(|| mark.clone());
            all.insert(mark, key);
        }
        current.map(|current| Masters { current, keys: all }).ok_or(BadMasters::None)
    }

    /// The mark of the one in use.
    pub fn current(&self) -> &str {
        &self.current
    }

    /// All marks, the one in use among them.
    pub fn marks(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    pub(crate) fn key(&self, mark: &str) -> Option<&MasterKey> {
        self.keys.get(mark)
    }
}
