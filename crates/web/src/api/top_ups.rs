//! `POST /api/v1/top-ups`: put own money on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{PersonId, Refusal, Role};
use city::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Json};
use super::wire::DoneOut;
use crate::auth::SharedApp;

/// A top-up to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TopUpIn {
    /// Whole won, 1 or more.
    amount: i64,
    /// Whose purse, at a window; a citizen's own when absent.
    person: Option<String>,
}

/// Put money on.
#[utoipa::path(post, path = "/api/v1/top-ups", tag = "wallet", request_body = TopUpIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<TopUpIn>,
) -> Result<Response, Response> {
    let person = whose(&call, body.person.as_deref())?;
    let reply = call.ask(&app, Command::TopUp { person, amount: body.amount }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// The person named, or the citizen who asks.
fn whose(call: &Call, named: Option<&str>) -> Result<PersonId, Response> {
    match (named, call.actor.role) {
        (Some(text), _) => text.parse().map_err(|_| call.reject(Refusal::new("person.unknown"))),
        (None, Role::Citizen(me)) => Ok(me),
        (None, _) => Err(call.reject(Refusal::new("person.missing"))),
    }
}
