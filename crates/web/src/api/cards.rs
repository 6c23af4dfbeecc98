//! `POST /api/v1/people/{id}/cards` and `POST /api/v1/cards/{card}/…`: a card's life. `{card}` is an id or a number.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base::{PersonId, Refusal};
use city::{CardRef, Command};
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::people::card_kind;
use super::wire::{DoneOut, card_ref};
use crate::auth::SharedApp;

/// A card to issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CardIn {
    /// `plastic` or `phone`.
    kind: String,
}

/// Issue a card.
#[utoipa::path(post, path = "/api/v1/people/{id}/cards", tag = "cards", request_body = CardIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn issue(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<CardIn>,
) -> Result<Response, Response> {
    let card = card_kind(&call, &body.kind)?;
    let reply = call.ask(&app, Command::IssueCard { person, card }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// The card that the path names, if it could be one. Who asks comes first: it is looked at after [`Call`].
pub(super) struct At(Option<CardRef>);

impl FromRequestParts<SharedApp> for At {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<At, Infallible> {
        let text = Path::<String>::from_request_parts(parts, app).await;
        Ok(At(text.ok().and_then(|Path(text)| card_ref(&text))))
    }
}

async fn on_card(
    app: SharedApp,
    call: Call,
    card: Option<CardRef>,
    command: impl FnOnce(CardRef) -> Command,
) -> Result<Response, Response> {
    let card = card.ok_or_else(|| call.reject(Refusal::new("card.unknown")))?;
    let reply = call.ask(&app, command(card)).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}

/// Stop a card for now.
#[utoipa::path(post, path = "/api/v1/cards/{card}/freeze", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn freeze(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::Freeze { card }).await
}

/// Let it pay again.
#[utoipa::path(post, path = "/api/v1/cards/{card}/unfreeze", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn unfreeze(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::Unfreeze { card }).await
}

/// Report it lost and issue another.
#[utoipa::path(post, path = "/api/v1/cards/{card}/replace", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn replace(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::Replace { card }).await
}

/// Close it.
#[utoipa::path(post, path = "/api/v1/cards/{card}/close", tag = "cards",
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn close(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::CloseCard { card }).await
}

/// A PIN to set.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinIn {
    /// Four to six digits.
    pin: String,
}

/// Set its PIN.
#[utoipa::path(post, path = "/api/v1/cards/{card}/pin", tag = "cards", request_body = PinIn,
    params(("card" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn set_pin(
    State(app): State<SharedApp>,
    call: Call,
    At(card): At,
    Json(body): Json<PinIn>,
) -> Result<Response, Response> {
    on_card(app, call, card, |card| Command::SetPin { card, pin: body.pin }).await
}
