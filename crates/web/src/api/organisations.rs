//! `/api/v1/organisations` and `/api/v1/businesses`: for who keeps the city's list, and for an organisation its own.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{BusinessId, Date, OrganisationId, PersonId, Refusal, Role};
use city::may::holds;
use city::{Command, NewBusiness, NewOrganisation, OnOrganisations, Organisations};
use people::Organisation;
use people::organisation::{Kind, Member, Membership};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::call::{Call, Id, Json, Params};
use super::wire::DoneOut;
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// What an organisation is.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum OrganisationKindWire {
    /// A department of the city.
    Department,
    /// An agency that works for it.
    Agency,
    /// An association of firms.
    Association,
}

/// An organisation to found.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationIn {
    /// What it is.
    kind: OrganisationKindWire,
    /// Its name.
    name: String,
    /// Its name for readers of English.
    english: Option<String>,
    /// The first day; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
}

/// A firm or an association that joins.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationMemberIn {
    /// `biz_…` or `org_…`.
    member: String,
    /// The first day; today if absent.
    #[schema(format = "date", required = false)]
    from: Option<String>,
}

/// A member that leaves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationLeavingIn {
    /// `biz_…` or `org_…`.
    member: String,
    /// The last day; today if absent.
    #[schema(format = "date", required = false)]
    last: Option<String>,
}

/// A business to register.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BusinessIn {
    /// Ten digits, hyphens allowed.
    number: String,
    /// Its name, as registered.
    name: String,
    /// A trade's id.
    trade: String,
    /// Its owner, if a person of this city. For who keeps the city's list.
    owner: Option<String>,
}

/// A business's new owner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnerIn {
    /// Who; absent: nobody of this city.
    owner: Option<String>,
}

/// An organisation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationOut {
    /// `org_…`.
    id: String,
    /// `department`, `window`, `agency`, `community-chest` or `association`.
    kind: &'static str,
    /// Its name.
    name: String,
    /// Its name for readers of English.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    english: Option<String>,
    /// The first day.
    #[schema(format = "date")]
    from: String,
    /// The last day, if it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = "date")]
    until: Option<String>,
    /// Of an association: how many firms belong to it today, each once, by way of other associations too.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    firms: Option<usize>,
}

/// Organisations, in the order of their ids.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationsOut {
    /// Those of this page.
    items: Vec<OrganisationOut>,
    /// Ask with this for more; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    next: Option<String>,
}

/// A member of an organisation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationMemberOut {
    /// `biz_…` or `org_…`.
    member: String,
    /// Its name.
    name: String,
    /// Of a business: its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    number: Option<String>,
    /// The first day.
    #[schema(format = "date")]
    from: String,
    /// The last day, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, format = "date")]
    until: Option<String>,
}

/// Who belongs to an organisation today: firms and associations in the order of their ids. Of people only how many they are.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrganisationMembersOut {
    /// Those of this page.
    items: Vec<OrganisationMemberOut>,
    /// How many people.
    people: usize,
    /// Ask with this for more; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    next: Option<String>,
}

/// A registered business. Whose it is stands in the register of persons.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BusinessOut {
    /// `biz_…`.
    id: String,
    /// Its number.
    number: String,
    /// Its name, as registered.
    name: String,
    /// The organisations it belongs to today.
    member_of: Vec<String>,
}

/// Which part of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// `next` of the answer before.
    cursor: Option<String>,
    /// 1 to 100; 20 when absent.
    limit: Option<usize>,
}

impl OrganisationOut {
    fn new(one: &Organisation, register: &Organisations, today: Date) -> OrganisationOut {
        OrganisationOut {
            id: one.id.to_string(),
            kind: one.kind.code(),
            name: one.name.clone(),
            english: one.english.clone(),
            from: one.period.from().to_string(),
            until: one.period.until().map(|day| day.to_string()),
            firms: (one.kind == Kind::Association).then(|| register.firms(one.id, today).len()),
        }
    }
}

/// Whether the caller keeps the city's list.
fn keeps_list(app: &SharedApp, call: &Call) -> bool {
    holds(&call.actor, "found-organisation", &app.city.shared.read().town.pack)
}

/// Whether the caller may read about an organisation: who keeps the list any, an organisation itself.
fn admitted(app: &SharedApp, call: &Call, id: OrganisationId) -> Result<(), Response> {
    let unknown = || call.reject(Refusal::new("organisation.unknown"));
    match call.actor.role {
        Role::Organisation(me) if me == id => {}
        Role::Organisation(_) => return Err(unknown()),
        _ if keeps_list(app, call) => {}
        _ => return Err(call.needs(&["officer", "organisation"])),
    }
    let known = app.city.shared.read().town.directory.organisations.get(id).is_some();
    if known { Ok(()) } else { Err(unknown()) }
}

