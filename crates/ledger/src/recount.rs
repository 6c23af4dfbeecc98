//! Counting the journal again from its first entry, trusting nothing, and naming the first difference.

use base::{EntryNo, PostingNo};

use crate::{Account, AccountNo, Books, EntryRow, PostingRow, Side, State};

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// A posting's number doesn't follow its predecessor's.
    #[error("posting {found} follows {before}: a number is missing or doubled")]
    PostingGap {
        /// The one before.
        before: PostingNo,
        /// The one found.
        found: PostingNo,
    },
    /// Time runs backwards.
    #[error("posting {0} is earlier than its predecessor")]
    TimeBackwards(PostingNo),
    /// An entry's number doesn't follow its predecessor's, or it belongs to another posting than its place says.
    #[error("entry {0:?} is out of place")]
    EntryPlace(EntryNo),
    /// An entry is malformed: unknown account, crossing units, no amount.
    #[error("entry {0:?} is malformed")]
    EntryShape(EntryNo),
    /// A balance after an entry is not what the entries before it add up to.
    #[error("entry {entry:?}: account {account:?} should stand at {counted}, the row says {written}")]
    Balance {
        /// Where.
        entry: EntryNo,
        /// Which account.
        account: AccountNo,
        /// What counting gives.
        counted: i64,
        /// What the row says.
        written: i64,
    },
    /// The link to the account's previous entry is wrong.
    #[error("entry {0:?} names the wrong previous entry")]
    Chain(EntryNo),
    /// A floored account is below zero at the end of a posting.
    #[error("posting {0} leaves account {1:?} below zero")]
    Floor(PostingNo, AccountNo),
    /// The books in memory (or a checkpoint) disagree with the journal.
    #[error("account {account:?}: the journal gives {counted:?}, the books hold {held:?}")]
    Books {
        /// Which account.
        account: AccountNo,
        /// By counting.
        counted: State,
        /// In the books.
        held: State,
    },
}

/// A recount in progress: feed it all accounts, then each posting with its entries, in order.
#[derive(Debug, Default)]
pub struct Recount {
    accounts: Vec<Account>,
    states: Vec<State>,
    posting: u64,
    entry: u64,
    at: i64,
}

impl Recount {
    /// A recount over these accounts (in order of opening).
    pub fn new(accounts: Vec<Account>) -> Recount {
        let states = vec![State::default(); accounts.len()];
        Recount { accounts, states, posting: 0, entry: 0, at: i64::MIN }
    }

    /// A recount that goes on from where another one stood: what accounts stood at, and the last posting, entry and
    /// instant before. Accounts without a state stand at nothing.
    pub fn resumed(
        accounts: Vec<Account>,
        mut states: Vec<State>,
        (posting, entry, at): (PostingNo, EntryNo, i64),
    ) -> Recount {
        states.resize(accounts.len(), State::default());
        Recount { accounts, states, posting: posting.0, entry: entry.0, at }
    }

    /// Last entry counted.
    pub fn last_entry(&self) -> EntryNo {
        EntryNo(self.entry)
    }

    /// Counts one posting.
    pub fn posting(&mut self, row: &PostingRow, entries: &[EntryRow]) -> Result<(), Difference> {
        if row.no.0 != self.posting + 1 {
            return Err(Difference::PostingGap { before: PostingNo(self.posting), found: row.no });
        }
        if row.at.0 < self.at {
            return Err(Difference::TimeBackwards(row.no));
        }
        if row.first_entry.0 != self.entry + 1
            || usize::from(row.entries) != entries.len()
            || entries.is_empty()
        {
            return Err(Difference::EntryPlace(row.first_entry));
        }
        for entry in entries {
            if entry.no.0 != self.entry + 1 || entry.posting != row.no {
                return Err(Difference::EntryPlace(entry.no));
            }
            self.entry(entry)?;
            self.entry = entry.no.0;
        }
        for no in entries.iter().flat_map(|entry| [entry.debit, entry.credit]) {
            let index = no.0 as usize;
            if self.accounts[index].floor && self.states[index].balance < 0 {
                return Err(Difference::Floor(row.no, no));
            }
        }
        self.posting = row.no.0;
        self.at = row.at.0;
        Ok(())
    }

    fn entry(&mut self, entry: &EntryRow) -> Result<(), Difference> {
        let shape = Difference::EntryShape(entry.no);
        let debit = *self.accounts.get(entry.debit.0 as usize).ok_or(shape.clone())?;
        let credit = *self.accounts.get(entry.credit.0 as usize).ok_or(shape.clone())?;
        if debit.unit != credit.unit || entry.amount <= 0 || entry.debit == entry.credit {
            return Err(shape);
        }
        let up = |grows: bool| if grows { entry.amount } else { -entry.amount };
        let sides = [
            (entry.debit, up(debit.side == Side::Debit), entry.debit_after, entry.debit_previous),
            (entry.credit, up(credit.side == Side::Credit), entry.credit_after, entry.credit_previous),
        ];
        for (account, change, written, previous) in sides {
            let state = &mut self.states[account.0 as usize];
            let counted = state.balance.checked_add(change).ok_or(shape.clone())?;
            if counted != written {
                return Err(Difference::Balance { entry: entry.no, account, counted, written });
            }
            if state.last != previous {
                return Err(Difference::Chain(entry.no));
            }
            *state = State { balance: counted, last: entry.no };
        }
        Ok(())
    }

    /// Compares what was counted with books in memory.
    pub fn compare(&self, books: &Books) -> Result<(), Difference> {
        for (index, counted) in self.states.iter().enumerate() {
            let account = AccountNo(u32::try_from(index).unwrap_or(u32::MAX));
            let held = books.state(account);
            if held != *counted {
                return Err(Difference::Books { account, counted: *counted, held });
            }
        }
        Ok(())
    }

    /// Last posting counted.
    pub fn last_posting(&self) -> PostingNo {
        PostingNo(self.posting)
    }

    /// Counted states by account number.
    pub fn states(&self) -> &[State] {
        &self.states
    }
}
