//! `/api/v1/people/{id}/consents`: what a person agreed to, for one purpose each.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Date, PersonId};
use city::OnPeople;
use people::consent::{Giver, Way};
use people::{Consent, Kept};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::call::{Call, Id, Json};
use super::super::wire::DoneOut;
use super::{ask, day, file, id, no_nul};
use crate::auth::SharedApp;

/// A consent to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct ConsentIn {
    /// The purpose's id in the city's list.
    purpose: String,
    /// The day it was given; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
    /// The last day it is given for.
    #[schema(format = "date", required = false)]
    until: Option<String>,
    /// Where the signed sheet is kept, when it was given on paper. For a clerk.
    paper: Option<String>,
    /// The parent's id, for a child under 14. For a clerk.
    parent: Option<String>,
    /// The id of a guardian whom a court appointed. For a clerk.
    guardian: Option<String>,
    /// Where no birth date is known: the clerk saw that they are no child.
    #[serde(default)]
    seen_grown: bool,
}

/// A consent to withdraw.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct WithdrawIn {
    /// The purpose's id: every consent for it is withdrawn.
    purpose: String,
    /// Where the signed sheet is kept, when it was said on paper. For a clerk.
    paper: Option<String>,
}

/// A consent as it is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct ConsentOut {
    /// Its id.
    id: String,
    /// The record it is kept with.
    person: String,
    /// When it was kept.
    at: String,
    /// The purpose's id.
    purpose: String,
    /// Since when.
    #[schema(format = "date")]
    from: String,
    /// The last day it was given for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date", required = false)]
    until: Option<String>,
    /// `paper`, `window` or `online`.
    way: &'static str,
    /// Where the signed sheet is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<String>,
    /// `own`, `parent` or `appointed`.
    by: &'static str,
    /// The parent's or guardian's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    guardian: Option<String>,
    /// Since when it is withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = "date")]
    withdrawn: Option<String>,
    /// Whether it holds today.
    holds: bool,
}

/// Consents, in the order they were given.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct ConsentsOut {
    /// All of them, withdrawn ones too.
    consents: Vec<ConsentOut>,
}

impl ConsentOut {
    fn new(kept: Kept<Consent>, today: Date) -> ConsentOut {
        let holds = kept.what.holds(today);
        let Consent { given, withdrawn } = kept.what;
        let (way, paper) = match given.way {
            Way::Paper { kept } => ("paper", Some(kept)),
            Way::Window { .. } => ("window", None),
            Way::Online => ("online", None),
        };
        let (by, guardian) = match given.by {
            Giver::Own => ("own", None),
            Giver::Parent(who) => ("parent", Some(who.to_string())),
            Giver::Appointed(who) => ("appointed", Some(who.to_string())),
        };
        ConsentOut {
            id: kept.id.to_string(),
            person: kept.person.to_string(),
            at: kept.at.rfc3339(),
            purpose: given.purpose.0,
            from: given.holds.from().to_string(),
            until: given.holds.until().map(|day| day.to_string()),
            way,
            paper,
            by,
            guardian,
            withdrawn: withdrawn.map(|withdrawn| withdrawn.on.to_string()),
            holds,
        }
    }
}

/// What a person agreed to.
#[utoipa::path(get, path = "/api/v1/people/{id}/consents", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = ConsentsOut), (status = "4XX", body = crate::problem::Problem)))]
pub(in super::super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
) -> Result<Response, Response> {
    let file = file(&app, &call, person).await?;
    let consents = file.consents.into_iter().map(|kept| ConsentOut::new(kept, call.today)).collect();
    Ok(axum::Json(ConsentsOut { consents }).into_response())
}

/// Keep a consent.
#[utoipa::path(post, path = "/api/v1/people/{id}/consents", tag = "people", request_body = ConsentIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<ConsentIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.purpose), body.paper.as_deref()])?;
    let by = match (&body.parent, &body.guardian) {
        (Some(parent), None) => Giver::Parent(id(&call, parent, "person.unknown")?),
        (_, Some(guardian)) => Giver::Appointed(id(&call, guardian, "person.unknown")?),
        (None, None) => Giver::Own,
    };
    let (from, until) = (day(&call, body.from.as_deref())?, day(&call, body.until.as_deref())?);
    let ConsentIn { purpose, paper, seen_grown, .. } = body;
    let command = OnPeople::GiveConsent { person, purpose, from, until, paper, by, seen_grown };
    ask(&app, &call, StatusCode::CREATED, command).await
}

/// Withdraw what was given for a purpose.
#[utoipa::path(post, path = "/api/v1/people/{id}/consents/withdraw", tag = "people", request_body = WithdrawIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn withdraw(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<WithdrawIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.purpose), body.paper.as_deref()])?;
    let WithdrawIn { purpose, paper } = body;
    ask(&app, &call, StatusCode::OK, OnPeople::WithdrawConsent { person, purpose, paper }).await
}