fn day(call: &Call, text: Option<&str>) -> Result<Option<Date>, Response> {
    let bad = || call.reject(Rejected::new(StatusCode::BAD_REQUEST, "date.form"));
    text.map(|text| text.parse().map_err(|_| bad())).transpose()
}

fn no_nul(call: &Call, texts: &[Option<&str>]) -> Result<(), Response> {
    if texts.iter().flatten().any(|text| text.contains('\0')) {
        return Err(call.reject(Rejected::new(StatusCode::BAD_REQUEST, "text.nul")));
    }
    Ok(())
}

/// A firm or an association; people join on no list that a program keeps.
fn member(call: &Call, text: &str) -> Result<Member, Response> {
    match text.parse::<Member>() {
        Ok(member @ (Member::Business(_) | Member::Organisation(_))) => Ok(member),
        _ => Err(call.reject(Refusal::new("business.unknown"))),
    }
}

fn owner(call: &Call, text: Option<&str>) -> Result<Option<PersonId>, Response> {
    let unknown = || call.reject(Refusal::new("person.unknown"));
    text.map(|text| text.parse().map_err(|_| unknown())).transpose()
}

async fn ask(
    app: &SharedApp,
    call: &Call,
    status: StatusCode,
    command: OnOrganisations,
) -> Result<Response, Response> {
    let reply = call.ask(app, Command::OnOrganisations(command)).await?;
    Ok((status, axum::Json(DoneOut::new(&reply))).into_response())
}

