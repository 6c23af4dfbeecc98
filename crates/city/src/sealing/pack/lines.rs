//! The lines of a pack's files.

use std::collections::BTreeMap;

use base::{EntryNo, Instant, PersonId, PostingNo};
use economy::Facts;
use ledger::{Account, AccountNo, ClassNo, EntryRow, Key, PostingRow, Side, State, UnitNo};
use serde::{Deserialize, Serialize};

/// A file of the folder, by what it has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileLine {
    pub name: String,
    pub bytes: u64,
    pub sha256: String,
}

/// The folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub format: String,
    pub city: String,
    pub key: String,
    /// Whether payout files and the bank's answers are in it.
    pub bank: bool,
    pub files: Vec<FileLine>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AccountLine {
    class: u8,
    owner: String,
    sub: u32,
    unit: u8,
    credit: bool,
    floor: bool,
}

impl AccountLine {
    pub fn of(account: &Account) -> AccountLine {
        AccountLine {
            class: account.key.class.0,
            owner: account.key.owner.to_string(),
            sub: account.key.sub,
            unit: account.unit.0,
            credit: account.side == Side::Credit,
            floor: account.floor,
        }
    }

    pub fn account(&self) -> Option<Account> {
        let key = Key { class: ClassNo(self.class), owner: self.owner.parse().ok()?, sub: self.sub };
        let side = if self.credit { Side::Credit } else { Side::Debit };
        Some(Account { key, unit: UnitNo(self.unit), side, floor: self.floor })
    }
}

/// An account's number, balance and last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StateLine(pub u32, pub i64, pub u64);

impl StateLine {
    pub fn state(self) -> State {
        State { balance: self.1, last: EntryNo(self.2) }
    }
}

/// An entry: number, debit, credit, amount, both balances after, both previous entries.
type EntryCells = (u64, u32, u32, i64, i64, i64, u64, u64);

/// A posting with its entries, and the seed of its salts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PostingLine {
    no: u64,
    at: i64,
    day: i32,
    kind: String,
    role: String,
    client: u64,
    key: String,
    input: String,
    pack: u32,
    reverses: u64,
    amount: i64,
    first_entry: u64,
    facts: String,
    entries: Vec<EntryCells>,
    pub seed: String,
    /// Of an earlier posting: its path in the log as it was when the period began.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<String>,
}

impl PostingLine {
    pub fn of(posting: &PostingRow, entries: &[EntryRow], seed: &[u8; 32]) -> PostingLine {
        let entry = |e: &EntryRow| {
            let EntryRow { no, debit, credit, amount, debit_after, credit_after, .. } = *e;
            (
                no.0,
                debit.0,
                credit.0,
                amount,
                debit_after,
                credit_after,
                e.debit_previous.0,
                e.credit_previous.0,
            )
        };
        PostingLine {
            no: posting.no.0,
            at: posting.at.0,
            day: posting.day,
            kind: posting.kind.clone().into_owned(),
            role: posting.role.clone().into_owned(),
            client: posting.client,
            key: posting.request_key.clone(),
            input: seal::hex(&posting.input_hash),
            pack: posting.pack,
            reverses: posting.reverses.map_or(0, |no| no.0),
            amount: posting.amount,
            first_entry: posting.first_entry.0,
            facts: posting.facts.clone(),
            entries: entries.iter().map(entry).collect(),
            seed: seal::hex(seed),
            path: Vec::new(),
        }
    }

    pub fn rows(self) -> Option<(PostingRow, Vec<EntryRow>)> {
        let posting = PostingNo(self.no);
        let entries: Vec<EntryRow> = self
            .entries
            .iter()
            .map(
                |&(no, debit, credit, amount, debit_after, credit_after, debit_previous, credit_previous)| {
                    let (debit, credit) = (AccountNo(debit), AccountNo(credit));
                    let (debit_previous, credit_previous) =
                        (EntryNo(debit_previous), EntryNo(credit_previous));
                    let no = EntryNo(no);
                    EntryRow {
                        no,
                        posting,
                        debit,
                        credit,
                        amount,
                        debit_after,
                        credit_after,
                        debit_previous,
                        credit_previous,
                    }
                },
            )
            .collect();
        let row = PostingRow {
            no: posting,
            at: Instant(self.at),
            day: self.day,
            kind: self.kind.into(),
            role: self.role.into(),
            client: self.client,
            request_key: self.key,
            input_hash: seal::from_hex(&self.input)?,
            pack: self.pack,
            reverses: (self.reverses > 0).then_some(PostingNo(self.reverses)),
            amount: self.amount,
            first_entry: EntryNo(self.first_entry),
            entries: u16::try_from(entries.len()).ok()?,
            facts: self.facts,
        };
        Some((row, entries))
    }
}

/// A pack of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PackLine {
    pub no: u32,
    pub hash: String,
    pub people: i64,
    pub population: i64,
    pub files: BTreeMap<String, String>,
}

/// A shop: its trade, and what it says it sells in a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ShopLine {
    pub id: String,
    pub trade: String,
    pub sales: Option<i64>,
}

/// What of a posting says which earlier one it continues or reverses, and who withdraws by it.
#[derive(Debug, Deserialize)]
pub(super) struct LinkLine {
    pub reverses: u64,
    kind: String,
    facts: String,
}

impl LinkLine {
    /// Who withdraws what is left, if it is a withdrawal.
    pub fn withdraws(&self) -> Option<PersonId> {
        if self.kind != "withdraw" {
            return None;
        }
        match Facts::read(&self.facts) {
            Ok(Facts::Withdraw(withdrawal)) => Some(withdrawal.person),
            _ => None,
        }
    }
}
