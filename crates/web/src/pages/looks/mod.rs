//! Looks at personal records, on pages: the person's own (`/me/looks`), the officer's list (`/desk/looks`), the monthly
//! inspection (`/desk/inspection`).

mod desk;
mod inspection;
mod words;

use std::collections::BTreeMap;

use access::{Entry, LookNo};
use axum::Router;
use axum::extract::{Form, Path, Query};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use base::{PersonId, Role};
use city::Command;
use city::looks::{Glass, Question, glasses_of, questions_of, reasons};
use serde::Deserialize;

use super::wallet::expired;
use crate::auth::SharedApp;
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, LookQuestion, OwnGlass, OwnLook, OwnLooksPage};
use crate::problem::Rejected;

pub(super) fn routes() -> Router<SharedApp> {
    Router::new()
        .route("/me/looks", get(mine))
        .route("/me/looks/{no}/questions", post(ask))
        .route("/desk/looks", get(desk::show))
        .route("/desk/looks/glasses/{id}", post(desk::review))
        .route("/desk/looks/questions/{id}", post(desk::answer))
        .route("/desk/inspection", get(inspection::show))
        .route("/desk/inspection/download", post(inspection::download))
}

/// Looks on a page.
const PAGE: usize = 30;
/// Questions and glasses that are shown with them.
const MOST: u32 = 200;

/// What a form left behind.
#[derive(Default)]
struct Sent {
    before: u64,
    ask: Option<(u64, String, Field)>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

#[derive(Deserialize)]
struct Asked {
    before: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Post {
    csrf: String,
    request_key: String,
    question: String,
    before: Option<String>,
}

/// A cursor that is none begins at the newest.
fn cursor(text: Option<String>) -> u64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn citizen(visit: &Visit) -> Option<PersonId> {
    match visit.role {
        Some(Role::Citizen(me)) => Some(me),
        _ => None,
    }
}

/// Reads the access ledger on a thread of its own.
async fn ledger<T: Send + 'static>(
    visit: &Visit,
    work: impl FnOnce(&access::Readers) -> Result<T, access::Error> + Send + 'static,
) -> Result<T, store::Error> {
    let readers = visit.app.city.access.readers();
    let read = tokio::task::spawn_blocking(move || work(&readers)).await;
    read.map_err(store::Error::other)?.map_err(store::Error::other)
}

async fn mine(visit: Visit, Query(asked): Query<Asked>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let alert = visit.did(&[("asked", "done-looks-asked")]);
    let sent = Sent { before: cursor(asked.before), alert, ..Sent::default() };
    show(visit, me, sent).await
}

async fn ask(visit: Visit, Path(no): Path<String>, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/me/looks");
    }
    // That the look was at this very person stands in the ledger only.
    let found = match no.parse::<u64>() {
        Ok(no) => ledger(&visit, move |readers| readers.entry(LookNo(no))).await,
        Err(_) => Ok(None),
    };
    let look = match found {
        Ok(Some(entry)) if entry.look.whom == me => entry.no.0,
        Ok(_) => return visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/me/looks"),
        Err(error) => return visit.refuse(error, "/me/looks"),
    };
    let before = cursor(form.before);
    let command = Command::AskLook { person: me, look, question: form.question.clone() };
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go(&page_at(before, "did=asked")),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                before,
                errors: vec![FieldError { field: "question", error: error.clone() }],
                ask: Some((look, form.request_key, Field::wrong(form.question, error))),
                alert: Some(alert),
                status: rejected.status,
            };
            show(visit, me, sent).await
        }
    }
}

fn page_at(before: u64, and: &str) -> String {
    match (before, and) {
        (0, "") => "/me/looks".to_owned(),
        (0, and) => format!("/me/looks?{and}"),
        (before, "") => format!("/me/looks?before={before}"),
        (before, and) => format!("/me/looks?before={before}&{and}"),
    }
}

async fn show(visit: Visit, me: PersonId, mut sent: Sent) -> Response {
    let before = Some(sent.before).filter(|before| *before > 0).map(LookNo);
    let looks = ledger(&visit, move |readers| readers.of_person(me, before, PAGE + 1)).await;
    let kept: Vec<String> = looks.iter().flatten().filter_map(|entry| entry.look.reason.clone()).collect();
    let read = visit.app.register(visit.looks("own", "own"), move |register| {
        let said = (questions_of(register, me, MOST)?, reasons(register, kept)?);
        Ok((glasses_of(register, me, MOST)?, said))
    });
    let (mut looks, glasses, said) = match (looks, read.await) {
        (Ok(looks), Ok((glasses, said))) => (looks, glasses, said),
        (Err(error), _) => return visit.refuse(error, "/wallet"),
        (_, Err(error)) => return visit.refuse(error, "/wallet"),
    };
    let more = looks.len() > PAGE;
    looks.truncate(PAGE);
    let older = looks.last().filter(|_| more).map(|last| page_at(last.no.0, ""));
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let first = sent.before == 0;
    let page = OwnLooksPage {
        t: visit.t,
        page: frame,
        errors: std::mem::take(&mut sent.errors),
        glasses: glasses.iter().filter(|_| first).map(|glass| own_glass(&visit, glass)).collect(),
        looks: looks.iter().map(|entry| own_look(&visit, entry, &said, &sent)).collect(),
        before: sent.before,
        older,
    };
    visit.show_as(sent.status, &page)
}

fn own_glass(visit: &Visit, glass: &Glass) -> OwnGlass {
    OwnGlass {
        at: visit.moment(glass.at),
        who: words::who(visit.t, &glass.role),
        why: glass.why.clone(),
        review: glass
            .review
            .as_ref()
            .map(|review| (visit.moment(review.at), review.justified, review.note.clone())),
    }
}

/// `said`: what was asked, and the words behind the reasons that looks were kept with.
fn own_look(
    visit: &Visit,
    entry: &Entry,
    (questions, reasons): &(Vec<Question>, BTreeMap<String, String>),
    sent: &Sent,
) -> OwnLook {
    let (t, look) = (visit.t, &entry.look);
    let question = questions.iter().find(|question| question.look == entry.no);
    let typed = sent.ask.as_ref().filter(|(no, ..)| *no == entry.no.0);
    OwnLook {
        no: entry.no.0,
        at: visit.moment(look.at),
        who: words::who(t, &look.role),
        what: words::what(t, look),
        why: words::why(t, &look.purpose),
        reason: look.reason.as_ref().and_then(|kept| reasons.get(kept)).cloned(),
        question: question.map(|question| LookQuestion {
            asked: visit.moment(question.asked),
            text: question.text.clone(),
            answer: question.answer.as_ref().map(|(at, text)| (visit.moment(*at), text.clone())),
        }),
        request_key: typed.map_or_else(|| visit.app.request_key(), |(_, key, _)| key.clone()),
        ask: typed.map(|(.., ask)| ask.clone()).unwrap_or_default(),
    }
}
