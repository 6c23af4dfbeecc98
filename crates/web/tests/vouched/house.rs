//! A house that vouches for people, as a test starts it: it tells the truth, or one of its lies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm,
};
use openidconnect::url::Url;
use openidconnect::{
    Audience, AuthenticationMethodReference, EmptyAdditionalClaims, IssuerUrl, JsonWebKeyId, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use serde_json::json;

const KEYS: [&str; 2] = [
    "MC4CAQAwBQYDK2VwBCIEIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB",
    "MC4CAQAwBQYDK2VwBCIEIAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC",
];
pub const SECRET: &str = "a secret of thirty-two bytes or more";

/// What the house says next, where it is not the plain truth.
#[derive(Clone, Default)]
pub struct Lie {
    pub nonce: Option<String>,
    pub audience: Option<String>,
    pub issuer: Option<String>,
    pub expired: bool,
    pub unsigned: bool,
    pub by_secret: bool,
    pub twice: bool,
    /// Signs with the other key; `true`: and shows it.
    pub other_key: Option<bool>,
}

struct Said {
    challenge: String,
    nonce: String,
    subject: String,
}

#[derive(Default)]
pub struct Inner {
    pub lie: Lie,
    pub away: bool,
    codes: HashMap<String, Said>,
    issued: u32,
    pub fetched: u32,
}

#[derive(Clone)]
pub struct Provider {
    pub url: String,
    now: DateTime<Utc>,
    pub inner: Arc<Mutex<Inner>>,
}

fn key(no: usize) -> CoreEdDsaPrivateSigningKey {
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", KEYS[no]);
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(format!("k{no}")))).unwrap()
}

impl Provider {
    pub async fn start(now: DateTime<Utc>) -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let provider = Provider { url, now, inner: Arc::default() };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(offer))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        provider
    }

    pub fn lies(&self, lie: Lie) {
        self.inner.lock().unwrap().lie = lie;
    }

    /// Someone signs in there: what they are sent back with.
    pub fn authorise(&self, location: &str, subject: &str) -> (String, String) {
        let url = Url::parse(location).unwrap();
        assert!(location.starts_with(&format!("{}/authorise?", self.url)), "{location}");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["scope"], "openid profile");
        assert_eq!(asked["redirect_uri"], "http://127.0.0.1:8080/sign-in/back");
        let mut inner = self.inner.lock().unwrap();
        inner.issued += 1;
        let code = format!("code-{}", inner.issued);
        let said = Said {
            challenge: asked["code_challenge"].clone(),
            nonce: asked["nonce"].clone(),
            subject: subject.to_owned(),
        };
        inner.codes.insert(code.clone(), said);
        (asked["state"].clone(), code)
    }
}

async fn offer(State(house): State<Provider>) -> Response {
    let mut inner = house.inner.lock().unwrap();
    inner.fetched += 1;
    if inner.away {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    let url = &house.url;
    Json(json!({
        "issuer": url, "authorization_endpoint": format!("{url}/authorise"),
        "token_endpoint": format!("{url}/token"), "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    }))
    .into_response()
}

async fn keys(State(house): State<Provider>) -> Response {
    let shown = match house.inner.lock().unwrap().lie.other_key {
        Some(true) => 1,
        _ => 0,
    };
    Json(CoreJsonWebKeySet::new(vec![key(shown).as_verification_key()])).into_response()
}

async fn token(
    State(house): State<Provider>,
    headers: axum::http::HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    assert!(headers[header::AUTHORIZATION].to_str().unwrap().starts_with("Basic "));
    let mut inner = house.inner.lock().unwrap();
    let said = inner.codes.remove(&form["code"]);
    let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    let Some(said) = said.filter(|said| said.challenge == challenge.as_str()) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let lie = inner.lie.clone();
    let expires = house.now + chrono::TimeDelta::seconds(if lie.expired { -1 } else { 300 });
    let claims = CoreIdTokenClaims::new(
        IssuerUrl::new(lie.issuer.unwrap_or(house.url.clone())).unwrap(),
        vec![Audience::new(lie.audience.unwrap_or("ongoeul".into()))],
        expires,
        house.now - chrono::TimeDelta::seconds(60),
        StandardClaims::new(SubjectIdentifier::new(said.subject)),
        EmptyAdditionalClaims {},
    )
    .set_nonce(Some(Nonce::new(lie.nonce.unwrap_or(said.nonce))));
    let methods = |word: &str| Some(vec![AuthenticationMethodReference::new(word.into())]);
    let claims = claims.set_auth_method_refs(if lie.twice { methods("mfa") } else { methods("pwd") });
    let signed = if lie.by_secret {
        CoreIdToken::new(claims, &CoreHmacKey::new(SECRET), CoreJwsSigningAlgorithm::HmacSha256, None, None)
    } else {
        let key = key(usize::from(lie.other_key.is_some()));
        CoreIdToken::new(claims, &key, CoreJwsSigningAlgorithm::EdDsa, None, None)
    };
    let mut text = signed.unwrap().to_string();
    if lie.unsigned {
        // {"alg":"none"}
        text = format!("eyJhbGciOiJub25lIn0.{}.", text.split('.').nth(1).unwrap());
    }
    Json(json!({ "access_token": "unused", "token_type": "Bearer", "id_token": text })).into_response()
}
