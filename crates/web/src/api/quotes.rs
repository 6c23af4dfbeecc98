//! `POST /api/v1/quotes`: what a payment would be, were it made now. Nothing happens.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::{Refusal, Role};
use city::read::quote::{Wish, quote};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Json};
use super::payments::shop_of;
use super::wire::{Amount, DiscountOut, card_ref};
use crate::auth::SharedApp;
use crate::explain;
use crate::look::Tongue;

/// A payment to ask about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuoteIn {
    /// `crd_…`, or the 16 printed digits.
    card: String,
    /// The shop. A shop's own token may leave it out.
    merchant: Option<String>,
    /// Whole won, 1 or more.
    #[schema(value_type = i64)]
    amount: Amount,
    /// Won of the amount that coupons for certain goods may buy; without it, all of it.
    #[schema(value_type = Option<i64>)]
    eligible: Option<Amount>,
}

/// What it would be.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct QuoteOut {
    /// Won asked for.
    amount: i64,
    /// Won the holder would pay.
    to_pay: i64,
    /// What a sale would take off; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    discount: Option<DiscountOut>,
    /// Won of cashback. For the holder only.
    #[serde(skip_serializing_if = "Option::is_none")]
    cashback: Option<i64>,
    /// Sentences in the language asked for. A shop hears of the sale only.
    explanation: Vec<String>,
}

/// What a payment would be, were it made now.
#[utoipa::path(post, path = "/api/v1/quotes", tag = "payments", request_body = QuoteIn,
    responses((status = 200, body = QuoteOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<QuoteIn>,
) -> Result<Response, Response> {
    call.one_of(&["citizen", "merchant", "till"])?;
    let merchant = shop_of(body.merchant.as_deref(), call.actor.role).map_err(|r| call.reject(r))?;
    let unknown = || call.reject(Refusal::new("card.unknown"));
    let card = card_ref(&body.card).ok_or_else(unknown)?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    if !(1..=economy::decide::LARGEST).contains(&amount) {
        let most = base::Arg::Won(base::Won(economy::decide::LARGEST));
        return Err(call.reject(Refusal::new("amount.range").with("most", most)));
    }
    let eligible = body.eligible.map(Amount::whole).transpose().map_err(|r| call.reject(r))?;
    let view = app.city.shared.read();
    let is_own = match call.actor.role {
        Role::Citizen(me) => view.town.directory.card(card).is_some_and(|card| card.person == me),
        Role::Merchant(me) | Role::Till(me) if me != merchant => {
            drop(view);
            return Err(call.reject(Refusal::new("shop.unknown")));
        }
        _ => true,
    };
    let holder = matches!(call.actor.role, Role::Citizen(_));
    // How much somebody has is not a shop's to find out by asking.
    let wish = Wish { card, merchant, amount, eligible, is_holder: holder };
    let found = if is_own {
        quote(&view.town, &view.books, &wish, call.today)
    } else {
        Err(Refusal::new("card.unknown"))
    };
    let pack = std::sync::Arc::clone(&view.town.pack);
    drop(view);
    let payment = found.map_err(|refusal| call.reject(refusal))?;
    let t = Tongue { lang: call.lang, today: call.today };
    let explanation = match holder {
        true => explain::cashback(&pack, t, &payment),
        false => explain::discount(&pack, t, &payment, false).into_iter().collect(),
    };
    let off = payment.discount.as_ref().map_or(0, |one| one.amount);
    Ok(axum::Json(QuoteOut {
        amount,
        to_pay: amount - off,
        discount: DiscountOut::of(&payment),
        cashback: holder.then_some(payment.cashback.reward),
        explanation,
    })
    .into_response())
}
