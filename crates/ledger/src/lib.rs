//! The ledger: units, accounts, postings, and the books that hold every balance in memory.
//!
//! Pure and deterministic: no I/O, no clock, no randomness, no hash-map order in any result.
//!
//! Invariants, true after every posting:
//! - each leg moves one amount from one account to another of the same unit, so every unit balances;
//! - an account with a floor never holds less than zero on its normal side;
//! - a posting's guards (dated limits of meters) hold;
//! - entries and postings are numbered from 1 without gaps, and each entry names the previous entry of both
//!   its accounts, so that a statement is a walk over primary keys.
//!
//! Deliberately absent: what an account is *for* (that is `economy`), and persons (only opaque ids appear).

mod account;
mod books;
mod finder;
mod journal;
mod pages;
mod recount;
mod reversal;

pub use account::{Account, AccountNo, ClassNo, Key, Owner, Side, UnitNo};
pub use books::{Books, Fault, Guard, Leg, Mark, State};
pub use journal::{AccountRow, EntryRow, GroupRow, PostingRow, RequestRow};
pub use recount::{Difference, Recount};
pub use reversal::{part, split_by_remainder};
