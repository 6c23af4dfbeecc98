//! `/shop/cases`: what was noticed at a shop, and what the shop says to it.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{CaseId, MerchantId};
use city::exchange::of_shop;
use city::{Command, OnTills};
use serde::Deserialize;

use super::evidence::{line, read, shown};
use super::{expired, nothing, owned};
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, ShopCasesPage};

const PAGE: &str = "/shop/cases";
/// As many as are listed.
const MOST: u32 = 100;

pub(super) async fn list(visit: Visit) -> Response {
    let Some(shop) = owned(&visit) else { return visit.at_the_door() };
    let vault = visit.app.city.vault();
    let cases = match visit.app.read(move |snapshot| of_shop(snapshot, &vault, shop, MOST)).await {
        Ok(cases) => cases,
        Err(error) => return visit.refuse(error, "/shop"),
    };
    let page = ShopCasesPage {
        t: visit.t,
        page: visit.page(),
        errors: Vec::new(),
        cases: cases.iter().map(|case| line(&visit, case, PAGE)).collect(),
        case: None,
        request_key: String::new(),
        answer: Field::default(),
    };
    visit.show(&page)
}

#[derive(Default)]
struct Sent {
    status: StatusCode,
    key: Option<String>,
    answer: Field,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let Some(shop) = owned(&visit) else { return visit.at_the_door() };
    one(visit, shop, &id, Sent::default()).await
}

/// The shop sees its own side: the postings of its tills, holders as letters.
async fn one(visit: Visit, shop: MerchantId, id: &str, sent: Sent) -> Response {
    let Ok(id) = id.parse::<CaseId>() else { return visit.refuse(nothing(), PAGE) };
    let found = match read(&visit, id).await {
        Ok(found) => found.filter(|(case, _)| case.merchant == shop),
        Err(rejected) => return visit.refuse(rejected, PAGE),
    };
    let Some((case, evidence)) = found else { return visit.refuse(nothing(), PAGE) };
    let case = match shown(&visit, &case, &evidence, false).await {
        Ok(case) => case,
        Err(rejected) => return visit.refuse(rejected, PAGE),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert;
    let page = ShopCasesPage {
        t: visit.t,
        page: frame,
        errors: sent.errors,
        cases: Vec::new(),
        case: Some(case),
        request_key: sent.key.unwrap_or_else(|| visit.app.request_key()),
        answer: sent.answer,
    };
    visit.show_as(sent.status, &page)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    answer: String,
}

pub(super) async fn answer(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let Some(shop) = owned(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let Ok(case) = id.parse::<CaseId>() else { return visit.refuse(nothing(), PAGE) };
    let command = OnTills::AnswerCase { case, text: form.answer.clone() };
    match visit.ask(&form.request_key, Command::OnTills(command)).await {
        Ok(_) => visit.go(&format!("{PAGE}/{case}")),
        Err(rejected) if rejected.status == StatusCode::NOT_FOUND => visit.refuse(rejected, PAGE),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                status: rejected.status,
                key: Some(form.request_key),
                answer: Field::wrong(form.answer, error.clone()),
                errors: vec![FieldError { field: "answer", error }],
                alert: Some(alert),
            };
            one(visit, shop, &id, sent).await
        }
    }
}
