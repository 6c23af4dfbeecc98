//! What of a prepaid claim is unused, as the pen counts it when its holder returns it.

use std::collections::BTreeMap;

use base::PersonId;
use economy::chart;
use ledger::{Account, AccountNo, Books, State};
use store::{Error, Snapshot};

use super::history::Beside;
use crate::prepay::Claim;
use crate::since::unused_of;

/// A claim's accounts and what stands beside them, all as they stood at one sequence. A snapshot opened after that sequence was
/// published holds all their entries.
#[derive(Debug, Clone)]
pub struct Unused {
    buyer: PersonId,
    first: AccountNo,
    beside: BTreeMap<AccountNo, (Account, State)>,
}

impl Unused {
    /// Of a claim; `None` where the books know no account of it.
    pub fn of(claim: &Claim, books: &Books) -> Option<Unused> {
        let first = books.find(&chart::prepaid(claim.buyer, claim.no).key)?;
        Some(Unused { buyer: claim.buyer, first, beside: BTreeMap::new() }.with(&[first], books))
    }

    /// The same as it stands by now, with these accounts beside it.
    pub fn with(mut self, beside: &[AccountNo], books: &Books) -> Unused {
        let known: Vec<AccountNo> = self.beside.keys().chain(beside).copied().collect();
        let stands = |no: AccountNo| Some((no, (*books.account(no)?, books.state(no))));
        self.beside = known.into_iter().filter_map(stands).collect();
        self
    }

    /// Won in it or reserved of it; or accounts that have a say and are not known yet: asked again [`Unused::with`] them.
    pub fn won(&self, snapshot: &mut Snapshot<'_>) -> Result<Result<i64, Vec<AccountNo>>, Error> {
        let mut look = Beside { snapshot, beside: &self.beside };
        let (unused, unknown) = unused_of(self.buyer, self.first, &mut look)?;
        Ok(if unknown.is_empty() { Ok(unused) } else { Err(unknown) })
    }
}
