//! `/api/v1/people/{id}/links`: which records are of one person.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::PersonId;
use city::OnPeople;
use people::LinkEvent;
use people::link::Deed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::call::{Call, Id, Ids, Json};
use super::super::wire::DoneOut;
use super::{ask, file, id, no_nul};
use crate::auth::SharedApp;

/// A link to make.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct LinkIn {
    /// The other record's id.
    other: String,
    /// What it was seen by: a sentence.
    why: String,
}

/// A link to take back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct UnlinkIn {
    /// What it was seen by: a sentence.
    why: String,
}

/// A link made or taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct LinkOut {
    /// `linked` or `unlinked`.
    deed: &'static str,
    /// One record.
    one: String,
    /// The other.
    other: String,
    /// When.
    at: String,
    /// Why.
    why: String,
}

/// Which records are of one person, and how that came.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct LinksOut {
    /// All records of the person, this one too.
    records: Vec<String>,
    /// What was done, in order.
    events: Vec<LinkOut>,
}

impl From<LinkEvent> for LinkOut {
    fn from(event: LinkEvent) -> LinkOut {
        LinkOut {
            deed: match event.deed {
                Deed::Linked => "linked",
                Deed::Unlinked => "unlinked",
            },
            one: event.one.to_string(),
            other: event.other.to_string(),
            at: event.at.rfc3339(),
            why: event.why.to_string(),
        }
    }
}

/// Which records are of this person.
#[utoipa::path(get, path = "/api/v1/people/{id}/links", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = LinksOut), (status = "4XX", body = crate::problem::Problem)))]
pub(in super::super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
) -> Result<Response, Response> {
    let file = file(&app, &call, person).await?;
    let records = file.records.iter().map(ToString::to_string).collect();
    let events = file.links.into_iter().map(LinkOut::from).collect();
    Ok(axum::Json(LinksOut { records, events }).into_response())
}

/// Link two records of one person.
#[utoipa::path(post, path = "/api/v1/people/{id}/links", tag = "people", request_body = LinkIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Id(one): Id<PersonId>,
    Json(body): Json<LinkIn>,
) -> Result<Response, Response> {
    let other = id(&call, &body.other, "person.unknown")?;
    no_nul(&call, &[Some(&body.why)])?;
    ask(&app, &call, StatusCode::CREATED, OnPeople::Link { one, other, why: body.why }).await
}

/// Take a link back.
#[utoipa::path(post, path = "/api/v1/people/{id}/links/{other}/unlink", tag = "people", request_body = UnlinkIn,
    params(("id" = String, Path), ("other" = String, Path, description = "The other record's person, `per_…`"), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn remove(
    State(app): State<SharedApp>,
    call: Call,
    Ids(one, other): Ids<PersonId, PersonId>,
    Json(body): Json<UnlinkIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.why)])?;
    ask(&app, &call, StatusCode::OK, OnPeople::Unlink { one, other, why: body.why }).await
}
