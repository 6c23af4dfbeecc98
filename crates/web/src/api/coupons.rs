//! Coupons: `GET /api/v1/coupons` (a citizen's own), `POST /api/v1/coupons` (to one person),
//! `GET /api/v1/coupon-jobs/{id}` (how far a job is).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{PersonId, Refusal};
use city::read::coupons::of_person;
use city::{Command, OnCoupons};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use super::wire::{Amount, DoneOut};
use crate::auth::SharedApp;

/// A coupon of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CouponOut {
    /// The coupon's id.
    id: String,
    /// Its name.
    name: String,
    /// Won left in it.
    balance: i64,
    /// Won that were given.
    given: i64,
    /// The last day it can be spent.
    until: String,
    /// Trades it buys at; absent where it buys everywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    trades: Option<Vec<String>>,
    /// Shops it buys at; absent where it isn't for named ones only.
    #[serde(skip_serializing_if = "Option::is_none")]
    merchants: Option<Vec<String>>,
}

/// A citizen's coupons.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CouponsOut {
    /// The one that ends first at the top.
    items: Vec<CouponOut>,
}

/// A citizen's own coupons.
#[utoipa::path(get, path = "/api/v1/coupons", tag = "coupons", responses((status = 200, body = CouponsOut)))]
pub(super) async fn list(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    let me = call.citizen()?;
    let view = app.city.shared.read();
    let town = &view.town;
    let items = of_person(town, &view.books, me, call.today).into_iter().map(|mine| {
        let purpose = town.pack.purpose_numbered(mine.coupon.purpose);
        let named = purpose
            .filter(|purpose| purpose.named)
            .map(|purpose| town.coupons.named_for(purpose.number).iter().map(ToString::to_string).collect());
        CouponOut {
            id: mine.coupon.id.clone(),
            name: mine.coupon.name.in_lang(call.lang).to_owned(),
            balance: mine.left,
            given: mine.given,
            until: mine.coupon.until.to_string(),
            trades: purpose.and_then(|purpose| purpose.trades.clone()),
            merchants: named,
        }
    });
    let items = items.collect();
    Ok(axum::Json(CouponsOut { items }).into_response())
}

/// A coupon to give.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CouponIn {
    /// The coupon's id.
    coupon: String,
    /// To whom: `per_…`.
    person: String,
    /// Whole won, 1 or more.
    #[schema(value_type = i64)]
    amount: Amount,
}

/// Give a coupon to one person.
#[utoipa::path(post, path = "/api/v1/coupons", tag = "coupons", request_body = CouponIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<CouponIn>,
) -> Result<Response, Response> {
    let person: PersonId = body.person.parse().map_err(|_| call.reject(Refusal::new("person.unknown")))?;
    let amount = body.amount.whole().map_err(|r| call.reject(r))?;
    let wish = OnCoupons::Give { coupon: body.coupon, person, amount };
    let reply = call.ask(&app, Command::OnCoupons(wish)).await?;
    Ok((StatusCode::CREATED, axum::Json(DoneOut::new(&reply))).into_response())
}

/// How far a job is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobOut {
    /// Its number.
    id: u64,
    /// The coupon's id.
    coupon: String,
    /// `waiting` (for a second person's yes), `dropped` (nobody said yes), `running`, `stopped`, `done`.
    state: &'static str,
    /// Places there are.
    total: u32,
    /// Places done.
    done: u32,
    /// How many were given the coupon.
    people: u32,
    /// Won, all together.
    amount: i64,
    /// How many could not be.
    skipped: u32,
}

/// How far a job is.
#[utoipa::path(get, path = "/api/v1/coupon-jobs/{id}", tag = "coupons", params(("id" = String, Path)),
    responses((status = 200, body = JobOut)))]
pub(super) async fn job(
    State(app): State<SharedApp>,
    call: Call,
    Id(no): Id<u64>,
) -> Result<Response, Response> {
    call.one_of(&["officer", "auditor"])?;
    let job = app.city.shared.read().town.coupons.job(no).cloned();
    let job = job.ok_or_else(|| call.reject(Refusal::new("coupon.job-unknown")))?;
    Ok(axum::Json(JobOut {
        id: job.no,
        coupon: job.coupon.clone(),
        state: job.state.code(),
        total: job.total,
        done: job.next,
        people: job.people,
        amount: job.amount,
        skipped: job.skipped,
    })
    .into_response())
}
