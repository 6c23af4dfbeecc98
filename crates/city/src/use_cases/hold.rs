//! Reservations: authorise, capture, void, and the sweep that lets go of those whose days are over.

use std::sync::Arc;

use base::{PostingNo, Refusal};
use economy::decide::{self, Decision, Held};
use economy::{Facts, chart};
use pen::Stop;
use rules::Purpose;

use super::pay::{Wish, prepared};
use super::refund::{giving_shop, recorded};
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

pub(super) fn authorise(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    wish: &Wish<'_>,
) -> Result<Reply, Stop> {
    prepared(city, turn, wish, |turn, case| decide::authorise(case, turn.next_posting()))
}

pub(super) fn capture(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: PostingNo,
    amount: Option<i64>,
) -> Result<Reply, Stop> {
    if days_over(city, turn, no)? {
        return Err(Refusal::new("hold.ended").into());
    }
    ended(city, turn, no, |held| decide::capture(held, amount))
}

pub(super) fn void(city: &mut CityMemory, turn: &mut CityTurn<'_>, no: PostingNo) -> Result<Reply, Stop> {
    ended(city, turn, no, |held| decide::release(held, false))
}

/// Lets go of the oldest reservations whose days are over.
pub(super) fn sweep(city: &mut CityMemory, turn: &mut CityTurn<'_>, at_most: u32) -> Result<Reply, Stop> {
    let mut over = Vec::new();
    for no in city.open.holds.keys().copied().take(at_most as usize).collect::<Vec<_>>() {
        if days_over(city, turn, no)? {
            over.push(no);
        }
    }
    turn.forget_key(); // as for a settlement: asked once more, it lets go of what is over by then
    for no in &over {
        ended(city, turn, *no, |held| decide::release(held, true))?;
    }
    let done = u32::try_from(over.len()).unwrap_or(u32::MAX);
    Ok(Reply::Batch { done, next: (done == at_most && done > 0).then_some(0) })
}

fn days_over(city: &mut CityMemory, turn: &CityTurn<'_>, no: PostingNo) -> Result<bool, Stop> {
    let Some(since) = city.open.holds.get(&no).copied() else { return Ok(false) };
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let days = i64::from(CityMemory::card_rules(&pack, &today)?.authorisation_days);
    Ok(turn.now > since.plus_seconds(days * 86_400))
}

fn ended(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    no: PostingNo,
    decision: impl FnOnce(&Held<'_>) -> Result<Decision, Refusal>,
) -> Result<Reply, Stop> {
    let facts = recorded(turn, no, "hold.unknown")?;
    let Facts::Authorise(payment) = &facts else { return Err(Refusal::new("hold.unknown").into()) };
    if giving_shop(turn.request.actor.role, payment.merchant).is_none() {
        return Err(Refusal::new("hold.unknown").into());
    }
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let purses = city.purses(&pack, turn, payment.person);
    let decided = decision(&Held {
        no,
        payment,
        left: turn.books().balance_of(&chart::hold(no).key),
        campaign: pack.campaign(&payment.cashback.campaign),
        reward: CityMemory::purpose(&pack, Purpose::REWARD)?,
        purses: &purses,
        gift: city.directory.giving.stands(payment.person),
        date: today.date,
    })?;
    city.post(turn, decided)
}
