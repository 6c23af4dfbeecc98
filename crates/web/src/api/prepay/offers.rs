//! `POST /api/v1/merchants/{id}/prepayment-offer`: a shop offers prepayment, or stops.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::MerchantId;
use city::{Command, OnPrepay};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::call::{Call, Id, Json};
use crate::api::wire::DoneOut;
use crate::auth::SharedApp;

/// Whether it is offered from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct OfferIn {
    /// What was bought already stays, either way.
    offered: bool,
}

/// Offer prepayment, or stop.
#[utoipa::path(post, path = "/api/v1/merchants/{id}/prepayment-offer", tag = "prepayments", request_body = OfferIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut)))]
pub(in crate::api) async fn set(
    State(app): State<SharedApp>,
    call: Call,
    Id(merchant): Id<MerchantId>,
    Json(body): Json<OfferIn>,
) -> Result<Response, Response> {
    let command = if body.offered { OnPrepay::Offer { merchant } } else { OnPrepay::StopOffer { merchant } };
    let reply = call.ask(&app, Command::OnPrepay(command)).await?;
    Ok(axum::Json(DoneOut::new(&reply)).into_response())
}
