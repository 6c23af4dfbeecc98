//! `/api/v1/people/{id}/…`: what is kept about a person. For a clerk, and for the person.

pub(super) mod consents;
pub(super) mod facts;
pub(super) mod helpers;
pub(super) mod households;
pub(super) mod links;
pub(super) mod papers;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base::{Date, PersonId, Refusal, Role};
use city::may;
use city::{Command, OnPeople};
use people::File;

use super::call::Call;
use super::wire::DoneOut;
use crate::auth::SharedApp;
use crate::problem::Rejected;

/// What is kept about a person, if the caller may see it: a clerk anyone's, a citizen their own.
async fn file(app: &SharedApp, call: &Call, person: PersonId) -> Result<File, Response> {
    admitted(app, call, person)?;
    let (looker, sees) = (call.looks("api.records", "service"), sight(app, call));
    let read = app.register(looker, move |register| register.file_within(person, sees));
    read.await.map_err(|error| call.reject(error))
}

/// Which records of a person are answered: to a clerk those within their sight, to the person all.
fn sight(app: &SharedApp, call: &Call) -> impl Fn(Option<&str>) -> bool + Send + use<> {
    let is_clerk = call.actor.role == Role::Clerk;
    let sight = may::sight(call.actor, &app.city.shared.read().town.pack);
    move |code| !is_clerk || sight(code)
}

/// Whether the caller may see what is kept about a person.
fn admitted(app: &SharedApp, call: &Call, person: PersonId) -> Result<(), Response> {
    match call.actor.role {
        Role::Clerk => {}
        Role::Citizen(me) if me == person => {}
        Role::Citizen(_) => return Err(call.reject(Refusal::new("person.unknown"))),
        _ => return Err(call.needs(&["citizen", "clerk"])),
    }
    let within = {
        let directory = &app.city.shared.read().town.directory;
        directory.holder(person).is_some() && may::sees_person(&call.actor, person, directory)
    };
    if !within {
        return Err(call.reject(Refusal::new("person.unknown")));
    }
    Ok(())
}

async fn ask(
    app: &SharedApp,
    call: &Call,
    status: StatusCode,
    command: OnPeople,
) -> Result<Response, Response> {
    let reply = call.ask(app, Command::OnPeople(command)).await?;
    Ok((status, axum::Json(DoneOut::new(&reply))).into_response())
}

/// A day, `2021-02-23`.
fn day(call: &Call, text: Option<&str>) -> Result<Option<Date>, Response> {
    let bad = || call.reject(Rejected::new(StatusCode::BAD_REQUEST, "date.form"));
    text.map(|text| text.parse().map_err(|_| bad())).transpose()
}

/// Texts that go into documents.
fn no_nul(call: &Call, texts: &[Option<&str>]) -> Result<(), Response> {
    if texts.iter().flatten().any(|text| text.contains('\0')) {
        return Err(call.reject(Rejected::new(StatusCode::BAD_REQUEST, "text.nul")));
    }
    Ok(())
}

/// The id of a record or a document in a path or body.
fn id<T: std::str::FromStr>(call: &Call, text: &str, code: &'static str) -> Result<T, Response> {
    text.parse().map_err(|_| call.reject(Refusal::new(code)))
}
