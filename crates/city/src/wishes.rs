//! What is wished where someone is let in: a role, a token, a passkey.

use base::AccountId;
use people::How;
use serde::Serialize;

/// A role to give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewGrant {
    /// To whom.
    pub account: AccountId,
    /// The role's id in the pack.
    pub role: String,
    /// The person's or shop's id, where the role acts on one.
    pub subject: Option<String>,
    /// The code of the neighbourhood, where the role reaches only one.
    pub district: Option<String>,
    /// The first day: days since 1970-01-01.
    pub from: i32,
    /// The last day; `None` while no end is set.
    pub until: Option<i32>,
}

/// A token to grant; only its hash comes here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewToken {
    /// SHA-256 of its text.
    pub hash: [u8; 32],
    /// A role's id in the pack, or a kind of role.
    pub role: String,
    /// The person's or shop's id, where the role acts on one.
    pub subject: Option<String>,
    /// The code of the neighbourhood, where the role reaches only one.
    pub district: Option<String>,
    /// What it is for.
    pub name: String,
}

/// A passkey that was made for an account; the ceremony was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPasskey {
    /// Whose.
    pub account: AccountId,
    /// SHA-256 of the credential's id.
    pub hash: [u8; 32],
    /// What its owner calls it.
    pub name: String,
    /// Its public half.
    pub credential: String,
    /// How its owner had shown who they are.
    #[serde(serialize_with = "crate::command::how_code")]
    pub how: How,
}
