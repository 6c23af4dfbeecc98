//! Watching the server at work: is it alive and ready, what has it answered and how fast, and one line of log for each
//! request. Nothing here names a person: routes are told by their template, those who ask by their role.

mod health;
mod metrics;
mod now;
mod request;
mod scatter;
mod tally;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

pub(crate) use now::{asked_by, instance, refused, request_id};
pub(crate) use request::{Unwatched, Watched};
pub(crate) use tally::{LiveConnection, Watch};

use crate::app::{App, Mode};
use crate::auth::SharedApp;

/// What machines ask of the public address: nothing personal, nobody need sign in, and nothing that limits visitors
/// stands before it. Numbers are told there in the demo only, which listens to this machine alone.
pub(crate) fn routes(app: &App) -> Router<SharedApp> {
    let health = Router::new().route("/healthz", get(health::alive)).route("/readyz", get(health::ready));
    match app.mode {
        Mode::Demo(_) => health.route("/metrics", get(metrics::metrics)),
        Mode::Real => health,
    }
}

/// What is served on an address for operators only.
pub(crate) fn operators(app: &SharedApp) -> Router {
    Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics))
        .with_state(Arc::clone(app))
}
