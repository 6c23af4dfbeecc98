//! Typed ids. Outside they are text such as `per_0c2k6p9x4q1ze`; inside they are 64 random bits.
//!
//! Random, so that an id says nothing about how many records exist or in which order they came.

use std::fmt;
use std::str::FromStr;

use crate::Entropy;

/// Crockford's base 32: no I, L, O, U, so that an id survives a phone call.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// The other way round: a byte's value, or 255. Whole towns of ids are read at a start.
const VALUES: [u8; 256] = {
    let mut values = [255; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        values[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    values
};
/// 64 bits in base 32.
const DIGITS: usize = 13;

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id like {expected}_0123456789abc")]
pub struct BadId {
    /// The prefix that was expected, such as `per`.
    pub expected: &'static str,
}

fn write(f: &mut fmt::Formatter<'_>, prefix: &str, bits: u64) -> fmt::Result {
    let mut digits = [0u8; DIGITS];
    let mut rest = bits;
    for slot in digits.iter_mut().rev() {
        *slot = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
}

fn read(text: &str, prefix: &'static str) -> Result<u64, BadId> {
    let bad = BadId { expected: prefix };
    let digits = text.strip_prefix(prefix).and_then(|t| t.strip_prefix('_')).ok_or(bad.clone())?;
    if digits.len() != DIGITS {
        return Err(bad);
    }
    let mut bits: u64 = 0;
    for (position, byte) in digits.bytes().enumerate() {
        let value = VALUES[usize::from(byte)];
        // 13 digits hold 65 bits: the first may only be 0..=15.
        if value > 31 || (position == 0 && value > 15) {
            return Err(bad);
        }
        bits = (bits << 5) | u64::from(value);
    }
    Ok(bits)
}

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl $name {
            /// The letters before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id. Uniqueness is enforced where the record is stored.
            pub fn new(entropy: &mut dyn Entropy) -> Self {
                Self(entropy.next_u64())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(f, $prefix, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write(f, $prefix, self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                read(text, $prefix).map(Self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

typed_id!(
    /// A person: the one who holds purses, limits and rights.
    PersonId, "per"
);
typed_id!(
    /// A household: people who live together.
    HouseholdId, "hsh"
);
typed_id!(
    /// An organisation: a department of the city, a window, an agency, an association.
    OrganisationId, "org"
);
typed_id!(
    /// A registered business. Its shops are merchants.
    BusinessId, "biz"
);
typed_id!(
    /// An account: who signs in.
    AccountId, "acc"
);
typed_id!(
    /// A role given to an account.
    GrantId, "grt"
);
typed_id!(
    /// A document kept about a person.
    RecordId, "rec"
);
typed_id!(
    /// A card, plastic or on a phone. Money belongs to the person, never to the card.
    CardId, "crd"
);
typed_id!(
    /// A shop that takes the card.
    MerchantId, "mer"
);
typed_id!(
    /// An API token, or the session of a page.
    TokenId, "tok"
);
typed_id!(
    /// A bank account that payouts go to.
    PayoutAccountId, "pac"
);
typed_id!(
    /// An application of a shop to join.
    ApplicationId, "app"
);
typed_id!(
    /// A question about a look at one's record.
    QuestionId, "qst"
);
typed_id!(
    /// A broken glass: a look at what one may not see otherwise.
    GlassId, "gls"
);
typed_id!(
    /// A download of personal data.
    DownloadId, "dnl"
);
typed_id!(
    /// Where a shop's own programs are told of what happens.
    HookId, "hok"
);
typed_id!(
    /// A sign of illegal exchange that somebody looks into.
    CaseId, "cse"
);
typed_id!(
    /// Something that waits for a second person's yes.
    ProposalId, "prp"
);
typed_id!(
    /// Somebody's taking in that was begun at a window and is not finished.
    DraftId, "drf"
);
typed_id!(
    /// Something one clerk hands over to another.
    HandoverId, "hnd"
);
typed_id!(
    /// A posting's place in the journal, from 1, without gaps. The one id that is a sequence: the journal
    /// is a numbered book.
    PostingNo, "pst"
);

/// An entry's place in the journal, from 1, without gaps. Zero means "none before".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct EntryNo(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip() {
        for bits in [0, 1, 31, 32, u64::MAX, 0x0123_4567_89ab_cdef] {
            let id = PersonId(bits);
            assert_eq!(id.to_string().parse::<PersonId>(), Ok(id));
        }
    }

    #[test]
    fn other_kinds_and_odd_texts_are_refused() {
        let person = PersonId(7).to_string();
        assert!(person.parse::<CardId>().is_err());
        for text in ["", "per", "per_", "per_000000000000l", "per_z000000000000", "per_0000000000001x"] {
            assert!(text.parse::<PersonId>().is_err(), "{text}");
        }
    }
}
