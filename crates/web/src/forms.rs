//! A form that comes without what it is made of: answered by a page in the visitor's language, like every other mistake.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::problem::Rejected;

/// Whether it is a sentence of the parser's, and no page of ours.
fn is_bare(response: &Response) -> bool {
    let refused =
        [StatusCode::BAD_REQUEST, StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::UNPROCESSABLE_ENTITY]
            .contains(&response.status());
    let kind = response.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
    refused && kind.is_some_and(|kind| kind.starts_with(b"text/plain"))
}

/// Puts a page in the place of such a sentence.
pub(crate) async fn in_words(State(app): State<SharedApp>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    if !is_bare(&response) {
        return response;
    }
    let visit = match Visit::from_request_parts(&mut parts, &Arc::clone(&app)).await {
        Ok(visit) => visit,
        Err(never) => match never {},
    };
    visit.refuse(Rejected::new(response.status(), "form.parts"), "/")
}
