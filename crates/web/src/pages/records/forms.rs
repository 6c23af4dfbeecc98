//! The page's forms. A form that is sent twice is one request: its key was made when it was shown.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{PersonId, Refusal, Won};
use city::read::people::Sought;
use city::{Command, OnPeople};
use people::consent::Giver;
use people::delegation::{Grants, PayLimits, Tie};
use people::fact::Source;
use serde::Deserialize;

use super::show::{Sent, Which, show};
use super::{Subject, words};
use crate::frame::Visit;
use crate::look::FieldError;
use crate::pages::wallet::{expired, typed};
use crate::problem::Rejected;

/// Every form of the page; each has some of these.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Post {
    pub csrf: String,
    pub request_key: String,
    pub kind: String,
    pub value: String,
    pub source: String,
    pub source_text: String,
    pub from: String,
    pub why: String,
    pub purpose: String,
    pub paper: String,
    pub by: String,
    pub guardian: String,
    pub seen_grown: String,
    pub to: String,
    pub tie: String,
    pub see: String,
    pub apply: String,
    pub per_payment: String,
    pub per_month: String,
    pub until: String,
    pub person: String,
    pub shop: String,
    pub amount: String,
    pub other: String,
    pub of: String,
    pub relation: String,
    pub household: String,
}

/// The form's subject, or what to answer instead.
fn admitted(
    visit: Visit,
    subject: Option<Result<Subject, Refusal>>,
    post: &Post,
) -> Result<(Visit, Subject), Box<Response>> {
    let subject = match subject {
        None => return Err(Box::new(visit.at_the_door())),
        Some(Err(refusal)) => return Err(Box::new(visit.refuse(refusal, "/clerk"))),
        Some(Ok(subject)) => subject,
    };
    if !visit.form_holds(&post.csrf) {
        return Err(Box::new(visit.refuse(expired(), &subject.page())));
    }
    Ok((visit, subject))
}

fn own(visit: Visit, post: &Post) -> Result<(Visit, Subject), Box<Response>> {
    let subject = Subject::own(&visit).map(Ok);
    admitted(visit, subject, post)
}

pub(super) fn window(visit: Visit, id: &str, post: &Post) -> Result<(Visit, Subject), Box<Response>> {
    let subject = Subject::at_window(&visit, id);
    admitted(visit, subject, post)
}

/// Asks for it; then shows the page again, with what was done or what was refused.
async fn ask(
    visit: Visit,
    subject: Subject,
    which: Option<Which>,
    post: Post,
    (command, did): (OnPeople, &str),
) -> Response {
    match visit.ask(&post.request_key, Command::OnPeople(command)).await {
        Ok(_) => visit.go(&format!("{}?did={did}", subject.page())),
        Err(rejected) => refused(visit, subject, which, post, rejected).await,
    }
}

pub(super) async fn refused(
    visit: Visit,
    subject: Subject,
    which: Option<Which>,
    post: Post,
    rejected: Rejected,
) -> Response {
    let alert = Some(visit.alert(&rejected));
    let form = which.map(|which| (which, post));
    show(visit, subject, Sent { alert, status: rejected.status, form, ..Sent::default() }).await
}

pub(super) async fn wrong(
    visit: Visit,
    subject: Subject,
    which: Which,
    post: Post,
    errors: Vec<FieldError>,
) -> Response {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    show(visit, subject, Sent { errors, status, form: Some((which, post)), ..Sent::default() }).await
}

pub(super) fn error(visit: &Visit, field: &'static str, key: &str) -> FieldError {
    FieldError { field, error: visit.t.say(key).to_string() }
}

/// Who else may be named on a form, besides those the window sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// Whoever shows their card: its number is typed. They stand there, and want it.
    ByCard,
    /// Nobody: what joins two records waits for a counter that sees both.
    InSight,
}

