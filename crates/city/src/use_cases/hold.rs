//! Reservations: authorise, capture, void, and the sweep that lets go of those whose days are over.

use std::sync::Arc;

use base::{PostingNo, Refusal};
use economy::decide::{self, ClaimStands, Decision, Held, HeldClaim};
use economy::facts::{Payment, Prepayment};
use economy::holder::MerchantState;
use economy::{Facts, chart};
use pen::Stop;
use rules::Purpose;

use super::pay::{Wish, named, prepared};
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
    let found = Found::of(city, turn, no)?;
    let merchant = city.directory.shop(found.payment.merchant).map(|(_, shop)| shop);
    let shut = merchant.filter(|shop| shop.state == MerchantState::Closed).map(|shop| shop.name.clone());
    found.end(city, turn, |held| {
        let decided = decide::capture(held, amount)?;
        // As with a payment: a shop that is none any more takes nothing. What it reserved goes back.
        match shut {
            Some(name) => Err(named("shop.closed", &name)),
            None => Ok(decided),
        }
    })
}

pub(super) fn void(city: &mut CityMemory, turn: &mut CityTurn<'_>, no: PostingNo) -> Result<Reply, Stop> {
    Found::of(city, turn, no)?.end(city, turn, |held| decide::release(held, false))
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
    // Read before the first of them is staged.
    let found = over.iter().map(|no| Found::of(city, turn, *no)).collect::<Result<Vec<_>, _>>()?;
    for found in &found {
        found.end(city, turn, |held| decide::release(held, true))?;
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

/// An authorisation as it was recorded, and what the claims in it that have ended were bought by.
struct Found {
    no: PostingNo,
    payment: Payment,
    ended: Vec<Option<Prepayment>>,
}

impl Found {
    fn of(city: &CityMemory, turn: &mut CityTurn<'_>, no: PostingNo) -> Result<Found, Stop> {
        let facts = recorded(turn, no, "hold.unknown")?;
        let Facts::Authorise(payment) = facts else { return Err(Refusal::new("hold.unknown").into()) };
        if giving_shop(turn.request.actor.role, payment.merchant).is_none() {
            return Err(Refusal::new("hold.unknown").into());
        }
        let ended = city.ended_claims(turn, &payment)?;
        Ok(Found { no, payment, ended })
    }

    fn end(
        &self,
        city: &mut CityMemory,
        turn: &mut CityTurn<'_>,
        decision: impl FnOnce(&Held<'_>) -> Result<Decision, Refusal>,
    ) -> Result<Reply, Stop> {
        let pack = Arc::clone(&city.pack);
        let today = city.today(turn.day);
        let payment = &self.payment;
        let purses = city.purses(&pack, turn, payment.person);
        let stands = city.claims_stand(&pack, turn, &today, payment, &self.ended)?;
        let merchant = city.directory.shop(payment.merchant).map(|(_, shop)| shop);
        let closed = merchant.is_none_or(|shop| shop.state == MerchantState::Closed);
        let mut claims = Vec::with_capacity(stands.len());
        for stands in stands {
            let guarantee = match stands {
                ClaimStands::Open { guarantee, .. } => guarantee,
                ClaimStands::Ended { bought, .. } => {
                    let missing = || Stop::Broken(format!("the pack has no prepayment {}", bought.programme));
                    pack.prepayment(&bought.programme).ok_or_else(missing)?.guarantee.as_str()
                }
            };
            claims.push(HeldClaim { stands, guarantee, closed });
        }
        let balance = |account: ledger::Account| turn.books().balance_of(&account.key);
        let of_key = |key: &ledger::Key| turn.books().balance_of(key);
        let here = merchant.map(|shop| city.coupons.here(&pack, &today, shop, payment.person, of_key));
        let decided = decision(&Held {
            no: self.no,
            payment,
            left: balance(chart::hold(self.no)),
            campaign: pack.campaign(&payment.cashback.campaign),
            reward: CityMemory::purpose(&pack, Purpose::REWARD)?,
            purses: &purses,
            gift: city.directory.giving.stands(payment.person),
            claims: &claims,
            payable: balance(chart::payable(payment.merchant)),
            sale: here.and_then(|here| here.sale),
            date: today.date,
        })?;
        city.post(turn, decided)
    }
}
