//! Good prepayment: claims bought, given, returned; and how they end.

mod claims;
mod firms;
mod offers;

use pen::Stop;

pub(super) use claims::{advances, claims_wait, close_out, of_closing};

use crate::memory::{CityMemory, CityTurn};
use crate::{OnPrepay, Reply};

/// Carries out one of its commands.
pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnPrepay,
) -> Result<Reply, Stop> {
    match command {
        OnPrepay::Buy { person, merchant, amount } => claims::buy(city, turn, *person, (*merchant, *amount)),
        OnPrepay::Give { person, claim, to } => claims::give(city, turn, *person, *claim, *to),
        OnPrepay::Return { claim } => claims::give_back(city, turn, *claim),
        OnPrepay::Sweep { at_most } => claims::sweep(city, turn, *at_most),
        OnPrepay::Offer { merchant } => offers::offer(city, turn, *merchant),
        OnPrepay::StopOffer { merchant } => offers::stop(city, turn, *merchant),
        OnPrepay::Pledge(wish) => offers::pledge(city, turn, wish),
        OnPrepay::Join { person, code } => offers::join(city, turn, *person, code),
        OnPrepay::Leave { person } => offers::leave(turn, *person),
        OnPrepay::List { merchant, name, price } => firms::list(city, turn, *merchant, (name, *price)),
        OnPrepay::Unlist { product } => firms::unlist(turn, *product),
        OnPrepay::Order { buyer, product, quantity } => {
            firms::order(city, turn, *buyer, (*product, *quantity))
        }
        OnPrepay::PayOrder { order, card } => firms::pay(city, turn, *order, *card),
    }
}
