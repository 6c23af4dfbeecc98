//! `/desk/looks`: broken glasses to review, and questions about looks to answer.

use access::{Entry, LookNo};
use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{GlassId, QuestionId};
use city::Command;
use city::looks::{Glass, Question, open_glasses, open_questions};
use serde::Deserialize;

use super::{MOST, expired, ledger, words};
use crate::frame::Visit;
use crate::look::{Alert, DeskLooksPage, Field, FieldError, GlassToReview, QuestionToAnswer};
use crate::looks::Unseen;
use crate::problem::Rejected;

/// What a form left behind: whose it was, its key, and what was typed.
#[derive(Default)]
struct Sent {
    id: String,
    key: String,
    typed: Field,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    finding: String,
    note: String,
    answer: String,
}

pub(super) async fn show(visit: Visit) -> Response {
    if !visit.is_officer_for("review-glass") {
        return visit.at_the_door();
    }
    list(visit, Sent::default()).await
}

async fn list(visit: Visit, mut sent: Sent) -> Response {
    let looks = visit.looks("desk.glass", "review");
    let glasses = visit.app.register(looks, |register| open_glasses(register, MOST)).await;
    let looks = visit.looks("desk.question", "answer");
    let questions = visit.app.register(looks, |register| open_questions(register, MOST)).await;
    let (glasses, questions) = match (glasses, questions) {
        (Ok(glasses), Ok(questions)) => (glasses, questions),
        (Err(error), _) | (_, Err(error)) => return visit.refuse(error, "/desk"),
    };
    let about: Vec<LookNo> = questions.iter().map(|question| question.look).collect();
    let looks = ledger(&visit, move |readers| {
        about.into_iter().map(|no| readers.entry(no)).collect::<Result<Vec<_>, _>>()
    });
    let looks = match looks.await {
        Ok(looks) => looks,
        Err(error) => return visit.refuse(error, "/desk"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let page = DeskLooksPage {
        t: visit.t,
        page: frame,
        errors: std::mem::take(&mut sent.errors),
        glasses: glasses.iter().map(|glass| to_review(&visit, glass, &sent)).collect(),
        questions: questions
            .iter()
            .zip(&looks)
            .map(|(question, look)| to_answer(&visit, question, look.as_ref(), &sent))
            .collect(),
    };
    visit.show_as(sent.status, &page)
}

/// The key and the field of a form: as they were sent, or fresh.
fn form(visit: &Visit, id: &str, sent: &Sent) -> (String, Field) {
    if sent.id == id {
        (sent.key.clone(), sent.typed.clone())
    } else {
        (visit.app.request_key(), Field::default())
    }
}

fn to_review(visit: &Visit, glass: &Glass, sent: &Sent) -> GlassToReview {
    let id = glass.id.to_string();
    let (request_key, note) = form(visit, &id, sent);
    GlassToReview {
        id,
        at: visit.moment(glass.at),
        who: words::account(visit.t, &glass.role, &glass.by),
        person: glass.person.to_string(),
        why: glass.why.clone(),
        request_key,
        note,
    }
}

fn to_answer(visit: &Visit, question: &Question, look: Option<&Entry>, sent: &Sent) -> QuestionToAnswer {
    let t = visit.t;
    let id = question.id.to_string();
    let (request_key, answer) = form(visit, &id, sent);
    let told = |entry: &Entry| {
        let look = &entry.look;
        t.say("desk-look")
            .text("who", words::account(t, &look.role, &look.who))
            .text("what", words::what(t, look))
            .text("why", words::why(t, &look.purpose))
            .moment("at", &visit.moment(look.at))
            .to_string()
    };
    QuestionToAnswer {
        id,
        asked: visit.moment(question.asked),
        person: question.person.to_string(),
        text: question.text.clone(),
        look: look.map(told),
        request_key,
        answer,
    }
}

/// What stands before everything else: who posts, and from where.
fn not_this_officers(visit: &Visit, form: &Post) -> Option<fn(Visit) -> Response> {
    if !visit.is_officer_for("review-glass") {
        return Some(Visit::at_the_door);
    }
    (!visit.form_holds(&form.csrf)).then_some(|visit| visit.refuse(expired(), "/desk/looks"))
}

pub(super) async fn review(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if let Some(stop) = not_this_officers(&visit, &form) {
        return stop(visit);
    }
    let Ok(glass) = id.parse::<GlassId>() else { return nobody_s(visit) };
    let justified = form.finding == "justified";
    let command = Command::ReviewGlass { glass, justified, note: form.note.clone() };
    let typed = form.note.clone();
    send(visit, id, form, ("note", typed), command).await
}

pub(super) async fn answer(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if let Some(stop) = not_this_officers(&visit, &form) {
        return stop(visit);
    }
    let Ok(question) = id.parse::<QuestionId>() else { return nobody_s(visit) };
    let looked = match who_looked(&visit, question).await {
        Ok(looked) => looked,
        Err(error) => return visit.refuse(error, "/desk/looks"),
    };
    let command = Command::AnswerLook { question, answer: form.answer.clone(), looked };
    let typed = form.answer.clone();
    send(visit, id, form, ("answer", typed), command).await
}

/// Who made the look that an open question is about, as far as the ledger still has it.
async fn who_looked(visit: &Visit, question: QuestionId) -> Result<Option<String>, Unseen> {
    let looks = visit.looks("desk.question", "answer");
    let open = visit.app.register(looks, |register| open_questions(register, MOST)).await?;
    let Some(about) = open.iter().find(|one| one.id == question).map(|one| one.look) else { return Ok(None) };
    let entry = ledger(visit, move |readers| readers.entry(about)).await.map_err(Unseen::Store)?;
    Ok(entry.map(|entry| entry.look.who))
}

fn nobody_s(visit: Visit) -> Response {
    if !visit.is_officer_for("review-glass") {
        return visit.at_the_door();
    }
    visit.refuse(Rejected::new(StatusCode::NOT_FOUND, "not.found"), "/desk/looks")
}

async fn send(
    visit: Visit,
    id: String,
    form: Post,
    (field, typed): (&'static str, String),
    command: Command,
) -> Response {
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go("/desk/looks"),
        Err(rejected) => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                id,
                key: form.request_key,
                errors: vec![FieldError { field, error: error.clone() }],
                typed: Field::wrong(typed, error),
                alert: Some(alert),
                status: rejected.status,
            };
            list(visit, sent).await
        }
    }
}
