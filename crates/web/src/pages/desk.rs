//! To come.

use axum::Router;

use crate::auth::SharedApp;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
}
