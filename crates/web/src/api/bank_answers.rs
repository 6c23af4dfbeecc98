//! `POST /api/v1/bank-answers`: what a bank says of payouts, from the program that fetches it.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use crate::answers;
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// What became of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BankAnswerOut {
    /// SHA-256 of the file, in hexadecimal digits: its name here.
    id: String,
    /// Lines that payouts were found for.
    matched: u64,
    /// Of these, how many failed or came back.
    failed: u64,
    /// Lines that said what was known.
    known: u64,
    /// Lines that wait for somebody to look at them.
    open: u64,
}

/// A bank's message as it came, in whatever encoding it names.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "it is what the document says of the body, which is read as bytes")]
struct BankFile(Vec<u8>);

/// Take in a bank's answer.
///
/// An ISO 20022 message as it came: a statement (`camt.053`) or a report about a payout file (`pain.002`), in UTF-8 or EUC-KR;
/// `application/xml` and `text/xml` are as good.
/// The file's own hash is the key: the same file again does nothing again, and is answered the same.
#[utoipa::path(post, path = "/api/v1/bank-answers", tag = "merchants",
    request_body(content = BankFile, content_type = "application/octet-stream"),
    responses((status = 200, body = BankAnswerOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    request: Request<Body>,
) -> Result<Response, Response> {
    call.one_of(&["officer"])?;
    call.officer_for(&app, "take-answer")?;
    let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = media.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !["application/xml", "text/xml", "application/octet-stream"].contains(&media.as_str()) {
        return Err(call.reject(Rejected::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "answer.type")));
    }
    let large = |_| call.reject(Rejected::new(StatusCode::PAYLOAD_TOO_LARGE, "answer.large"));
    let bytes = to_bytes(request.into_body(), answers::LARGEST).await.map_err(large)?;
    let imported = answers::take_in(&app, call.actor, bytes.to_vec()).await;
    let imported = imported.map_err(|rejected| call.reject(rejected))?;
    let out = BankAnswerOut {
        id: imported.answer,
        matched: imported.matched,
        failed: imported.failed,
        known: imported.known,
        open: imported.open,
    };
    Ok(axum::Json(out).into_response())
}
