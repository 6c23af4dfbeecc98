//! The books as an auditor sees them: totals by class, and the float.

use economy::Class;
use pen::Shared;

use crate::CityView;
use crate::verify::float;

/// A class's accounts and their total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassTotal {
    /// The class.
    pub class: Class,
    /// How many accounts.
    pub accounts: i64,
    /// Their balances on the normal side, in the class's unit.
    pub total: i64,
}

/// The books at one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The group after which this holds.
    pub sequence: u64,
    /// Postings so far.
    pub postings: u64,
    /// Won that back the scheme.
    pub backing: i64,
    /// Won it owes.
    pub owed: i64,
    /// By class, in order of number.
    pub classes: Vec<ClassTotal>,
}

/// Adds up all accounts at one sequence. Takes milliseconds in a large city: not on an async thread.
pub fn totals(shared: &Shared<CityView>) -> Totals {
    let view = shared.read();
    let mut classes: Vec<ClassTotal> =
        Class::ALL.iter().map(|class| ClassTotal { class: *class, accounts: 0, total: 0 }).collect();
    for (_, account, state) in view.books.iter() {
        if let Some(total) = classes.iter_mut().find(|c| c.class as u8 == account.key.class.0) {
            total.accounts += 1;
            total.total += state.balance;
        }
    }
    let (backing, owed) = float(view.books.iter().map(|(_, account, state)| (account, state.balance)));
    Totals { sequence: view.sequence, postings: view.books.last_posting().0, backing, owed, classes }
}
