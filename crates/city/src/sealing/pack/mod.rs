//! The auditor's pack: a closed period as a folder that proves itself. Whoever has it and the city's key counts every
//! balance again, decides cashback, gifts, coupons and payouts again, holds what was paid out against what the bank was
//! told and what it said, and needs neither the database nor the city's secret.
//!
//! Files: `manifest.json` (every other file with its SHA-256), `closing.note`, `before.note` (the closing it goes on from),
//! `checkpoint.note` and `consistency.json` (that the log went on from it), `accounts.jsonl`, `before.jsonl` (what accounts
//! stood at), `journal.jsonl` (postings with their entries and the seed of their salts), `earlier.jsonl` (older postings
//! that the period refers to, each with its path), `packs.jsonl` (the rules), `shops.jsonl`, `float/` (the statements),
//! `payouts/` (payout files as the bank was told them) and `answers/` (the bank's files as they came, each under its
//! SHA-256, which the journal names). The last two name people and their accounts: who exports them says why.

mod bank;
mod dispose;
mod lines;
mod read;
mod refers;
mod rows;
mod ruled;
mod write;

pub(crate) use refers::Refers;
pub(crate) use ruled::payouts_named;

pub use bank::{Banked, NotBanked, Opened, payees};
pub use dispose::{Disposable, disposable, dispose};
pub use read::{Audited, NotAudited, audit};
pub use ruled::Undecided;
pub use write::{CantExport, Exported, Source, export};

/// The form of the folder.
const FORMAT: &str = "ongoeul audit pack 2";
const MANIFEST: &str = "manifest.json";
const CLOSING: &str = "closing.note";
const BEFORE: &str = "before.note";
const CHECKPOINT: &str = "checkpoint.note";
const CONSISTENCY: &str = "consistency.json";
const ACCOUNTS: &str = "accounts.jsonl";
const STATES: &str = "before.jsonl";
const JOURNAL: &str = "journal.jsonl";
const EARLIER: &str = "earlier.jsonl";
const PACKS: &str = "packs.jsonl";
const SHOPS: &str = "shops.jsonl";
const FLOAT: &str = "float";
const PAYOUTS: &str = "payouts";
const ANSWERS: &str = "answers";
