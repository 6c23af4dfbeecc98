//! The guided first five minutes: one step a screen, done by the visitor on the real pages.
//!
//! The step stands in a cookie; who the visitor is changes with the step. Whether a step is done is read from the
//! city, not believed.

use axum::Router;
use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::post;
use serde::Deserialize;

use crate::app::{DemoPersona, Mode};
use crate::auth::{self, SharedApp};
use crate::cookie;
use crate::frame::Visit;
use crate::look::TourStep;
use crate::problem::Rejected;

const COOKIE: &str = "tour";
/// Where each step happens, and as whom.
const STEPS: [(&str, &str); 5] = [
    ("merchant", "/shop"),
    ("merchant", "/shop"),
    ("citizen", "/wallet"),
    ("officer", "/desk"),
    ("auditor", "/books"),
];

pub(super) fn routes() -> Router<SharedApp> {
    Router::new().route("/tour", post(go))
}

/// The visitor's step, on the pages where it happens.
pub(crate) fn step(visit: &Visit) -> Option<TourStep> {
    let Mode::Demo(demo) = &visit.app.mode else { return None };
    let number = number(visit)?;
    let (persona, place) = STEPS.get(usize::from(number) - 1)?;
    let role = demo.personas.iter().find(|p| p.key == *persona)?.role;
    if visit.role != Some(role) || !visit.path.starts_with(place) {
        return None;
    }
    Some(TourStep { number, done: done(visit, number) })
}

/// 1 to 5.
pub(crate) fn number(visit: &Visit) -> Option<u8> {
    let number = visit.cookie(COOKIE)?.split('.').next()?.parse().ok()?;
    (1..=TourStep::ALL).contains(&number).then_some(number)
}

/// The payment of step 1, once it is made: the newest at the shop since the tour began.
fn began_at(visit: &Visit) -> Option<u64> {
    visit.cookie(COOKIE)?.split('.').nth(1)?.parse().ok()
}

/// A step is done when what it asks for has really happened.
fn done(visit: &Visit, number: u8) -> bool {
    match number {
        1 => visit.path.contains("done="),
        2 => true,
        3 => visit.path.starts_with("/wallet/receipts/") || visit.path.starts_with("/wallet/paid/"),
        4 => visit.path.starts_with("/desk/rehearsals"),
        5 => visit.path.contains("find=") || visit.path.starts_with("/books/postings/"),
        _ => false,
    }
}

#[derive(Deserialize)]
struct Wish {
    action: String,
    csrf: String,
}

async fn go(mut visit: Visit, Form(wish): Form<Wish>) -> Response {
    if !visit.form_holds(&wish.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/");
    }
    let now = number(&visit).unwrap_or(0);
    let next = match wish.action.as_str() {
        "start" => 1,
        "next" if now < TourStep::ALL => now + 1,
        "back" if now > 1 => now - 1,
        _ => 0,
    };
    let since = match next {
        1 => visit.app.city.shared.read().books.last_posting().0,
        _ => began_at(&visit).unwrap_or(0),
    };
    let Some((persona, place)) = usize::from(next).checked_sub(1).and_then(|i| STEPS.get(i)) else {
        visit.set_cookie(cookie::write(COOKIE, "", 0, false));
        return visit.go("/");
    };
    let role = match &visit.app.mode {
        Mode::Demo(demo) => demo.personas.iter().find(|p: &&DemoPersona| p.key == *persona).map(|p| p.role),
        Mode::Real => None,
    };
    let Some(role) = role else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    let session = auth::sign_in(&visit.app, role);
    visit.set_cookie(session);
    visit.set_cookie(cookie::write(COOKIE, &format!("{next}.{since}"), 1, false));
    visit.go(place)
}
