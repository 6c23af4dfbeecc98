//! `GET /api/v1/merchants/{id}/sales`: what a shop sold on a day, and what it will be paid.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Arg, Date, MerchantId, Refusal, Role, day_of_date};
use calendar::Holidays;
use city::read::shop::{Movement, Standing, movements, pay_day};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Id, Params};
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// Which day.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// `2021-02-23`; the city's today when absent. Up to a week back.
    date: Option<String>,
}

/// A sale, or a refund.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SaleOut {
    /// Its posting.
    id: String,
    /// When.
    at: String,
    /// `pay`, `capture` or `refund`.
    kind: String,
    /// Won.
    amount: i64,
}

/// A shop's day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SalesOut {
    merchant: String,
    date: String,
    /// Sales of the day.
    count: i64,
    /// Won sold.
    sum: i64,
    /// Won given back.
    refunded: i64,
    /// Won the next payout brings, if nothing more is sold.
    payout: i64,
    /// The day of that payout.
    payout_on: String,
    /// Newest first, a hundred at most.
    items: Vec<SaleOut>,
}

/// As far back as a day can be asked for.
const DAYS: i32 = 7;
/// As many sales as are listed.
const MOST: usize = 100;

/// A shop's day: for its owner, the city hall and auditors. A till sees no totals.
#[utoipa::path(get, path = "/api/v1/merchants/{id}/sales", tag = "merchants", params(("id" = String, Path), Asked),
    responses((status = 200, body = SalesOut)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(shop): Id<MerchantId>,
    Params(asked): Params<Asked>,
) -> Result<Response, Response> {
    call.one_of(&["merchant", "officer", "auditor"])?;
    call.officer_for(&app, "settle")?;
    let others = matches!(call.actor.role, Role::Merchant(me) if me != shop);
    let date = match asked.date {
        Some(text) => text
            .parse::<Date>()
            .map_err(|_| call.reject(Rejected::new(StatusCode::BAD_REQUEST, "date.form")))?,
        None => call.today,
    };
    let (day, today) = (day_of_date(date), day_of_date(call.today));
    if !(today - DAYS..=today).contains(&day) {
        return Err(call.reject(Refusal::new("date.range").with("days", Arg::Count(i64::from(DAYS)))));
    }
    let (standing, pays_on) = {
        let view = app.city.shared.read();
        if others || view.town.directory.shop(shop).is_none() {
            return Err(call.reject(Refusal::new("shop.unknown")));
        }
        (
            Standing::of(&view.books, shop),
            pay_day(
                view.town.pack.city.payout_hour,
                &Holidays::new(view.town.pack.city.holidays()),
                &view.town.zone,
                app.now(),
            ),
        )
    };
    let read = app.read(move |snapshot| movements(snapshot, &standing, day)).await;
    let all: Vec<Movement> = read
        .map_err(|error| call.reject(error))?
        .into_iter()
        .filter(|movement| movement.day == day)
        .collect();
    let sum = |sale: bool| all.iter().filter(|one| one.is_sale() == sale).map(|one| one.amount).sum();
    let out = SalesOut {
        merchant: shop.to_string(),
        date: date.to_string(),
        count: i64::try_from(all.iter().filter(|one| one.is_sale()).count()).unwrap_or(i64::MAX),
        sum: sum(true),
        refunded: sum(false),
        payout: standing.payout(),
        payout_on: pays_on.to_string(),
        items: all
            .iter()
            .take(MOST)
            .map(|one| SaleOut {
                id: one.no.to_string(),
                at: one.at.rfc3339(),
                kind: one.kind.clone(),
                amount: one.amount,
            })
            .collect(),
    };
    Ok(axum::Json(out).into_response())
}