/// A citizen by telephone or card number; else the key of what is wrong with it. At a window, who is out of its sight is as
/// unknown as nobody: a telephone number must not tell where somebody lives, or that they live here at all.
pub(super) async fn somebody(
    visit: &Visit,
    subject: Subject,
    text: &str,
    named: Named,
) -> Result<Result<PersonId, &'static str>, Rejected> {
    if text.trim().is_empty() {
        return Ok(Err("field-to-empty"));
    }
    let unknown = match (subject.at_window, named) {
        (false, _) => "field-person",
        (true, Named::ByCard) => "field-person-by-card",
        (true, Named::InSight) => "field-person-in-sight",
    };
    let sought = Sought::read(text, &visit.app.city.shared.read().town.directory);
    Ok(match sought {
        Some(Sought::Person(person)) => {
            // A card's number is read as its holder; a bare id is a window's to type.
            let by_card = text.trim().parse::<PersonId>().is_err();
            let lets = match (subject.at_window, named) {
                (false, _) => by_card,
                (true, Named::ByCard) if by_card => true,
                (true, _) => subject.sees(visit, person),
            };
            if lets { Ok(person) } else { Err(unknown) }
        }
        Some(sought @ Sought::Phone(..)) => {
            if !subject.at_window {
                visit.asks_about_phone()?;
            }
            let sees = subject.sight(visit);
            let found = visit
                .app
                .register(visit.looks("records.helper", "service"), move |register| {
                    sought.find(register, sees)
                })
                .await;
            match found.unwrap_or_default().as_slice() {
                [] => Err(unknown),
                [one] => Ok(one.id),
                _ => Err("field-person-many"),
            }
        }
        _ => Err(unknown),
    })
}

pub(super) async fn fact(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let mut errors = Vec::new();
    let datum = words::datum(&post.kind, &post.value);
    if datum.is_none() {
        errors.push(error(&visit, "fact_value", "field-fact-value"));
    }
    let from = words::day(&post.from);
    if from.is_none() && !post.from.trim().is_empty() {
        errors.push(error(&visit, "fact_from", "field-day"));
    }
    let (Some(datum), true) = (datum, errors.is_empty()) else {
        return wrong(visit, subject, Which::Fact, post, errors).await;
    };
    let text = post.source_text.clone();
    let source = match post.source.as_str() {
        "document" => Source::Document { what: text },
        "register" => Source::Register { name: text },
        "observed" => Source::Observed,
        _ => Source::Declared,
    };
    let command = OnPeople::RecordFact { person: subject.person, datum, source, from, until: None };
    ask(visit, subject, Some(Which::Fact), post, (command, "fact")).await
}

pub(super) async fn strike(
    visit: Visit,
    Path((id, record)): Path<(String, String)>,
    Form(post): Form<Post>,
) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let Ok(fact) = record.parse() else {
        return visit.refuse(Refusal::new("fact.unknown"), &subject.page());
    };
    let command = OnPeople::StrikeFact { person: subject.person, fact, why: post.why.clone() };
    ask(visit, subject, None, post, (command, "strike")).await
}

