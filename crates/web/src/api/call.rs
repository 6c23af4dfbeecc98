//! What every API call brings: who, in which language, under which key, and a body that is what it should be.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use base::{Actor, Arg, Date, Lang, PersonId, Refusal, Role};
use city::may::kinds_needed;
use city::{Command, Reply};
use rules::Pack;
use serde::de::DeserializeOwned;

use crate::App;
use crate::auth::SharedApp;
use crate::duty::{is_officer_for, looks_into};
use crate::gate::{self, Known};
use crate::looks::Looker;
use crate::problem::Rejected;

/// No body of this API needs more.
const LARGEST_BODY: usize = 16 * 1024;
const KEY: &str = "idempotency-key";

/// An authenticated call.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub actor: Actor,
    /// The token, as the limits count it.
    pub caller: u64,
    /// The address the call came from.
    from: IpAddr,
    pub key: Option<String>,
    pub lang: Lang,
    pub today: Date,
    /// The rules it is asked under.
    pack: Arc<Pack>,
}

/// The language a caller asks for: Korean unless the first language named is another.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    match headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) {
        Some(text) if !text.trim_start().to_ascii_lowercase().starts_with("ko") && text.contains("en") => {
            Lang::En
        }
        _ => Lang::Ko,
    }
}

pub(crate) fn today(app: &App) -> Date {
    let view = app.city.shared.read();
    view.town.zone.date(app.now())
}

impl FromRequestParts<SharedApp> for Call {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Call, Response> {
        let lang = language(&parts.headers);
        let (today, pack) = {
            let view = app.city.shared.read();
            (view.town.zone.date(app.now()), Arc::clone(&view.town.pack))
        };
        let reject = |status, code| Rejected::new(status, code).answer(lang, today);
        let Known { actor, caller, from, .. } = Known::of(parts);
        let actor = actor.ok_or_else(|| reject(StatusCode::UNAUTHORIZED, "token.missing"))?;
        let key = match parts.headers.get(KEY) {
            None => None,
            Some(value) => {
                let key = value.to_str().ok().map(str::trim).filter(|k| (1..=255).contains(&k.len()));
                Some(key.ok_or_else(|| reject(StatusCode::BAD_REQUEST, "key.form"))?.to_owned())
            }
        };
        Ok(Call { actor, caller, from, key, lang, today, pack })
    }
}

impl Call {
    pub(super) fn reject(&self, rejected: impl Into<Rejected>) -> Response {
        rejected.into().answer(self.lang, self.today)
    }

    /// The citizen who asks: what is a citizen's own is nobody else's.
    pub(super) fn citizen(&self) -> Result<PersonId, Response> {
        match self.actor.role {
            Role::Citizen(me) => Ok(me),
            _ => Err(self.needs(&["citizen"])),
        }
    }

    /// Whether the caller is of one of these roles.
    pub(super) fn one_of(&self, roles: &[&str]) -> Result<(), Response> {
        if roles.contains(&self.actor.role.name()) { Ok(()) } else { Err(self.needs(roles)) }
    }

    /// An officer who calls must be one for this; whoever isn't an officer is let by.
    pub(super) fn officer_for(&self, app: &App, operation: &'static str) -> Result<(), Response> {
        let view = app.city.shared.read();
        let pack = &view.town.pack;
        if self.actor.role != Role::Officer || is_officer_for(&self.actor, operation, pack) {
            return Ok(());
        }
        let refusal = city::may::needed(operation, pack);
        drop(view);
        Err(self.reject(refusal))
    }

    /// Only for who looks into what is the house's.
    pub(super) fn looks_into(&self, app: &App) -> Result<(), Response> {
        let view = app.city.shared.read();
        if looks_into(&self.actor, &view.town.pack) {
            return Ok(());
        }
        let refusal = city::may::needed("download", &view.town.pack);
        drop(view);
        Err(self.reject(refusal))
    }

    /// How many a list is to hold: 20, or what is asked for within 1 to 100.
    pub(super) fn limit(&self, asked: Option<usize>) -> Result<usize, Response> {
        match asked.unwrap_or(20) {
            limit @ 1..=100 => Ok(limit),
            _ => Err(self.reject(Refusal::new("query.limit").with("most", Arg::Count(100)))),
        }
    }

    /// What is said to a cursor that no list gave.
    pub(super) fn no_cursor(&self) -> Response {
        self.reject(Rejected::new(StatusCode::BAD_REQUEST, "query.cursor"))
    }

    /// What is said to who may not: the roles that may, by their kinds.
    pub(super) fn needs(&self, kinds: &[&str]) -> Response {
        self.reject(kinds_needed(kinds, &self.pack))
    }

    /// Who looks at personal records with this call.
    pub(super) fn looks(&self, what: &'static str, purpose: &'static str) -> Looker {
        Looker::new(self.actor, self.from, what, purpose)
    }

