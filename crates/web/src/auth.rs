//! Who is asking: a bearer token for programs, a signed cookie for people.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use base::{Actor, GrantId, Instant};
use city::{Command, tokens};
use people::{How, Session};

use crate::problem::Rejected;
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

/// A page's visitor, if they are signed in, and the session itself: each sign-in has its own. It is looked up at every
/// request: who was signed out, or has lost the role, is out.
pub(crate) fn session<'a>(app: &App, headers: &'a HeaderMap) -> Option<(Actor, &'a str)> {
    let value = cookie::read(headers, SESSION)?;
    let hash = hash(value);
    let now = app.now();
    let view = app.city.shared.read();
    let today = view.town.zone.day_number(now);
    let actor = view.town.doors.actor(&hash, now, today, &view.town.pack)?;
    watch::asked_by(actor.role.name());
    Some((actor, value))
}

/// What a session is kept under: whoever reads the database can't be anyone.
fn hash(cookie: &str) -> [u8; 32] {
    tokens::hash(cookie)
}

/// The number of the session a request came with.
pub(crate) fn session_number(app: &App, headers: &HeaderMap) -> Option<u64> {
    let hash = hash(cookie::read(headers, SESSION)?);
    app.city.shared.read().town.doors.session(&hash).map(Session::number)
}

/// A new session's cookie, what it is kept under, and its end.
pub(crate) struct NewSession {
    pub value: String,
    pub hash: [u8; 32],
    pub until: Instant,
}

impl NewSession {
    pub(crate) fn fresh(app: &App) -> NewSession {
        // The demo's clock jumps ahead by months: a session outlives it there.
        let days = if matches!(app.mode, crate::Mode::Demo(_)) { 3_650 } else { SESSION_DAYS };
        let value = format!("{}{}", app.request_key(), app.request_key());
        let hash = hash(&value);
        NewSession { value, hash, until: app.now().plus_seconds(days * 86_400) }
    }

    /// The cookie that carries it.
    pub(crate) fn cookie(&self, app: &App) -> Option<axum::http::HeaderValue> {
        cookie::write(SESSION, &self.value, 1, app.is_secure())
    }
}

/// Signs someone in under a role of theirs; they have shown who they are.
pub(crate) async fn sign_in(
    app: &SharedApp,
    grant: GrantId,
    how: How,
) -> Result<Option<axum::http::HeaderValue>, Rejected> {
    let session = NewSession::fresh(app);
    let command = Command::SignIn { grant, session: session.hash, until: session.until, how };
    let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match app.city.ask(request, command).await {
        Ok(Ok(_)) => Ok(session.cookie(app)),
        Ok(Err(failure)) => Err(failure.into()),
        Err(busy) => Err(busy.into()),
    }
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
