//! `GET /api/v1/float`: the newest statement of what the card owes against what backs it. Public.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use seal::{ClassLine, Statement};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::language;
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// A class of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FloatClassOut {
    class: String,
    /// Accounts with something on them.
    accounts: u64,
    /// Won.
    total: i64,
}

/// An advance to a shop.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FloatAdvanceOut {
    merchant: String,
    /// Won.
    amount: i64,
}

/// A statement.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FloatOut {
    /// The day it is of.
    day: String,
    /// When it was made.
    at: String,
    /// After this group of the journal.
    sequence: u64,
    /// After this posting: the log's first so many leaves are these books.
    posting: u64,
    /// Won owed.
    owed: i64,
    /// Won that back it.
    backing: i64,
    owes: Vec<FloatClassOut>,
    backs: Vec<FloatClassOut>,
    /// In the backing, one by one.
    advances: Vec<FloatAdvanceOut>,
    /// The signed statement, as `ongoeul verify float` and `/verify` read it.
    note: String,
}

/// The newest statement of the float.
#[utoipa::path(get, path = "/api/v1/float", tag = "seal", security(()), responses((status = 200, body = FloatOut)))]
pub(super) async fn show(State(app): State<SharedApp>, headers: HeaderMap) -> Result<Response, Response> {
    let (lang, today) = (language(&headers), app.today());
    let none = || Rejected::new(StatusCode::NOT_FOUND, "float.none");
    let reject = |rejected: Rejected| rejected.answer(lang, today);
    let sealing = app.city.sealing().cloned().ok_or_else(|| reject(none()))?;
    let read = tokio::task::spawn_blocking(move || {
        let Some(day) = sealing.stated().first().copied() else { return Ok(None) };
        let note = sealing.statement_note(day).map_err(store::Error::other)?;
        let statement = sealing.statement(day).map_err(store::Error::other)?;
        Ok::<_, store::Error>(note.zip(statement))
    });
    let read =
        read.await.map_err(|e| reject(store::Error::other(e).into()))?.map_err(|e| reject(e.into()))?;
    let (note, statement) = read.ok_or_else(|| reject(none()))?;
    Ok(axum::Json(out(note, statement)).into_response())
}

fn out(note: String, statement: Statement) -> FloatOut {
    let class = |line: &ClassLine| FloatClassOut {
        class: line.class.clone(),
        accounts: line.accounts,
        total: line.won,
    };
    FloatOut {
        owed: statement.owed(),
        backing: statement.backing(),
        owes: statement.owes.iter().map(class).collect(),
        backs: statement.backs.iter().map(class).collect(),
        advances: statement
            .advances
            .into_iter()
            .map(|(merchant, amount)| FloatAdvanceOut { merchant, amount })
            .collect(),
        day: statement.day,
        at: statement.at,
        sequence: statement.sequence,
        posting: statement.posting,
        note,
    }
}
