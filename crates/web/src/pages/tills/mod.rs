//! Pages about what leaves the house and what is looked into: shops' programs, notices, signs of illegal exchange.

mod cases;
mod desk;
mod evidence;
mod hooks;
mod mail;
pub(in crate::pages) mod notices;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use base::{MerchantId, Role};

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::Sending;
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/shop/hooks", get(hooks::show).post(hooks::open))
        .route("/shop/hooks/{id}/rotate", post(hooks::rotate))
        .route("/shop/hooks/{id}/end", post(hooks::end))
        .route("/shop/hooks/messages/{no}/again", post(hooks::again))
        .route("/shop/cases", get(cases::list))
        .route("/shop/cases/{id}", get(cases::show).post(cases::answer))
        .route("/desk/exchange", get(desk::list))
        .route("/desk/exchange/{id}", get(desk::show).post(desk::close))
        .route("/notices", get(notices::own))
        .route("/notices/mail", get(mail::show).post(mail::ask))
        .route("/notices/mail/confirm", post(mail::confirm))
        .route("/notices/mail/remove", post(mail::remove))
        .route("/clerk/notices", get(notices::untold))
        .route("/clerk/notices/{no}", post(notices::told))
        .route("/demo/inboxes", get(notices::inboxes))
}

/// The shop of a visitor who owns it.
fn owned(visit: &Visit) -> Option<MerchantId> {
    match visit.role {
        Some(Role::Merchant(shop)) => Some(shop),
        _ => None,
    }
}

fn expired() -> Rejected {
    Rejected::new(StatusCode::FORBIDDEN, "form.expired")
}

fn nothing() -> Rejected {
    Rejected::new(StatusCode::NOT_FOUND, "not.found")
}

fn sending(fate: outbox::Fate) -> Sending {
    match fate {
        outbox::Fate::Waiting => Sending::Waits,
        outbox::Fate::Delivered => Sending::Arrived,
        outbox::Fate::Dead => Sending::GivenUp,
    }
}

/// Reads the outbox, off the async threads.
async fn outbox<T: Send + 'static>(
    visit: &Visit,
    work: impl FnOnce(&outbox::Outbox) -> Result<T, outbox::Error> + Send + 'static,
) -> Result<T, Rejected> {
    let kept = std::sync::Arc::clone(&visit.app.city.outbox);
    let read = tokio::task::spawn_blocking(move || work(&kept)).await;
    match read {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(error)) => Err(store::Error::other(error).into()),
        Err(error) => Err(store::Error::other(error).into()),
    }
}