    /// Notes that what a window's call answers tells of a person, if the window may see them; a citizen's own is no
    /// look.
    pub(super) async fn look_at(
        &self,
        app: &Arc<App>,
        person: PersonId,
        what: &'static str,
        purpose: &'static str,
    ) -> Result<(), Response> {
        if self.actor.role == Role::Clerk {
            let lets = app.lets_see(self.actor, person).await.map_err(|error| self.reject(error))?;
            if !lets {
                return Err(self.reject(Refusal::new("card.unknown")));
            }
        }
        app.look_at(self.looks(what, purpose), vec![person]).await.map_err(|away| self.reject(away))
    }

    /// Hands a command to the city. Every one needs a key: without it a lost answer could not be asked for again.
    pub(super) async fn ask(&self, app: &Arc<App>, command: Command) -> Result<Reply, Response> {
        let Some(key) = self.key.clone() else {
            return Err(self.reject(Rejected::new(StatusCode::BAD_REQUEST, "key.missing")));
        };
        let place = gate::place(app, Some(self.actor.role), self.caller);
        let tried = gate::try_pin(app, place, &command).map_err(|rejected| self.reject(rejected))?;
        let request = pen::Request { actor: self.actor, key, input_hash: command.input_hash() };
        let answer = app.city.ask(request, command).await;
        if let Ok(Ok(Reply::WrongPin { left, until })) = answer {
            return Err(self.reject(gate::wrong_pin(app, left, until)));
        }
        tried.give_back(app);
        match answer {
            Ok(Ok(Reply::Counted(refusal))) => Err(self.reject(refusal)),
            Ok(Ok(reply)) => Ok(reply),
            Ok(Err(failure)) => Err(self.reject(failure)),
            Err(busy) => Err(self.reject(busy)),
        }
    }
}

/// A JSON body of just this shape.
pub(super) struct Json<T>(pub T);

impl<T: DeserializeOwned> FromRequest<SharedApp> for Json<T> {
    type Rejection = Response;

    async fn from_request(request: Request<Body>, app: &SharedApp) -> Result<Json<T>, Response> {
        let lang = language(request.headers());
        let reject = |status, refusal| Rejected { status, refusal }.answer(lang, today(app));
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.trim_start().to_ascii_lowercase().starts_with("application/json"));
        if !is_json {
            return Err(reject(StatusCode::UNSUPPORTED_MEDIA_TYPE, Refusal::new("body.type")));
        }
        let bytes = to_bytes(request.into_body(), LARGEST_BODY)
            .await
            .map_err(|_| reject(StatusCode::PAYLOAD_TOO_LARGE, Refusal::new("body.large")))?;
        serde_json::from_slice(&bytes).map(Json).map_err(|error| {
            let malformed = Refusal::new("body.malformed").with("error", Arg::Text(error.to_string()));
            reject(StatusCode::BAD_REQUEST, malformed)
        })
    }
}

/// What stands behind the question mark, of just this shape.
pub(super) struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<SharedApp> for Params<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Params<T>, Response> {
        let read = Query::<T>::from_request_parts(parts, app).await;
        read.map(|Query(params)| Params(params)).map_err(|rejection| {
            let why = std::error::Error::source(&rejection).map_or_else(String::new, ToString::to_string);
            let refusal = Refusal::new("query.form").with("error", Arg::Text(why));
            Rejected { status: StatusCode::BAD_REQUEST, refusal }.answer(language(&parts.headers), today(app))
        })
    }
}

/// The route has another method: the answer's `Allow` says which.
pub(super) async fn wrong_method(State(app): State<SharedApp>, headers: HeaderMap) -> Response {
    Rejected::new(StatusCode::METHOD_NOT_ALLOWED, "method.wrong").answer(language(&headers), today(&app))
}

/// An id of the path.
pub(super) struct Id<T>(pub T);

impl<T: std::str::FromStr + Send> FromRequestParts<SharedApp> for Id<T> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Id<T>, Response> {
        let lang = language(&parts.headers);
        let text =
            Path::<String>::from_request_parts(parts, app).await.map(|path| path.0).unwrap_or_default();
        text.parse()
            .map(Id)
            .map_err(|_| Rejected::new(StatusCode::NOT_FOUND, "id.unknown").answer(lang, today(app)))
    }
}

/// Two ids of the path.
pub(super) struct Ids<A, B>(pub A, pub B);

impl<A: std::str::FromStr + Send, B: std::str::FromStr + Send> FromRequestParts<SharedApp> for Ids<A, B> {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &SharedApp) -> Result<Ids<A, B>, Response> {
        let lang = language(&parts.headers);
        let (one, other) = Path::<(String, String)>::from_request_parts(parts, app)
            .await
            .map(|path| path.0)
            .unwrap_or_default();
        match (one.parse(), other.parse()) {
            (Ok(one), Ok(other)) => Ok(Ids(one, other)),
            _ => Err(Rejected::new(StatusCode::NOT_FOUND, "id.unknown").answer(lang, today(app))),
        }
    }
}
