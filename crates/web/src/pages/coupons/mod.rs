//! Coupons, sale days and what is let out fairly: for everyone, for who holds them, for shops, and on the card desk.

mod cards;
mod desk;
mod everyone;
mod forms;
mod import;
mod job;
mod mine;
mod open;
mod shop;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use city::coupons::import::Checked;

pub(super) use self::desk::in_words;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::pending::Pending;

/// A file that was checked, until its officer says yes.
#[derive(Debug)]
pub(crate) struct Import {
    coupon: String,
    checked: Checked,
}

/// Files that were checked.
pub(crate) type Imports = Pending<Arc<Import>>;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/coupons", get(open::show))
        .route("/coupons/draws/{id}", get(open::draw))
        .route("/wallet/coupons", get(mine::show))
        .route("/wallet/coupons/claim", post(mine::claim))
        .route("/wallet/coupons/ask", post(mine::ask))
        .route("/shop/sales", get(shop::show).post(shop::join))
        .route("/desk/coupons", get(desk::show))
        .route("/desk/coupons/give", post(forms::give))
        .route("/desk/coupons/everyone", post(everyone::everyone))
        .route("/desk/coupons/providers", post(forms::provider))
        .route("/desk/coupons/draws/{id}", post(forms::draw))
        .route("/desk/coupons/import/begin", post(import::begin))
        .route("/desk/coupons/jobs/{no}", get(job::show))
        .route("/desk/coupons/jobs/{no}/stop", post(job::stop))
        .route("/desk/coupons/jobs/{no}/go-on", post(job::go_on))
}

/// The one route that takes a file: its limit is the file's.
pub(crate) fn uploads() -> Router<SharedApp> {
    Router::new().route("/desk/coupons/import", post(import::check).layer(DefaultBodyLimit::disable()))
}

/// Who stands at the card desk.
fn at_desk(visit: &Visit) -> bool {
    visit.is_officer_for("begin-coupons")
}
