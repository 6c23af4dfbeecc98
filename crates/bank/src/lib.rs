//! What is said to a bank and what it answers, as files of ISO 20022: pure, text to values and back.
//!
//! - [`pain001`]: we ask for payouts (`pain.001.001.09`);
//! - [`pain002`]: the bank says what it refused (`pain.002`);
//! - [`camt053`]: the bank says what moved on the account (`camt.053`).
//!
//! Invariants:
//! - a payout file is checked against its schema's rules ([`schema`]) before it leaves;
//! - an answer is read whole or refused whole; a statement whose balances don't add up with its entries is refused;
//! - a hostile file costs no more than its own length: no entities but XML's own five, no document types, no depth.
//!
//! Deliberately absent: which payout an answer is about, and what follows. That is for the house to decide.

pub mod camt053;
pub mod pain001;
pub mod pain002;
pub mod schema;
mod words;
mod xml;

pub use words::{Account, Unreadable};
pub use xml::is_sendable;

/// An answer of a bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// What moved on the account.
    Statements(camt053::Message),
    /// What became of a payout file.
    Report(pain002::Report),
}

/// A file larger than this is no answer: a statement of 100,000 entries has a tenth of it.
pub const LARGEST: usize = 256 << 20;

/// Reads any answer; which kind it is stands in its namespace.
pub fn read(text: &str) -> Result<Answer, Unreadable> {
    if text.len() > LARGEST {
        return Err(Unreadable::Large);
    }
    let space = xml::namespace(text)?;
    let name = space.rsplit(':').next().unwrap_or_default();
    if name.starts_with("camt.053.001.") || name.starts_with("camt.052.001.") {
        camt053::read(text).map(Answer::Statements)
    } else if name.starts_with("pain.002.001.") {
        pain002::read(text).map(Answer::Report)
    } else {
        Err(Unreadable::Kind(space.chars().take(80).collect()))
    }
}
