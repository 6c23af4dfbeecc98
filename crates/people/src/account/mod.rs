//! Accounts: who signs in, in which role, since when, and where they are signed in now.
//!
//! An account is given roles for a time; a session is a sign-in under one of them. Whoever loses the role, or the
//! account, is out at the next request: sessions are looked up, not carried by the visitor.

pub mod store;

use base::{AccountId, GrantId, Instant, PersonId};

/// Who signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// Opaque.
    pub id: AccountId,
    /// Whose it is, if a person of this city's.
    pub person: Option<PersonId>,
    /// When it ended; nobody signs in with it any more.
    pub ended: Option<Instant>,
}

/// A role, given to an account for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Opaque.
    pub id: GrantId,
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
    /// Who gave it; `None`: the city itself.
    pub given_by: Option<AccountId>,
    /// True unless it still waits for a second person's yes.
    pub confirmed: bool,
    /// When it was taken back.
    pub ended: Option<Instant>,
}

impl Grant {
    /// True on its days, from its confirmation until it is taken back.
    pub fn holds_on(&self, day: i32) -> bool {
        self.ended.is_none()
            && self.confirmed
            && self.from <= day
            && self.until.is_none_or(|until| day <= until)
    }
}

/// How someone signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// As a persona, with one click: in a demo only.
    Persona,
    /// With a token of the city's.
    Token,
    /// With a code from a counter.
    Code,
    /// With a passkey.
    Passkey,
    /// With a passkey that was made by less than two ways of showing who one is.
    WeakPasskey,
    /// Through another house that vouches (OpenID Connect).
    Vouched,
    /// The same, and that house says that it asked for a second factor.
    VouchedTwice,
    /// The same, where the login was linked by somebody who had shown who they are in one way only.
    WeakVouched,
}

impl How {
    const ALL: [How; 8] = [
        How::Persona,
        How::Token,
        How::Code,
        How::Passkey,
        How::WeakPasskey,
        How::Vouched,
        How::VouchedTwice,
        How::WeakVouched,
    ];

    /// The word for it in the database.
    pub fn code(self) -> &'static str {
        match self {
            How::Persona => "persona",
            How::Token => "token",
            How::Code => "code",
            How::Passkey => "passkey",
            How::WeakPasskey => "weak-passkey",
            How::Vouched => "vouched",
            How::VouchedTwice => "vouched-twice",
            How::WeakVouched => "weak-vouched",
        }
    }

    /// Whether it was shown in two ways: a passkey is a device and what unlocks it. A persona is exempt, being nobody.
    pub fn is_strong(self) -> bool {
        matches!(self, How::Persona | How::Passkey | How::VouchedTwice)
    }

    /// From the word.
    pub fn coded(code: &str) -> Option<How> {
        How::ALL.into_iter().find(|how| how.code() == code)
    }
}

/// A sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie.
    pub hash: [u8; 32],
    /// Whose.
    pub account: AccountId,
    /// Under which role.
    pub grant: GrantId,
    /// How.
    pub how: How,
    /// Since when.
    pub since: Instant,
    /// Until when, if nobody ends it before.
    pub until: Instant,
    /// When it was ended.
    pub ended: Option<Instant>,
}

impl Session {
    /// True while it lasts.
    pub fn lasts(&self, now: Instant) -> bool {
        self.ended.is_none() && now < self.until
    }

    /// A number to name it by on a page: the cookie can't be made of it.
    pub fn number(&self) -> u64 {
        let mut word = [0u8; 8];
        word.copy_from_slice(&self.hash[..8]);
        u64::from_be_bytes(word)
    }
}

/// Wrong tries after which a code is worth nothing.
pub const TRIES: u8 = 5;

/// A code that a counter gave, for one sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// To whom.
    pub person: PersonId,
    /// Keyed hash of its digits.
    pub hash: [u8; 16],
    /// Until when.
    pub until: Instant,
    /// Wrong tries.
    pub wrong: u8,
    /// True once it was used, or replaced.
    pub used: bool,
}

impl Code {
    /// True while it can be tried.
    pub fn is_open(&self, now: Instant) -> bool {
        !self.used && self.wrong < TRIES && now < self.until
    }
}
