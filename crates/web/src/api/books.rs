//! `GET /api/v1/books`: totals by class and the float, for an auditor or an officer.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use crate::auth::SharedApp;

/// A class of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ClassOut {
    class: &'static str,
    accounts: i64,
    total: i64,
}

/// The books at one sequence.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BooksOut {
    /// The group after which this holds.
    sequence: u64,
    /// Postings so far.
    postings: u64,
    /// Won that back the scheme.
    backing: i64,
    /// Won it owes.
    owed: i64,
    /// Totals by class.
    classes: Vec<ClassOut>,
}

/// The books.
#[utoipa::path(get, path = "/api/v1/books", tag = "books",
    responses((status = 200, body = BooksOut)))]
pub(super) async fn show(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    call.looks_into(&app)?;
    let worker = std::sync::Arc::clone(&app);
    let books = tokio::task::spawn_blocking(move || city::read::books::totals(&worker.city.shared))
        .await
        .map_err(|error| call.reject(store::Error::other(error)))?;
    let out = BooksOut {
        sequence: books.sequence,
        postings: books.postings,
        backing: books.backing,
        owed: books.owed,
        classes: books
            .classes
            .iter()
            .map(|c| ClassOut { class: c.class.code(), accounts: c.accounts, total: c.total })
            .collect(),
    };
    Ok(axum::Json(out).into_response())
}
