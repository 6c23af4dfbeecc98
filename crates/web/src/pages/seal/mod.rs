//! The seal for everybody: the log's own files (`/log/…`), checking what somebody was handed (`/verify`), the proof of the
//! float (`/float`), and receipts as files.

mod float;
mod log;
mod receipt;
mod upload;
mod verify;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(crate) use float::{proof_of, whose};
pub(crate) use receipt::receipt_of;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::texts;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/key", get(log::key))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/log/float/{day}", get(log::statement))
        .route("/verify", get(verify::form).post(verify::check))
        .route("/float", get(float::show))
        .route("/float/proof", get(float::proof))
        .route("/wallet/receipts/{id}/file", get(receipt::file))
}

/// A file to take home.
pub(crate) fn to_take_home(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}

/// The name of a class of accounts; one without a text is shown as it is written.
fn class_name(visit: &Visit, code: &str) -> String {
    let key = format!("class-{}", code.replace('.', "-"));
    if texts().has(visit.t.lang, &key) { visit.t.say(key).to_string() } else { code.to_owned() }
}
