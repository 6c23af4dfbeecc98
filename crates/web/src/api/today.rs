//! `GET /api/v1/city/today`: the town today. Public.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::auth::SharedApp;

/// Payments of a place, a trade or an hour.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TallyOut {
    /// A neighbourhood's code, a trade's id, or an hour.
    of: String,
    /// Payments.
    count: i64,
    /// Won.
    sum: i64,
}

/// The town today.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TownOut {
    /// The city's day.
    date: String,
    /// Payments today.
    count: i64,
    /// Won paid today.
    sum: i64,
    /// Cashback of today in won.
    reward: i64,
    /// By neighbourhood.
    districts: Vec<TallyOut>,
    /// By trade.
    trades: Vec<TallyOut>,
    /// By hour.
    hours: Vec<TallyOut>,
}

/// The town today.
#[utoipa::path(get, path = "/api/v1/city/today", tag = "city", security(()), responses((status = 200, body = TownOut)))]
pub(super) async fn show(State(app): State<SharedApp>) -> Response {
    let now = app.now();
    let view = app.city.shared.read();
    let day = view.town.stats.day(view.town.zone.day_number(now));
    let pack = &view.town.pack.city;
    let tally = |of: String, tally: Option<&city::Tally>| {
        let tally = tally.copied().unwrap_or_default();
        TallyOut { of, count: tally.count, sum: tally.sum }
    };
    let out = TownOut {
        date: view.town.zone.date(now).to_string(),
        count: day.paid.count,
        sum: day.paid.sum,
        reward: day.reward,
        districts: pack
            .districts
            .iter()
            .enumerate()
            .map(|(i, d)| tally(d.code.clone(), day.districts.get(i)))
            .collect(),
        trades: pack.trades.iter().enumerate().map(|(i, t)| tally(t.id.clone(), day.trades.get(i))).collect(),
        hours: day.hours.iter().enumerate().map(|(hour, t)| tally(hour.to_string(), Some(t))).collect(),
    };
    axum::Json(out).into_response()
}
