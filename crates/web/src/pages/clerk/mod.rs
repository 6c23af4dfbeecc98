//! The clerk's window: find someone, take someone in, replace a lost card, unlock one, set a PIN, take cash.

mod alike;
mod code;
mod drafts;
mod forms;
mod handing;
mod head;
mod stamps;
mod today;
mod window;

pub(super) use window::about;

use axum::Router;
use axum::routing::{get, post};
use base::{PersonId, Role};
use city::may;

use crate::auth::SharedApp;
use crate::frame::Visit;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/clerk", get(window::window))
        .route("/clerk/alike", get(alike::show))
        .route("/clerk/alike/{one}/{other}/same", post(alike::same))
        .route("/clerk/alike/{one}/{other}/others", post(alike::others))
        .route("/clerk/people", post(forms::enrol))
        .route("/clerk/intakes", post(drafts::keep))
        .route("/clerk/intakes/{id}/drop", post(drafts::drop_it))
        .route("/clerk/handovers", post(handing::begin))
        .route("/clerk/handovers/{id}/accept", post(handing::accept))
        .route("/clerk/handovers/{id}/end", post(handing::end))
        .route("/clerk/people/{id}/top-ups", post(forms::top_up))
        .route("/clerk/people/{id}/cards", post(forms::another_card))
        .route("/clerk/people/{id}/glass", post(forms::open_glass))
        .route("/clerk/people/{id}/code", post(code::give))
        .route("/clerk/people/{id}/stamps", post(stamps::give))
        .route("/clerk/cards/{id}/replace", post(forms::replace))
        .route("/clerk/cards/{id}/unlock", post(forms::unlock))
        .route("/clerk/cards/{id}/pin", post(forms::pin))
}

/// Whether a person is within this clerk's reach: who is not looks just like nobody.
fn sees(visit: &Visit, person: PersonId) -> bool {
    let view = visit.app.city.shared.read();
    visit.visitor.is_some_and(|actor| may::sees_person(&actor, person, &view.town.directory))
}

fn is_clerk(visit: &Visit) -> bool {
    visit.role == Some(Role::Clerk)
}
