//! `GET /api/v1/receipts/{id}`: the receipt of one's own posting as a file that proves itself.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::PostingNo;
use city::sealing::Shown;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Id, Params};
use crate::auth::SharedApp;
use crate::pages::seal::receipt_of;

/// How much of it.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// `true`: everything that is about the holder, balances too; else what one shows to others.
    #[serde(default)]
    all: bool,
}

/// A receipt file. `ongoeul verify receipt` and `/verify` check it from the checkpoint alone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct ReceiptFileOut {
    format: String,
    /// The posting's number; its leaf in the log is one less.
    posting: u64,
    /// In order, each open (`name`, `salt`, `text`) or closed (`hash`).
    parts: Vec<serde_json::Value>,
    /// From the leaf to the checkpoint's root (RFC 6962), base64.
    path: Vec<String>,
    /// The signed checkpoint (C2SP).
    checkpoint: String,
    /// The key that signed it.
    key: String,
}

/// The receipt of one's own posting, with its proof.
#[utoipa::path(get, path = "/api/v1/receipts/{id}", tag = "seal", params(("id" = String, Path), Wanted),
    responses((status = 200, body = ReceiptFileOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(no): Id<PostingNo>,
    Params(wanted): Params<Wanted>,
) -> Result<Response, Response> {
    let me = call.citizen()?;
    let shown = if wanted.all { Shown::ToOneself } else { Shown::ToOthers };
    let receipt = receipt_of(&app, me, no, shown).await.map_err(|rejected| call.reject(rejected))?;
    let out: ReceiptFileOut =
        serde_json::from_str(&receipt.write()).map_err(|e| call.reject(store::Error::other(e)))?;
    Ok(axum::Json(out).into_response())
}
