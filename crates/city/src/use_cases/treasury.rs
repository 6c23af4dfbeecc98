//! Between the city's treasury and the scheme: transfers of money, votes of authority.

use std::sync::Arc;

use base::Refusal;
use economy::decide;
use economy::{Class, chart};
use pen::Stop;

use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

pub(super) fn transfer(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    amount: Option<i64>,
) -> Result<Reply, Stop> {
    let due = turn.books().balance_of(&chart::scheme(Class::TreasuryDue).key);
    let amount = amount.unwrap_or(due);
    let decision = decide::transfer(amount, due)?;
    city.post(turn, decision)
}

pub(super) fn vote(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    budget: &str,
    amount: i64,
) -> Result<Reply, Stop> {
    let pack = Arc::clone(&city.pack);
    let budget = pack.budget(budget).ok_or_else(|| Refusal::new("budget.unknown"))?;
    if amount <= 0 {
        return Err(Refusal::new("amount.range").into());
    }
    city.post(turn, decide::vote(&budget.id, amount))
}
