//! Counting everything again from the journal, trusting nothing.

use base::PostingNo;
use ledger::{Account, AccountNo, Books, Difference};
use store::{Error, Snapshot};

use economy::Class;
use economy::chart::float_sides;

use crate::disposal;

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Postings.
    pub postings: u64,
    /// Entries.
    pub entries: u64,
    /// Accounts.
    pub accounts: u64,
    /// Won that back the scheme.
    pub backing: i64,
    /// Won the scheme owes.
    pub owed: i64,
    /// Postings that were disposed of: counting began with what their closing says.
    pub disposed: u64,
}

/// The first thing that is wrong.
#[derive(Debug, thiserror::Error)]
pub enum Wrong {
    /// In the journal, or between it and the books.
    #[error("{0}")]
    Difference(#[from] Difference),
    /// The journal has been cut off.
    #[error("the journal ends at posting {found}, but the last group ended at {written}")]
    End {
        /// Where counting ended.
        found: u64,
        /// What the group's row says.
        written: u64,
    },
    /// What backs the scheme is not what it owes.
    #[error("the float does not balance: {backing} won back {owed} won owed")]
    Float {
        /// Won.
        backing: i64,
        /// Won.
        owed: i64,
    },
    /// A prepaid claim's row is not what the books say.
    #[error("prepaid claim {claim} {what}")]
    Claim {
        /// Its number.
        claim: u32,
        /// How it differs.
        what: &'static str,
    },
    /// What stays of postings that were disposed of is not what it was.
    #[error("what is kept of the postings up to {last}, which were disposed of: {what}")]
    Kept {
        /// The last of them.
        last: PostingNo,
        /// How it differs.
        what: &'static str,
    },
    /// What was asked about was disposed of.
    #[error("the postings up to {last} were disposed of: nothing from before can be counted any more")]
    Gone {
        /// The last of them.
        last: PostingNo,
    },
    /// The journal could not be read.
    #[error("the journal can't be read: {0}")]
    Unreadable(#[from] Error),
}

/// Recounts the journal of a snapshot, from its beginning or from what stays of years that were disposed of. `books`, when given, must stand at the same posting and agree.
pub fn recount(
    snapshot: &mut Snapshot<'_>,
    books: Option<&Books>,
    progress: &mut dyn FnMut(u64),
) -> Result<Counted, Wrong> {
    let mut accounts: Vec<Account> = Vec::new();
    let mut gap = None;
    snapshot.for_each_account(AccountNo(0), &mut |row| {
        if row.no.0 as usize != accounts.len() {
            gap.get_or_insert(row.no);
        }
        accounts.push(row.account);
        Ok(())
    })?;
    if let Some(no) = gap {
        return Err(Error::Shape(format!("the list of accounts has a gap before {no:?}")).into());
    }
    let mut counted = Counted { accounts: accounts.len() as u64, ..Counted::default() };
    let begin = disposal::begin(snapshot, &accounts)?;
    let mut recount = begin.recount(accounts.clone());
    counted.disposed = recount.last_posting().0;
    let mut found = None;
    let to = books.map(Books::last_posting);
    snapshot
        .for_each_posting(begin.first(), to, &mut |posting, entries| {
            if let Err(difference) = recount.posting(&posting, entries) {
                found = Some(difference);
                return Err(Error::Shape("stop".into()));
            }
            counted.postings += 1;
            counted.entries += entries.len() as u64;
            if counted.postings.is_multiple_of(10_000) {
                progress(counted.postings);
            }
            Ok(())
        })
        .or_else(|error| if found.is_some() { Ok(()) } else { Err(error) })?;
    if let Some(difference) = found {
        return Err(difference.into());
    }
    match books {
        Some(books) => recount.compare(books)?,
        None => {
            let written = snapshot.last_group()?.map_or(0, |group| group.last_posting);
            let found = recount.last_posting().0;
            if found != written {
                return Err(Wrong::End { found, written });
            }
        }
    }
    // Rows are read at the snapshot's end, so only all of the journal says what should be in them.
    if books.is_none() {
        let balances = accounts.iter().zip(recount.states()).map(|(account, state)| (account, state.balance));
        if let Some((claim, what)) = crate::prepay::check::compare(snapshot, balances, counted.disposed)? {
            return Err(Wrong::Claim { claim, what });
        }
    }
    let balances = accounts.iter().zip(recount.states());
    let (backing, owed) = float(balances.map(|(account, state)| (account, state.balance)));
    counted.backing = backing;
    counted.owed = owed;
    if backing == owed { Ok(counted) } else { Err(Wrong::Float { backing, owed }) }
}

/// Both sides of the float: won that back the scheme, won it owes.
pub fn float<'a>(balances: impl Iterator<Item = (&'a Account, i64)>) -> (i64, i64) {
    let (backing_classes, owed_classes) = float_sides();
    let mut sides = (0, 0);
    for (account, balance) in balances {
        let Some(class) = Class::numbered(account.key.class) else { continue };
        if backing_classes.contains(&class) {
            sides.0 += balance;
        } else if owed_classes.contains(&class) {
            sides.1 += balance;
        }
    }
    sides
}

/// Compares the checkpoint in a folder with the journal up to where it stands. `None` when there is none.
pub fn checkpoint(readers: &store::Readers, folder: &std::path::Path) -> Result<Option<PostingNo>, Wrong> {
    let Some(books) = pen::checkpoint_books(folder).map_err(Error::Io)? else { return Ok(None) };
    let mut wrong = None;
    readers.read(|snapshot| {
        if let Err(found) = recount_to(snapshot, &books) {
            wrong = Some(found);
        }
        Ok(())
    })?;
    wrong.map_or(Ok(Some(books.last_posting())), Err)
}

/// A checkpoint is fuzzy: an account may stand where a later posting left it. Each of its states must be one that
/// the journal gave the account at or after the posting where the tail begins.
fn recount_to(snapshot: &mut Snapshot<'_>, books: &Books) -> Result<(), Wrong> {
    let mut newest = std::collections::HashMap::new();
    let accounts: Vec<Account> = books.iter().map(|(_, account, _)| *account).collect();
    let begin = disposal::begin(snapshot, &accounts)?;
    let mut states = begin.states().to_vec();
    snapshot.for_each_posting(begin.first(), None, &mut |posting, entries| {
        for entry in entries {
            for (account, balance) in [(entry.debit, entry.debit_after), (entry.credit, entry.credit_after)] {
                let state = ledger::State { balance, last: entry.no };
                if posting.no <= books.last_posting() {
                    if let Some(slot) = states.get_mut(account.0 as usize) {
                        *slot = state;
                    }
                } else if books.state(account) == state {
                    newest.insert(account, state);
                }
            }
        }
        Ok(())
    })?;
    for (account, _, held) in books.iter() {
        let counted = states[account.0 as usize];
        if held != counted && newest.get(&account) != Some(&held) {
            return Err(Difference::Books { account, counted, held }.into());
        }
    }
    Ok(())
}
