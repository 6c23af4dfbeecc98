//! `POST /api/v1/authorizations`: reserve; `…/{id}/capture`: take it or a part; `…/{id}/void`: let it go.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{PostingNo, Refusal};
use city::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::payments::{payment_answer, shop_of};
use super::wire::{Amount, DoneOut, PaymentOut, card_ref};
use crate::auth::SharedApp;

/// A reservation to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AuthorisationIn {
    /// `crd_…`, or the 16 printed digits.
    card: String,
    /// The shop. A shop's own token may leave it out.
    merchant: Option<String>,
    /// Whole won, 1 or more.
    #[schema(value_type = i64)]
    amount: Amount,
    /// The PIN, at a till, above the pack's sum.
    pin: Option<String>,
}

/// Reserve for a shop.
#[utoipa::path(post, path = "/api/v1/authorizations", tag = "payments", request_body = AuthorisationIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = PaymentOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<AuthorisationIn>,
) -> Result<Response, Response> {
    let merchant = shop_of(body.merchant.as_deref(), call.actor.role).map_err(|r| call.reject(r))?;
    let card = card_ref(&body.card).ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let reply = call.ask(&app, Command::Authorise { card, merchant, amount, pin: body.pin }).await?;
    payment_answer(&app, &call, StatusCode::CREATED, &reply)
}

/// How much to take.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CaptureIn {
    /// Whole won; all of it when absent. The rest goes back.
    #[schema(value_type = Option<i64>)]
    amount: Option<Amount>,
}

/// Take what was reserved.
#[utoipa::path(post, path = "/api/v1/authorizations/{id}/capture", tag = "payments", request_body = CaptureIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = PaymentOut)))]
pub(super) async fn capture(
    State(app): State<SharedApp>,
    call: Call,
    Id(authorisation): Id<PostingNo>,
    Json(body): Json<CaptureIn>,
) -> Result<Response, Response> {
    let amount = body.amount.map(Amount::whole).transpose().map_err(|r| call.reject(r))?;
    let reply = call.ask(&app, Command::Capture { authorisation, amount }).await?;
    payment_answer(&app, &call, StatusCode::CREATED, &reply)
}

/// Let a reservation go.
#[utoipa::path(post, path = "/api/v1/authorizations/{id}/void", tag = "payments",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(super) async fn void(
    State(app): State<SharedApp>,
    call: Call,
    Id(authorisation): Id<PostingNo>,
) -> Result<Response, Response> {
    let reply = call.ask(&app, Command::Void { authorisation }).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}
