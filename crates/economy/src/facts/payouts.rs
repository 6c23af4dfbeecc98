//! What is kept of payouts beside the settlement itself: files, answers, accounts.

use base::{MerchantId, PayoutAccountId, PersonId};
use serde::{Deserialize, Serialize};

/// What is kept of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayoutFacts {
    /// A shop's or a person's account for payouts was set.
    Account {
        /// The shop.
        merchant: Option<MerchantId>,
        /// Or the person.
        person: Option<PersonId>,
        /// The account's id.
        account: PayoutAccountId,
    },
    /// A payout file was made.
    File {
        /// Its number, from 1.
        file: u64,
        /// How many payouts.
        count: u64,
        /// Won in all.
        amount: i64,
    },
    /// A part of a bank's answer was taken in.
    Answer {
        /// SHA-256 of the file, in hexadecimal digits.
        answer: String,
        /// The part's number, from 0.
        part: u32,
        /// Lines that payouts were found for.
        matched: u32,
        /// Of these, how many failed or came back.
        failed: u32,
        /// Lines that said what was known.
        known: u32,
        /// Lines for somebody to look at.
        open: u32,
    },
    /// A payout didn't arrive.
    Failed {
        /// Its posting.
        payout: u64,
        /// To which shop.
        merchant: Option<MerchantId>,
        /// Or person.
        person: Option<PersonId>,
        /// Won.
        amount: i64,
        /// Whether it had gone out before it came back.
        paid: bool,
        /// The bank's reason.
        code: String,
    },
    /// Somebody looked at a line.
    Resolved {
        /// The line's id.
        line: String,
        /// The payout it was about, if it was about one.
        payout: Option<u64>,
    },
}
