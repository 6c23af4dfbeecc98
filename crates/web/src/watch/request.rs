//! What stands around every request: it gets an id, is timed, counted and logged.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Instant as Stopwatch;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use tower::{Layer, Service};
use tracing::Instrument;

use super::now::{NOW, Now};
use super::tally::{NOWHERE, Route, Watch, method_name};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Marks an answer of a sealed compartment: it is neither counted nor logged.
#[derive(Clone)]
pub(crate) struct Unwatched;

/// Watches what it is laid around.
#[derive(Clone)]
pub(crate) struct Watched(pub Arc<Watch>);

impl<S> Layer<S> for Watched {
    type Service = Watching<S>;

    fn layer(&self, inner: S) -> Watching<S> {
        Watching { inner, watch: Arc::clone(&self.0), route: Arc::default() }
    }
}

/// One route, watched.
#[derive(Clone)]
pub(crate) struct Watching<S> {
    inner: S,
    watch: Arc<Watch>,
    /// Its numbers, found at the first request and shared by its copies.
    route: Arc<OnceLock<Arc<Route>>>,
}

impl<S> Service<Request> for Watching<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let began = Stopwatch::now();
        let route = self.route.get_or_init(|| {
            let template = request.extensions().get::<MatchedPath>().map_or(NOWHERE, MatchedPath::as_str);
            self.watch.route(template)
        });
        let (watch, route) = (Arc::clone(&self.watch), Arc::clone(route));
        let method = request.method().clone();
        let id = watch.next_id();
        // Off, it costs a comparison; on, whatever goes wrong within carries the id.
        let span = tracing::info_span!("request", request_id = %id);
        let answer = self.inner.call(request).instrument(span);
        Box::pin(NOW.scope(Now { id, role: Cell::new(None), code: Cell::new(None) }, async move {
            let mut response = answer.await?;
            let took = began.elapsed();
            if let Ok(value) = HeaderValue::from_bytes(&id.text()) {
                response.headers_mut().insert(HEADER, value);
            }
            if response.extensions_mut().remove::<Unwatched>().is_some() {
                return Ok(response);
            }
            let status = response.status();
            let (role, code) = NOW.with(|now| (now.role.get(), now.code.get()));
            watch.answered(&route, &method, status, took);
            if let Some(code) = code {
                watch.refused(code);
            }
            tracing::info!(
                request_id = %id,
                method = method_name(&method),
                route = %route.template,
                status = status.as_u16(),
                micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
                role = role.unwrap_or("none"),
                code,
                "answered"
            );
            Ok(response)
        }))
    }
}
