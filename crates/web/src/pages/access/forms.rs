//! The access desk's forms.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{AccountId, Date, GrantId, PersonId, Refusal, day_of_date};
use city::{Command, NewGrant, Reply};
use economy::{Facts, business_number};
use serde::Deserialize;

use super::account::end_sessions as end_meant;
use super::desk::{Sent, Typed, is_of_a_district, is_of_an_organisation, page, waits};
use super::gives_access;
use crate::frame::Visit;
use crate::look::{Field, FieldError};
use crate::pages::wallet::expired;
use crate::problem::Rejected;

const DESK: &str = "/desk/access";

/// Every form of the desk; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    person: String,
    role: String,
    district: String,
    shop: String,
    organisation: String,
    from: String,
    until: String,
    number: Option<String>,
}

/// What stands in a form's way, before it is read.
fn admitted(visit: Visit, form: &Post) -> Result<Visit, Response> {
    if !gives_access(&visit) {
        return Err(visit.at_the_door());
    }
    if !visit.form_holds(&form.csrf) {
        return Err(visit.refuse(expired(), DESK));
    }
    Ok(visit)
}

fn back(account: impl std::fmt::Display, did: &str) -> String {
    format!("{DESK}?find={account}&did={did}")
}

pub(super) async fn open(visit: Visit, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let person = match form.person.trim() {
        "" => None,
        text => match text.parse::<PersonId>() {
            Ok(person) => Some(person),
            Err(_) => return visit.refuse(Refusal::new("person.unknown"), DESK),
        },
    };
    match visit.ask(&form.request_key, Command::OpenAccount { person }).await {
        Ok(Reply::Done { facts: Facts::Account { account, .. }, .. }) => visit.go(&back(account, "opened")),
        Ok(_) => visit.go(DESK),
        Err(rejected) => visit.refuse(rejected, DESK),
    }
}

pub(super) async fn end(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let Ok(account) = id.parse::<AccountId>() else {
        return visit.refuse(Refusal::new("account.unknown"), DESK);
    };
    match visit.ask(&visit.app.request_key(), Command::EndAccount { account }).await {
        Ok(_) => visit.go(&back(account, "ended")),
        Err(rejected) => visit.refuse(rejected, DESK),
    }
}

pub(super) async fn end_sessions(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let Ok(account) = id.parse::<AccountId>() else {
        return visit.refuse(Refusal::new("account.unknown"), DESK);
    };
    match end_meant(&visit, account, form.number.as_deref()).await {
        Ok(()) => visit.go(&back(account, "out")),
        Err(rejected) => visit.refuse(rejected, DESK),
    }
}

pub(super) async fn confirm(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on_role(visit, &id, &form, "confirmed", |grant| Command::ConfirmRole { grant }).await
}

pub(super) async fn end_role(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on_role(visit, &id, &form, "taken", |grant| Command::EndRole { grant }).await
}

async fn on_role(
    visit: Visit,
    id: &str,
    form: &Post,
    did: &str,
    command: impl FnOnce(GrantId) -> Command,
) -> Response {
    let visit = match admitted(visit, form) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let Ok(grant) = id.parse::<GrantId>() else {
        return visit.refuse(Refusal::new("role.unknown"), DESK);
    };
    match visit.ask(&visit.app.request_key(), command(grant)).await {
        Ok(Reply::Done { facts: Facts::Role { account, .. }, .. }) => visit.go(&back(account, did)),
        Ok(_) => visit.go(DESK),
        Err(rejected) => visit.refuse(rejected, DESK),
    }
}

/// A role to give, as the form says, and what is wrong with it.
fn read(visit: &Visit, account: AccountId, form: &Post) -> (NewGrant, Typed, Vec<FieldError>) {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let mut errors = Vec::new();
    let mut wrong = |field: &'static str, value: &str, key: &str| {
        let error = t.say(key).to_string();
        errors.push(FieldError { field, error: error.clone() });
        Field::wrong(value, error)
    };
    let mut typed = Typed {
        request_key: form.request_key.clone(),
        role: form.role.clone(),
        district: form.district.clone(),
        organisation: form.organisation.clone(),
        ..Typed::default()
    };
    let date = |text: &str| text.trim().parse::<Date>().ok();
    let from = date(&form.from);
    typed.from = if from.is_some() { Field::of(&*form.from) } else { wrong("from", &form.from, "field-day") };
    let until = date(&form.until);
    let good = until.is_some() || form.until.trim().is_empty();
    typed.until = if good { Field::of(&*form.until) } else { wrong("until", &form.until, "field-day") };
    let named = form.shop.trim();
    let directory = &view.town.directory;
    let by_number = business_number::parse(named).and_then(|number| directory.shop_numbered(&number));
    let by_id = named.parse().ok().and_then(|id| directory.shop(id)).map(|(_, shop)| shop);
    let shop = by_number.or(by_id).map(|shop| shop.id.to_string());
    let good = shop.is_some() || named.is_empty();
    typed.shop = if good { Field::of(named) } else { wrong("shop", named, "field-shop-unknown") };
    // Chosen for another role, and left standing: the role says whether there is one.
    let district = Some(form.district.clone()).filter(|code| !code.is_empty());
    let district = district.filter(|_| is_of_a_district(&view.town, &form.role));
    // The same: a role at an organisation says which.
    let organisation = Some(form.organisation.clone()).filter(|id| !id.is_empty());
    let organisation = organisation.filter(|_| is_of_an_organisation(&view.town, &form.role));
    let grant = NewGrant {
        account,
        role: form.role.clone(),
        subject: organisation.or(shop),
        district,
        from: from.map_or(0, day_of_date),
        until: until.map(day_of_date),
    };
    (grant, typed, errors)
}

pub(super) async fn give(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let Ok(account) = id.parse::<AccountId>() else {
        return visit.refuse(Refusal::new("account.unknown"), DESK);
    };
    let (grant, typed, errors) = read(&visit, account, &form);
    let mut sent = Sent { find: id, errors, status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    if sent.errors.is_empty() {
        match visit.ask(&form.request_key, Command::GiveRole(grant)).await {
            Ok(Reply::Done { facts: Facts::Role { grant, .. }, .. }) => {
                let waits = waits(&visit.app.city.shared.read().town, grant);
                return visit.go(&back(account, if waits { "waits" } else { "given" }));
            }
            Ok(_) => return visit.go(DESK),
            Err(rejected) => refused(&visit, &mut sent, rejected),
        }
    }
    sent.give = Some(typed);
    page(visit, sent).await
}

fn refused(visit: &Visit, sent: &mut Sent, rejected: Rejected) {
    sent.alert = Some(visit.alert(&rejected));
    sent.status = rejected.status;
}
