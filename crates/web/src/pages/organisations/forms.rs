//! The forms of organisations.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Refusal, business_number};
use city::{Command, NewBusiness, NewOrganisation, OnOrganisations, Reply};
use economy::Facts;
use economy::facts::OrganisationFacts;
use people::organisation::{Kind, Member};
use serde::Deserialize;

use super::show::{Sent, found_form, join_form, list_page, page};
use super::{LIST, Place, keeps_list};
use crate::frame::Visit;
use crate::look::{Field, FieldError};
use crate::pages::wallet::expired;
use crate::problem::Rejected;

/// Every form here; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    kind: String,
    name: String,
    english: String,
    member: String,
    trade: String,
}

fn admitted(visit: Visit, form: &Post) -> Result<Visit, Response> {
    if !keeps_list(&visit) {
        return Err(visit.at_the_door());
    }
    if visit.form_holds(&form.csrf) { Ok(visit) } else { Err(visit.refuse(expired(), LIST)) }
}

/// The place a form of the city hall is about.
fn at_hall(visit: Visit, id: &str, form: &Post) -> Result<(Visit, Place), Response> {
    let visit = admitted(visit, form)?;
    match Place::at_hall(&visit, id) {
        Ok(place) => Ok((visit, place)),
        Err(unknown) => Err(visit.refuse(unknown, LIST)),
    }
}

/// The place a form of an organisation's own desk is about.
fn at_own(visit: Visit, form: &Post) -> Result<(Visit, Place), Response> {
    let Some(place) = Place::own(&visit) else { return Err(visit.at_the_door()) };
    if visit.form_holds(&form.csrf) {
        Ok((visit, place))
    } else {
        Err(visit.refuse(expired(), "/organisation"))
    }
}

pub(super) async fn found(visit: Visit, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let kind = Kind::coded(&form.kind, None).unwrap_or(Kind::Association);
    let english = Some(form.english.clone()).filter(|text| !text.trim().is_empty());
    let wish = NewOrganisation { kind, name: form.name.clone(), english, from: None };
    match visit.ask(&form.request_key, Command::OnOrganisations(OnOrganisations::Found(wish))).await {
        Ok(Reply::Done {
            facts: Facts::Organisation(OrganisationFacts::Organisation { organisation, .. }),
            ..
        }) => visit.go(&format!("{LIST}/{organisation}?did=founded")),
        Ok(_) => visit.go(LIST),
        Err(rejected) => {
            let mut found = found_form(&visit, &form.kind);
            found.name = Field::of(form.name);
            found.english = Field::of(form.english);
            found.open = true;
            let sent = refused(&visit, &rejected);
            list_page(visit, Sent { found: Some(found), ..sent })
        }
    }
}

fn refused(visit: &Visit, rejected: &Rejected) -> Sent {
    Sent { alert: Some(visit.alert(rejected)), status: rejected.status, ..Sent::default() }
}

pub(super) async fn join(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    match at_hall(visit, &id, &form) {
        Ok((visit, place)) => joined(visit, place, form).await,
        Err(response) => response,
    }
}

pub(super) async fn join_own(visit: Visit, Form(form): Form<Post>) -> Response {
    match at_own(visit, &form) {
        Ok((visit, place)) => joined(visit, place, form).await,
        Err(response) => response,
    }
}

