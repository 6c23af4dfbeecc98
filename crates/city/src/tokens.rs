//! API tokens: shown once, kept as a hash. A token of 256 random bits needs no slow hash.

use std::str::FromStr;

use crate::payouts::answer::hex;
use crate::store::{TOKENS, UNSEALED_TOKENS};
use base::{Client, Entropy, GrantId, Instant, Role};
use people::naming::GENERAL;
use sha2::{Digest, Sha256};
use store::{Error, Snapshot, row};
use vault::{CantOpen, Locked, Place, Sealed, Vault};

/// A token as the city keeps it. What it may do is the role given with it: when that ends, so does the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the token's text.
    pub hash: [u8; 32],
    /// The client its request keys are scoped to.
    pub client: Client,
    /// The role given with it.
    pub grant: GrantId,
    /// What it is for, sealed: it often says who has it. Empty once it was ended.
    pub name: Sealed,
    /// Since when.
    pub since: Instant,
    /// From when on it is worth nothing: it was ended, or another took its place.
    pub ended: Option<Instant>,
}

impl Token {
    /// True until it ends.
    pub fn lasts(&self, now: Instant) -> bool {
        self.ended.is_none_or(|ended| now < ended)
    }

    /// What it is for.
    pub fn called(&self, vault: &Vault) -> Result<String, CantOpen> {
        let text = vault.open(place(&hex(&self.hash)), &self.name)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }
}

/// Seals what the token with this hash is for.
pub(crate) fn sealed_name(
    vault: &Vault,
    hash: &[u8],
    name: &str,
    entropy: &mut dyn Entropy,
) -> Result<Sealed, Locked> {
    vault.seal(GENERAL, place(&hex(hash)), name.as_bytes(), entropy)
}

fn place(record: &str) -> Place<'_> {
    Place { table: "tokens", record, field: "name" }
}

/// The hash a token is kept and looked up by.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// A role by its name and subject.
pub fn role(name: &str, subject: Option<&str>) -> Option<Role> {
    fn id<T: FromStr>(subject: Option<&str>) -> Option<T> {
        subject?.parse().ok()
    }
    match name {
        "citizen" => id(subject).map(Role::Citizen),
        "merchant" => id(subject).map(Role::Merchant),
        "till" => id(subject).map(Role::Till),
        "clerk" => Some(Role::Clerk),
        "officer" => Some(Role::Officer),
        "auditor" => Some(Role::Auditor),
        "organisation" => id(subject).map(Role::Organisation),
        _ => None,
    }
}

row! {
    struct TokenRow {
        hash: Vec<u8>,
        client: i64,
        role_grant: GrantId,
        name: Option<Vec<u8>>,
        since: Instant,
        ended: Option<Instant>,
    }
}

row! {
    /// What a token is for, from before it was sealed.
    pub(crate) struct UnsealedRow {
        pub hash: Vec<u8>,
        pub unsealed: String,
    }
}

/// Whether what tokens are for stands in the open, from before it was sealed.
pub(crate) fn are_unsealed(snapshot: &mut Snapshot<'_>) -> Result<bool, Error> {
    let rows: Vec<UnsealedRow> = snapshot.query(UNSEALED_TOKENS, &[])?;
    Ok(!rows.is_empty())
}

/// All tokens, those that have ended too.
pub(crate) fn all(snapshot: &mut Snapshot<'_>, each: &mut dyn FnMut(Token)) -> Result<(), Error> {
    snapshot.for_each(TOKENS, &[], &mut |row: TokenRow| {
        let hash = row.hash.try_into().map_err(|_| Error::Shape("a token's hash has 32 bytes".into()))?;
        each(Token {
            hash,
            client: Client(row.client.cast_unsigned()),
            grant: row.role_grant,
            name: Sealed(row.name.unwrap_or_default()),
            since: row.since,
            ended: row.ended,
        });
        Ok(())
    })
}
