//! Joining as a shop, where shops apply: filed, listed, papers seen, decided, appealed against; and a registration cancelled.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{ApplicationId, MerchantId, Refusal, Role, Won, date_of_day};
use city::joining::File;
use city::{CityView, Command, NewMerchant, OnShops, Reply};
use economy::Facts;
use economy::decide::joining::{FileState, missing};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Call, Id, Json};
use crate::auth::SharedApp;

/// A shop that wants to join.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ShopApplicationIn {
    /// On its sign, 100 characters at most.
    name: String,
    /// Ten digits, hyphens allowed.
    business_number: String,
    /// A trade of the pack.
    trade: String,
    /// A neighbourhood's code.
    district: String,
    /// Yearly sales in won, if known.
    sales: Option<i64>,
}

/// A paper that was seen.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaperIn {
    /// Its id in the pack.
    paper: String,
}

/// What is decided. A refusal needs a ground and an explanation; an appeal's decision an explanation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ApplicationDecisionIn {
    /// `accept` or `refuse` an application, `uphold` or `dismiss` an appeal.
    decision: String,
    /// A ground of the pack.
    ground: Option<String>,
    /// In the officer's words.
    why: Option<String>,
}

/// What is said against a decision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AppealIn {
    /// In the shop's words, 500 characters at most.
    text: String,
}

/// Why a registration is cancelled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancellationIn {
    /// A ground of the pack.
    ground: String,
    /// In the officer's words.
    why: String,
}

/// An application, or a cancellation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShopApplicationOut {
    /// Its id.
    id: String,
    /// `filed`, `accepted`, `refused`, `withdrawn`, `cancelled`, `appealed`, `dismissed` or `upheld`.
    state: String,
    /// The shop's name.
    name: String,
    /// Ten digits.
    business_number: String,
    /// When it came in.
    filed_at: String,
    /// Papers that are missing, by their ids in the pack.
    missing: Vec<String>,
    /// The last day to decide on; absent while papers are missing, and when nothing waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// The ground it was decided on.
    #[serde(skip_serializing_if = "Option::is_none")]
    ground: Option<String>,
    /// The last day the shop is barred on.
    #[serde(skip_serializing_if = "Option::is_none")]
    barred_until: Option<String>,
    /// The shop, once it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant: Option<String>,
}

/// Applications.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ShopApplicationsOut {
    /// For an officer what waits, what is overdue first; for others their own, the newest first.
    items: Vec<ShopApplicationOut>,
}

fn out(town: &CityView, file: &File) -> ShopApplicationOut {
    let rules = &town.pack.settlement.joining;
    let lacks = if file.state == FileState::Filed { missing(rules, &file.papers) } else { Vec::new() };
    ShopApplicationOut {
        id: file.id.to_string(),
        state: file.state.code().to_owned(),
        name: file.name.clone(),
        business_number: file.business_number.clone(),
        filed_at: file.filed.rfc3339(),
        missing: lacks.into_iter().map(|at| rules.papers[at].id.clone()).collect(),
        due: file.due(rules, &town.zone).map(|day| date_of_day(day).to_string()),
        ground: file.ground.clone(),
        barred_until: file.barred_until.map(|day| date_of_day(day).to_string()),
        merchant: file.merchant.map(|id| id.to_string()),
    }
}

async fn ask(app: &SharedApp, call: &Call, command: OnShops) -> Result<ShopApplicationOut, Response> {
    let reply = call.ask(app, Command::OnShops(command)).await?;
    let id = match reply {
        Reply::Done { facts: Facts::Joining(facts), .. } => Some(facts.application),
        _ => None,
    };
    let view = app.city.shared.read();
    let file = id.and_then(|id| view.town.directory.joining.get(id));
    file.map(|file| out(&view.town, file)).ok_or_else(|| call.reject(Refusal::new("failed")))
}

/// Applications: one's own, or what waits at the desk.
#[utoipa::path(get, path = "/api/v1/shop-applications", tag = "merchants",
    responses((status = 200, body = ShopApplicationsOut)))]
