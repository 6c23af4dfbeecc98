//! The rows of the journal, as both engines keep them. The entries *are* the books; balances are their cache.

use std::borrow::Cow;

use base::{EntryNo, Instant, PostingNo};

use crate::{Account, AccountNo};

/// An opened account, as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// Its number.
    pub no: AccountNo,
    /// What it is.
    pub account: Account,
}

/// A posting: one decision, written once, never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingRow {
    /// Its place in the journal.
    pub no: PostingNo,
    /// When it was decided; never before its predecessor.
    pub at: Instant,
    /// The business day it counts for: days since 1970-01-01 in the city's zone.
    pub day: i32,
    /// What happened: `pay`, `top-up`, `refund`…
    pub kind: Cow<'static, str>,
    /// In which role the actor acted.
    pub role: Cow<'static, str>,
    /// The client that spoke for them; request keys are scoped to it.
    pub client: u64,
    /// The request's idempotency key.
    pub request_key: String,
    /// First 16 bytes of the SHA-256 of the request's input.
    pub input_hash: [u8; 16],
    /// The activated pack it was decided under.
    pub pack: u32,
    /// The earlier posting this one corrects or continues (refund, capture, void).
    pub reverses: Option<PostingNo>,
    /// The principal: what was paid, topped up, refunded. In the unit of its first leg.
    pub amount: i64,
    /// Its first entry; it has `entries` of them in a row.
    pub first_entry: EntryNo,
    /// How many.
    pub entries: u16,
    /// The command and the facts it was decided on, as versioned JSON: enough to explain it and to decide it again.
    pub facts: String,
}

/// One leg of a posting, with both balances after it and each side's previous entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRow {
    /// Its place in the journal.
    pub no: EntryNo,
    /// The posting it belongs to.
    pub posting: PostingNo,
    /// The debited account.
    pub debit: AccountNo,
    /// The credited account.
    pub credit: AccountNo,
    /// How much; always above zero.
    pub amount: i64,
    /// The debited account's balance (on its normal side) after this entry.
    pub debit_after: i64,
    /// The credited account's balance (on its normal side) after this entry.
    pub credit_after: i64,
    /// The debited account's entry before this one; 0 for none.
    pub debit_previous: EntryNo,
    /// The credited account's entry before this one; 0 for none.
    pub credit_previous: EntryNo,
}

/// A command that was carried out without a posting (a card frozen): kept so that its key gives the same answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Its number, from 1 without gaps.
    pub no: u64,
    /// When.
    pub at: Instant,
    /// What: `freeze`, `issue-card`…
    pub kind: Cow<'static, str>,
    /// In which role the actor acted.
    pub role: Cow<'static, str>,
    /// The client that spoke for them.
    pub client: u64,
    /// The idempotency key.
    pub request_key: String,
    /// First 16 bytes of the SHA-256 of the input.
    pub input_hash: [u8; 16],
    /// The command and its outcome, as versioned JSON.
    pub facts: String,
}

/// A group: everything one commit made durable. Its insert is the fence between two writers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupRow {
    /// From 1 without gaps; the primary key that only one writer can take.
    pub sequence: u64,
    /// The writer's epoch: one more than the last one seen at take-over.
    pub epoch: u64,
    /// Drawn by the writer for this one attempt.
    pub nonce: u64,
    /// First posting in it (the next one's number when it holds none).
    pub first_posting: u64,
    /// Last posting in it.
    pub last_posting: u64,
}
