//! `GET /api/v1/wallet`: a citizen's own purses.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::{PersonId, Refusal};
use city::CityView;
use ledger::Books;
use serde::Serialize;
use utoipa::ToSchema;

use super::call::Call;
use crate::auth::SharedApp;

/// A purse.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PurseOut {
    /// The purpose's id in the pack: `cash`, `reward`, …
    purpose: String,
    /// Won.
    balance: i64,
    /// The last day it can be spent on.
    expires: String,
}

/// A wallet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WalletOut {
    /// Whose.
    person: String,
    /// Won in all purses.
    total: i64,
    /// By purpose and expiry.
    purses: Vec<PurseOut>,
}

/// One's own purses.
#[utoipa::path(get, path = "/api/v1/wallet", tag = "wallet",
    responses((status = 200, body = WalletOut)))]
pub(super) async fn show(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let me = call.citizen()?;
    let view = app.city.shared.read();
    if view.town.directory.holder(me).is_none() {
        return Err(call.reject(Refusal::new("person.unknown")));
    }
    let purses = purses(&view.town, &view.books, me);
    let total = purses.iter().map(|p| p.balance).sum();
    Ok(axum::Json(WalletOut { person: me.to_string(), total, purses }).into_response())
}

/// A person's purses with something in them.
pub(super) fn purses(view: &CityView, books: &Books, person: PersonId) -> Vec<PurseOut> {
    let Some(holder) = view.directory.holder(person) else { return Vec::new() };
    holder
        .purses()
        .filter_map(|(purpose, expires, account)| {
            let balance = books.balance(account);
            let purpose = view.pack.purpose_numbered(purpose)?;
            let expires = expires.last_day().to_string();
            (balance > 0).then(|| PurseOut { purpose: purpose.id.clone(), balance, expires })
        })
        .collect()
}

impl PurseOut {
    pub(super) fn balance(&self) -> i64 {
        self.balance
    }
}
