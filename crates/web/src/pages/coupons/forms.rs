//! The desk's forms: to one, a provider, a draw.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Date, MerchantId, PersonId, Refusal, Won};
use city::{CardRef, Command, OnCoupons, Reply};
use economy::facts::CouponFacts;
use economy::holder::parse_card_number;
use economy::{Facts, business_number};
use rules::{Confirmed, Pack};
use serde::Deserialize;

use super::at_desk;
use super::desk::{Sent, page};
use crate::frame::Visit;
use crate::look::{CouponForms, Field, FieldError};
use crate::pages::wallet::{expired, typed};
use crate::problem::Rejected;

const DESK: &str = "/desk/coupons";

/// Every form of the desk; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    coupon: String,
    person: String,
    amount: String,
    purpose: String,
    shop: String,
    on: String,
    beacon: String,
}

/// What stands in a form's way, before it is read.
pub(super) fn admitted(visit: Visit, csrf: &str) -> Result<Visit, Response> {
    if !at_desk(&visit) {
        return Err(visit.at_the_door());
    }
    if !visit.form_holds(csrf) {
        return Err(visit.refuse(expired(), DESK));
    }
    Ok(visit)
}

pub(super) fn wrong(
    visit: &Visit,
    errors: &mut Vec<FieldError>,
    field: &'static str,
    value: &str,
    key: &str,
) -> Field {
    let error = visit.t.say(key).to_string();
    errors.push(FieldError { field, error: error.clone() });
    Field::wrong(value.chars().take(40).collect::<String>(), error)
}

/// The forms again, with what the city said above.
pub(super) fn refused(visit: Visit, mut sent: Sent, rejected: &Rejected) -> Response {
    sent.alert = Some(visit.alert(rejected));
    sent.status = rejected.status;
    if ["key.reused", "key.missing"].contains(&rejected.refusal.code) {
        sent.forms.request_key = String::new();
    }
    page(visit, sent)
}

fn person(visit: &Visit, text: &str) -> Option<PersonId> {
    let view = visit.app.city.shared.read();
    let directory = &view.town.directory;
    match parse_card_number(text.trim()) {
        Some(number) => directory.card(CardRef::Number(number)).map(|card| card.person),
        None => text.trim().parse().ok().filter(|id| directory.holder(*id).is_some()),
    }
}

pub(super) async fn give(visit: Visit, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form.csrf) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let mut errors = Vec::new();
    let found = person(&visit, &form.person);
    let person = match found {
        Some(_) => Field::of(&*form.person),
        None => wrong(&visit, &mut errors, "person", &form.person, "field-coupon-person"),
    };
    let won = typed::amount(&form.amount);
    let amount = match won {
        Some(_) => Field::of(&*form.amount),
        None => wrong(&visit, &mut errors, "amount", &form.amount, "field-coupon-amount"),
    };
    let forms = CouponForms {
        request_key: form.request_key.clone(),
        person,
        amount,
        open: "give",
        ..Default::default()
    };
    let sent = Sent {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        forms,
        errors,
        coupon: form.coupon.clone(),
        ..Sent::default()
    };
    let (Some(person), Some(amount)) = (found, won) else { return page(visit, sent) };
    let wish = OnCoupons::Give { coupon: form.coupon, person, amount };
    match visit.ask(&form.request_key, Command::OnCoupons(wish)).await {
        Ok(_) => visit.go("/desk/coupons?did=given"),
        Err(rejected) => refused(visit, sent, &rejected),
    }
}

/// Up to how much one person is enough, where a second one has to confirm a coupon for many.
pub(super) fn second(pack: &Pack, today: Date, sum: i64) -> Option<Won> {
    pack.four_eyes_on(today, Confirmed::BeginCoupons, sum).map(|rule| rule.above)
}

/// Where a job's page is.
pub(super) fn job_of(reply: &Reply) -> String {
    match reply {
        Reply::Done { facts: Facts::Coupons(CouponFacts::Job { job, .. }), .. } => {
            format!("{DESK}/jobs/{job}")
        }
        _ => DESK.to_owned(),
    }
}

pub(super) async fn provider(visit: Visit, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form.csrf) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    let known: Option<MerchantId> = {
        let view = visit.app.city.shared.read();
        let number = business_number::parse(form.shop.trim());
        let by_number =
            number.and_then(|number| view.town.directory.shop_numbered(&number)).map(|shop| shop.id);
        by_number.or_else(|| form.shop.trim().parse().ok())
    };
    let on = form.on == "yes";
    let mut errors = Vec::new();
    let mut sent = Sent { status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    let Some(merchant) = known else {
        sent.forms.shop = wrong(&visit, &mut errors, "shop", &form.shop, "field-shop-unknown");
        sent.errors = errors;
        return page(visit, sent);
    };
    sent.forms.shop = Field::of(&*form.shop);
    let wish = OnCoupons::Name { purpose: form.purpose, merchant, on };
    match visit.ask(&visit.app.request_key(), Command::OnCoupons(wish)).await {
        Ok(_) => visit.go(&format!("{DESK}?did={}", if on { "named" } else { "unnamed" })),
        Err(rejected) => refused(visit, sent, &rejected),
    }
}

pub(super) async fn draw(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let visit = match admitted(visit, &form.csrf) {
        Ok(visit) => visit,
        Err(response) => return response,
    };
    if visit.app.city.shared.read().town.pack.coupons.release(&id).is_none() {
        return visit.refuse(Refusal::new("release.unknown"), DESK);
    }
    let beacon = form.beacon.trim().to_owned();
    let forms = CouponForms {
        request_key: form.request_key.clone(),
        beacon: Field::of(beacon.chars().take(200).collect::<String>()),
        ..Default::default()
    };
    let wish = OnCoupons::Draw { release: id, beacon };
    match visit.ask(&form.request_key, Command::OnCoupons(wish)).await {
        Ok(_) => visit.go("/desk/coupons?did=drawn"),
        Err(rejected) => refused(visit, Sent { forms, ..Sent::default() }, &rejected),
    }
}
