//! Joining as a shop: whether one takes the card already, an application of one's own, and the city's desk.

mod desk;
mod file;
mod form;
mod look_up;
mod mine;
mod words;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::auth::SharedApp;
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/join", get(look_up::show))
        .route("/join/mine", get(mine::show).post(mine::apply))
        .route("/join/{id}/withdraw", post(mine::withdraw))
        .route("/join/{id}/appeal", post(mine::appeal))
        .route("/desk/joining", get(desk::list))
        .route("/desk/joining/cancel", post(desk::cancel))
        .route("/desk/joining/{id}", get(file::show).post(file::decide))
}

fn expired() -> Rejected {
    Rejected::new(StatusCode::FORBIDDEN, "form.expired")
}

fn unknown() -> Rejected {
    Rejected::new(StatusCode::NOT_FOUND, "application.unknown")
}
