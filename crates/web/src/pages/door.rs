//! Coming in and going out: personas in the demo, a token in earnest.

use axum::Router;
use axum::extract::{Form, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base::Role;
use city::{Command, tokens};
use people::How;
use serde::Deserialize;

use super::hats::come_in;
use super::passkeys::instead_of_token;
use super::switches::here_only;
use super::whose;
use crate::app::Mode;
use crate::auth::{self, SharedApp};
use crate::frame::Visit;
use crate::gate;
use crate::look::{CodeForm, EnterPage, Field, HouseIn, Persona, SignInPage, WaysIn, in_query};
use crate::problem::Rejected;
use crate::ways::First;

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
        Role::Organisation(_) => "/organisation",
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
        Role::Organisation(_) => "role-organisation",
        Role::Auditor | Role::System => "role-auditor",
    }
}

/// Where someone who has just come in goes: to what they looked for, else home.
pub(super) fn onward(role: Role, next: &str) -> String {
    let next = here_only(next);
    if next == "/" || !whose::may_see(role, &next) { home(role).to_owned() } else { next }
}

async fn choose(visit: Visit, Query(query): Query<Next>) -> Response {
    let next = here_only(query.next.as_deref().unwrap_or("/"));
    let Mode::Demo(demo) = &visit.app.mode else {
        return visit.go(&format!("/sign-in?next={}", in_query(&next)));
    };
    let refused = query.refused.map(|path| here_only(&path));
    // Whoever can open what was looked for, or do what was sent, stands first.
    let wanted = refused.as_ref().unwrap_or(&next);
    let (able, others): (Vec<_>, Vec<_>) = demo.personas.iter().partition(|p| whose::may_see(p.role, wanted));
    let personas = able
        .into_iter()
        .chain(others)
        .map(|p| Persona {
            key: p.key.clone(),
            name: p.name.clone(),
            role: role_key(p.role),
            about: visit.t.say(format!("persona-{}", p.key)).to_string(),
        })
        .collect();
    let turned_away = match refused {
        Some(path) => Some(whose::refused(&visit, &path)),
        None => whose::turned_away(&visit, &next),
    };
    let page = EnterPage { t: visit.t, page: visit.page(), personas, next, turned_away };
    visit.show(&page)
}

#[derive(Deserialize)]
struct Entering {
    persona: String,
    #[serde(default)]
    next: String,
    csrf: String,
}

async fn enter(mut visit: Visit, Form(form): Form<Entering>) -> Response {
    if !visit.door_form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/enter");
    }
    let role = match &visit.app.mode {
        Mode::Demo(demo) => demo.personas.iter().find(|p| p.key == form.persona).map(|p| p.role),
        Mode::Real => None,
    };
    let Some(role) = role else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    let Some(grant) = visit.app.persona_grant(&form.persona) else {
        return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/");
    };
    match auth::sign_in(&visit.app, grant, How::Persona).await {
        Ok(cookie) => {
            visit.set_cookie(cookie);
            visit.go(&onward(role, &form.next))
        }
        Err(rejected) => visit.refuse(rejected, "/enter"),
    }
}

#[derive(Deserialize)]
struct Leaving {
    csrf: String,
}

async fn leave(mut visit: Visit, Form(form): Form<Leaving>) -> Response {
    // A page of an earlier sign-in must not look as if it had signed out: whoever walks away relies on it.
    if visit.visitor.is_some() && !visit.form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/account");
    }
    match end(&mut visit).await {
        Ok(()) => visit.go("/"),
        Err(rejected) => visit.refuse(rejected, "/"),
    }
}

/// Signs out, on the server too: a copy of the cookie opens nothing any more.
pub(super) async fn end(visit: &mut Visit) -> Result<(), Rejected> {
    if let Some((account, number)) = visit.session() {
        let key = visit.app.request_key();
        visit.ask(&key, Command::EndSession { account, number }).await?;
    }
    let cookie = auth::sign_out(&visit.app);
    visit.set_cookie(cookie);
    Ok(())
}

#[derive(Deserialize)]
struct Next {
    /// What was looked for.
    next: Option<String>,
    /// The page of what was sent and not done.
    refused: Option<String>,
}

async fn ask_token(visit: Visit, Query(query): Query<Next>) -> Response {
    let next = here_only(query.next.as_deref().unwrap_or("/"));
    if matches!(visit.app.mode, Mode::Demo(_)) {
        return visit.go(&format!("/enter?next={}", in_query(&next)));
    }
    let refused = query.refused.map(|path| whose::refused(&visit, &here_only(&path)));
    sign_in_page(visit, StatusCode::OK, &next, |page| page.turned_away = refused.or(page.turned_away.take()))
}

/// The page with all ways in; `set` says what went wrong on one of them.
pub(super) fn sign_in_page(
    visit: Visit,
    status: StatusCode,
    next: &str,
    set: impl FnOnce(&mut SignInPage),
) -> Response {
    let mut page = ways_in(&visit, here_only(next));
    set(&mut page);
    visit.show_as(status, &page)
}

/// Every way in, nothing typed yet.
pub(super) fn ways_in(visit: &Visit, next: String) -> SignInPage {
    let houses = visit.app.ways.houses.iter().map(|house| HouseIn {
        id: house.config.id.clone(),
        name: house.config.name.clone(),
        next: in_query(&next),
    });
    let passkeys = visit.app.ways.passkeys.are_here();
    let ways = WaysIn { passkeys, houses: houses.collect(), passkey_wrong: None };
    let turned_away = whose::turned_away(visit, &next);
    SignInPage {
        t: visit.t,
        page: visit.page(),
        errors: Vec::new(),
        code: CodeForm::default(),
        token: Field::default(),
        next,
        ways,
        turned_away,
    }
}

#[derive(Deserialize)]
struct SigningIn {
    token: String,
    next: String,
    csrf: String,
}

async fn sign_in(visit: Visit, Form(form): Form<SigningIn>) -> Response {
    if !visit.door_form_holds(&form.csrf) {
        return visit.refuse(Rejected::new(StatusCode::FORBIDDEN, "form.expired"), "/sign-in");
    }
    let token = form.token.trim();
    let known = visit.app.actor_of(token).and_then(|_| behind(&visit, token));
    // The right token always goes in: who tries wrong ones behind the same address locks nobody out.
    let Some((first, strong)) = known else {
        if let Err(rejected) = gate::wrong_token(&visit.app, visit.known.address) {
            return visit.refuse(rejected, "/sign-in");
        }
        let wrong = visit.t.say("sign-in-wrong").to_string();
        return sign_in_page(visit, StatusCode::UNAUTHORIZED, &form.next, |page| {
            page.token = Field::wrong("", wrong);
        });
    };
    // A demo asks nobody for a second factor: whoever comes there is nobody.
    match visit.app.mode {
        Mode::Real if strong => instead_of_token(visit, first, &form.next),
        Mode::Real => come_in(visit, first.grant, How::Token, &form.next).await,
        Mode::Demo(_) => come_in(visit, first.grant, How::Persona, &form.next).await,
    }
}

/// The role given with a token, and whether it asks for a second factor.
fn behind(visit: &Visit, token: &str) -> Option<(First, bool)> {
    let view = visit.app.city.shared.read();
    let doors = &view.town.doors;
    let grant = doors.grant(doors.grant_of_token(&tokens::hash(token))?)?;
    let first = First { account: grant.account, grant: grant.id };
    Some((first, city::doors::is_strong(grant, &view.town.pack)))
}
