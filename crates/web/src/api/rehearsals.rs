//! `POST /api/v1/rehearsals`: another rate or limit on the last 30 days of the real journal. Changes nothing.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Arg, Refusal, Role, Won};
use city::read::rehearse::{BANDS, Draft, Group, Rehearsal, Terms};
use rules::{Pack, Rate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Json};
use crate::auth::SharedApp;
use crate::problem::Rejected;
use crate::rehearsals::Progress;

/// Below the time limit of a request: who is told "busy" asks again and joins the same run.
const PATIENCE: Duration = Duration::from_secs(25);
const HIGHEST: i64 = 100_000_000;

/// The draft. What is left out stays as it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RehearsalIn {
    /// Cashback at payment, 0 to 10,000 basis points (800 is 8 %).
    rate_basis_points: Option<i64>,
    /// A person's monthly limit in won, 0 to 100,000,000.
    person_month: Option<i64>,
}

/// A rule.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TermsOut {
    rate_basis_points: i64,
    /// Absent without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    person_month: Option<i64>,
    /// Cashback granted in the window, less what was taken back, in won.
    cost: i64,
    /// The day the budget runs out at this pace; absent when it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    budget_ends: Option<String>,
}

/// People by what they spent in the window.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BandOut {
    /// From so many won.
    spent_from: i64,
    /// To below so many; absent in the highest band.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent_below: Option<i64>,
    people: i64,
    cashback_now: i64,
    cashback_draft: i64,
}

/// Shops of a trade.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TradeOut {
    trade: String,
    shops: i64,
    cashback_now: i64,
    cashback_draft: i64,
}

/// People of a neighbourhood.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PlaceOut {
    /// Its code; absent for people who live elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    district: Option<String>,
    people: i64,
    cashback_now: i64,
    cashback_draft: i64,
}

/// A reward that the rules as they were do not give again.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DifferenceOut {
    posting: String,
    recorded: i64,
    again: i64,
}

/// What came out.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RehearsalOut {
    /// First day.
    from: String,
    /// Last day: today.
    until: String,
    /// The journal's last posting that was seen.
    through: String,
    /// Payments decided again.
    payments: i64,
    now: TermsOut,
    draft: TermsOut,
    /// Draft less now, in won.
    change: i64,
    /// Days in the window on which other rules began: `now.cost` is of several rules.
    rules_changed: Vec<String>,
    /// The budget cut rewards in the window, so it cuts the draft's too; else the draft is not bound by it.
    budget_bound: bool,
    people_with_more: i64,
    people_with_less: i64,
    people_with_the_same: i64,
    bands: Vec<BandOut>,
    trades: Vec<TradeOut>,
    places: Vec<PlaceOut>,
    /// Recorded rewards that deciding again did not give: 0 when the books are right.
    differences: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_difference: Option<DifferenceOut>,
}

/// Rehearse another rule.
#[utoipa::path(post, path = "/api/v1/rehearsals", tag = "rules", request_body = RehearsalIn,
    responses((status = 200, body = RehearsalOut),
        (status = 503, description = "Still running: ask again", body = crate::problem::Problem)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<RehearsalIn>,
) -> Result<Response, Response> {
    if call.actor.role != Role::Officer {
        return Err(call.needs(&["officer"]));
    }
    call.officer_for(&app, "vote")?;
    let rate = match body.rate_basis_points {
        None => None,
        Some(points) => {
            Some(Rate::from_basis_points(points).ok_or_else(|| call.reject(Refusal::new("rate.range")))?)
        }
    };
    if body.person_month.is_some_and(|limit| !(0..=HIGHEST).contains(&limit)) {
        let range = Refusal::new("amount.range").with("least", Arg::Won(Won::ZERO));
        return Err(call.reject(range.with("most", Arg::Won(Won(HIGHEST)))));
    }
    let draft = Draft { rate, person_month: body.person_month.map(Won) };
    match app.rehearse(draft, PATIENCE).await {
        Some(Progress::Done(rehearsal)) => {
            let pack = app.city.shared.read().town.pack.clone();
            Ok(axum::Json(out(&rehearsal, &pack)).into_response())
        }
        Some(Progress::Failed) => {
            Err(call.reject(Rejected::new(StatusCode::INTERNAL_SERVER_ERROR, "failed")))
        }
        Some(Progress::Running(..)) | None => {
            Err(call.reject(Rejected::new(StatusCode::SERVICE_UNAVAILABLE, "rehearsal.busy")))
        }
    }
}

fn out(rehearsal: &Rehearsal, pack: &Pack) -> RehearsalOut {
    let terms = |terms: &Terms, cost, ends: Option<base::Date>| TermsOut {
        rate_basis_points: terms.rate,
        person_month: terms.person_month.map(|limit| limit.0),
        cost,
        budget_ends: ends.map(|day| day.to_string()),
    };
    let trade = |position: u8| {
        pack.city.trades.get(usize::from(position)).map(|trade| trade.id.clone()).unwrap_or_default()
    };
    let place = |position: u8| pack.city.districts.get(usize::from(position)).map(|d| d.code.clone());
    let (more, less, same) = rehearsal.people;
    RehearsalOut {
        from: rehearsal.from.to_string(),
        until: rehearsal.until.to_string(),
        through: rehearsal.through.to_string(),
        payments: rehearsal.payments,
        now: terms(&rehearsal.now, rehearsal.cost_now, rehearsal.ends_now),
        draft: terms(&rehearsal.draft, rehearsal.cost_draft, rehearsal.ends_draft),
        change: rehearsal.cost_draft - rehearsal.cost_now,
        rules_changed: rehearsal.changes.iter().map(ToString::to_string).collect(),
        budget_bound: rehearsal.budget_bound,
        people_with_more: more,
        people_with_less: less,
        people_with_the_same: same,
        bands: rehearsal.bands.iter().enumerate().map(|(index, group)| band(index, group)).collect(),
        trades: rehearsal
            .trades
            .iter()
            .map(|(position, group)| TradeOut {
                trade: trade(*position),
                shops: group.count,
                cashback_now: group.now,
                cashback_draft: group.draft,
            })
            .collect(),
        places: rehearsal
            .places
            .iter()
            .map(|(position, group)| PlaceOut {
                district: position.and_then(place),
                people: group.count,
                cashback_now: group.now,
                cashback_draft: group.draft,
            })
            .collect(),
        differences: rehearsal.differences,
        first_difference: rehearsal.first.map(|first| DifferenceOut {
            posting: first.no.to_string(),
            recorded: first.recorded,
            again: first.again,
        }),
    }
}

fn band(index: usize, group: &Group) -> BandOut {
    BandOut {
        spent_from: index.checked_sub(1).and_then(|i| BANDS.get(i)).copied().unwrap_or(0),
        spent_below: BANDS.get(index).copied(),
        people: group.count,
        cashback_now: group.now,
        cashback_draft: group.draft,
    }
}
