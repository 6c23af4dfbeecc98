//! Who may do what: one's own account for everyone, and the desk where access is given.

mod account;
mod desk;
mod forms;
mod tokens;
mod words;

use axum::Router;
use axum::routing::{get, post};

use crate::auth::SharedApp;
use crate::frame::Visit;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/account", get(account::show))
        .route("/account/sessions/end", post(account::end))
        .route("/desk/access", get(desk::show))
        .route("/desk/access/accounts", post(forms::open))
        .route("/desk/access/accounts/{id}/end", post(forms::end))
        .route("/desk/access/accounts/{id}/roles", post(forms::give))
        .route("/desk/access/accounts/{id}/sessions/end", post(forms::end_sessions))
        .route("/desk/access/tokens", get(tokens::at_desk).post(tokens::grant_at_desk))
        .route("/desk/access/tokens/{id}/rotate", post(tokens::rotate_at_desk))
        .route("/desk/access/tokens/{id}/end", post(tokens::end_at_desk))
        .route("/shop/tokens", get(tokens::at_shop).post(tokens::grant_at_shop))
        .route("/shop/tokens/{id}/rotate", post(tokens::rotate_at_shop))
        .route("/shop/tokens/{id}/end", post(tokens::end_at_shop))
        .route("/desk/access/roles/{id}/confirm", post(forms::confirm))
        .route("/desk/access/roles/{id}/end", post(forms::end_role))
}

/// Whether a visitor gives access to others.
pub(crate) fn gives_access(visit: &Visit) -> bool {
    let view = visit.app.city.shared.read();
    visit.visitor.is_some_and(|actor| city::may::holds(&actor, "give-role", &view.town.pack))
}