/// Whom a text means.
enum Meant {
    Known(Member),
    /// A firm that is registered with it.
    New(NewBusiness),
    /// Nobody, or no right number: the text that says so.
    Nobody(&'static str),
}

fn meant(visit: &Visit, form: &Post) -> Meant {
    let text = form.member.trim();
    let view = visit.app.city.shared.read();
    let register = &view.town.directory.organisations;
    if let Some(number) = business_number::parse(text) {
        return match register.business_numbered(&number) {
            Some(known) => Meant::Known(Member::Business(known.id)),
            None if form.name.trim().is_empty() => Meant::Nobody("field-member-unknown"),
            None => Meant::New(NewBusiness {
                number,
                name: form.name.clone(),
                trade: form.trade.clone(),
                owner: None,
            }),
        };
    }
    let named = register.all().find(|one| {
        one.kind == Kind::Association && (one.name == text || one.english.as_deref() == Some(text))
    });
    match named {
        Some(one) => Meant::Known(Member::Organisation(one.id)),
        None if text.chars().any(|c| c.is_ascii_digit()) => Meant::Nobody("field-member-number"),
        None => Meant::Nobody("field-member-unknown"),
    }
}

async fn joined(visit: Visit, place: Place, form: Post) -> Response {
    let organisation = place.id;
    let member = match meant(&visit, &form) {
        Meant::Known(member) => Ok(member),
        Meant::New(wish) => registered(&visit, &form, wish).await,
        Meant::Nobody(key) => {
            let error = visit.t.say(key).to_string();
            let errors = vec![FieldError { field: "member", error: error.clone() }];
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let join = Some(typed(&visit, &form, Some(error)));
            return page(visit, &place, Sent { errors, status, join, ..Sent::default() });
        }
    };
    let asked = match member {
        Ok(member) => {
            let command = OnOrganisations::Join { organisation, member, from: None };
            visit.ask(&form.request_key, Command::OnOrganisations(command)).await
        }
        Err(rejected) => Err(rejected),
    };
    match asked {
        Ok(_) => visit.go(&format!("{}?did=joined", place.base())),
        Err(rejected) => {
            let join = Some(typed(&visit, &form, None));
            let sent = refused(&visit, &rejected);
            page(visit, &place, Sent { join, ..sent })
        }
    }
}

fn typed(visit: &Visit, form: &Post, error: Option<String>) -> crate::look::JoinForm {
    let view = visit.app.city.shared.read();
    let mut join = join_form(visit, &view.town, &form.trade);
    join.member = Field { value: form.member.clone(), error };
    join.name = Field::of(form.name.clone());
    join.open = true;
    join
}

/// A firm that is new is registered first; under a key of its own, so that the same form asks for the same.
async fn registered(visit: &Visit, form: &Post, wish: NewBusiness) -> Result<Member, Rejected> {
    let key = format!("{}-firm", form.request_key.trim());
    match visit.ask(&key, Command::OnOrganisations(OnOrganisations::Register(wish))).await? {
        Reply::Done { facts: Facts::Organisation(OrganisationFacts::Business { business, .. }), .. } => {
            Ok(Member::Business(business))
        }
        _ => Err(Refusal::new("business.unknown").into()),
    }
}

pub(super) async fn leave(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    match at_hall(visit, &id, &form) {
        Ok((visit, place)) => left(visit, place, form).await,
        Err(response) => response,
    }
}

pub(super) async fn leave_own(visit: Visit, Form(form): Form<Post>) -> Response {
    match at_own(visit, &form) {
        Ok((visit, place)) => left(visit, place, form).await,
        Err(response) => response,
    }
}

async fn left(visit: Visit, place: Place, form: Post) -> Response {
    let organisation = place.id;
    let Ok(member) = form.member.trim().parse::<Member>() else {
        return visit.refuse(Refusal::new("business.unknown"), &place.base());
    };
    // The page's key is one for all its members: with whom it is said it is one for each.
    let key = format!("{}-{member}", form.request_key.trim());
    let command = OnOrganisations::Leave { organisation, member, last: None };
    match visit.ask(&key, Command::OnOrganisations(command)).await {
        Ok(_) => visit.go(&format!("{}?did=left", place.base())),
        Err(rejected) => visit.refuse(rejected, &place.base()),
    }
}

pub(super) async fn close(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let (visit, place) = match at_hall(visit, &id, &form) {
        Ok(both) => both,
        Err(response) => return response,
    };
    let command = OnOrganisations::Close { organisation: place.id };
    match visit.ask(&visit.app.request_key(), Command::OnOrganisations(command)).await {
        Ok(_) => visit.go(&format!("{}?did=closed", place.base())),
        Err(rejected) => visit.refuse(rejected, &place.base()),
    }
}
