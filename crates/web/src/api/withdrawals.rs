//! `POST /api/v1/withdrawals`: withdraw what is left, once enough of it is used.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use city::Command;

use super::call::Call;
use super::wire::DoneOut;
use crate::auth::SharedApp;

/// Withdraw.
#[utoipa::path(post, path = "/api/v1/withdrawals", tag = "wallet", params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn create(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let person = call.citizen()?;
    let reply = call.ask(&app, Command::Withdraw { person }).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}