/// The city's organisations.
#[utoipa::path(get, path = "/api/v1/organisations", tag = "organisations", params(Part),
    responses((status = 200, body = OrganisationsOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn list(
    State(app): State<SharedApp>,
    call: Call,
    Params(part): Params<Part>,
) -> Result<Response, Response> {
    if !keeps_list(&app, &call) {
        return Err(call.needs(&["officer"]));
    }
    let limit = call.limit(part.limit)?;
    let from: Option<OrganisationId> =
        part.cursor.as_deref().map(|text| text.parse().map_err(|_| call.no_cursor())).transpose()?;
    let view = app.city.shared.read();
    let register = &view.town.directory.organisations;
    let mut rest = register.all().filter(|one| from.is_none_or(|from| one.id >= from));
    let items =
        rest.by_ref().take(limit).map(|one| OrganisationOut::new(one, register, call.today)).collect();
    let next = rest.next().map(|one| one.id.to_string());
    Ok(axum::Json(OrganisationsOut { items, next }).into_response())
}

/// One organisation.
#[utoipa::path(get, path = "/api/v1/organisations/{id}", tag = "organisations", params(("id" = String, Path)),
    responses((status = 200, body = OrganisationOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn show(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<OrganisationId>,
) -> Result<Response, Response> {
    admitted(&app, &call, id)?;
    let view = app.city.shared.read();
    let register = &view.town.directory.organisations;
    let one = register.get(id).ok_or_else(|| call.reject(Refusal::new("organisation.unknown")))?;
    Ok(axum::Json(OrganisationOut::new(one, register, call.today)).into_response())
}

fn line(register: &Organisations, one: &Membership) -> Option<OrganisationMemberOut> {
    let (name, number) = match one.member {
        Member::Business(id) => {
            let business = register.business(id)?;
            (business.name.clone(), Some(business.number.to_string()))
        }
        Member::Organisation(id) => (register.get(id)?.name.clone(), None),
        Member::Person(_) => return None,
    };
    Some(OrganisationMemberOut {
        member: one.member.to_string(),
        name,
        number,
        from: one.period.from().to_string(),
        until: one.period.until().map(|day| day.to_string()),
    })
}

/// Who belongs to it.
#[utoipa::path(get, path = "/api/v1/organisations/{id}/members", tag = "organisations",
    params(("id" = String, Path), Part),
    responses((status = 200, body = OrganisationMembersOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn members(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<OrganisationId>,
    Params(part): Params<Part>,
) -> Result<Response, Response> {
    admitted(&app, &call, id)?;
    let limit = call.limit(part.limit)?;
    let from: Option<Member> =
        part.cursor.as_deref().map(|text| text.parse().map_err(|_| call.no_cursor())).transpose()?;
    let view = app.city.shared.read();
    let register = &view.town.directory.organisations;
    let on = call.today;
    let today = || register.of(id).filter(move |one| one.period.contains(on));
    let people = today().filter(|one| matches!(one.member, Member::Person(_))).count();
    let mut rest = today()
        .filter(|one| from.is_none_or(|from| one.member >= from))
        .filter_map(|one| line(register, one));
    let items = rest.by_ref().take(limit).collect();
    let next = rest.next().map(|one| one.member);
    Ok(axum::Json(OrganisationMembersOut { items, people, next }).into_response())
}

/// Found an organisation.
#[utoipa::path(post, path = "/api/v1/organisations", tag = "organisations", request_body = OrganisationIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn create(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<OrganisationIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.name), body.english.as_deref()])?;
    let kind = match body.kind {
        OrganisationKindWire::Department => Kind::Department,
        OrganisationKindWire::Agency => Kind::Agency,
        OrganisationKindWire::Association => Kind::Association,
    };
    let from = day(&call, body.from.as_deref())?;
    let wish = NewOrganisation { kind, name: body.name, english: body.english, from };
    ask(&app, &call, StatusCode::CREATED, OnOrganisations::Found(wish)).await
}

/// Close an organisation: today is its last day.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/close", tag = "organisations",
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn close(
    State(app): State<SharedApp>,
    call: Call,
    Id(organisation): Id<OrganisationId>,
) -> Result<Response, Response> {
    ask(&app, &call, StatusCode::OK, OnOrganisations::Close { organisation }).await
}

/// Take in a firm or an association.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/members", tag = "organisations", request_body = OrganisationMemberIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn join(
    State(app): State<SharedApp>,
    call: Call,
    Id(organisation): Id<OrganisationId>,
    Json(body): Json<OrganisationMemberIn>,
) -> Result<Response, Response> {
    let (member, from) = (member(&call, &body.member)?, day(&call, body.from.as_deref())?);
    ask(&app, &call, StatusCode::CREATED, OnOrganisations::Join { organisation, member, from }).await
}

/// A member leaves.
#[utoipa::path(post, path = "/api/v1/organisations/{id}/members/leave", tag = "organisations", request_body = OrganisationLeavingIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn leave(
    State(app): State<SharedApp>,
    call: Call,
    Id(organisation): Id<OrganisationId>,
    Json(body): Json<OrganisationLeavingIn>,
) -> Result<Response, Response> {
    let (member, last) = (member(&call, &body.member)?, day(&call, body.last.as_deref())?);
    ask(&app, &call, StatusCode::OK, OnOrganisations::Leave { organisation, member, last }).await
}

/// Register a business.
#[utoipa::path(post, path = "/api/v1/businesses", tag = "organisations", request_body = BusinessIn,
    params(("Idempotency-Key" = String, Header)),
    responses((status = 201, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn register(
    State(app): State<SharedApp>,
    call: Call,
    Json(body): Json<BusinessIn>,
) -> Result<Response, Response> {
    no_nul(&call, &[Some(&body.number), Some(&body.name), Some(&body.trade)])?;
    let owner = owner(&call, body.owner.as_deref())?;
    let wish = NewBusiness { number: body.number, name: body.name, trade: body.trade, owner };
    ask(&app, &call, StatusCode::CREATED, OnOrganisations::Register(wish)).await
}

/// One business: any for who keeps the city's list, for an organisation its own member firms.
#[utoipa::path(get, path = "/api/v1/businesses/{id}", tag = "organisations", params(("id" = String, Path)),
    responses((status = 200, body = BusinessOut), (status = "4XX", body = crate::problem::Problem)))]
pub(super) async fn business(
    State(app): State<SharedApp>,
    call: Call,
    Id(id): Id<BusinessId>,
) -> Result<Response, Response> {
    let everyones = keeps_list(&app, &call);
    let view = app.city.shared.read();
    let register = &view.town.directory.organisations;
    let me = match call.actor.role {
        Role::Organisation(me) => Some(me),
        _ if everyones => None,
        _ => return Err(call.needs(&["officer", "organisation"])),
    };
    let of = register.with(Member::Business(id)).filter(|one| one.period.contains(call.today));
    let member_of: Vec<OrganisationId> = of.map(|one| one.organisation).collect();
    let seen = me.is_none_or(|me| member_of.contains(&me));
    let known = register.business(id).filter(|_| seen);
    let known = known.ok_or_else(|| call.reject(Refusal::new("business.unknown")))?;
    // What else it belongs to is not an association's to know.
    let shown = member_of.iter().filter(|of| me.is_none_or(|me| me == **of)).map(ToString::to_string);
    let out = BusinessOut {
        id: id.to_string(),
        number: known.number.to_string(),
        name: known.name.clone(),
        member_of: shown.collect(),
    };
    Ok(axum::Json(out).into_response())
}

/// A business has another owner.
#[utoipa::path(post, path = "/api/v1/businesses/{id}/owner", tag = "organisations", request_body = OwnerIn,
    params(("id" = String, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = DoneOut), (status = "4XX", body = crate::problem::Problem), (status = 503, body = crate::problem::Problem)))]
pub(super) async fn transfer(
    State(app): State<SharedApp>,
    call: Call,
    Id(business): Id<BusinessId>,
    Json(body): Json<OwnerIn>,
) -> Result<Response, Response> {
    let owner = owner(&call, body.owner.as_deref())?;
    ask(&app, &call, StatusCode::OK, OnOrganisations::Transfer { business, owner }).await
}
