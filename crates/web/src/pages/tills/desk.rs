//! `/desk/exchange`: the officer's queue of signs of illegal exchange, and each with its evidence.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::CaseId;
use city::exchange::{closed_cases, open_cases};
use city::{Command, Finding, OnTills};
use serde::Deserialize;

use super::evidence::{line, read, shown};
use super::{expired, nothing};
use crate::frame::Visit;
use crate::look::{Alert, CasePage, ExchangePage, Field, FieldError};

const PAGE: &str = "/desk/exchange";
/// As many as are listed.
const MOST: u32 = 100;

/// Card officers look into signs: whoever may close a case.
fn is_theirs(visit: &Visit) -> bool {
    visit.is_officer_for("close-case")
}

pub(super) async fn list(visit: Visit) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    let vault = visit.app.city.vault();
    let read = visit.app.read(move |snapshot| {
        Ok((open_cases(snapshot, &vault, MOST)?, closed_cases(snapshot, &vault, MOST)?))
    });
    let (open, closed) = match read.await {
        Ok(all) => all,
        Err(error) => return visit.refuse(error, "/desk"),
    };
    let lines = |cases: &[city::exchange::Case]| cases.iter().map(|case| line(&visit, case, PAGE)).collect();
    let page = ExchangePage { t: visit.t, page: visit.page(), open: lines(&open), closed: lines(&closed) };
    visit.show(&page)
}

#[derive(Default)]
struct Sent {
    status: StatusCode,
    key: Option<String>,
    note: Field,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
}

pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    one(visit, &id, Sent::default()).await
}

async fn one(visit: Visit, id: &str, sent: Sent) -> Response {
    let Ok(id) = id.parse::<CaseId>() else { return visit.refuse(nothing(), PAGE) };
    let (case, evidence) = match read(&visit, id).await {
        Ok(Some(found)) => found,
        Ok(None) => return visit.refuse(nothing(), PAGE),
        Err(rejected) => return visit.refuse(rejected, PAGE),
    };
    // Their movements are shown, by letters: a look all the same.
    let looks = visit.looks("desk.exchange", "exchange");
    if let Err(unseen) = visit.app.look_at(looks, evidence.people()).await {
        return visit.refuse(unseen, PAGE);
    }
    let case = match shown(&visit, &case, &evidence, true).await {
        Ok(case) => case,
        Err(rejected) => return visit.refuse(rejected, PAGE),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert;
    let page = CasePage {
        t: visit.t,
        page: frame,
        errors: sent.errors,
        case,
        request_key: sent.key.unwrap_or_else(|| visit.app.request_key()),
        note: sent.note,
    };
    visit.show_as(sent.status, &page)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    finding: String,
    note: String,
}

pub(super) async fn close(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if !is_theirs(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let (Ok(case), Some(finding)) = (id.parse::<CaseId>(), Finding::coded(&form.finding)) else {
        return visit.refuse(nothing(), PAGE);
    };
    let command = OnTills::CloseCase { case, finding, note: form.note.clone() };
    match visit.ask(&form.request_key, Command::OnTills(command)).await {
        Ok(_) => visit.go(&format!("{PAGE}/{case}")),
        Err(rejected) if rejected.status == StatusCode::NOT_FOUND => visit.refuse(rejected, PAGE),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                status: rejected.status,
                key: Some(form.request_key),
                note: Field::wrong(form.note, error.clone()),
                errors: vec![FieldError { field: "note", error }],
                alert: Some(alert),
            };
            one(visit, &id, sent).await
        }
    }
}
