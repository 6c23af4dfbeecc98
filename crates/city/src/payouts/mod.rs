//! Payouts: what goes to shops and people through the bank, from the settlement that owes it to the bank's word that it
//! arrived.
//!
//! A payout is a posting (what was owed is on its way) with a row beside it: to which account, in which file, how it
//! ended. The open ones stand in memory, so that an answer of the bank needs no search.
//!
//! - `account`: a bank account, sealed, and whether its holder's name is the payee's;
//! - `file`: the payout file of what waits;
//! - `answer`: a bank's file, understood and handed to the pen in parts;
//! - `lines`: what is on the work list, sealed;
//! - `played`: the bank of a demo.

pub mod account;
pub mod answer;
pub mod file;
pub mod lines;
pub mod played;
pub mod store;

use std::collections::{BTreeMap, HashMap};

use ::store::{Error, Snapshot};
use base::{Instant, PayoutAccountId, PostingNo};
use economy::decide::PayoutState;

use crate::Payee;

/// A payout that is not carried out yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payout {
    /// To whom.
    pub payee: Payee,
    /// Won.
    pub amount: i64,
    /// To which account.
    pub account: PayoutAccountId,
    /// The file it is in; `None`: it waits.
    pub file: Option<u64>,
    /// Since when.
    pub since: Instant,
}

impl Payout {
    /// Where it stands.
    pub fn state(&self) -> PayoutState {
        if self.file.is_some() { PayoutState::Sent } else { PayoutState::Waiting }
    }
}

/// What memory knows of payouts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Payouts {
    /// Those under way, by posting.
    pub open: BTreeMap<PostingNo, Payout>,
    /// Where each payee's payouts go. Who isn't here has no account, or one that the bank found fault with.
    accounts: HashMap<Payee, PayoutAccountId>,
    /// The number of the last payout file.
    pub files: u64,
}

/// A change of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A payout is under way, or isn't any more.
    Payout(PostingNo, Option<Payout>),
    /// A payee's account.
    Account(Payee, Option<PayoutAccountId>),
    /// The number of the last file.
    Files(u64),
}

impl Payouts {
    /// Where a payee's payouts go.
    pub fn account(&self, payee: Payee) -> Option<PayoutAccountId> {
        self.accounts.get(&payee).copied()
    }

    /// How many payouts wait, and won in all.
    pub fn waiting(&self) -> (u64, i64) {
        self.sum(|payout| payout.file.is_none())
    }

    /// How many are with the bank, and won in all.
    pub fn sent(&self) -> (u64, i64) {
        self.sum(|payout| payout.file.is_some())
    }

    fn sum(&self, which: impl Fn(&Payout) -> bool) -> (u64, i64) {
        let those = self.open.values().filter(|payout| which(payout));
        those.fold((0, 0), |(count, won), payout| (count + 1, won + payout.amount))
    }

    /// Makes a change; gives what takes it back.
    pub(crate) fn apply(&mut self, change: Change) -> Change {
        match change {
            Change::Payout(no, Some(payout)) => Change::Payout(no, self.open.insert(no, payout)),
            Change::Payout(no, None) => Change::Payout(no, self.open.remove(&no)),
            Change::Account(payee, Some(account)) => {
                Change::Account(payee, self.accounts.insert(payee, account))
            }
            Change::Account(payee, None) => Change::Account(payee, self.accounts.remove(&payee)),
            Change::Files(no) => Change::Files(std::mem::replace(&mut self.files, no)),
        }
    }

    /// From the tables, at a start.
    pub(crate) fn load(snapshot: &mut Snapshot<'_>) -> Result<Payouts, Error> {
        let mut payouts = Payouts { files: store::last_file(snapshot)?, ..Payouts::default() };
        store::open(snapshot, &mut |no, payout| {
            payouts.open.insert(no, payout);
        })?;
        store::accounts(snapshot, &mut |payee, account| {
            payouts.accounts.insert(payee, account);
        })?;
        Ok(payouts)
    }
}

/// What the bank knows a payout by: `P` and its posting's number in twelve digits.
pub fn end_to_end(no: PostingNo) -> String {
    format!("P{:012}", no.0)
}

/// The reverse of [`end_to_end`].
pub fn posting_of(end_to_end: &str) -> Option<PostingNo> {
    let digits = end_to_end.strip_prefix('P')?;
    let no = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))?;
    (self::end_to_end(PostingNo(no)) == end_to_end).then_some(PostingNo(no))
}

/// What the bank knows a payout file by.
pub fn message(file: u64) -> String {
    format!("OG{file:010}")
}

/// The reverse of [`message`].
pub fn file_of(text: &str) -> Option<u64> {
    let file = text.strip_prefix("OG")?.parse().ok()?;
    (message(file) == text).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_for_the_bank_lead_back() {
        assert_eq!(end_to_end(PostingNo(42)), "P000000000042");
        for no in [1, 42, 999_999_999_999, 1_000_000_000_000] {
            assert_eq!(posting_of(&end_to_end(PostingNo(no))), Some(PostingNo(no)));
            assert_eq!(file_of(&message(no)), Some(no));
        }
        for text in ["", "P", "P42", "P+00000000042", "p000000000042", "P00000000004x", "NOTPROVIDED"] {
            assert_eq!(posting_of(text), None, "{text}");
        }
        for text in ["", "OG", "OG1", "OG+000000001", "X0000000001"] {
            assert_eq!(file_of(text), None, "{text}");
        }
    }
}
