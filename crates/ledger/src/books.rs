//! The books: every account's balance in memory, and the one way to change it.

use base::{EntryNo, PostingNo};

use crate::finder::Finder;
use crate::pages::Pages;
use crate::{Account, AccountNo, EntryRow, Key, Side};

/// One leg of a posting: an amount from the credited to the debited account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// The account to debit.
    pub debit: AccountNo,
    /// The account to credit.
    pub credit: AccountNo,
    /// Above zero.
    pub amount: i64,
}

/// A dated limit that a posting carries: at its end the account's balance must not exceed `max`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guard {
    /// The meter.
    pub account: AccountNo,
    /// The limit of that day.
    pub max: i64,
}

/// An account's state: its balance on its normal side, and its last entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct State {
    /// On the normal side.
    pub balance: i64,
    /// The last entry that touched it; 0 for none.
    pub last: EntryNo,
}

/// Why a posting was not taken. The books are as they were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A posting needs at least one leg, and at most 65,535.
    #[error("a posting has 1 to 65,535 legs")]
    Legs,
    /// Each leg moves something.
    #[error("a leg's amount must be above zero")]
    Amount,
    /// There is no such account.
    #[error("no account {0:?}")]
    NoAccount(AccountNo),
    /// Debit and credit are the same account.
    #[error("account {0:?} on both sides of a leg")]
    SameAccount(AccountNo),
    /// Debit and credit count different things.
    #[error("accounts {0:?} and {1:?} are of different units")]
    Units(AccountNo, AccountNo),
    /// A balance would leave the range of 64 bits.
    #[error("the balance of {0:?} would overflow")]
    Overflow(AccountNo),
    /// The account would hold less than nothing.
    #[error("{0:?} would fall below its floor by {1}")]
    Floor(AccountNo, i64),
    /// The account would pass the limit that the posting carries.
    #[error("{0:?} would pass its guard by {1}")]
    Guard(AccountNo, i64),
}

/// A point to go back to.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    undo: usize,
    accounts: usize,
    posting: u64,
    entry: u64,
}

/// All accounts and balances. Changes are taken back with [`Books::rewind`] until [`Books::settle`] makes them final.
#[derive(Debug, Default, Clone)]
pub struct Books {
    accounts: Pages<Account>,
    states: Pages<State>,
    finder: Finder,
    undo: Vec<(AccountNo, State)>,
    postings: u64,
    entries: u64,
}

impl Books {
    /// Empty books.
    pub fn new() -> Books {
        Books::default()
    }

    /// Makes room for this many accounts at once, so that a start doesn't grow again and again.
    pub fn reserve(&mut self, accounts: usize) {
        self.finder.reserve(accounts);
    }

    /// Opens an account, or finds the one that has this key already.
    pub fn open(&mut self, account: Account) -> AccountNo {
        if let Some(no) = self.find(&account.key) {
            return no;
        }
        self.add(account, State::default())
    }

    fn add(&mut self, account: Account, state: State) -> AccountNo {
        let no = u32::try_from(self.accounts.len()).unwrap_or(u32::MAX);
        self.accounts.push(account);
        self.states.push(state);
        self.finder.insert(no, &self.accounts);
        AccountNo(no)
    }

    /// The account with this key.
    pub fn find(&self, key: &Key) -> Option<AccountNo> {
        self.finder.find(key, &self.accounts).map(AccountNo)
    }

    /// What an account is.
    pub fn account(&self, no: AccountNo) -> Option<&Account> {
        self.accounts.get(no.0 as usize)
    }

    /// An account's state; the zero state for one that doesn't exist.
    pub fn state(&self, no: AccountNo) -> State {
        self.states.get(no.0 as usize).copied().unwrap_or_default()
    }

    /// An account's balance on its normal side.
    pub fn balance(&self, no: AccountNo) -> i64 {
        self.state(no).balance
    }

    /// The balance under a key; 0 while no such account was opened.
    pub fn balance_of(&self, key: &Key) -> i64 {
        self.find(key).map_or(0, |no| self.balance(no))
    }

    /// How many accounts there are; their numbers are `0..accounts`.
    pub fn accounts(&self) -> usize {
        self.accounts.len()
    }

    /// All accounts with their states, in order of opening.
    pub fn iter(&self) -> impl Iterator<Item = (AccountNo, &Account, State)> {
        let numbers = (0u32..).map(AccountNo);
        numbers
            .zip(self.accounts.iter().zip(self.states.iter()))
            .map(|(no, (account, state))| (no, account, *state))
    }

    /// The last posting's number.
    pub fn last_posting(&self) -> PostingNo {
        PostingNo(self.postings)
    }

    /// The last entry's number.
    pub fn last_entry(&self) -> EntryNo {
        EntryNo(self.entries)
    }

    /// Where the books stand now.
    pub fn mark(&self) -> Mark {
        Mark {
            undo: self.undo.len(),
            accounts: self.accounts.len(),
            posting: self.postings,
            entry: self.entries,
        }
    }

