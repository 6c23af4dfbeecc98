//! `POST /oauth/token`: OAuth 2.0 client credentials (RFC 6749, 4.4). A system shows the number and the secret of its API
//! token, and gets a bearer for a quarter of an hour, so that the secret itself travels seldom.

use axum::Form;
use axum::Json;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use city::tokens;
use serde::{Deserialize, Serialize};

use crate::auth::{self, SharedApp};
use crate::gate::{self, Known};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    grant_type: String,
    client_id: String,
    client_secret: String,
}

#[derive(Serialize)]
struct Given {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
}

#[derive(Serialize)]
struct Refused {
    error: &'static str,
}

/// Where a request comes from, as the limits count it.
pub(super) struct From(u64);

impl FromRequestParts<SharedApp> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &SharedApp) -> Result<From, Self::Rejection> {
        Ok(From(Known::of(parts).address))
    }
}

pub(super) async fn token(
    State(app): State<SharedApp>,
    From(address): From,
    headers: HeaderMap,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    let Ok(Form(asked)) = form else { return refused(StatusCode::BAD_REQUEST, "invalid_request") };
    let (client, secret) = basic(&headers).unwrap_or((asked.client_id, asked.client_secret));
    let hash = tokens::hash(&secret);
    let known = app.actor_of_hash(&hash).filter(|actor| format!("{:016x}", actor.client.0) == client);
    // The right secret always goes in: who tries wrong ones behind the same address locks nobody out.
    if known.is_none() {
        if let Err(rejected) = gate::wrong_token(&app, address) {
            return rejected.answer(super::language(&headers), app.today());
        }
        return refused(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if asked.grant_type != "client_credentials" {
        return refused(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let (access_token, expires_in) = auth::short_lived(&app, &hash);
    unkept((StatusCode::OK, Json(Given { access_token, token_type: "Bearer", expires_in })).into_response())
}

/// What HTTP Basic carries.
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let (client, secret) = text.split_once(':')?;
    Some((client.to_owned(), secret.to_owned()))
}

fn refused(status: StatusCode, error: &'static str) -> Response {
    let mut response = (status, Json(Refused { error })).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"tokens\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
    }
    unkept(response)
}

/// Nobody on the way keeps it.
fn unkept(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
