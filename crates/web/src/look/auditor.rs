//! The auditor's pages.

use askama::Template;
use base::{Date, Won};
use jiff::civil::DateTime;

use super::kit::Field;
use super::page::{Page, TourStep};
use super::seal::SealShown;
use super::texts::Tongue;

/// A class of accounts and its total.
#[derive(Debug, Clone)]
pub struct ClassTotal {
    /// Its name.
    pub name: String,
    /// What it means, in a sentence.
    pub meaning: String,
    /// How many accounts.
    pub accounts: i64,
    /// What stands on the debit side, with its unit; empty where nothing does.
    pub debit: String,
    /// On the credit side.
    pub credit: String,
    /// A side of the float equation: `held` (money the city holds), `owed` (what it owes), or empty.
    pub side: &'static str,
}

/// A check of the whole journal.
#[derive(Debug, Clone)]
pub enum Verification {
    /// Not run since the start.
    Never,
    /// Running: postings checked, of all.
    Running {
        /// Checked.
        done: i64,
        /// Of so many.
        all: i64,
    },
    /// Everything agreed.
    Agrees {
        /// When.
        at: DateTime,
        /// Postings checked.
        postings: i64,
        /// Seconds it took, in tenths.
        tenths: i64,
    },
    /// Something differs: the first difference, in words.
    Differs {
        /// When.
        at: DateTime,
        /// Where.
        first: String,
        /// `/books/postings/{no}` of the posting it is in, if it is in one.
        href: Option<String>,
    },
    /// It could not be finished: the journal can't be read.
    Failed {
        /// When.
        at: DateTime,
        /// What the database said.
        why: String,
    },
}

/// A posting in the list of what was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// `/books/postings/{no}`.
    pub href: String,
    /// Its number.
    pub number: String,
    /// What it was.
    pub kind: String,
    /// When.
    pub at: DateTime,
    /// The largest leg.
    pub amount: Won,
}

/// `GET /books?find=…` (posting number, payment id, order number or amount) — `POST /books/verify` with `csrf` starts a
/// check; while it runs the page refreshes itself every 2 seconds.
#[derive(Template)]
#[template(path = "books.html")]
pub struct BooksPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Postings so far.
    pub postings: i64,
    /// The latest.
    pub last_at: DateTime,
    /// Money held for people.
    pub held: Won,
    /// What is owed: purses, shops, budget.
    pub owed: Won,
    /// Totals by class.
    pub classes: Vec<ClassTotal>,
    /// The last check.
    pub verification: Verification,
    /// What was looked for.
    pub find: Field,
    /// What was found; `None` when nothing was looked for.
    pub found: Option<Vec<Found>>,
    /// The journal's seal; `None` where it isn't sealed.
    pub seal: Option<SealShown>,
    /// How far back was looked, when the journal is longer than that.
    pub looked_through: Option<i64>,
}

impl BooksPage {
    /// Held minus owed: zero when the books are right.
    pub fn difference(&self) -> Won {
        Won(self.held.0.saturating_sub(self.owed.0))
    }

    /// The last check found a difference.
    pub fn is_wrong(&self) -> bool {
        matches!(self.verification, Verification::Differs { .. })
    }

    /// A check is running.
    pub fn is_running(&self) -> bool {
        matches!(self.verification, Verification::Running { .. })
    }

    /// `1.8`, from tenths.
    pub fn seconds(&self, tenths: &i64) -> String {
        format!("{}.{}", tenths / 10, tenths % 10)
    }

    /// Checked, of 1,000.
    pub fn thousandths(&self, done: &i64, all: &i64) -> i64 {
        if *all <= 0 { 0 } else { (*done).clamp(0, *all).saturating_mul(1_000) / all }
    }
}

/// One leg of a posting, as the books have it.
#[derive(Debug, Clone)]
pub struct PostingLeg {
    /// Account debited.
    pub debit: String,
    /// Account credited.
    pub credit: String,
    /// Amount, with its unit, in the reader's language.
    pub amount: String,
    /// Balance of the debited account after it.
    pub debit_after: String,
    /// Balance of the credited account after it.
    pub credit_after: String,
    /// Why, in a sentence.
    pub why: String,
}

/// `GET /books/postings/{no}`.
#[derive(Template)]
#[template(path = "posting.html")]
pub struct PostingPage {
    /// Language and today.
    pub t: Tongue,
    /// The frame.
    pub page: Page,
    /// Its number in the journal.
    pub number: String,
    /// Its id.
    pub id: String,
    /// What it was.
    pub kind: String,
    /// What happened, in a sentence.
    pub summary: String,
    /// When.
    pub at: DateTime,
    /// The business date it counts for.
    pub business_date: Date,
    /// Who: role and opaque id.
    pub actor: String,
    /// Through which program.
    pub client: String,
    /// The rule version.
    pub rule: String,
    /// The rule's source.
    pub source: String,
    /// The request key.
    pub request_key: String,
    /// What it reverses, or what reversed it: text and link.
    pub related: Vec<(String, String)>,
    /// All legs.
    pub legs: Vec<PostingLeg>,
    /// The facts it was decided on: name and value.
    pub facts: Vec<(String, String)>,
    /// The posting before.
    pub before: Option<String>,
    /// The posting after.
    pub after: Option<String>,
}