    /// Takes back everything since the mark: postings, balances and opened accounts.
    pub fn rewind(&mut self, mark: Mark) {
        while self.undo.len() > mark.undo {
            if let Some((no, state)) = self.undo.pop() {
                self.states[no.0 as usize] = state;
            }
        }
        while self.accounts.len() > mark.accounts {
            let no = u32::try_from(self.accounts.len() - 1).unwrap_or(u32::MAX);
            self.finder.remove(no, &self.accounts);
            self.states.pop();
            self.accounts.pop();
        }
        self.postings = mark.posting;
        self.entries = mark.entry;
    }

    /// Makes all changes final, and says which accounts changed (with repetitions) and how they stand now.
    pub fn settle(&mut self) -> Vec<(AccountNo, State)> {
        let Books { undo, states, .. } = self;
        undo.drain(..).map(|(no, _)| (no, states[no.0 as usize])).collect()
    }

    /// Takes a posting: all legs or none. Entries are appended to `entries`; on a fault nothing has changed.
    pub fn post(
        &mut self,
        legs: &[Leg],
        guards: &[Guard],
        entries: &mut Vec<EntryRow>,
    ) -> Result<PostingNo, Fault> {
        if legs.is_empty() || legs.len() > usize::from(u16::MAX) {
            return Err(Fault::Legs);
        }
        let mark = self.mark();
        let written = entries.len();
        let posting = PostingNo(self.postings + 1);
        let outcome = legs
            .iter()
            .try_for_each(|leg| self.enter(posting, *leg).map(|entry| entries.push(entry)))
            .and_then(|()| self.check_end(legs, guards));
        match outcome {
            Ok(()) => {
                self.postings = posting.0;
                Ok(posting)
            }
            Err(fault) => {
                entries.truncate(written);
                self.rewind(mark);
                Err(fault)
            }
        }
    }

    fn enter(&mut self, posting: PostingNo, leg: Leg) -> Result<EntryRow, Fault> {
        if leg.amount <= 0 {
            return Err(Fault::Amount);
        }
        if leg.debit == leg.credit {
            return Err(Fault::SameAccount(leg.debit));
        }
        let debit = *self.account(leg.debit).ok_or(Fault::NoAccount(leg.debit))?;
        let credit = *self.account(leg.credit).ok_or(Fault::NoAccount(leg.credit))?;
        if debit.unit != credit.unit {
            return Err(Fault::Units(leg.debit, leg.credit));
        }
        let no = EntryNo(self.entries + 1);
        let (debit_after, debit_previous) =
            self.shift(leg.debit, debit.side == Side::Debit, leg.amount, no)?;
        let (credit_after, credit_previous) =
            self.shift(leg.credit, credit.side == Side::Credit, leg.amount, no)?;
        self.entries = no.0;
        Ok(EntryRow {
            no,
            posting,
            debit: leg.debit,
            credit: leg.credit,
            amount: leg.amount,
            debit_after,
            credit_after,
            debit_previous,
            credit_previous,
        })
    }

    fn shift(
        &mut self,
        no: AccountNo,
        grows: bool,
        amount: i64,
        entry: EntryNo,
    ) -> Result<(i64, EntryNo), Fault> {
        let before = self.states[no.0 as usize];
        let balance =
            if grows { before.balance.checked_add(amount) } else { before.balance.checked_sub(amount) }
                .ok_or(Fault::Overflow(no))?;
        self.undo.push((no, before));
        self.states[no.0 as usize] = State { balance, last: entry };
        Ok((balance, before.last))
    }

    fn check_end(&self, legs: &[Leg], guards: &[Guard]) -> Result<(), Fault> {
        for no in legs.iter().flat_map(|leg| [leg.debit, leg.credit]) {
            let balance = self.balance(no);
            if balance < 0 && self.accounts[no.0 as usize].floor {
                return Err(Fault::Floor(no, balance.saturating_neg()));
            }
        }
        for guard in guards {
            self.account(guard.account).ok_or(Fault::NoAccount(guard.account))?;
            let over = self.balance(guard.account).saturating_sub(guard.max);
            if over > 0 {
                return Err(Fault::Guard(guard.account, over));
            }
        }
        Ok(())
    }

    /// Takes over what another set of books made final: its new accounts, and the states that changed. This is how
    /// readers' books follow the writer's.
    pub fn adopt(&mut self, writer: &Books, changed: &[(AccountNo, State)]) {
        for account in writer.accounts.from(self.accounts.len()) {
            self.open(*account);
        }
        for (no, state) in changed {
            if let Some(slot) = self.states.get_mut(no.0 as usize) {
                *slot = *state;
            }
        }
        self.postings = writer.postings;
        self.entries = writer.entries;
    }

    /// Sets a state from a checkpoint or from the journal's tail, at start only. An entry is applied to a side
    /// only if it is newer than what that side already carries (checkpoints are fuzzy).
    pub fn restore(&mut self, no: AccountNo, state: State) {
        if let Some(slot) = self.states.get_mut(no.0 as usize)
            && (state.last > slot.last || slot.last == EntryNo(0))
        {
            *slot = state;
        }
    }

    /// Takes over the next account from a checkpoint, at start only. Whoever wrote it knew it to be a new one.
    pub fn reopen(&mut self, account: Account, state: State) {
        self.add(account, state);
    }

    /// Sets where numbering goes on, at start only, and makes what was restored final.
    pub fn resume(&mut self, last_posting: PostingNo, last_entry: EntryNo) {
        self.postings = last_posting.0;
        self.entries = last_entry.0;
        self.undo.clear();
    }
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
