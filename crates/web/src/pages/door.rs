//! Coming in and going out: personas in the demo, a token in earnest.

use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base::Role;
use serde::Deserialize;

use super::switches::here_only;
use crate::app::Mode;
use crate::auth::{self, SharedApp};
use crate::frame::Visit;
use crate::gate;
use crate::look::{EnterPage, Field, Persona, SignInPage};
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/enter", get(choose).post(enter))
        .route("/leave", post(leave))
        .route("/sign-in", get(ask_token).post(sign_in))
}

/// The first page of a role.
pub(crate) fn home(role: Role) -> &'static str {
    match role {
        Role::Citizen(_) => "/wallet",
        Role::Merchant(_) => "/shop",
        Role::Till(_) => "/shop/till",
        Role::Clerk => "/clerk",
        Role::Officer => "/desk",
        Role::Auditor | Role::System => "/books",
    }
}

fn role_key(role: Role) -> &'static str {
    match role {
        Role::Citizen(_) => "role-citizen",
        Role::Merchant(_) => "role-merchant",
        Role::Till(_) => "role-till",
        Role::Clerk => "role-clerk",
        Role::Officer => "role-officer",
        Role::Auditor | Role::System => "role-auditor",
    }
}

async fn choose(visit: Visit) -> Response {
    let Mode::Demo(demo) = &visit.app.mode else { return visit.go("/sign-in") };
    let personas = demo
        .personas
        .iter()
        .map(|p| Persona {
            key: p.key.clone(),
            name: p.name.clone(),
            role: role_key(p.role),
            about: visit.t.say(format!("persona-{}", p.key)).to_string(),
        })
        .collect();
    let page = EnterPage { t: visit.t, page: visit.page(), personas };
    visit.show(&page)
}

#[derive(Deserialize)]
struct Entering {
    persona: String,
    csrf: String,
}

async fn enter(mut visit: Visit, Form(form): Form<Entering>) -> Response {
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/enter");
    }
    let role = match &visit.app.mode {
        Mode::Demo(demo) => demo.personas.iter().find(|p| p.key == form.persona).map(|p| p.role),
        Mode::Real => None,
    };
    let Some(role) = role else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    let cookie = auth::sign_in(&visit.app, role);
    visit.set_cookie(cookie);
    visit.go(home(role))
}

#[derive(Deserialize)]
struct Leaving {
    csrf: String,
}

async fn leave(mut visit: Visit, Form(form): Form<Leaving>) -> Response {
    if visit.form_holds(&form.csrf) {
        let cookie = auth::sign_out(&visit.app);
        visit.set_cookie(cookie);
    }
    visit.go("/")
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn ask_token(visit: Visit, Query(query): Query<Next>) -> Response {
    if matches!(visit.app.mode, Mode::Demo(_)) {
        return visit.go("/enter");
    }
    let next = here_only(query.next.as_deref().unwrap_or("/"));
    let page = SignInPage { t: visit.t, page: visit.page(), token: Field::default(), next };
    visit.show(&page)
}

#[derive(Deserialize)]
struct SigningIn {
    token: String,
    next: String,
    csrf: String,
}

async fn sign_in(mut visit: Visit, Form(form): Form<SigningIn>) -> Response {
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/sign-in");
    }
    if let Err(rejected) = gate::may_try_token(&visit.app, visit.known.address) {
        return visit.refuse(rejected, "/sign-in");
    }
    match visit.app.actor_of(form.token.trim()) {
        Some(actor) => {
            let cookie = auth::sign_in(&visit.app, actor.role);
            visit.set_cookie(cookie);
            let next = here_only(&form.next);
            visit.go(if next == "/" { home(actor.role) } else { &next })
        }
        None => {
            gate::wrong_token(&visit.app, visit.known.address);
            let wrong = visit.t.say("sign-in-wrong").to_string();
            let page = SignInPage {
                t: visit.t,
                page: visit.page(),
                token: Field::wrong("", wrong),
                next: here_only(&form.next),
            };
            visit.show_as(StatusCode::UNAUTHORIZED, &page)
        }
    }
}
