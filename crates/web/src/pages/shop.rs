//! To come.

use axum::Router;

use crate::auth::SharedApp;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
}

pub(crate) fn numbers(_: &crate::App, _: base::MerchantId) -> serde_json::Value {
    serde_json::json!({})
}
