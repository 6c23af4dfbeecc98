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
        let Indexes { name, phone, birth } = Indexes::of(vault, self)?;
        Ok(SealedNaming {
            naming: vault.seal(GENERAL, place(&person.to_string()), &text, entropy)?,
            name_index: name,
            phone_index: phone,
            birth_index: birth,
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

/// The blind indexes of what names a person, under the key in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indexes {
    /// Finds the name.
    pub name: Index,
    /// Finds the telephone.
    pub phone: Option<Index>,
    /// Finds the birth day.
    pub birth: Option<Index>,
}

impl Indexes {
    /// Of a naming.
    pub fn of(vault: &Vault, naming: &Naming) -> Result<Indexes, Locked> {
        let newest = |kind: &str, text: &str| vault.index(GENERAL, kind, text);
        Ok(Indexes {
            name: newest("name", &plain_name(&naming.name))?,
            phone: naming.phone.as_deref().map(|phone| newest("phone", &plain_phone(phone))).transpose()?,
            birth: naming.birth_day.map(|day| newest("birth", &day.to_string())).transpose()?,
        })
    }
}

fn plain_name(name: &str) -> String {
    let plain = || name.trim().to_lowercase();
    Name::of(name).map_or_else(plain, String::from)
}

fn plain_phone(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// What finds everyone of a name, however it was written: under each key there is, the one in use first.
pub fn name_indexes(vault: &Vault, name: &str) -> Result<Vec<Index>, Locked> {
    vault.indexes(GENERAL, "name", &plain_name(name))
}

/// What finds everyone born on a day (days since 1970-01-01): a name mistyped hides nobody born on the day.
pub fn birth_indexes(vault: &Vault, day: i32) -> Result<Vec<Index>, Locked> {
    vault.indexes(GENERAL, "birth", &day.to_string())
}

/// What finds everyone with a telephone: its digits count, not how they are set apart.
pub fn phone_indexes(vault: &Vault, phone: &str) -> Result<Vec<Index>, Locked> {
    vault.indexes(GENERAL, "phone", &plain_phone(phone))
}
