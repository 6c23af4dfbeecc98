//! Other houses that vouch for someone (OpenID Connect). What the other house calls them is found by a keyed hash of it, and
//! kept sealed beside it, so that the hash can be made anew under another key.

pub mod store;

use base::{AccountId, Entropy, Instant};
use vault::{CantOpen, Index, Locked, Place, Sealed, Vault};

use crate::naming::GENERAL;

/// Another house's word stands for an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Keyed hash of the house and what it calls them.
    pub index: [u8; 16],
    /// Whose account.
    pub account: AccountId,
    /// The house's name in the configuration.
    pub house: String,
    /// Whether what it calls them is kept, sealed. From before it was, only their next coming tells it.
    pub is_kept: bool,
    /// When it was taken back.
    pub ended: Option<Instant>,
}

impl Vouched {
    /// The id of what the house calls them, as it is kept.
    pub fn kept_as(&self) -> String {
        format!("{} {}", self.account, self.house)
    }
}

/// The house's address and what it calls somebody. A line break can't stand in an address, so no two pairs are one text.
pub fn said(issuer: &str, subject: &str) -> String {
    format!("{issuer}\n{subject}")
}

/// What finds someone by what a house [`said`]: under each key there is, the one in use first.
pub fn indexes(vault: &Vault, said: &str) -> Result<Vec<[u8; 16]>, Locked> {
    let all = vault.indexes(GENERAL, "login", said)?;
    Ok(all.into_iter().map(|Index(index)| index).collect())
}

/// What a house said of an account, sealed for its row.
pub fn seal(vault: &Vault, id: &str, said: &str, entropy: &mut dyn Entropy) -> Result<Sealed, Locked> {
    vault.seal(GENERAL, place(id), said.as_bytes(), entropy)
}

/// Opens it.
pub fn open(vault: &Vault, id: &str, sealed: &Sealed) -> Result<String, CantOpen> {
    let text = vault.open(place(id), sealed)?;
    String::from_utf8(text.to_vec()).map_err(|_| CantOpen::Form)
}

fn place(id: &str) -> Place<'_> {
    Place { table: "vouched_said", record: id, field: "sealed" }
}
