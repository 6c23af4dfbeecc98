//! To come.

use axum::Router;

use crate::auth::SharedApp;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
}

/// A check of the whole journal, as it stands.
#[derive(Debug, Clone, Default)]
pub(crate) enum Check {
    /// Not run since the start.
    #[default]
    Never,
}
