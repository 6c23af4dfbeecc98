//! Pages of the seal: checking a file, and what the card owes.

use askama::Template;
use base::{Date, Won};
use jiff::civil::DateTime;

use super::page::{Page, TourStep};
use super::texts::Tongue;

/// A line of what is proved.
#[derive(Debug, Clone)]
pub struct ProvedLine {
    /// What it is.
    pub name: String,
    /// What it says.
    pub value: String,
}

/// What checking a file came to.
#[derive(Debug, Clone)]
pub enum Proof {
    /// It holds.
    Holds {
        /// In a sentence.
        title: String,
        /// What it is of: a payment, a top-up.
        kind: String,
        /// Won.
        amount: Won,
        /// What else it says.
        lines: Vec<ProvedLine>,
        /// How many parts are kept back.
        closed: i64,
    },
    /// It doesn't.
    Fails {
        /// In a sentence.
        what: String,
        /// Why, and what to do.
        why: String,
    },
}

/// `GET /verify` — `POST /verify` (`multipart/form-data` or urlencoded) with `file` or `text`.
#[derive(Template)]
#[template(path = "verify.html")]
pub struct VerifyPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// What was pasted, where it was wrong.
    pub text: String,
    /// What came of it.
    pub proof: Option<Proof>,
    /// The city's key; empty where nothing is sealed.
    pub key: String,
    /// The city's time zone, by its IANA name.
    pub zone: String,
    /// Postings sealed.
    pub sealed: i64,
}

impl VerifyPage {
    /// A file was checked, and holds.
    pub fn holds(&self) -> bool {
        matches!(self.proof, Some(Proof::Holds { .. }))
    }
}

/// A class of accounts in the statement.
#[derive(Debug, Clone)]
pub struct FloatClass {
    /// Its name.
    pub name: String,
    /// Accounts with something on them.
    pub accounts: i64,
    /// Won.
    pub won: Won,
}

/// An advance to a shop.
#[derive(Debug, Clone)]
pub struct FloatAdvance {
    /// Its name.
    pub shop: String,
    /// Won.
    pub won: Won,
}

/// A statement.
#[derive(Debug, Clone)]
pub struct FloatStated {
    /// Its day.
    pub day: Date,
    /// When it was made.
    pub at: DateTime,
    /// After this posting.
    pub posting: i64,
    /// Won owed.
    pub owed: Won,
    /// Won that back it.
    pub backing: Won,
    /// By class.
    pub owes: Vec<FloatClass>,
    /// By class.
    pub backs: Vec<FloatClass>,
    /// One by one.
    pub advances: Vec<FloatAdvance>,
    /// It holds together.
    pub holds: bool,
}

/// Whether the reader's own money is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnSum {
    /// It is.
    In(Won),
    /// Nothing was owed to them.
    Nothing,
    /// Nobody is known.
    SignIn,
}

/// `GET /float?day=…`.
#[derive(Template)]
#[template(path = "float.html")]
pub struct FloatPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// The statement; `None` while there is none.
    pub stated: Option<FloatStated>,
    /// The newest one is shown: proofs are of this.
    pub newest: bool,
    /// The reader's own.
    pub own: OwnSum,
    /// Other days.
    pub days: Vec<Date>,
    /// The journal is sealed at all.
    pub sealed: bool,
}

/// How the seal is doing, for auditors.
#[derive(Debug, Clone)]
pub struct SealShown {
    /// Postings sealed.
    pub sealed: i64,
    /// Postings that aren't yet.
    pub waiting: i64,
    /// The key that signs.
    pub key: String,
    /// Something is wrong with it.
    pub failing: bool,
}
