//! `POST /api/v1/merchants/{id}/codes`: the code a till shows or prints: for cameras an address, for other wallets EMVCo.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, Refusal, Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::wire::Amount;
use crate::auth::SharedApp;
use crate::pages::shop::{Shown, shown_code};

/// A code to show.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CodeIn {
    /// Whole won, 1 or more: a code for one payment. Absent: the shop's fixed code, to print.
    #[schema(value_type = Option<i64>)]
    amount: Option<Amount>,
}

/// A code, in two forms that say the same.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CodeOut {
    /// For telephones' cameras: draw it as a QR.
    url: String,
    /// For other wallets: an EMVCo merchant-presented payload; draw it as a QR.
    emv: String,
    /// The short number that both sides see, and that the payment records; absent for a fixed code.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    /// Until when it can be paid; absent for a fixed code.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// Make a code to show.
#[utoipa::path(post, path = "/api/v1/merchants/{id}/codes", tag = "merchants", request_body = CodeIn,
    params(("id" = String, Path)), responses((status = 201, body = CodeOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<MerchantId>,
    Json(body): Json<CodeIn>,
) -> Result<Response, Response> {
    match call.actor.role {
        Role::Merchant(own) | Role::Till(own) if own == id => {}
        Role::Merchant(_) | Role::Till(_) => return Err(call.reject(Refusal::new("shop.unknown"))),
        _ => return Err(call.needs(&["merchant", "till"])),
    }
    let amount = body.amount.map(|amount| amount.whole()).transpose().map_err(|r| call.reject(r))?;
    if amount.is_some_and(|amount| !(1..=economy::decide::LARGEST).contains(&amount)) {
        let most = base::Arg::Won(base::Won(economy::decide::LARGEST));
        return Err(call.reject(Refusal::new("amount.range").with("most", most)));
    }
    let Shown { url, emv, code } = shown_code(&app, id, amount).map_err(|refusal| call.reject(refusal))?;
    let out = CodeOut {
        url,
        emv,
        order: code.map(|code| code.order()),
        until: code.map(|code| code.until.rfc3339()),
    };
    Ok((StatusCode::CREATED, axum::Json(out)).into_response())
}
