//! `POST /api/v1/gifts`: give own money to another person.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::Refusal;
use city::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Json};
use super::wire::{Amount, DoneOut, card_ref};
use crate::auth::SharedApp;

/// A gift to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GiftIn {
    /// One of the receiver's cards: `crd_…`, or its 16 printed digits.
    to: String,
    /// Whole won, 1 or more.
    #[schema(value_type = i64)]
    amount: Amount,
}

/// Give.
#[utoipa::path(post, path = "/api/v1/gifts", tag = "wallet", request_body = GiftIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<GiftIn>,
) -> Result<Response, Response> {
    let from = call.citizen()?;
    let to = card_ref(&body.to).ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let reply = call.ask(&app, Command::Gift { from, to, amount }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}
