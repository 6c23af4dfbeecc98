//! Data keys, as the database keeps them: wrapped.

use base::Entropy;
use zeroize::Zeroizing;

use crate::masters::{MasterKey, Masters};
use crate::seal::{self, Sealed};
use crate::vault::Locked;

/// What a data key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Use {
    /// It seals fields.
    Seal,
    /// It makes blind indexes. It stays when seals change keys: with another one every index is made anew.
    Index,
}

impl Use {
    /// The word for it in the database.
    pub fn code(self) -> &'static str {
        match self {
            Use::Seal => "seal",
            Use::Index => "index",
        }
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<Use> {
        [Use::Seal, Use::Index].into_iter().find(|one| one.code() == code)
    }
}

/// A data key, wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataKey {
    /// Its number: the newest of a compartment seals.
    pub no: u32,
    /// Whose fields it seals.
    pub compartment: String,
    /// For what.
    pub used_for: Use,
    /// The mark of the master key it is wrapped under.
    pub master: String,
    /// The key itself, sealed under that master key.
    pub wrapped: Sealed,
}

impl DataKey {
    /// A fresh key, wrapped under the master key in use.
    pub fn fresh(
        no: u32,
        compartment: &str,
        used_for: Use,
        masters: &Masters,
        entropy: &mut dyn Entropy,
    ) -> Result<DataKey, Locked> {
        let mut key = Zeroizing::new([0u8; 32]);
        for word in key.chunks_exact_mut(8) {
            word.copy_from_slice(&entropy.next_u64().to_be_bytes());
        }
        let blank = DataKey {
            no,
            compartment: compartment.to_owned(),
            used_for,
            master: String::new(),
            wrapped: Sealed(Vec::new()),
        };
        blank.wrap(&key, masters, entropy)
    }

    /// The same key, wrapped under the master key in use.
    pub fn rewrapped(&self, masters: &Masters, entropy: &mut dyn Entropy) -> Result<DataKey, Locked> {
        let key = self.unwrap(masters)?;
        self.wrap(&key, masters, entropy)
    }

    fn wrap(&self, key: &[u8; 32], masters: &Masters, entropy: &mut dyn Entropy) -> Result<DataKey, Locked> {
        let mark = masters.current();
        let master = masters.key(mark).ok_or_else(|| self.lacks(mark))?;
        let wrapped = seal::seal(master.bytes(), self.no, &self.place(), key, entropy);
        Ok(DataKey { master: mark.to_owned(), wrapped, ..self.clone() })
    }

    pub(crate) fn unwrap(&self, masters: &Masters) -> Result<Zeroizing<[u8; 32]>, Locked> {
        let master: &MasterKey = masters.key(&self.master).ok_or_else(|| self.lacks(&self.master))?;
        let broken = || Locked::Broken { no: self.no };
        let bytes =
            Zeroizing::new(seal::open(master.bytes(), &self.place(), &self.wrapped).map_err(|_| broken())?);
        let key: [u8; 32] = bytes.as_slice().try_into().map_err(|_| broken())?;
        Ok(Zeroizing::new(key))
    }

    fn lacks(&self, mark: &str) -> Locked {
        Locked::NoMaster { no: self.no, mark: mark.to_owned() }
    }

    fn place(&self) -> Vec<u8> {
        let record = self.no.to_string();
        crate::Place { table: "data_keys", record: &record, field: self.used_for.code() }
            .bytes(&self.compartment)
    }
}
