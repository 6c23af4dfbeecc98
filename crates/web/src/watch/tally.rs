//! What the edge counts. A route's counters are found once and kept: answering a request adds to numbers, and neither
//! builds a label nor allocates one.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::now::RequestId;
use super::scatter::scattered;

/// What the log and the numbers call a request that no route takes.
pub(super) const NOWHERE: &str = "none";

type Label = (&'static str, Cow<'static, str>);

/// Upper ends of answering times, in seconds.
const TIMES: [f64; 14] =
    [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const METHODS: [&str; 4] = ["GET", "POST", "HEAD", "other"];
/// What this server answers; anything else is `other`.
const STATUSES: [(u16, &str); 20] = [
    (200, "200"),
    (201, "201"),
    (202, "202"),
    (204, "204"),
    (303, "303"),
    (304, "304"),
    (308, "308"),
    (400, "400"),
    (401, "401"),
    (403, "403"),
    (404, "404"),
    (405, "405"),
    (409, "409"),
    (413, "413"),
    (415, "415"),
    (422, "422"),
    (429, "429"),
    (500, "500"),
    (503, "503"),
    (0, "other"),
];

/// The edge's numbers, and its request ids.
pub(crate) struct Watch {
    pub(super) registry: Registry,
    requests: Family<[Label; 3], Counter>,
    times: Family<[Label; 1], Histogram, fn() -> Histogram>,
    refusals: Family<[Label; 1], Counter>,
    live: Gauge,
    routes: RwLock<HashMap<String, Arc<Route>>>,
    /// The key of request ids, drawn at the start.
    seed: [u64; 2],
    last: AtomicU64,
}

/// One route's numbers, by method and status; each found at its first use.
pub(super) struct Route {
    pub template: String,
    times: Histogram,
    counts: [[OnceLock<Counter>; STATUSES.len()]; METHODS.len()],
}

impl Watch {
    pub(crate) fn new(seed: [u64; 2]) -> Watch {
        let mut registry = Registry::with_prefix("ongoeul");
        let requests = Family::default();
        let times: Family<_, _, fn() -> Histogram> = Family::new_with_constructor(|| Histogram::new(TIMES));
        let refusals = Family::default();
        let live = Gauge::default();
        registry.register("http_requests", "Requests by route, method and status", requests.clone());
        let what = "Time until an answer began, by route";
        registry.register_with_unit("http_request", what, Unit::Seconds, times.clone());
        registry.register(
            "http_refusals",
            "Requests that were refused, by the refusal's code",
            refusals.clone(),
        );
        registry.register("live_connections", "Pages that follow what happens", live.clone());
        let (routes, last) = (RwLock::default(), AtomicU64::new(0));
        let watch = Watch { registry, requests, times, refusals, live, routes, seed, last };
        // There from the start: else it would come up once somebody was somewhere that isn't watched.
        watch.route(NOWHERE);
        watch
    }

    /// The next request's id. Ids don't tell how many requests there were, nor how many came between two.
    pub(super) fn next_id(&self) -> RequestId {
        let nth = self.last.fetch_add(1, Ordering::Relaxed);
        RequestId([scattered(self.seed, 2 * nth), scattered(self.seed, 2 * nth + 1)])
    }

    /// A route's numbers.
    pub(super) fn route(&self, template: &str) -> Arc<Route> {
        if let Some(known) = self.routes.read().unwrap_or_else(PoisonError::into_inner).get(template) {
            return Arc::clone(known);
        }
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let route = routes.entry(template.to_owned()).or_insert_with(|| {
            let label = [("route", Cow::Owned(template.to_owned()))];
            Arc::new(Route {
                template: template.to_owned(),
                times: self.times.get_or_create_owned(&label),
                counts: [const { [const { OnceLock::new() }; STATUSES.len()] }; METHODS.len()],
            })
        });
        Arc::clone(route)
    }

    pub(super) fn answered(&self, route: &Route, method: &Method, status: StatusCode, took: Duration) {
        let method = method_at(method);
        let status = status_at(status);
        let count = route.counts[method][status].get_or_init(|| {
            self.requests.get_or_create_owned(&[
                ("route", Cow::Owned(route.template.clone())),
                ("method", Cow::Borrowed(METHODS[method])),
                ("status", Cow::Borrowed(STATUSES[status].1)),
            ])
        });
        count.inc();
        route.times.observe(took.as_secs_f64());
    }

    pub(super) fn refused(&self, code: &'static str) {
        self.refusals.get_or_create(&[("code", Cow::Borrowed(code))]).inc();
    }

    /// Counts a page that follows what happens, until the answer is dropped.
    pub(crate) fn live(&self) -> LiveConnection {
        self.live.inc();
        LiveConnection(self.live.clone())
    }
}

fn method_at(method: &Method) -> usize {
    METHODS.iter().position(|known| *known == method.as_str()).unwrap_or(METHODS.len() - 1)
}

/// The name of a method; a made-up one is `other`, so that nobody writes into the log.
pub(super) fn method_name(method: &Method) -> &'static str {
    METHODS[method_at(method)]
}

fn status_at(status: StatusCode) -> usize {
    STATUSES.iter().position(|(known, _)| *known == status.as_u16()).unwrap_or(STATUSES.len() - 1)
}

/// A page that follows what happens; counted as long as it is held.
pub(crate) struct LiveConnection(Gauge);

impl Drop for LiveConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_differ() {
        let watch = Watch::new([1, 2]);
        let ids: BTreeSet<String> = (0..10_000).map(|_| watch.next_id().to_string()).collect();
        assert_eq!(ids.len(), 10_000);
    }

    #[test]
    fn what_is_not_known_is_other() {
        for (status, name) in STATUSES.into_iter().filter(|(status, _)| *status > 0) {
            assert_eq!(name, status.to_string());
            assert_eq!(STATUSES[status_at(StatusCode::from_u16(status).unwrap())].1, name);
        }
        assert_eq!(STATUSES[status_at(StatusCode::IM_A_TEAPOT)].1, "other");
        assert_eq!(method_name(&Method::from_bytes(b"MADE-UP").unwrap()), "other");
        assert_eq!(method_name(&Method::POST), "POST");
    }
}
