//! Shops that give: applied, checked, plaque, changed, stopped.

use std::sync::Arc;

use base::{Arg, MerchantId, Refusal};
use economy::MerchantState;
use economy::facts::GivingFacts;
use pen::Stop;
use rules::Rate;

use super::{known_purpose, noted, rules_of, written};
use crate::Reply;
use crate::giving::store::{PUT_ANGEL, angel_values};
use crate::giving::{Angel, AngelState, Change};
use crate::memory::{CityMemory, CityTurn};
use crate::use_cases::pay::named;

pub(super) fn apply(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    rate: Option<i64>,
    purpose: u16,
) -> Result<Reply, Stop> {
    let (_, shop) = city.directory.shop(merchant).ok_or_else(|| Refusal::new("shop.unknown"))?;
    if shop.state == MerchantState::Closed {
        return Err(named("shop.closed", &shop.name).into());
    }
    let pack = Arc::clone(&city.pack);
    let rules = rules_of(&pack)?;
    let trade = pack.city.trades.get(usize::from(shop.trade));
    if trade.is_some_and(|trade| trade.exclusion.is_some()) {
        return Err(Refusal::new("giving.shop-excluded").with("shop", Arg::Text(shop.name.clone())).into());
    }
    let before = city.directory.giving.angel(merchant);
    if let Some(known) = before
        && !matches!(known.state, AngelState::Stopped | AngelState::TurnedDown)
    {
        return Err(Refusal::new("giving.applied-already").into());
    }
    let rate = rate.unwrap_or(rules.shop_rate.basis_points());
    check_rate(rules, rate)?;
    known_purpose(city, rules, purpose)?;
    // Who comes back gets the plaque they had.
    let plaque = before.and_then(|known| known.plaque);
    let state = AngelState::Applied;
    let (applied, since) = (turn.now, turn.now);
    let angel = Angel { merchant, state, rate, purpose, applied, plaque, since, note: None };
    Ok(put(city, turn, angel, "apply"))
}

pub(super) fn check(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    fit: bool,
    note: &str,
) -> Result<Reply, Stop> {
    let angel = found(city, merchant, &[AngelState::Applied])?;
    let note = if fit { None } else { Some(written(note, 300, "giving.why")?) };
    let state = if fit { AngelState::Checked } else { AngelState::TurnedDown };
    let action = if fit { "check" } else { "turn-down" };
    Ok(put(city, turn, Angel { state, note, ..angel }, action))
}

pub(super) fn plaque(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
) -> Result<Reply, Stop> {
    let angel = found(city, merchant, &[AngelState::Checked])?;
    let plaque = angel.plaque.unwrap_or_else(|| city.directory.giving.next_plaque());
    Ok(put(city, turn, Angel { state: AngelState::Plaque, plaque: Some(plaque), ..angel }, "plaque"))
}

pub(super) fn change(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
    rate: i64,
    purpose: u16,
) -> Result<Reply, Stop> {
    let angel = found(city, merchant, &[AngelState::Applied, AngelState::Checked, AngelState::Plaque])?;
    let pack = Arc::clone(&city.pack);
    let rules = rules_of(&pack)?;
    check_rate(rules, rate)?;
    known_purpose(city, rules, purpose)?;
    let since = angel.since;
    let angel = Angel { rate, purpose, ..angel };
    Ok(put_since(city, turn, Angel { since, ..angel }, "change"))
}

pub(super) fn stop(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    merchant: MerchantId,
) -> Result<Reply, Stop> {
    let angel = found(city, merchant, &[AngelState::Applied, AngelState::Checked, AngelState::Plaque])?;
    Ok(put(city, turn, Angel { state: AngelState::Stopped, ..angel }, "stop"))
}

fn check_rate(rules: &rules::Giving, rate: i64) -> Result<(), Refusal> {
    let most = rules.shop_rate_most;
    match Rate::from_basis_points(rate) {
        Some(rate) if rate > Rate::ZERO && rate <= most => Ok(()),
        _ => Err(Refusal::new("giving.rate").with("most", Arg::Text(most.to_string()))),
    }
}

/// A giving shop that is as far as this asks for.
fn found(city: &CityMemory, merchant: MerchantId, states: &[AngelState]) -> Result<Angel, Refusal> {
    let angel = city.directory.giving.angel(merchant).ok_or_else(|| Refusal::new("giving.not-applied"))?;
    if states.contains(&angel.state) { Ok(angel.clone()) } else { Err(Refusal::new("giving.not-now")) }
}

fn put(city: &mut CityMemory, turn: &mut CityTurn<'_>, angel: Angel, action: &str) -> Reply {
    let since = turn.now;
    put_since(city, turn, Angel { since, ..angel }, action)
}

fn put_since(city: &mut CityMemory, turn: &mut CityTurn<'_>, angel: Angel, action: &str) -> Reply {
    let (merchant, rate) = (angel.merchant, angel.rate);
    turn.write(PUT_ANGEL, angel_values(&angel));
    city.change_giving(turn, Change::Angel(angel));
    noted(turn, GivingFacts::Angel { merchant, action: action.to_owned(), rate })
}
