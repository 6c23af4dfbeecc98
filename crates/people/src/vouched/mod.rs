//! Other houses that vouch for someone (OpenID Connect). What the other house calls them is never kept: only a keyed
//! hash of it, which finds the account and says nothing.

pub mod store;

use base::{AccountId, Instant};
use vault::{Index, Locked, Vault};

use crate::How;
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
    /// When it was taken back.
    pub ended: Option<Instant>,
    /// Whether it was linked by somebody who had shown who they are in two ways. Whoever came in by less may have linked a
    /// login of their own: it never opens more than they could.
    pub strong: bool,
}

impl Vouched {
    /// What a sign-in by it is worth, whatever the house says of its own asking.
    pub fn worth(&self, told: How) -> How {
        if told.is_strong() && !self.strong { How::WeakVouched } else { told }
    }
}

/// What finds someone by the house's address and what it calls them. A line break can't stand in an address, so no two
/// pairs are one text.
pub fn index(vault: &Vault, issuer: &str, subject: &str) -> Result<[u8; 16], Locked> {
    let Index(index) = vault.index(GENERAL, "login", &format!("{issuer}\n{subject}"))?;
    Ok(index)
}
