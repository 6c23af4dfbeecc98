//! Before any route: who is asking, found out once, and whether they may ask so much. A plain service without a future
//! of its own, because every payment passes here.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::task::{Context, Poll};

use askama::Template;
use axum::extract::{ConnectInfo, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base::{AccountId, Actor, Arg, Instant, Lang, Refusal, Role};
use city::Command;
use futures_util::future::Either;
use tower::{Layer, Service};

use crate::auth::{self, SharedApp};
use crate::limits::{Kind, Wait};
use crate::look::{BusyPage, Tongue, texts};
use crate::problem::Rejected;
use crate::router::as_page;
use crate::{App, Mode, frame};

/// Who is asking.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// The actor behind an API call's token.
    pub actor: Option<Actor>,
    /// The visitor behind a page's session.
    pub visitor: Option<Actor>,
    /// The token or session as a number; for who has none, the address.
    pub caller: u64,
    /// The address as a number.
    pub address: u64,
    /// The address itself, as the access ledger keeps it.
    pub from: IpAddr,
}

impl Known {
    /// Who the gate found. Nothing comes around it; if it did, it would be nobody.
    pub(crate) fn of(parts: &Parts) -> Known {
        let from = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        parts.extensions.get().copied().unwrap_or(Known {
            actor: None,
            visitor: None,
            caller: 0,
            address: 0,
            from,
        })
    }
}

/// Puts [`Gate`] before a service.
#[derive(Clone)]
pub(crate) struct GateLayer(pub SharedApp);

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { app: self.0.clone(), inner }
    }
}

/// Lets a request through, or answers that it is too much.
#[derive(Clone)]
pub(crate) struct Gate<S> {
    app: SharedApp,
    inner: S,
}

impl<S> Service<Request> for Gate<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<Ready<Result<Response, Infallible>>, S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let known = known(&self.app, &request);
        match allowed(&self.app, &request, &known) {
            Ok(()) => {
                request.extensions_mut().insert(known);
                Either::Right(self.inner.call(request))
            }
            Err(rejected) => Either::Left(ready(Ok(turned_away(&self.app, &request, rejected)))),
        }
    }
}

fn is_api(request: &Request) -> bool {
    request.uri().path().starts_with("/api/")
}

fn known(app: &App, request: &Request) -> Known {
    let limits = &app.limits;
    let headers = request.headers();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let from = origin(peer, headers, &limits.rules().proxies);
    let address = limits.key(network(from));
    let mut known = Known { actor: None, visitor: None, caller: address, address, from };
    if is_api(request) {
        known.actor = auth::bearer(app, headers);
        if let Some(actor) = known.actor {
            known.caller = limits.key(("token", actor.client));
        }
    } else if let Some((visitor, session)) = auth::session(app, headers) {
        known.visitor = Some(visitor);
        known.caller = limits.key(("session", session));
    }
    known
}

fn allowed(app: &App, request: &Request, known: &Known) -> Result<(), Rejected> {
    let many = |wait| Rejected::too_many("requests.many", wait);
    if known.actor.is_some() || known.visitor.is_some() {
        return app.limits.take(Kind::Caller, known.caller).map_err(many);
    }
    if is_api(request) && request.headers().contains_key(header::AUTHORIZATION) {
        wrong_token(app, known.address)?;
    }
    app.limits.take(Kind::Address, known.address).map_err(many)
}

/// Where a request comes from: behind the city's own proxies, what the first of them was told by a stranger.
fn origin(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)).to_canonical();
    if !proxies.contains(&peer) {
        return peer;
    }
    // A proxy adds to the end; what stands before may be invented.
    headers
        .get_all("x-forwarded-for")
        .iter()
        .rev()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.rsplit(','))
        .map_while(|address| address.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(|address| !proxies.contains(address))
        .unwrap_or(peer)
}

/// One household has 2⁶⁴ addresses of the newer kind: it counts as one.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

impl Rejected {
    /// Too much was asked, or was wrong too often.
    pub(crate) fn too_many(code: &'static str, wait: Wait) -> Rejected {
        let refusal = Refusal::new(code).with("seconds", Arg::Count(i64::from(wait.0)));
        Rejected { status: StatusCode::TOO_MANY_REQUESTS, refusal }
    }
}

/// A try that was taken before it was made: of many at once no more are made than may be wrong. One that was right, or
/// was none after all, is given back; one whose asker has gone stays taken.
#[must_use]
pub(crate) struct Tried(Vec<(Kind, u64)>);

impl Tried {
    /// It was not wrong.
    pub(crate) fn give_back(self, app: &App) {
        for (kind, key) in self.0 {
            app.limits.give_back(kind, key);
        }
    }

