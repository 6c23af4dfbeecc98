//! `/desk/giving`: the city looks at applications, gives plaques, and passes on what was collected.

use std::collections::HashMap;

use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use base::{MerchantId, Won};
use city::giving::{Angel, AngelState};
use city::read::giving::purposes;
use city::{Command, OnGiving};
use serde::Deserialize;

use super::{receipt, words};
use crate::frame::Visit;
use crate::look::{Alert, AngelInQueue, DeskGivingPage, FieldError};
use crate::pages::wallet::expired;
use crate::problem::Rejected;

const HERE: &str = "/desk/giving";
const DONE: [(&str, &str); 1] = [("checked", "done-giving-checked")];
/// So many applications are shown at once.
const SHOWN: usize = 50;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    r#do: String,
    note: String,
}

fn is_officer(visit: &Visit) -> bool {
    visit.is_officer_for("check-giving-shop")
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    /// `all`: every application that is shown stands ticked.
    tick: String,
}

pub(super) async fn show(visit: Visit, Query(asked): Query<Asked>) -> Response {
    if !is_officer(&visit) {
        return visit.at_the_door();
    }
    page(visit, None, asked.tick == "all")
}

fn page(visit: Visit, rejected: Option<Rejected>, ticked: bool) -> Response {
    let mut frame = visit.page();
    frame.alert = visit.did(&DONE);
    let (mut errors, mut status) = (Vec::new(), StatusCode::OK);
    if let Some(rejected) = rejected {
        let alert: Alert = visit.alert(&rejected);
        errors.push(FieldError { field: "main", error: alert.what.clone() });
        status = rejected.status;
        frame.alert = Some(alert);
    }
    let t = visit.t;
    let pass_key = visit.app.request_key();
    let page = {
        let view = visit.app.city.shared.read();
        let giving = &view.town.directory.giving;
        let line = |angel: &Angel| {
            let (_, shop) = view.town.directory.shop(angel.merchant)?;
            Some(AngelInQueue {
                id: shop.id.to_string(),
                name: shop.name.clone(),
                about: words::about_numbered(&view.town, t, shop),
                rate: words::rate(t, angel),
                applied: view.town.zone.civil(angel.applied),
                request_key: visit.app.request_key(),
            })
        };
        let of = |state: AngelState| {
            let mut all: Vec<&Angel> = giving.angels().filter(|angel| angel.state == state).collect();
            all.sort_by_key(|angel| (angel.applied, angel.merchant));
            all
        };
        let applied = of(AngelState::Applied);
        DeskGivingPage {
            t,
            page: frame,
            errors,
            all_applied: applied.len(),
            ticked,
            applied: applied.into_iter().take(SHOWN).filter_map(line).collect(),
            checked: of(AngelState::Checked).into_iter().take(SHOWN).filter_map(line).collect(),
            plaques: of(AngelState::Plaque).len(),
            collected: Won(purposes(&view.town, &view.books).iter().map(|purpose| purpose.collected).sum()),
            collector: words::collector(&view.town, t),
            pass_key,
            several_key: visit.app.request_key(),
        }
    };
    visit.show_as(status, &page)
}

async fn send(visit: Visit, form: &Post, wish: OnGiving) -> Response {
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    match visit.ask(&form.request_key, Command::OnGiving(wish)).await {
        Ok(_) => visit.go(HERE),
        Err(rejected) => page(visit, Some(rejected), false),
    }
}

pub(super) async fn pass(visit: Visit, Form(form): Form<Post>) -> Response {
    if !is_officer(&visit) {
        return visit.at_the_door();
    }
    send(visit, &form, OnGiving::Pass).await
}

pub(super) async fn decide(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if !is_officer(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let Ok(merchant) = id.parse::<MerchantId>() else { return visit.refuse(receipt::not_found(), HERE) };
    let wish = match &*form.r#do {
        "plaque" => OnGiving::Plaque { merchant },
        decided => OnGiving::Check { merchant, fit: decided == "fit", note: form.note.clone() },
    };
    send(visit, &form, wish).await
}

/// Several applications that were ticked, checked one after the other: each is a command and a record of its own. `POST
/// /desk/giving/several` — each shop's id with any value, `csrf`, `request_key`.
pub(super) async fn several(visit: Visit, Form(form): Form<HashMap<String, String>>) -> Response {
    if !is_officer(&visit) {
        return visit.at_the_door();
    }
    let said = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    if !visit.form_holds(said("csrf")) {
        return visit.refuse(expired(), HERE);
    }
    let mut shops: Vec<MerchantId> = form.keys().filter_map(|name| name.parse().ok()).collect();
    shops.sort_unstable();
    let ticked = !shops.is_empty();
    for merchant in shops.into_iter().take(SHOWN) {
        // One key for each: sent twice, each is checked once.
        let key = format!("{}-{merchant}", said("request_key"));
        let wish = OnGiving::Check { merchant, fit: true, note: String::new() };
        if let Err(rejected) = visit.ask(&key, Command::OnGiving(wish)).await {
            return page(visit, Some(rejected), false);
        }
    }
    visit.go(if ticked { "/desk/giving?did=checked" } else { HERE })
}
