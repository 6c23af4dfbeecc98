//! `GET /api/v1/float/proof`: that one's own money is in the newest statement of the float.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::Call;
use crate::auth::SharedApp;
use crate::pages::seal::{proof_of, whose};

/// A proof. `ongoeul verify float --proof` and `/verify` check it from the statement in it alone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct FloatProofOut {
    format: String,
    /// Whose: an opaque id.
    holder: String,
    /// Won they were owed.
    won: u64,
    /// The two parts it was cut into, each with its path to the root.
    parts: Vec<serde_json::Value>,
    /// The signed statement.
    statement: String,
}

/// One's own proof.
#[utoipa::path(get, path = "/api/v1/float/proof", tag = "seal", responses((status = 200, body = FloatProofOut)))]
pub(super) async fn show(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let who = whose(Some(call.actor.role)).ok_or_else(|| call.needs(&["citizen", "merchant"]))?;
    let proof = proof_of(&app, who).await.map_err(|rejected| call.reject(rejected))?;
    let out: FloatProofOut =
        serde_json::from_str(&proof.write()).map_err(|e| call.reject(store::Error::other(e)))?;
    Ok(axum::Json(out).into_response())
}
