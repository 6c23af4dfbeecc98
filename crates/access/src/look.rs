//! A look: one read of one person's record.

use base::{Instant, PersonId};

/// The longest code, id or address, in bytes.
const LONGEST_CODE: usize = 200;
/// The longest reason, in bytes.
const LONGEST_REASON: usize = 2_000;

/// One read of one person's record: who, when, from where, whom, what, for what purpose (safety notice §8 of the
/// Personal Information Protection Act). It holds ids and codes, never a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Instant,
    /// Who looked: the opaque id of an account or a token.
    pub who: String,
    /// In which role.
    pub role: String,
    /// At whose record.
    pub whom: PersonId,
    /// What was shown: a stable code such as `window.person`, `api.card`, `list.people`.
    pub what: String,
    /// For what purpose: a stable code.
    pub purpose: String,
    /// From which source address.
    pub from: String,
    /// The reason given, where one is asked for: a download, breaking the glass.
    pub reason: Option<String>,
    /// The open task it belongs to, if any.
    pub task: Option<String>,
}

impl Look {
    /// The first field that can't be kept: empty, too long (200 bytes; a reason: 2,000), or with control characters.
    pub fn malformed(&self) -> Option<&'static str> {
        let codes = [
            ("who", Some(&self.who)),
            ("role", Some(&self.role)),
            ("what", Some(&self.what)),
            ("purpose", Some(&self.purpose)),
            ("from", Some(&self.from)),
            ("task", self.task.as_ref()),
        ];
        let code = codes.into_iter().find(|(_, text)| text.is_some_and(|text| !fits(text, LONGEST_CODE)));
        let reason = self.reason.as_ref().filter(|text| !fits(text, LONGEST_REASON)).map(|_| "reason");
        code.map(|(name, _)| name).or(reason)
    }
}

fn fits(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && !text.chars().any(char::is_control)
}

/// An entry's place in the access ledger, from 1, without gaps. Zero means "none before".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LookNo(pub u64);

impl LookNo {
    /// The place after it.
    pub fn next(self) -> LookNo {
        LookNo(self.0 + 1)
    }
}

impl std::fmt::Display for LookNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// A look as it is kept: with its place, and linked to what was before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub no: LookNo,
    /// The look.
    pub look: Look,
    /// The last entry before it with the same `whom`. It may be disposed of by now.
    pub whom_before: LookNo,
    /// The last entry before it with the same `who`. It may be disposed of by now.
    pub who_before: LookNo,
    /// The chain's hash with this entry.
    pub hash: Hash,
}

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl std::str::FromStr for Hash {
    type Err = BadHash;

    fn from_str(text: &str) -> Result<Hash, BadHash> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(BadHash);
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| BadHash)?;
        }
        Ok(Hash(bytes))
    }
}

/// The text is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 hexadecimal digits")]
pub struct BadHash;
