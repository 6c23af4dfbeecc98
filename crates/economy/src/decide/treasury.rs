//! Money and authority from outside the card: the city's transfer, a council's vote, a purse's end.
//!
//! Who may say so is the use case's question, and the books refuse what can't be (a purse that holds less). An amount of
//! zero or less gives a posting without legs, which the books refuse too.

use base::{Date, Month, PersonId, Refusal};

use super::{Decision, Moves};
use crate::facts::{Disposed, Facts};
use crate::{Class, Meter, chart};

/// The city transfers what was granted on its behalf.
pub fn treasury(amount: i64) -> Decision {
    let mut moves = Moves::default();
    moves.add(chart::scheme(Class::BankTrust), chart::scheme(Class::TreasuryDue), amount);
    decided("treasury", amount, moves, Facts::Treasury { amount })
}

/// The same, where `due` is owed: all of it or less. Refusal: `treasury.nothing-due`.
pub fn transfer(amount: i64, due: i64) -> Result<Decision, Refusal> {
    if amount <= 0 || amount > due {
        return Err(Refusal::new("treasury.nothing-due"));
    }
    Ok(treasury(amount))
}

/// The council votes authority for a budget, by its id in the pack. No money moves.
pub fn vote(budget: &str, amount: i64) -> Decision {
    let mut moves = Moves::default();
    let of = |class| chart::budget(class, budget);
    moves.add(of(Class::BudgetLeft), of(Class::BudgetVoted), amount);
    decided("vote", amount, moves, Facts::Vote { budget: budget.to_string(), amount })
}

/// What is in a purse past its date is kept apart, for the ordinance to decide.
pub fn expire(person: PersonId, purpose: u8, expires: Month, amount: i64) -> Decision {
    let mut moves = Moves::default();
    moves.add(chart::purse(person, purpose, expires), chart::scheme(Class::Expired), amount);
    decided("expire", amount, moves, Facts::Expire { person, amount })
}

/// Postings of years whose time is over go: they are counted by the year they end with, and the log has what is kept of
/// them. No money moves. An end that is no day gives a posting without legs, which the books refuse.
pub fn dispose(disposed: Disposed) -> Decision {
    let mut moves = Moves::default();
    let count = disposed.count;
    if let Ok(until) = disposed.until.parse::<Date>() {
        let year = u32::from(until.year().unsigned_abs());
        let meter = chart::city_meter(Meter::Disposed, year);
        moves.add(meter, chart::scheme(Class::MeterTotal), count);
    }
    decided("dispose", count, moves, Facts::Disposed(disposed))
}

fn decided(kind: &'static str, amount: i64, moves: Moves, facts: Facts) -> Decision {
    Decision { kind, amount, reverses: None, moves: moves.0, guards: Vec::new(), facts }
}
