//! Who is asking: a bearer token for programs, a signed cookie for people.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use base::{Actor, GrantId, Instant, PersonId, Role};
use city::{CardRef, Command, Reply, tokens};
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

/// What a short-lived bearer begins with.
const SHORT_LIVED: &str = "ogs_";
/// How long it lasts.
const SHORT_LIVED_SECONDS: i64 = 900;
/// 255 bits.
const BEARER_SEAL: usize = 51;

/// A bearer for a while, made of a token's hash: it is worth nothing any more once that token isn't. Also how many
/// seconds it lasts.
pub(crate) fn short_lived(app: &App, token: &[u8; 32]) -> (String, i64) {
    let hash: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
    let what = format!("{hash}.{:x}", app.now().plus_seconds(SHORT_LIVED_SECONDS).0);
    let seal = sign::seal(&app.secrets.signing, "bearer", &what, BEARER_SEAL);
    (format!("{SHORT_LIVED}{what}.{seal}"), SHORT_LIVED_SECONDS)
}

/// The hash that a bearer stands for: a token's own, or that of the token a short-lived one was made of.
pub(crate) fn hash_behind(app: &App, bearer: &str) -> Option<[u8; 32]> {
    let Some(short) = bearer.strip_prefix(SHORT_LIVED) else { return Some(tokens::hash(bearer)) };
    let (what, seal) = short.rsplit_once('.')?;
    if !sign::same(&sign::seal(&app.secrets.signing, "bearer", what, BEARER_SEAL), seal) {
        return None;
    }
    let (digits, until) = what.split_once('.')?;
    if app.now() >= Instant(i64::from_str_radix(until, 16).ok()?) {
        return None;
    }
    let mut hash = [0u8; 32];
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
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

/// Who stood behind a session when something long began.
#[derive(Clone, Copy)]
pub(crate) struct Standing {
    session: [u8; 32],
    role: Role,
}

/// Behind the session a request came with.
pub(crate) fn standing(headers: &HeaderMap, role: Role) -> Option<Standing> {
    Some(Standing { session: hash(cookie::read(headers, SESSION)?), role })
}

impl Standing {
    /// Whether they still do, in the same role: who was signed out, or has lost the role, doesn't.
    pub(crate) fn lasts(&self, app: &App) -> bool {
        let now = app.now();
        let view = app.city.shared.read();
        let today = view.town.zone.day_number(now);
        let actor = view.town.doors.actor(&self.session, now, today, &view.town.pack);
        actor.is_some_and(|actor| actor.role == self.role)
    }
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

/// How whoever has the session a request came with showed who they are.
pub(crate) fn session_how(app: &App, headers: &HeaderMap) -> Option<How> {
    let hash = hash(cookie::read(headers, SESSION)?);
    app.city.shared.read().town.doors.session(&hash).map(|session| session.how)
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
    at_the_door(app, command).await?;
    Ok(session.cookie(app))
}

/// Asks the city for something on behalf of whoever is coming in: the server has checked what they showed.
pub(crate) async fn at_the_door(app: &SharedApp, command: Command) -> Result<(), Rejected> {
    let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match app.city.ask(request, command).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(failure)) => Err(failure.into()),
        Err(busy) => Err(busy.into()),
    }
}

/// Signs someone in with a card's number and the code that a counter gave; `None` if they don't open anything. A card
/// that nobody has is asked about like one that somebody has.
pub(crate) async fn sign_in_by_code(
    app: &SharedApp,
    number: u64,
    digits: &str,
) -> Result<Option<axum::http::HeaderValue>, Rejected> {
    let card = CardRef::Number(number);
    let known = app.city.shared.read().town.directory.card(card).map(|card| card.person);
    let person = known.unwrap_or(PersonId(0));
    let session = NewSession::fresh(app);
    let hash = code_hash(app, person, digits);
    let command = Command::SignInByCode { person, hash, session: session.hash, until: session.until };
    let request = pen::Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
    match app.city.ask(request, command).await {
        Ok(Ok(Reply::WrongCode)) => Ok(None),
        Ok(Ok(_)) => Ok(session.cookie(app)),
        Ok(Err(failure)) => Err(failure.into()),
        Err(busy) => Err(busy.into()),
    }
}

/// What a counter's code is kept under. The key stands outside the database: a code has too few digits for less.
pub(crate) fn code_hash(app: &App, person: PersonId, digits: &str) -> [u8; 16] {
    sign::keyed(&app.secrets.signing, "counter-code", &format!("{person} {digits}"))
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

/// Which forms a token is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forms {
    /// All but those at the door: made for this visit, and for the session of whoever is signed in. A mark alone could be
    /// put into a browser by a host beside this one, with a token that goes with it.
    Inside,
    /// Those that somebody comes in by: they may have been opened before, and somebody have come in since in another window.
    Door,
}

/// The session of a request's headers, where somebody is signed in under it.
pub(crate) fn session_of(headers: &HeaderMap, visitor: Option<Actor>) -> Option<&str> {
    visitor.and_then(|_| cookie::read(headers, SESSION))
}

/// The token that this visitor's forms carry: bound to their mark, and to their session once they are signed in.
pub(crate) fn form_token(app: &App, visit: &str, session: Option<&str>) -> String {
    match session {
        None => sign::seal(&app.secrets.signing, "form", visit, SEAL),
        // Neither has a dot: a mark is hexadecimal digits, and which kind of token it is the purpose says.
        Some(session) => sign::seal(&app.secrets.signing, "form-inside", &format!("{visit}.{session}"), SEAL),
    }
}

/// The same for whoever is only just signed in, by the cookie that does it.
pub(crate) fn form_token_under(app: &App, visit: &str, cookie: &HeaderValue) -> Option<String> {
    let (name, session) = cookie.to_str().ok()?.split(';').next()?.split_once('=')?;
    (name == SESSION).then(|| form_token(app, visit, Some(session)))
}

/// Whether a posted token is this visitor's.
pub(crate) fn form_token_holds(
    app: &App,
    headers: &HeaderMap,
    (visitor, forms): (Option<Actor>, Forms),
    token: &str,
) -> bool {
    let Some(visit) = cookie::read(headers, VISIT) else { return false };
    let session = session_of(headers, visitor);
    let at_the_door = forms == Forms::Door && sign::same(&form_token(app, visit, None), token);
    at_the_door || sign::same(&form_token(app, visit, session), token)
}

impl App {
    fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// For handlers that are handed the shared state.
pub(crate) type SharedApp = Arc<App>;
