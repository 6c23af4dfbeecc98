//! `GET /healthz`: the process answers. `GET /readyz`: it can do its work. Both for machines, without signing in, and
//! without a word about anyone.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::app::App;
use crate::auth::SharedApp;

/// A snapshot that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks for nothing, so it says nothing but that somebody is here.
pub(super) async fn alive() -> Response {
    answer(StatusCode::OK, &json!({ "status": "alive" }))
}

pub(super) async fn ready(State(app): State<SharedApp>) -> Response {
    let missing = missing(&app).await;
    if missing.is_empty() {
        return answer(StatusCode::OK, &json!({ "status": "ready" }));
    }
    let missing: Vec<_> = missing.iter().map(|(code, what)| json!({ "code": code, "what": what })).collect();
    answer(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "not-ready", "missing": missing }))
}

/// What is in the way of work, each with its code.
async fn missing(app: &Arc<App>) -> Vec<(&'static str, &'static str)> {
    let mut missing = Vec::new();
    if *app.closing.borrow() {
        missing.push(("closing", "the server was told to stop"));
    }
    if !app.city.is_writing() {
        missing.push(("pen.stopped", "the city has stopped writing"));
    }
    if app.city.commands.is_full() {
        missing.push(("queue.full", "no more commands are taken for now"));
    }
    let read = tokio::time::timeout(PATIENCE, app.read(|snapshot| snapshot.last_group())).await;
    if !matches!(read, Ok(Ok(_))) {
        missing.push(("snapshot.failed", "the database can't be read"));
    }
    missing
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
