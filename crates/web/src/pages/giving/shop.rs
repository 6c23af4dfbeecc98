//! `/shop/giving`: a shop applies to give, changes what it gives, stops; and its gifts and receipts.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::{MerchantId, Role};
use city::giving::AngelState;
use city::{Command, OnGiving};
use economy::facts::Giver;
use serde::Deserialize;

use super::lists::{self, Asked};
use super::mine::{number, share};
use super::words;
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, ShopGivingPage};
use crate::pages::wallet::expired;

const HERE: &str = "/shop/giving";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    rate: String,
    purpose: String,
}

#[derive(Default)]
struct Sent {
    rate: Option<Field>,
    key: Option<String>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

fn owner(visit: &Visit) -> Option<MerchantId> {
    match visit.role {
        Some(Role::Merchant(shop)) => Some(shop),
        _ => None,
    }
}

pub(super) async fn show(visit: Visit) -> Response {
    let Some(shop) = owner(&visit) else { return visit.at_the_door() };
    page(visit, shop, Sent::default()).await
}

async fn page(visit: Visit, shop: MerchantId, mut sent: Sent) -> Response {
    let list = match lists::list(&visit, Giver::Shop(shop), HERE).await {
        Ok(list) => list,
        Err(error) => return visit.refuse(error, "/shop"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let t = visit.t;
    let (key, stop_key) = (visit.app.request_key(), visit.app.request_key());
    let page = {
        let view = visit.app.city.shared.read();
        let angel = view.town.directory.giving.angel(shop);
        let rules = view.town.pack.giving.as_ref();
        let usual = rules.map_or(0, |rules| rules.shop_rate.basis_points());
        let rate = t.percent(angel.map_or(usual, |angel| angel.rate)).trim_end_matches('%').trim().to_owned();
        let has_plaque = angel.is_some_and(|angel| angel.state == AngelState::Plaque);
        ShopGivingPage {
            t,
            page: frame,
            errors: std::mem::take(&mut sent.errors),
            collector: words::collector(&view.town, t),
            state: angel.map_or("", |angel| angel.state.code()),
            note: angel.and_then(|angel| angel.note.clone()),
            rate: sent.rate.unwrap_or_else(|| Field::of(rate)),
            purposes: words::choices(&view.town, t, angel.map_or(0, |angel| angel.purpose)),
            from: rules.map_or(t.today, |rules| rules.shops_from),
            plaque: has_plaque.then(|| format!("/angels/{shop}/plaque")),
            request_key: sent.key.unwrap_or(key),
            stop_key,
            list,
        }
    };
    visit.show_as(sent.status, &page)
}

pub(super) async fn apply(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owner(&visit) else { return visit.at_the_door() };
    let (rate, purpose) = (Some(share(&form.rate)), number(&form.purpose));
    send(visit, merchant, form, OnGiving::Apply { merchant, rate, purpose }).await
}

pub(super) async fn change(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owner(&visit) else { return visit.at_the_door() };
    let (rate, purpose) = (share(&form.rate), number(&form.purpose));
    send(visit, merchant, form, OnGiving::Change { merchant, rate, purpose }).await
}

pub(super) async fn stop(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(merchant) = owner(&visit) else { return visit.at_the_door() };
    send(visit, merchant, form, OnGiving::Stop { merchant }).await
}

async fn send(visit: Visit, shop: MerchantId, form: Post, wish: OnGiving) -> Response {
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    match visit.ask(&form.request_key, Command::OnGiving(wish)).await {
        Ok(_) => visit.go(HERE),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                errors: vec![FieldError { field: "rate", error: error.clone() }],
                rate: (!form.rate.is_empty()).then(|| Field::wrong(form.rate, error)),
                key: Some(form.request_key),
                alert: Some(alert),
                status: rejected.status,
            };
            page(visit, shop, sent).await
        }
    }
}

pub(super) async fn receipt(visit: Visit, Form(form): Form<Asked>) -> Response {
    let Some(shop) = owner(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    match lists::ask(&visit, Giver::Shop(shop), &form).await {
        Ok(serial) => visit.go(&format!("/giving/receipts/{serial}")),
        Err(rejected) => visit.refuse(rejected, HERE),
    }
}
