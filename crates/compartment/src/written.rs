//! What is written in a record, and how it is sealed.

use base::{Entropy, Instant, RecordId};
use serde::{Deserialize, Serialize};
use vault::{Place, Sealed, Vault};
use zeroize::Zeroizing;

use crate::Error;
use crate::store::Page;

/// Sealed texts are as long as the next of these: their length says little about what was written.
const BLOCK: usize = 1_024;

/// One thing written in a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// When. No two things written in a compartment have the same instant.
    pub at: Instant,
    /// By which account: an opaque id.
    pub by: String,
    /// What.
    pub said: Said,
}

/// What is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The record begins.
    TakenIn {
        /// A name, or what the person wants to be called here.
        name: String,
        /// How they can be reached safely, if at all.
        reach: Option<String>,
        /// What they came with.
        note: String,
    },
    /// Something more.
    Note {
        /// What.
        text: String,
    },
    /// The record ends: nothing is added any more.
    Closed {
        /// What became of it; may be empty.
        text: String,
    },
}

/// Where something is sealed.
pub(crate) fn place<'a>(record: &'a str, id: &'a str) -> Place<'a> {
    Place { table: "pages", record, field: id }
}

impl Written {
    /// Sealed for its place.
    pub(crate) fn seal(
        &self,
        compartment: &str,
        vault: &Vault,
        (id, record): (&str, RecordId),
        entropy: &mut dyn Entropy,
    ) -> Result<Page, Error> {
        let text = serde_json::to_vec(self).map_err(|error| Error::Damaged(error.to_string()))?;
        let mut text = Zeroizing::new(text);
        // Blanks after a JSON text are none of it.
        let length = text.len().next_multiple_of(BLOCK);
        text.resize(length, b' ');
        let owner = record.to_string();
        let place = place(&owner, id);
        let sealed = vault.seal(compartment, place, &text, entropy)?.0;
        Ok(Page { id: id.to_owned(), record, sealed })
    }

    /// Opened at its place.
    pub(crate) fn open(page: &Page, vault: &Vault) -> Result<Written, Error> {
        let owner = page.record.to_string();
        let place = place(&owner, &page.id);
        let text = vault
            .open(place, &Sealed(page.sealed.clone()))
            .map_err(|error| Error::Damaged(error.to_string()))?;
        // The parser's own message would quote what was written.
        serde_json::from_slice(&text)
            .map_err(|_| Error::Damaged("something sealed in it can't be read".to_owned()))
    }
}
