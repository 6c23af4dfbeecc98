//! `GET /api/v1/prepayments`: one's own claims; `POST`: buy one. `POST …/{claim}/gift`, `POST …/{claim}/return`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Refusal, date_of_day};
use city::prepay::read::{Held, of_person};
use city::{Command, OnPrepay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::call::{Call, Id, Json};
use crate::api::wire::{Amount, DoneOut, card_ref};
use crate::auth::SharedApp;

/// A claim on one shop.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ClaimOut {
    /// Its number.
    claim: u32,
    /// Its shop.
    merchant: String,
    /// Won it was bought for.
    amount: i64,
    /// Won in it.
    left: i64,
    /// The last day of use.
    use_by: String,
    /// Whether somebody else bought it.
    given: bool,
}

/// All with something in them, what ends soonest first.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ClaimsOut {
    items: Vec<ClaimOut>,
}

/// A claim to buy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ClaimIn {
    /// `mer_…`: a shop that offers it.
    merchant: String,
    /// Whole won, within the campaign's bounds; paid from own money.
    #[schema(value_type = i64)]
    amount: Amount,
}

/// Whom to give it to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct ClaimGiftIn {
    /// One of the receiver's cards: `crd_…`, or its 16 printed digits.
    to: String,
}

/// One's own claims.
#[utoipa::path(get, path = "/api/v1/prepayments", tag = "prepayments",
    responses((status = 200, body = ClaimsOut)))]
pub(in crate::api) async fn list(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let me = call.citizen()?;
    let view = app.city.shared.read();
    let out = |held: Held| ClaimOut {
        claim: held.claim.no,
        merchant: held.claim.merchant.to_string(),
        amount: held.claim.amount,
        left: held.left,
        use_by: date_of_day(held.claim.use_by).to_string(),
        given: held.claim.buyer != me,
    };
    let items = of_person(&view.town.claims, &view.books, me).into_iter().map(out).collect();
    Ok(axum::Json(ClaimsOut { items }).into_response())
}

/// Pay a shop now, use it later.
#[utoipa::path(post, path = "/api/v1/prepayments", tag = "prepayments", request_body = ClaimIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(in crate::api) async fn buy(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<ClaimIn>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    let merchant = body.merchant.parse().map_err(|_| call.reject(Refusal::new("shop.unknown")))?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let command = Command::OnPrepay(OnPrepay::Buy { person, merchant, amount });
    let reply = call.ask(&app, command).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Give a claim to another person.
#[utoipa::path(post, path = "/api/v1/prepayments/{claim}/gift", tag = "prepayments", request_body = ClaimGiftIn,
    params(("claim" = u32, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(in crate::api) async fn give(
    State(app): State<SharedApp>,
    call: Call,
    Id(claim): Id<u32>,
    Json(body): Json<ClaimGiftIn>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    let to = card_ref(&body.to).ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    let reply = call.ask(&app, Command::OnPrepay(OnPrepay::Give { person, claim, to })).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Have back what is left of a claim; a shop may take back one of its own.
#[utoipa::path(post, path = "/api/v1/prepayments/{claim}/return", tag = "prepayments",
    params(("claim" = u32, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(in crate::api) async fn give_back(
    State(app): State<SharedApp>,
    call: Call,
    Id(claim): Id<u32>,
) -> Result<Response, Response> {
    let reply = call.ask(&app, Command::OnPrepay(OnPrepay::Return { claim })).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}
