//! `/api/v1/people/{id}/household`: with whom somebody lives.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{HouseholdId, PersonId, Role};
use city::read::households::{Together, together};
use city::{Command, OnHouseholds, may};
use people::household::{Basis, Relation, Size};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::call::{Call, Id, Json};
use super::super::wire::DoneOut;
use super::{admitted, day, id};
use crate::auth::SharedApp;

/// What somebody is to the head of a household.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(in super::super) enum RelationWire {
    /// The head.
    Head,
    /// Husband, wife, partner.
    Partner,
    /// Daughter or son.
    Child,
    /// Mother or father.
    Parent,
    /// Other kin.
    Kin,
    /// No kin.
    Housemate,
}

/// A household to begin, with the person as its head.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HouseholdIn {
    /// The first day; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
}

/// Somebody to live with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HouseholdJoinIn {
    /// With whom: the household they are of today.
    with: String,
    /// As what to the head.
    relation: RelationWire,
    /// The first day; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
}

/// What somebody is to the head from a day on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HouseholdRelationIn {
    /// The household's id.
    household: String,
    /// As what.
    relation: RelationWire,
    /// From which day on; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
}

/// A household to leave.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct HouseholdLeaveIn {
    /// The household's id.
    household: String,
    /// The last day; today if absent.
    #[schema(format = "date", required = false)]
    last: Option<String>,
}

/// One who lives there.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct HouseholdMemberOut {
    /// Who, where the caller may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    person: Option<String>,
    /// As what to the head.
    relation: RelationWire,
    /// Since when.
    #[schema(format = "date")]
    from: String,
}

/// With whom somebody lives today.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct HouseholdOut {
    /// The household's id, if they are of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    household: Option<String>,
    /// Who lives there, the person first.
    members: Vec<HouseholdMemberOut>,
    /// How many they are, if anything is known of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    size: Option<HouseholdSizeOut>,
}

/// How many live together.
#[derive(Debug, Serialize, ToSchema)]
pub(in super::super) struct HouseholdSizeOut {
    /// How many.
    people: u16,
    /// What counts: `members`, written down one by one, or `fact`, when a document or register is newer.
    counts: &'static str,
    /// What the other one says, when it says something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    against: Option<u16>,
}

impl From<RelationWire> for Relation {
    fn from(wire: RelationWire) -> Relation {
        match wire {
            RelationWire::Head => Relation::Head,
            RelationWire::Partner => Relation::Partner,
            RelationWire::Child => Relation::Child,
            RelationWire::Parent => Relation::Parent,
            RelationWire::Kin => Relation::Kin,
            RelationWire::Housemate => Relation::Housemate,
        }
    }
}

impl From<Relation> for RelationWire {
    fn from(relation: Relation) -> RelationWire {
        match relation {
            Relation::Head => RelationWire::Head,
            Relation::Partner => RelationWire::Partner,
            Relation::Child => RelationWire::Child,
            Relation::Parent => RelationWire::Parent,
            Relation::Kin => RelationWire::Kin,
            Relation::Housemate => RelationWire::Housemate,
        }
    }
}

impl From<Size> for HouseholdSizeOut {
    fn from(size: Size) -> HouseholdSizeOut {
        let counts = match size.basis {
            Basis::Members => "members",
            Basis::Fact => "fact",
        };
        HouseholdSizeOut { people: size.people, counts, against: size.against }
    }
}

fn members(person: PersonId, together: &Together) -> Vec<HouseholdMemberOut> {
    let own = HouseholdMemberOut {
        person: Some(person.to_string()),
        relation: together.own.relation.into(),
        from: together.own.period.from().to_string(),
    };
    let others = together.others.iter().map(|member| HouseholdMemberOut {
        person: member.known.as_ref().map(|known| known.id.to_string()),
        relation: member.membership.relation.into(),
        from: member.membership.period.from().to_string(),
    });
    std::iter::once(own).chain(others).collect()
}

/// With whom a person lives. A citizen is told of the others what they are, not who.
#[utoipa::path(get, path = "/api/v1/people/{id}/household", tag = "people", params(("id" = String, Path)),
    responses((status = 200, body = HouseholdOut), (status = "4XX", body = crate::problem::Problem)))]
pub(in super::super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
) -> Result<Response, Response> {
    admitted(&app, &call, person)?;
    let sight = {
        let view = app.city.shared.read();
        may::sight(call.actor, &view.town.pack)
    };
    let (today, is_clerk) = (call.today, call.actor.role == Role::Clerk);
    let read = app.register(call.looks("api.records", "service"), move |register| {
        let reads = |code: Option<&str>| !is_clerk || sight(code);
        let file = register.file_within(person, reads)?;
        together(register, (person, &file), today, |code| is_clerk && sight(code), reads)
    });
    let (found, size) = read.await.map_err(|error| call.reject(error))?;
    Ok(axum::Json(HouseholdOut {
        household: found.as_ref().map(|found| found.id.to_string()),
        members: found.as_ref().map(|found| members(person, found)).unwrap_or_default(),
        size: size.map(HouseholdSizeOut::from),
    })
    .into_response())
}

async fn ask(
    app: &SharedApp,
    call: &Call,
    status: StatusCode,
    command: OnHouseholds,
) -> Result<Response, Response> {
    let reply = call.ask(app, Command::OnHouseholds(command)).await?;
    Ok((status, axum::Json(DoneOut::new(&reply))).into_response())
}

/// Begin a household, with the person as its head.
#[utoipa::path(post, path = "/api/v1/people/{id}/household", tag = "people", request_body = HouseholdIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn form(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<HouseholdIn>,
) -> Result<Response, Response> {
    let from = day(&call, body.from.as_deref())?;
    ask(&app, &call, StatusCode::CREATED, OnHouseholds::Form { person, from }).await
}

/// Move in with somebody.
#[utoipa::path(post, path = "/api/v1/people/{id}/household/join", tag = "people", request_body = HouseholdJoinIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn join(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<HouseholdJoinIn>,
) -> Result<Response, Response> {
    let with = id(&call, &body.with, "person.unknown")?;
    let (relation, from) = (body.relation.into(), day(&call, body.from.as_deref())?);
    ask(&app, &call, StatusCode::CREATED, OnHouseholds::Join { person, with, relation, from }).await
}

/// Be something else to the head.
#[utoipa::path(post, path = "/api/v1/people/{id}/household/relation", tag = "people", request_body = HouseholdRelationIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn change(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<HouseholdRelationIn>,
) -> Result<Response, Response> {
    let household: HouseholdId = id(&call, &body.household, "household.unknown")?;
    let (relation, from) = (body.relation.into(), day(&call, body.from.as_deref())?);
    ask(&app, &call, StatusCode::OK, OnHouseholds::Change { person, household, relation, from }).await
}

/// Move out.
#[utoipa::path(post, path = "/api/v1/people/{id}/household/leave", tag = "people", request_body = HouseholdLeaveIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(in super::super) async fn leave(
    State(app): State<SharedApp>,
    call: Call,
    Id(person): Id<PersonId>,
    Json(body): Json<HouseholdLeaveIn>,
) -> Result<Response, Response> {
    let household: HouseholdId = id(&call, &body.household, "household.unknown")?;
    let last = day(&call, body.last.as_deref())?;
    ask(&app, &call, StatusCode::OK, OnHouseholds::Leave { person, household, last }).await
}
