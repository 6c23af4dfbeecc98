//! What names a person: sealed as one field, found by blind indexes of the name, the telephone and the birth day.

use base::{Entropy, PersonId};
use serde::{Deserialize, Serialize};
use vault::{CantOpen, Compartment, Index, Locked, Place, Sealed, Vault};

use crate::Name;

/// The compartment of what any window may see.
pub const GENERAL: &Compartment = "general";

/// What names a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Naming {
    /// As they write it.
    pub name: String,
    /// A telephone, if they have one.
    pub phone: Option<String>,
    /// Days since 1970-01-01, if told.
    pub birth_day: Option<i32>,
}

/// The same, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedNaming {
    /// The whole of it.
    pub naming: Sealed,
    /// Finds the name.
    pub name_index: Index,
    /// Finds the telephone.
    pub phone_index: Option<Index>,
    /// Finds the birth day.
    pub birth_index: Option<Index>,
}

/// Sealed fields that don't open: the record is damaged, or a key is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The vault doesn't open it.
    #[error("{person}: {why}")]
    Sealed {
        /// Whose.
        person: PersonId,
        /// Why.
        why: CantOpen,
    },
    /// It opens, and is not what this program writes.
    #[error("{person}: {why}")]
    Form {
        /// Whose.
        person: PersonId,
        /// Why.
        why: String,
    },
}

impl Naming {
    /// Of somebody whose names were let go.
    pub const GONE: Naming = Naming { name: String::new(), phone: None, birth_day: None };

    /// Whether it names nobody any more.
    pub fn is_gone(&self) -> bool {
        self.name.is_empty()
    }

    /// Seals it for a person's record.
    pub fn seal(
        &self,
        vault: &Vault,
        person: PersonId,
        entropy: &mut dyn Entropy,
    ) -> Result<SealedNaming, Locked> {
        let text = serde_json::to_vec(self).unwrap_or_default();
        Ok(SealedNaming {
            naming: vault.seal(GENERAL, place(&person.to_string()), &text, entropy)?,
            name_index: name_index(vault, &self.name)?,
            phone_index: self.phone.as_deref().map(|phone| phone_index(vault, phone)).transpose()?,
            birth_index: self.birth_day.map(|day| birth_index(vault, day)).transpose()?,
        })
    }

    /// Opens a person's record.
    pub fn open(vault: &Vault, person: PersonId, sealed: &Sealed) -> Result<Naming, Unreadable> {
        let text = vault
            .open(place(&person.to_string()), sealed)
            .map_err(|why| Unreadable::Sealed { person, why })?;
        serde_json::from_slice(&text).map_err(|error| Unreadable::Form { person, why: error.to_string() })
    }
}

fn place(person: &str) -> Place<'_> {
    Place { table: "persons", record: person, field: "naming" }
}

/// What finds everyone of a name, however it was written.
pub fn name_index(vault: &Vault, name: &str) -> Result<Index, Locked> {
    let plain = || name.trim().to_lowercase();
    vault.index(GENERAL, "name", &Name::of(name).map_or_else(plain, String::from))
}

/// What finds everyone born on a day (days since 1970-01-01): a name mistyped hides nobody born on the day.
pub fn birth_index(vault: &Vault, day: i32) -> Result<Index, Locked> {
    vault.index(GENERAL, "birth", &day.to_string())
}

/// What finds everyone with a telephone: its digits count, not how they are set apart.
pub fn phone_index(vault: &Vault, phone: &str) -> Result<Index, Locked> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    vault.index(GENERAL, "phone", &digits)
}
