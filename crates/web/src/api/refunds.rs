//! `POST /api/v1/payments/{id}/refunds`: take a payment back, whole or in part.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::PostingNo;
use city::{Command, Reply};
use economy::Facts;
use pen::Recorded;
use serde::Deserialize;
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::proposals::accepted;
use super::wire::{Amount, RefundOut};
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// A refund to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundIn {
    /// Whole won; all that is left when absent.
    #[schema(value_type = Option<i64>)]
    amount: Option<Amount>,
}

/// Take back.
#[utoipa::path(post, path = "/api/v1/payments/{id}/refunds", tag = "payments", request_body = RefundIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = RefundOut), (status = 202, body = super::proposals::ProposalOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(payment): Id<PostingNo>,
    Json(body): Json<RefundIn>,
) -> Result<Response, Response> {
    let amount = body.amount.map(Amount::whole).transpose().map_err(|r| call.reject(r))?;
    let reply = call.ask(&app, Command::Refund { payment, amount }).await?;
    if let Some(waits) = accepted(&app, &call, &reply).await? {
        return Ok(waits);
    }
    match &reply {
        Reply::Done { recorded: Recorded::Posting(no), at, facts: Facts::Refund(refund) } => {
            Ok((StatusCode::CREATED, axum::Json(RefundOut::new(*no, *at, refund))).into_response())
        }
        _ => Err(call.reject(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed"))),
    }
}
