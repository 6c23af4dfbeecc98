//! Other houses that vouch for people (OpenID Connect: authorization code, PKCE, state, nonce). What a house offers and
//! its keys are fetched when they are first needed, and kept for an hour; a house that is away takes nobody down.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use base::{AccountId, Instant};
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreJwsSigningAlgorithm,
    CoreProviderMetadata,
};
use openidconnect::url::{Host, Url};
use openidconnect::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use people::How;
use tokio::sync::Mutex;

/// A house answers in so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Nothing a house says is longer.
const LONGEST: usize = 256 * 1024;
/// What a house offers is asked for anew after this.
const KEPT_SECONDS: i64 = 3_600;

/// A house that vouches, as it is configured.
#[derive(Debug, Clone)]
pub struct VouchingHouse {
    /// In addresses and in the database: letters, digits, hyphens. Never given to another house.
    pub id: String,
    /// On buttons.
    pub name: String,
    /// Its address, as it writes it itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What shows it that we are us; `None` for a public client.
    pub client_secret: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The words of `acr` and `amr` by which it says that it asked for a second factor.
    pub second_factor: Vec<String>,
}

/// Why nobody is vouched for.
#[derive(Debug)]
pub(crate) enum Unvouched {
    /// The house can't be reached, or says what no such house says.
    Away(String),
    /// It says no, or what it signed is not good.
    Wrong(String),
}

/// Whom a house vouches for.
#[derive(Debug)]
pub(crate) struct Identity {
    pub issuer: String,
    pub subject: String,
    pub how: How,
}

/// Someone is on the way to a house and back.
pub(crate) struct Journey {
    pub house: String,
    pub nonce: String,
    pub verifier: String,
    pub next: String,
    /// Whose account it is to be linked to, and how they had shown who they are; `None` to sign in.
    pub link: Option<(AccountId, How)>,
    /// What stands for a first token: its account is linked, if the house asks for a second factor, and they come in.
    pub first: Option<String>,
}

/// A house.
pub(crate) struct House {
    pub config: VouchingHouse,
    issuer: IssuerUrl,
    back: RedirectUrl,
    http: Http,
    offer: Mutex<Option<(Instant, CoreProviderMetadata)>>,
}

