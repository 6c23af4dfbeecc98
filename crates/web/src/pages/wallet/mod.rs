//! A citizen's pages: the wallet and its forms, the large-print home, the history, what a payment became.

mod forms;
pub(super) mod history;
pub(super) mod home;
mod legs;
pub(super) mod receipt;
pub(super) mod typed;

pub(super) use forms::{own_card, receiver};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use base::{PersonId, Role};
use city::read::wallet::WalletNow;

use crate::app::{App, Mode};
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::CardStanding;
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/wallet", get(home::wallet))
        .route("/pay", get(home::scanned))
        .route("/wallet/large", get(home::large))
        .route("/wallet/pay", post(forms::pay))
        .route("/wallet/top-up", post(forms::top_up))
        .route("/wallet/gift", post(forms::gift))
        .route("/wallet/withdraw", post(forms::withdraw))
        .route("/wallet/cards/{id}/freeze", post(forms::freeze))
        .route("/wallet/cards/{id}/unfreeze", post(forms::unfreeze))
        .route("/wallet/history", get(history::history))
        .route("/wallet/paid/{id}", get(receipt::paid))
        .route("/wallet/receipts/{id}", get(receipt::show))
        .route("/p/{code}", get(receipt::check))
}

/// The citizen who visits.
pub(super) fn citizen(visit: &Visit) -> Option<PersonId> {
    match visit.role {
        Some(Role::Citizen(me)) => Some(me),
        _ => None,
    }
}

/// A form that was not this visitor's, or is too old.
pub(super) fn expired() -> Rejected {
    Rejected::new(StatusCode::FORBIDDEN, "form.expired")
}

fn not_found() -> Rejected {
    Rejected::new(StatusCode::NOT_FOUND, "not.found")
}

/// A wallet at the view's sequence.
pub(super) fn wallet_now(app: &App, person: PersonId) -> Option<WalletNow> {
    let now = app.now();
    let view = app.city.shared.read();
    city::read::wallet::wallet(&view.town, &view.books, person, view.town.zone.date(now))
}

pub(super) fn standing(state: economy::CardState) -> CardStanding {
    match state {
        economy::CardState::Active => CardStanding::Active,
        economy::CardState::Frozen => CardStanding::Frozen,
        economy::CardState::Locked => CardStanding::Locked,
        economy::CardState::Lost => CardStanding::Lost,
        economy::CardState::Closed => CardStanding::Closed,
    }
}

/// City seconds in a real one; 0 while the clock stands.
fn clock_rate(app: &App) -> u32 {
    match &app.mode {
        Mode::Real => 1,
        Mode::Demo(demo) => demo.clock.speed(),
    }
}