    /// Takes all of these, or none.
    fn take(app: &App, wanted: &[(Kind, u64)]) -> Result<Tried, Rejected> {
        let mut tried = Tried(Vec::with_capacity(wanted.len()));
        for (kind, key) in wanted {
            if let Err(wait) = app.limits.take(*kind, *key) {
                tried.give_back(app);
                return Err(Rejected::too_many("wrong.many", wait));
            }
            tried.0.push((*kind, *key));
        }
        Ok(tried)
    }
}

/// Takes one more try of a PIN at this place, if the command makes one. A card locks by its own count; this keeps one place
/// from trying many cards.
pub(crate) fn try_pin(app: &App, place: u64, command: &Command) -> Result<Tried, Rejected> {
    let wanted = [(Kind::Pins, place)];
    Tried::take(app, if command.tries_pin() { &wanted } else { &[] })
}

/// Where PINs are tried: a shop with all its tokens and tills is one place, so that new tokens give no new tries.
pub(crate) fn place(app: &App, role: Option<Role>, caller: u64) -> u64 {
    match role {
        Some(Role::Merchant(shop) | Role::Till(shop)) => app.limits.key(("shop", shop)),
        _ => caller,
    }
}

/// Takes one of the telephone numbers that a citizen may ask about. An account is one, however often it signs in; a demo's is
/// shared, so there each visit is.
pub(crate) fn ask_about_phone(app: &App, account: Option<AccountId>, caller: u64) -> Result<(), Rejected> {
    let whose = match (account, &app.mode) {
        (Some(account), Mode::Real) => app.limits.key(("account", account)),
        _ => caller,
    };
    app.limits.take(Kind::Phones, whose).map_err(|wait| Rejected::too_many("phones.many", wait))
}

/// What is said of a wrong PIN: how many more this shop has for this card, and until when they are remembered, and the shop
/// waits once none is left.
pub(crate) fn wrong_pin(app: &App, left: u8, until: Instant) -> Refusal {
    let refusal = Refusal::new("pin.wrong").with("left", Arg::Count(i64::from(left)));
    city::until(refusal, &app.city.shared.read().town.zone, until)
}

/// Takes one of the wrong tokens that may come from this address.
pub(crate) fn wrong_token(app: &App, address: u64) -> Result<(), Rejected> {
    app.limits.take(Kind::Failures, address).map_err(|wait| Rejected::too_many("wrong.many", wait))
}

/// Takes one more try of a passkey from this address.
pub(crate) fn try_passkey(app: &App, address: u64) -> Result<Tried, Rejected> {
    Tried::take(app, &[(Kind::Failures, address)])
}

/// Takes one more try of a counter's code from this address, and for this card from this address. Nobody can use it to lock
/// another out: where that one is, none was tried.
pub(crate) fn try_code(app: &App, address: u64, card: u64) -> Result<Tried, Rejected> {
    Tried::take(app, &[(Kind::Codes, address), (Kind::CardCodes, app.limits.key((address, card)))])
}

fn turned_away(app: &App, request: &Request, rejected: Rejected) -> Response {
    let headers = request.headers();
    if is_api(request) {
        return rejected.answer(crate::api::language(headers), app.today());
    }
    let again = (request.method() == Method::GET).then(|| request.uri().to_string());
    busy_page(app, frame::language(headers), &rejected, again)
}

/// A page that costs nothing to make: no frame, no look at the city.
fn busy_page(app: &App, lang: Lang, rejected: &Rejected, again: Option<String>) -> Response {
    let t = Tongue { lang, today: app.today() };
    let text = texts().refusal(lang, t.today, &rejected.refusal);
    let phone = app.phone();
    let mut response = match (BusyPage { t, text, phone, again }).render() {
        Ok(html) => (rejected.status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page of a busy server can't be rendered");
            rejected.status.into_response()
        }
    };
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(rejected.retry_after()));
    as_page(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_can_not_choose_an_address() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let own = [proxy, "10.0.0.2".parse().unwrap()];
        let told = |peer: &str, forwarded: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            origin(Some(peer.parse().unwrap()), &headers, &own).to_string()
        };
        assert_eq!(told("203.0.113.7", &["198.51.100.1"]), "203.0.113.7", "only our proxies are believed");
        assert_eq!(told("10.0.0.1", &["198.51.100.1, 203.0.113.7"]), "203.0.113.7");
        assert_eq!(told("10.0.0.1", &["198.51.100.1", "203.0.113.7, 10.0.0.2"]), "203.0.113.7");
        assert_eq!(told("::ffff:10.0.0.1", &["203.0.113.7"]), "203.0.113.7", "one address in two clothes");
        assert_eq!(told("10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(told("10.0.0.1", &["203.0.113.7, nonsense"]), "10.0.0.1");
        assert_eq!(told("10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_household_is_one() {
        let of = |text: &str| network(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
        assert_ne!(of("203.0.113.7"), of("203.0.113.8"));
    }
}
