//! Gifts, on pages: for anyone (`/giving`, `/angels`), for who gives (`/wallet/giving`, `/shop/giving`), for the city's
//! officers (`/desk/giving`) and for who collects (`/chest`).

mod chest;
mod desk;
mod lists;
mod mine;
mod public;
mod receipt;
mod shop;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::auth::SharedApp;

pub(super) use words::purpose as purpose_named;

/// A document, and the fields around it.
const LARGEST_UPLOAD: usize = 3 * 1024 * 1024;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/giving", get(public::show))
        .route("/giving/follow", get(public::follow))
        .route("/angels/{id}", get(public::angel))
        .route("/angels/{id}/plaque", get(public::plaque))
        .route("/giving/receipts/{serial}", get(receipt::show))
        .route("/giving/receipts/{serial}/print", post(receipt::print))
        .route("/wallet/giving", get(mine::show))
        .route("/wallet/giving/standing", post(mine::stand))
        .route("/wallet/giving/once", post(mine::once))
        .route("/wallet/giving/receipts", post(mine::receipt))
        .route("/shop/giving", get(shop::show))
        .route("/shop/giving/apply", post(shop::apply))
        .route("/shop/giving/change", post(shop::change))
        .route("/shop/giving/stop", post(shop::stop))
        .route("/shop/giving/receipts", post(shop::receipt))
        .route("/desk/giving", get(desk::show))
        .route("/desk/giving/pass", post(desk::pass))
        .route("/desk/giving/several", post(desk::several))
        .route("/desk/giving/{id}", post(desk::decide))
        .route("/chest", get(chest::show))
        .route("/chest/purposes", post(chest::open_purpose))
        .route("/chest/spendings/{id}", post(chest::tell))
        .route("/chest/documents/{id}", get(chest::document))
        .route("/chest/summary", post(chest::summary))
}

/// What brings a file along, and may be larger than other posts.
pub(crate) fn uploads() -> Router<SharedApp> {
    Router::new()
        .route("/chest/spendings", post(chest::spend))
        .layer(DefaultBodyLimit::max(LARGEST_UPLOAD))
        .layer(tower_http::limit::RequestBodyLimitLayer::new(LARGEST_UPLOAD))
}
