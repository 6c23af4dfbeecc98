//! API tokens: shown once, kept as a hash. A token of 256 random bits needs no slow hash.

use std::str::FromStr;

use crate::store::TOKENS;
use base::{Client, Role};
use sha2::{Digest, Sha256};
use store::{Error, Snapshot, row};

/// A token as the city keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the token's text.
    pub hash: [u8; 32],
    /// The client its request keys are scoped to.
    pub client: Client,
    /// What it may do, and for whom.
    pub role: Role,
    /// What it is for.
    pub name: String,
}

/// The hash a token is kept and looked up by.
pub fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// The subject of a role in the database: the person's or the shop's id.
pub(crate) fn subject(role: Role) -> Option<String> {
    match role {
        Role::Citizen(person) => Some(person.to_string()),
        Role::Merchant(shop) | Role::Till(shop) => Some(shop.to_string()),
        _ => None,
    }
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
        _ => None,
    }
}

row! {
    struct TokenRow {
        hash: Vec<u8>,
        client: i64,
        role: String,
        subject: Option<String>,
        name: String,
    }
}

/// All tokens.
pub fn all(snapshot: &mut Snapshot<'_>) -> Result<Vec<Token>, Error> {
    let rows: Vec<TokenRow> = snapshot.query(TOKENS, &[])?;
    rows.into_iter()
        .map(|row| {
            let hash = row.hash.try_into().map_err(|_| Error::Shape("a token's hash has 32 bytes".into()))?;
            let role = role(&row.role, row.subject.as_deref())
                .ok_or_else(|| Error::Shape(format!("a token of an unknown role {:?}", row.role)))?;
            Ok(Token { hash, client: Client(row.client.cast_unsigned()), role, name: row.name })
        })
        .collect()
}
