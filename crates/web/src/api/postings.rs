//! `GET /api/v1/postings/{id}`: one posting with all its legs, for an auditor.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::{PostingNo, Role};
use city::disposal::or_unknown;
use economy::{Class, Facts};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Call, Id};
use crate::auth::SharedApp;

/// One leg.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LegOut {
    /// The debited account: class, owner, and which of the owner's.
    debit: String,
    /// The credited account.
    credit: String,
    /// In the unit of its accounts.
    amount: i64,
    /// The debited account's balance after it.
    debit_after: i64,
    /// The credited account's balance after it.
    credit_after: i64,
}

/// One posting.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PostingOut {
    id: String,
    number: u64,
    at: String,
    business_date: String,
    kind: String,
    role: String,
    pack: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    reverses: Option<String>,
    amount: i64,
    legs: Vec<LegOut>,
    /// The command and the facts it was decided on.
    facts: serde_json::Value,
}

/// One posting.
#[utoipa::path(get, path = "/api/v1/postings/{id}", tag = "books", params(("id" = String, Path)),
    responses((status = 200, body = PostingOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(no): Id<PostingNo>,
) -> Result<Response, Response> {
    if call.actor.role != Role::Auditor {
        return Err(call.needs(&["auditor"]));
    }
    let found = app.read(move |snapshot| snapshot.posting(no)).await.map_err(|e| call.reject(e))?;
    let disposed = app.city.shared.read().town.open.disposed;
    let (row, entries) = found.ok_or_else(|| call.reject(or_unknown(disposed, no, "posting.unknown")))?;
    let facts = Facts::read(&row.facts).map_err(|e| call.reject(store::Error::other(e)))?;
    let looked = app.look_at(call.looks("api.posting", "audit"), facts.people());
    looked.await.map_err(|away| call.reject(away))?;
    let view = app.city.shared.read();
    let name = |no| match view.books.account(no) {
        Some(account) => {
            let class = Class::numbered(account.key.class).map_or("?", Class::code);
            format!("{class}/{}/{:x}", account.key.owner, account.key.sub)
        }
        None => "?".into(),
    };
    let legs = entries
        .iter()
        .map(|e| LegOut {
            debit: name(e.debit),
            credit: name(e.credit),
            amount: e.amount,
            debit_after: e.debit_after,
            credit_after: e.credit_after,
        })
        .collect();
    let out = PostingOut {
        id: row.no.to_string(),
        number: row.no.0,
        at: row.at.rfc3339(),
        business_date: base::date_of_day(row.day).to_string(),
        kind: row.kind.into_owned(),
        role: row.role.into_owned(),
        pack: row.pack,
        reverses: row.reverses.map(|no| no.to_string()),
        amount: row.amount,
        legs,
        facts: serde_json::from_str(&row.facts).unwrap_or_default(),
    };
    Ok(axum::Json(out).into_response())
}
