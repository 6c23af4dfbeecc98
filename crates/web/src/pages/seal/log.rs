//! `GET /log/checkpoint`, `/log/tile/…`, `/log/key`, `/log/float/{day}`: the log, as programs that others wrote read it
//! (C2SP tlog-tiles).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::Date;
use city::sealing::Sealing;
use seal::Tile;

use crate::app::App;
use crate::auth::SharedApp;

const TEXT: &str = "text/plain; charset=utf-8";
/// The newest checkpoint is another one in a moment.
const CHANGES: &str = "no-cache";
/// A tile is what it is for good.
const STAYS: &str = "public, max-age=31536000, immutable";

fn plain(what: &'static str, keep: &'static str, body: impl IntoResponse) -> Response {
    ([(header::CONTENT_TYPE, what), (header::CACHE_CONTROL, keep)], body).into_response()
}

fn nothing() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, CHANGES)], "not found\n").into_response()
}

/// Reads the log's files off the async threads. What isn't there is not found; what can't be read is told to operators.
async fn read<T: Send + 'static>(
    app: Arc<App>,
    work: impl FnOnce(&Sealing) -> std::io::Result<Option<T>> + Send + 'static,
    shown: impl FnOnce(T) -> Response,
) -> Response {
    let Some(sealing) = app.city.sealing().cloned() else { return nothing() };
    match tokio::task::spawn_blocking(move || work(&sealing)).await {
        Ok(Ok(Some(found))) => shown(found),
        Ok(Ok(None)) => nothing(),
        Ok(Err(error)) => {
            tracing::error!(%error, "the log can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the log can't be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(super) async fn checkpoint(State(app): State<SharedApp>) -> Response {
    read(app, |sealing| sealing.reader().note().map(Some), |note| plain(TEXT, CHANGES, note)).await
}

pub(super) async fn key(State(app): State<SharedApp>) -> Response {
    match app.city.sealing() {
        Some(sealing) => plain(TEXT, CHANGES, format!("{}\n", sealing.key())),
        None => nothing(),
    }
}

pub(super) async fn tile(State(app): State<SharedApp>, Path(path): Path<String>) -> Response {
    let Ok(tile) = Tile::parse(&path) else { return nothing() };
    let found = move |sealing: &Sealing| {
        // Only what a checkpoint counts: what is written beyond it may yet be cut off.
        if tile.width_in(sealing.sealed()) < u64::from(tile.width) {
            return Ok(None);
        }
        sealing.reader().tile(tile).map(Some)
    };
    read(app, found, |bytes| plain("application/octet-stream", STAYS, bytes)).await
}

pub(super) async fn statement(State(app): State<SharedApp>, Path(day): Path<String>) -> Response {
    let Ok(day) = day.parse::<Date>() else { return nothing() };
    read(app, move |sealing| sealing.statement_note(day), |note| plain(TEXT, CHANGES, note)).await
}