pub(super) async fn list(State(app): State<SharedApp>, call: Call) -> Result<Response, Response> {
    call.one_of(&["citizen", "merchant", "officer"])?;
    call.officer_for(&app, "accept-shop")?;
    let view = app.city.shared.read();
    let joining = &view.town.directory.joining;
    let own = |file: &&File| match call.actor.role {
        Role::Citizen(me) => file.person == Some(me),
        Role::Merchant(me) => file.merchant == Some(me),
        _ => false,
    };
    let files: Vec<&File> = if call.actor.role == Role::Officer {
        joining.queue(&view.town.pack.settlement.joining, &view.town.zone)
    } else {
        let mut files: Vec<&File> = joining.files().filter(own).collect();
        files.sort_by_key(|file| std::cmp::Reverse((file.filed, file.id)));
        files
    };
    let items = files.into_iter().map(|file| out(&view.town, file)).collect();
    Ok(axum::Json(ShopApplicationsOut { items }).into_response())
}

/// Apply to join with a shop of one's own.
#[utoipa::path(post, path = "/api/v1/shop-applications", tag = "merchants", request_body = ShopApplicationIn,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = ShopApplicationOut)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<ShopApplicationIn>,
) -> Result<Response, Response> {
    let person = call.citizen()?;
    let ShopApplicationIn { name, business_number, trade, district, sales } = body;
    let sales = sales.map(Won);
    let shop = NewMerchant { name, business_number, trade, district, sales, owner: Some(person) };
    let out = ask(&app, &call, OnShops::Apply { person, shop }).await?;
    Ok((StatusCode::CREATED, axum::Json(out)).into_response())
}

/// Note that a paper was seen.
#[utoipa::path(post, path = "/api/v1/shop-applications/{id}/papers", tag = "merchants", request_body = PaperIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ShopApplicationOut)))]
pub(super) async fn paper(
    State(app): State<SharedApp>,
    call: Call,
    Id(application): Id<ApplicationId>,
    Json(body): Json<PaperIn>,
) -> Result<Response, Response> {
    let out = ask(&app, &call, OnShops::Seen { application, paper: body.paper }).await?;
    Ok(axum::Json(out).into_response())
}

/// Decide an application, or an appeal.
#[utoipa::path(post, path = "/api/v1/shop-applications/{id}/decision", tag = "merchants",
    request_body = ApplicationDecisionIn, params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ShopApplicationOut)))]
pub(super) async fn decide(
    State(app): State<SharedApp>,
    call: Call,
    Id(application): Id<ApplicationId>,
    Json(body): Json<ApplicationDecisionIn>,
) -> Result<Response, Response> {
    call.one_of(&["officer"])?;
    let (ground, why) = (body.ground.unwrap_or_default(), body.why.unwrap_or_default());
    let command = match body.decision.as_str() {
        "accept" => OnShops::Accept { application },
        "refuse" => OnShops::Refuse { application, ground, why },
        "uphold" => OnShops::Answer { application, right: true, why },
        "dismiss" => OnShops::Answer { application, right: false, why },
        _ => return Err(call.reject(Refusal::new("application.decision"))),
    };
    Ok(axum::Json(ask(&app, &call, command).await?).into_response())
}

/// Say something against a refusal or a cancellation.
#[utoipa::path(post, path = "/api/v1/shop-applications/{id}/appeal", tag = "merchants", request_body = AppealIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ShopApplicationOut)))]
pub(super) async fn appeal(
    State(app): State<SharedApp>,
    call: Call,
    Id(application): Id<ApplicationId>,
    Json(body): Json<AppealIn>,
) -> Result<Response, Response> {
    let out = ask(&app, &call, OnShops::Appeal { application, text: body.text }).await?;
    Ok(axum::Json(out).into_response())
}

/// Cancel a member's registration: it closes at once.
#[utoipa::path(post, path = "/api/v1/merchants/{id}/cancellation", tag = "merchants", request_body = CancellationIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = ShopApplicationOut)))]
pub(super) async fn cancel(
    State(app): State<SharedApp>,
    call: Call,
    Id(merchant): Id<MerchantId>,
    Json(body): Json<CancellationIn>,
) -> Result<Response, Response> {
    let CancellationIn { ground, why } = body;
    let out = ask(&app, &call, OnShops::Cancel { merchant, ground, why }).await?;
    Ok(axum::Json(out).into_response())
}