impl House {
    /// A house whose people come back to this server. Nothing is asked of it yet.
    pub(crate) fn new(config: VouchingHouse, public_url: &str) -> Result<House, String> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if config.id.is_empty() || config.id.len() > 40 || !config.id.bytes().all(plain) {
            return Err(format!("oidc: {:?} is no id: write a-z, 0-9 and hyphens", config.id));
        }
        let told = |what: String| format!("oidc {}: {what}", config.id);
        let issuer = IssuerUrl::new(config.issuer.clone())
            .map_err(|error| told(format!("the issuer {:?} is no address: {error}", config.issuer)))?;
        if !is_safe(issuer.url()) {
            return Err(told("the issuer has to begin with https".to_owned()));
        }
        let back = format!("{}/sign-in/back", public_url.trim_end_matches('/'));
        let back = RedirectUrl::new(back).map_err(|error| told(format!("public_url: {error}")))?;
        Ok(House { config, issuer, back, http: Http::new(), offer: Mutex::new(None) })
    }

    /// Where someone goes to be vouched for.
    pub(crate) async fn away(
        &self,
        now: Instant,
        state: &str,
        journey: &Journey,
    ) -> Result<String, Unvouched> {
        let client = self.client(self.offer(now, false).await?).set_redirect_uri(self.back.clone());
        let verifier = PkceCodeVerifier::new(journey.verifier.clone());
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(journey.nonce.clone()));
        let (to, ..) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(self.config.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(to.into())
    }

    /// Whom the house vouches for by this code.
    pub(crate) async fn back(
        &self,
        now: Instant,
        code: &str,
        journey: &Journey,
    ) -> Result<Identity, Unvouched> {
        let client = self.client(self.offer(now, false).await?).set_redirect_uri(self.back.clone());
        let answer = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|error| Unvouched::Away(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::ServerResponse(said) => Unvouched::Wrong(said.to_string()),
                RequestTokenError::Request(error) => Unvouched::Away(error.to_string()),
                other => Unvouched::Away(other.to_string()),
            })?;
        let token = answer.id_token().ok_or_else(|| Unvouched::Wrong("no id token".to_owned()))?;
        match self.read(now, token, journey, self.offer(now, false).await?) {
            // Its keys may have changed since they were fetched.
            Err(ClaimsVerificationError::SignatureVerification(_)) => {
                self.read(now, token, journey, self.offer(now, true).await?)
            }
            read => read,
        }
        .map_err(|error| Unvouched::Wrong(error.to_string()))
    }

    fn read(
        &self,
        now: Instant,
        token: &CoreIdToken,
        journey: &Journey,
        offer: CoreProviderMetadata,
    ) -> Result<Identity, ClaimsVerificationError> {
        let client = self.client(offer);
        let at = DateTime::<Utc>::from_timestamp_micros(now.0).unwrap_or_default();
        let verifier = client.id_token_verifier().set_time_fn(move || at).set_allowed_algs(SIGNED_BY);
        let claims = token.claims(&verifier, &Nonce::new(journey.nonce.clone()))?;
        let counts = |word: &str| self.config.second_factor.iter().any(|one| one == word);
        let methods = claims.auth_method_refs().into_iter().flatten();
        let twice = claims.auth_context_ref().is_some_and(|acr| counts(acr))
            || methods.into_iter().any(|method| counts(method));
        Ok(Identity {
            issuer: self.config.issuer.clone(),
            subject: claims.subject().to_string(),
            how: if twice { How::VouchedTwice } else { How::Vouched },
        })
    }

    fn client(&self, offer: CoreProviderMetadata) -> Ready {
        let methods = offer.token_endpoint_auth_methods_supported().cloned().unwrap_or_default();
        let by_header = methods.is_empty() || methods.contains(&CoreClientAuthMethod::ClientSecretBasic);
        let client_id = ClientId::new(self.config.client_id.clone());
        let secret = self.config.client_secret.clone().map(ClientSecret::new);
        let client = CoreClient::from_provider_metadata(offer, client_id, secret);
        client.set_auth_type(if by_header { AuthType::BasicAuth } else { AuthType::RequestBody })
    }

    /// What the house offers, and its keys: as fetched within the hour, or afresh.
    async fn offer(&self, now: Instant, afresh: bool) -> Result<CoreProviderMetadata, Unvouched> {
        let mut kept = self.offer.lock().await;
        if let Some((since, offer)) = kept.as_ref()
            && !afresh
            && *since <= now
            && now < since.plus_seconds(KEPT_SECONDS)
        {
            return Ok(offer.clone());
        }
        let offer = CoreProviderMetadata::discover_async(self.issuer.clone(), &self.http)
            .await
            .map_err(|error| Unvouched::Away(error.to_string()))?;
        *kept = Some((now, offer.clone()));
        Ok(offer)
    }
}

/// A client that knows where to go.
type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is signed is signed by the house's own key: not by the secret it shares with us, and not by nobody.
const SIGNED_BY: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Over TLS, or within this very machine.
fn is_safe(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && here)
}

/// Our requests to houses: over TLS, no longer than so long, and not to where an answer leads.
struct Http(Client<HttpsConnector<HttpConnector>, Full<Bytes>>);

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unreached(String);

impl Http {
    fn new() -> Http {
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        Http(Client::builder(TokioExecutor::new()).build(connector))
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unreached> {
        let told = |error: &dyn std::fmt::Display| Unreached(error.to_string());
        let url = Url::parse(&request.uri().to_string()).map_err(|error| told(&error))?;
        if !is_safe(&url) {
            return Err(Unreached(format!("{url} is not asked: it is not https")));
        }
        let answer = self.0.request(request.map(|body| Full::new(body.into()))).await;
        let (parts, body) = answer.map_err(|error| told(&error))?.into_parts();
        let body = Limited::new(body, LONGEST).collect().await.map_err(|error| told(&error))?;
        Ok(HttpResponse::from_parts(parts, body.to_bytes().to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Unreached;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Unreached>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let answer = tokio::time::timeout(PATIENCE, self.ask(request)).await;
            answer.unwrap_or_else(|_| Err(Unreached("no answer in time".to_owned())))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_is_asked_over_tls() {
        for (url, safe) in [
            ("https://id.example.kr", true),
            ("http://id.example.kr", false),
            ("http://localhost:9", true),
            ("http://127.0.0.1:9", true),
            ("http://localhost.evil.example", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(is_safe(&Url::parse(url).unwrap()), safe, "{url}");
        }
    }
}
