//! All routes, and what stands before each: limits of time and size, headers that browsers obey, a last catch.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware;
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::gate::GateLayer;
use crate::problem::Rejected;
use crate::watch::Watched;
use crate::{answers, api, forms, live, pages, watch};

/// Nothing a person sends is larger. The API has a smaller limit of its own, and says so in its own words.
const LARGEST_BODY: usize = 64 * 1024;
/// A file, and the form around it.
const LARGEST_FILE: usize = 9 << 20;
const PATIENCE: Duration = Duration::from_secs(30);
/// Scripts, styles and pictures from here only; nobody may frame a page; forms post here only.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
    frame-ancestors 'none'; form-action 'self'";

/// The whole edge.
pub fn router(app: SharedApp) -> Router {
    // Programs measure microseconds; compression and page headers are for people.
    let api = api::routes(app.measuring);
    let (watched, machines) = (Watched(Arc::clone(&app.watch)), watch::routes(&app));
    let in_words = middleware::from_fn_with_state(Arc::clone(&app), forms::in_words);
    let pages = pages::routes()
        .layer(in_words)
        .layer(middleware::map_response(page_headers))
        .layer(
            CompressionLayer::new()
                .compress_when(SizeAbove::new(1_024).and(NotForContentType::new("text/event-stream"))),
        )
        .merge(live::routes())
        .layer(RequestBodyLimitLayer::new(LARGEST_BODY));
    // Files are larger than what is typed, and few may send them.
    let uploads = pages::giving::uploads()
        .merge(pages::coupons::uploads().layer(RequestBodyLimitLayer::new(LARGEST_FILE)))
        .merge(pages::records::uploads())
        .merge(pages::uploads().layer(RequestBodyLimitLayer::new(answers::LARGEST)))
        .layer(middleware::map_response(page_headers));
    api.merge(pages)
        .merge(uploads)
        .fallback(nothing_here)
        .layer(GateLayer(Arc::clone(&app)))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PATIENCE))
        .layer(CatchPanicLayer::new())
        .layer(middleware::map_response(safe_headers))
        // Neither limits nor patience of visitors are for the machines that ask whether the server is well.
        .merge(machines)
        .layer(watched)
        .with_state(app)
}

async fn safe_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

async fn page_headers(response: Response) -> Response {
    as_page(response)
}

/// What every page says to browsers.
pub(crate) fn as_page(mut response: Response) -> Response {
    let headers = response.headers_mut();
    // A file that is given out has a stricter one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    if !headers.contains_key(header::CACHE_CONTROL) {
        // A wallet must not be seen again with the back button after signing out.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// What no route takes. The pages of sealed compartments are answered here too, so that to everybody else they are what
/// no route takes: the same layers, the same label, the same page. Who may come into one is found first, by who they are
/// and without a look at the address; only for them is the address looked at.
async fn nothing_here(State(app): State<SharedApp>, visit: Visit, request: Request) -> Response {
    if let Some(pass) = pages::compartments::pass(&visit) {
        return pages::compartments::answer(visit, pass, request).await;
    }
    nowhere(&app, visit, request.uri().path())
}

/// Nothing is there.
pub(crate) fn nowhere(app: &SharedApp, visit: Visit, path: &str) -> Response {
    let rejected = Rejected::new(StatusCode::NOT_FOUND, "not.found");
    if path.starts_with("/api/") {
        return rejected.answer(visit.t.lang, app.today());
    }
    as_page(visit.refuse(rejected, "/"))
}