pub(super) async fn own_consent(visit: Visit, Form(post): Form<Post>) -> Response {
    let (visit, subject) = match own(visit, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let command = OnPeople::GiveConsent {
        person: subject.person,
        purpose: post.purpose.clone(),
        from: None,
        until: None,
        paper: None,
        by: Giver::Own,
        seen_grown: false,
    };
    ask(visit, subject, None, post, (command, "consent")).await
}

pub(super) async fn consent(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let by = match post.by.as_str() {
        "parent" | "appointed" => match somebody(&visit, subject, &post.guardian, Named::ByCard).await {
            Err(rejected) => return visit.refuse(rejected, &subject.page()),
            Ok(Ok(guardian)) if post.by == "parent" => Giver::Parent(guardian),
            Ok(Ok(guardian)) => Giver::Appointed(guardian),
            Ok(Err(key)) => {
                let errors = vec![error(&visit, "consent_guardian", key)];
                return wrong(visit, subject, Which::Consent, post, errors).await;
            }
        },
        _ => Giver::Own,
    };
    let paper = Some(post.paper.trim().to_owned()).filter(|paper| !paper.is_empty());
    let command = OnPeople::GiveConsent {
        person: subject.person,
        purpose: post.purpose.clone(),
        from: None,
        until: None,
        paper,
        by,
        seen_grown: post.seen_grown == "1",
    };
    ask(visit, subject, Some(Which::Consent), post, (command, "consent")).await
}

async fn withdrawn(visit: Visit, subject: Subject, post: Post) -> Response {
    let (person, purpose) = (subject.person, post.purpose.clone());
    let command = OnPeople::WithdrawConsent { person, purpose, paper: None };
    ask(visit, subject, None, post, (command, "withdraw")).await
}

pub(super) async fn own_withdrawal(visit: Visit, Form(post): Form<Post>) -> Response {
    match own(visit, &post) {
        Ok((visit, subject)) => withdrawn(visit, subject, post).await,
        Err(answer) => *answer,
    }
}

pub(super) async fn withdrawal(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    match window(visit, &id, &post) {
        Ok((visit, subject)) => withdrawn(visit, subject, post).await,
        Err(answer) => *answer,
    }
}

async fn helped(visit: Visit, subject: Subject, post: Post) -> Response {
    let mut errors = Vec::new();
    let limit =
        |text: &str| if text.trim().is_empty() { Ok(None) } else { typed::amount(text).map(Some).ok_or(()) };
    let (once, month) = (limit(&post.per_payment), limit(&post.per_month));
    for (field, wrong) in [("help_per_payment", once.is_err()), ("help_per_month", month.is_err())] {
        if wrong {
            errors.push(error(&visit, field, "field-helper-limit"));
        }
    }
    let until = words::day(&post.until);
    if until.is_none() && !post.until.trim().is_empty() {
        errors.push(error(&visit, "help_until", "field-day"));
    }
    // Nobody is looked for while the rest is wrong: a form that can't be carried out says nothing about who is here.
    let mut helper = None;
    if errors.is_empty() || post.to.trim().is_empty() {
        match somebody(&visit, subject, &post.to, Named::ByCard).await {
            Ok(Ok(person)) => helper = Some(person),
            Ok(Err(key)) => errors.insert(0, error(&visit, "help_to", key)),
            Err(rejected) => return visit.refuse(rejected, &subject.page()),
        }
    }
    // One without the other: the larger bound is the smaller.
    let pay = match (once.ok().flatten(), month.ok().flatten()) {
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => Some((one, one)),
        (Some(once), Some(month)) => Some((once, month)),
    };
    let (Some(helper), true) = (helper, errors.is_empty()) else {
        return wrong(visit, subject, Which::Help, post, errors).await;
    };
    let tie = match post.tie.as_str() {
        "carer" => Tie::Carer,
        "guardian" => Tie::Guardian,
        _ => Tie::Family,
    };
    let pay = pay.map(|(once, month)| PayLimits { per_payment: Won(once), per_month: Won(month) });
    let grants = Grants { see: post.see == "1", apply: post.apply == "1", pay };
    let command = OnPeople::GiveHelp { person: subject.person, helper, tie, grants, until };
    ask(visit, subject, Some(Which::Help), post, (command, "help")).await
}

pub(super) async fn own_help(visit: Visit, Form(post): Form<Post>) -> Response {
    match own(visit, &post) {
        Ok((visit, subject)) => helped(visit, subject, post).await,
        Err(answer) => *answer,
    }
}

pub(super) async fn help(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    match window(visit, &id, &post) {
        Ok((visit, subject)) => helped(visit, subject, post).await,
        Err(answer) => *answer,
    }
}

/// Ends a delegation: one's own, one's own as a helper, or at the window that of a linked record.
async fn revoked(visit: Visit, subject: Subject, record: &str, post: Post) -> Response {
    let person = post.person.parse().unwrap_or(subject.person);
    let Ok(help) = record.parse() else {
        return visit.refuse(Refusal::new("delegation.unknown"), &subject.page());
    };
    ask(visit, subject, None, post, (OnPeople::RevokeHelp { person, help }, "revoke")).await
}

pub(super) async fn own_revocation(
    visit: Visit,
    Path(record): Path<String>,
    Form(post): Form<Post>,
) -> Response {
    match own(visit, &post) {
        Ok((visit, subject)) => revoked(visit, subject, &record, post).await,
        Err(answer) => *answer,
    }
}

pub(super) async fn revocation(
    visit: Visit,
    Path((id, record)): Path<(String, String)>,
    Form(post): Form<Post>,
) -> Response {
    match window(visit, &id, &post) {
        Ok((visit, subject)) => revoked(visit, subject, &record, post).await,
        Err(answer) => *answer,
    }
}

pub(super) async fn link(visit: Visit, Path(id): Path<String>, Form(post): Form<Post>) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    match somebody(&visit, subject, &post.other, Named::InSight).await {
        Err(rejected) => visit.refuse(rejected, &subject.page()),
        Ok(Ok(other)) => {
            let command = OnPeople::Link { one: subject.person, other, why: post.why.clone() };
            ask(visit, subject, Some(Which::Link), post, (command, "link")).await
        }
        Ok(Err(key)) => {
            let errors = vec![error(&visit, "link_other", key)];
            wrong(visit, subject, Which::Link, post, errors).await
        }
    }
}

pub(super) async fn unlink(
    visit: Visit,
    Path((id, other)): Path<(String, String)>,
    Form(post): Form<Post>,
) -> Response {
    let (visit, subject) = match window(visit, &id, &post) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let Ok(other) = other.parse() else {
        return visit.refuse(Refusal::new("person.unknown"), &subject.page());
    };
    let command = OnPeople::Unlink { one: subject.person, other, why: post.why.clone() };
    ask(visit, subject, None, post, (command, "unlink")).await
}
