//! Passkeys: what someone signs in with instead of a password. The key itself stays in their device; the city keeps its
//! public half, how often it was used, and the name its owner gave it, sealed.

pub mod store;

use base::{AccountId, Entropy, Instant};
use vault::{CantOpen, Locked, Place, Sealed, Vault};

use crate::naming::GENERAL;

/// An account has no more of them.
pub const MOST: usize = 10;
/// Letters of a name, at most.
pub const LONGEST_NAME: usize = 40;

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// SHA-256 of the credential's id.
    pub hash: [u8; 32],
    /// Whose.
    pub account: AccountId,
    /// What its owner calls it, sealed; empty once it is removed.
    pub name: Sealed,
    /// Its public half, as the sign-in ceremony writes it.
    pub credential: String,
    /// How often the device says it was used; many devices always say 0.
    pub counter: u32,
    /// Since when.
    pub since: Instant,
    /// When it was last used.
    pub used: Option<Instant>,
    /// When it was removed.
    pub ended: Option<Instant>,
    /// Made by somebody who had shown who they are in two ways, or with the token that staff are given for their first.
    /// Another one, made by a code from a counter, say, stays weak when its account is given a role that asks for more.
    pub strong: bool,
}

impl Passkey {
    /// A number to name it by on a page.
    pub fn number(&self) -> u64 {
        let mut word = [0u8; 8];
        word.copy_from_slice(&self.hash[..8]);
        u64::from_be_bytes(word)
    }

    /// What its owner calls it.
    pub fn called(&self, vault: &Vault) -> Result<String, CantOpen> {
        let text = vault.open(place(&record(&self.hash)), &self.name)?;
        Ok(String::from_utf8_lossy(&text).into_owned())
    }

    /// Whether a use with this counter is one of the device itself: a copy of the key would count for itself, and fall
    /// behind. A device that doesn't count says 0 always.
    pub fn counts_on(&self, counter: u32) -> bool {
        (self.counter == 0 && counter == 0) || counter > self.counter
    }
}

/// Seals the name of the passkey with this hash.
pub fn sealed_name(
    vault: &Vault,
    hash: &[u8; 32],
    name: &str,
    entropy: &mut dyn Entropy,
) -> Result<Sealed, Locked> {
    vault.seal(GENERAL, place(&record(hash)), name.as_bytes(), entropy)
}

/// A name as it is kept: without blanks around it. `None`: empty, too long, or not to be shown.
pub fn good_name(name: &str) -> Option<&str> {
    let name = name.trim();
    let fits = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(base::is_unseen);
    fits.then_some(name)
}

fn record(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn place(record: &str) -> Place<'_> {
    Place { table: "passkeys", record, field: "name" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(counter: u32) -> Passkey {
        Passkey {
            hash: [1; 32],
            account: AccountId(1),
            name: Sealed(Vec::new()),
            credential: String::new(),
            counter,
            since: Instant(0),
            used: None,
            ended: None,
            strong: true,
        }
    }

    #[test]
    fn a_copy_falls_behind() {
        for (kept, told, good) in [
            (0, 0, true),
            (0, 1, true),
            (4, 5, true),
            (4, 9, true),
            (4, 4, false),
            (4, 3, false),
            (4, 0, false),
        ] {
            assert_eq!(counted(kept).counts_on(told), good, "{kept} {told}");
        }
    }

    #[test]
    fn names_are_short_and_plain() {
        assert_eq!(good_name(" 내 전화기 "), Some("내 전화기"));
        let longest = "가".repeat(LONGEST_NAME);
        assert_eq!(good_name(&longest), Some(longest.as_str()));
        for bad in ["", "  ", "a\u{7}b", &"가".repeat(LONGEST_NAME + 1)] {
            assert_eq!(good_name(bad), None, "{bad:?}");
        }
    }
}
