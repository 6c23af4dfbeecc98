//! Who is asking: a bearer token for programs, a signed cookie for people.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base::{Actor, Instant, Role};
use city::tokens;

use crate::{App, cookie, sign, watch};

/// How long a page's session lasts.
const SESSION_DAYS: i64 = 1;
const SESSION: &str = "session";
const VISIT: &str = "visit";
/// 130 bits.
const SEAL: usize = 26;

/// The actor of an API call.
pub(crate) fn bearer(app: &App, headers: &HeaderMap) -> Option<Actor> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let token = value.strip_prefix("Bearer ")?;
    let actor = app.actor_of(token.trim())?;
    watch::asked_by(actor.role.name());
    Some(actor)
}

/// The role of a page's visitor, if they are signed in.
pub(crate) fn session(app: &App, headers: &HeaderMap) -> Option<Role> {
    let value = cookie::read(headers, SESSION)?;
    let (body, seal) = value.rsplit_once('.')?;
    if !sign::same(&sign::seal(&app.secrets.signing, SESSION, body, SEAL), seal) {
        return None;
    }
    let mut parts = body.split('.');
    let until: i64 = parts.next()?.parse().ok()?;
    let role = parts.next()?;
    let subject = parts.next().filter(|s| !s.is_empty());
    let role = (app.now() < Instant(until)).then(|| tokens::role(role, subject)).flatten()?;
    watch::asked_by(role.name());
    Some(role)
}

/// The cookie that signs someone in.
pub(crate) fn sign_in(app: &App, role: Role) -> Option<axum::http::HeaderValue> {
    // The demo's clock jumps ahead by months: a session outlives it there.
    let days = if matches!(app.mode, crate::Mode::Demo(_)) { 3_650 } else { SESSION_DAYS };
    let until = app.now().plus_seconds(days * 86_400).0;
    let subject = match role {
        Role::Citizen(person) => person.to_string(),
        Role::Merchant(shop) | Role::Till(shop) => shop.to_string(),
        _ => String::new(),
    };
    let body = format!("{until}.{}.{subject}", role.name());
    let seal = sign::seal(&app.secrets.signing, SESSION, &body, SEAL);
    cookie::write(SESSION, &format!("{body}.{seal}"), 1, app.is_secure())
}

/// The cookie that signs out.
pub(crate) fn sign_out(app: &App) -> Option<axum::http::HeaderValue> {
    cookie::write(SESSION, "", 0, app.is_secure())
}

/// A visitor's random mark: form tokens are bound to it, so that no other site can post in their name.
pub(crate) struct Visit {
    /// The mark.
    pub id: String,
    /// Set when it is new and the answer must carry it.
    pub new: bool,
}

/// The visitor's mark, or a new one.
pub(crate) fn visit(app: &App, headers: &HeaderMap) -> Visit {
    match cookie::read(headers, VISIT)
        .filter(|id| id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        Some(id) => Visit { id: id.to_owned(), new: false },
        None => Visit { id: app.request_key(), new: true },
    }
}

/// The cookie of a new mark.
pub(crate) fn keep_visit(app: &App, visit: &Visit) -> Option<axum::http::HeaderValue> {
    if visit.new { cookie::write(VISIT, &visit.id, 30, app.is_secure()) } else { None }
}

/// The token that this visitor's forms carry.
pub(crate) fn form_token(app: &App, visit: &str) -> String {
    sign::seal(&app.secrets.signing, "form", visit, SEAL)
}

/// Whether a posted token is this visitor's.
pub(crate) fn form_token_holds(app: &App, headers: &HeaderMap, token: &str) -> bool {
    cookie::read(headers, VISIT).is_some_and(|visit| sign::same(&form_token(app, visit), token))
}

impl App {
    fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// For handlers that are handed the shared state.
pub(crate) type SharedApp = Arc<App>;
