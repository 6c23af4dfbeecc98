//! Payouts: where they go, what a shop was paid, and the file for the bank.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{MerchantId, PersonId, PostingNo, Refusal, Role};
use city::read::payouts::payouts_of;
use city::{Command, OnPayouts, Payee};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Id, Json, Params};
use super::proposals::accepted;
use super::wire::DoneOut;
use crate::app::App;
use crate::auth::SharedApp;

/// A bank account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AccountIn {
    /// The bank's code, three digits.
    bank: String,
    /// The account's number; spaces and hyphens are let go.
    number: String,
    /// Whose name it is in: the person's, or that of the shop or its owner.
    holder: String,
    /// A window or an officer has seen that it is theirs, though the name is another.
    #[serde(default)]
    seen: bool,
}

async fn set(app: &Arc<App>, call: &Call, payee: Payee, wish: AccountIn) -> Result<Response, Response> {
    let AccountIn { bank, number, holder, seen } = wish;
    let command = Command::OnPayouts(OnPayouts::SetAccount { payee, bank, number, holder, seen });
    let reply = call.ask(app, command).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Say where a shop's payouts go.
#[utoipa::path(post, path = "/api/v1/merchants/{id}/payout-account", tag = "merchants", request_body = AccountIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn of_shop(
    State(app): State<SharedApp>,
    call: Call,
    Id(shop): Id<MerchantId>,
    Json(body): Json<AccountIn>,
) -> Result<Response, Response> {
    call.one_of(&["merchant", "officer"])?;
    set(&app, &call, Payee::Shop(shop), body).await
}

/// Say where a person's withdrawals go.
#[utoipa::path(post, path = "/api/v1/people/{id}/payout-account", tag = "people", request_body = AccountIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn of_person(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<AccountIn>,
) -> Result<Response, Response> {
    call.one_of(&["citizen", "clerk"])?;
    set(&app, &call, Payee::Person(person), body).await
}

/// Make a payout file of what waits.
#[utoipa::path(post, path = "/api/v1/payout-files", tag = "merchants", params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = 202, body = super::proposals::ProposalOut)))]
pub(super) async fn send(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let reply = call.ask(&app, Command::OnPayouts(OnPayouts::Send { upto: None })).await?;
    if let Some(waits) = accepted(&app, &call, &reply).await? {
        return Ok(waits);
    }
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// How far, and from where.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// As many as are listed: 20, or 1 to 100.
    limit: Option<usize>,
    /// The last one of the list before.
    before: Option<String>,
}

/// A payout.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayoutOut {
    /// Its posting.
    id: String,
    /// The bank knows it by this.
    end_to_end_id: String,
    /// When it was settled.
    at: String,
    /// Won.
    amount: i64,
    /// `waiting`, `sent`, `paid` or `failed`.
    state: String,
    /// The bank's reason, when it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A shop's payouts.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayoutsOut {
    /// Newest first.
    items: Vec<PayoutOut>,
}

/// What a shop was paid, and what is on its way.
#[utoipa::path(get, path = "/api/v1/merchants/{id}/payouts", tag = "merchants", params(("id" = String, Path), Asked),
    responses((status = 200, body = PayoutsOut)))]
pub(super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Id(shop): Id<MerchantId>,
    Params(asked): Params<Asked>,
) -> Result<Response, Response> {
    let others = match call.actor.role {
        Role::Merchant(me) => me != shop,
        Role::Officer | Role::Auditor => false,
        _ => return Err(call.needs(&["merchant", "officer", "auditor"])),
    };
    call.officer_for(&app, "send-payouts")?;
    if others || app.city.shared.read().town.directory.shop(shop).is_none() {
        return Err(call.reject(Refusal::new("shop.unknown")));
    }
    let limit = u32::try_from(call.limit(asked.limit)?).unwrap_or(20);
    let before = asked.before.map(|text| text.parse::<PostingNo>()).transpose();
    let before = before.map_err(|_| call.no_cursor())?;
    let read = app.read(move |snapshot| payouts_of(snapshot, Payee::Shop(shop), before, limit)).await;
    let rows = read.map_err(|error| call.reject(error))?;
    let items = rows.into_iter().map(|row| PayoutOut {
        id: row.posting.to_string(),
        end_to_end_id: city::payouts::end_to_end(row.posting),
        at: row.since.rfc3339(),
        amount: row.amount,
        state: row.state,
        reason: row.code,
    });
    Ok(axum::Json(PayoutsOut { items: items.collect() }).into_response())
}
