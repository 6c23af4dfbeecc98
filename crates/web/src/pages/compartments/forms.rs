//! Taking in, adding a note, ending a record.

use axum::extract::{Form, FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use compartment::{NewRecord, Request as Asking, Room};
use serde::Deserialize;

use super::show::{Sent, new_page, record_page, typed};
use super::{Inside, known};
use crate::look::{FieldError, SealedForms};
use crate::pages::wallet::expired;
use crate::problem::Rejected;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Post {
    csrf: String,
    request_key: String,
    name: String,
    reach: String,
    note: String,
    text: String,
}

/// The form, if it is one of this visitor's.
async fn posted(inside: &Inside, request: Request) -> Result<Post, Rejected> {
    let form = Form::<Post>::from_request(request, &()).await;
    // What is no form at all is none of this page's.
    let Form(form) = form.map_err(|_| expired())?;
    if !inside.visit.form_holds(&form.csrf) {
        return Err(expired());
    }
    let key = form.request_key.trim();
    if key.is_empty() || key.len() > 64 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Rejected::new(StatusCode::BAD_REQUEST, "key.missing"));
    }
    Ok(form)
}

/// The field that a refusal is about.
fn field_of(code: &str, note: &'static str) -> Option<&'static str> {
    match code {
        "compartment.name" => Some("name"),
        "compartment.reach" => Some("reach"),
        "compartment.note" => Some(note),
        _ => None,
    }
}

/// What a page shows after its form was refused, and the field that is wrong.
fn refused(
    inside: &Inside,
    rejected: &Rejected,
    note: &'static str,
) -> (Sent, Option<(&'static str, String)>) {
    let alert = inside.visit.alert(rejected);
    let wrong = field_of(rejected.refusal.code, note).map(|field| (field, alert.what.clone()));
    let errors = wrong.iter().map(|(field, error)| FieldError { field, error: error.clone() }).collect();
    (Sent { alert: Some(alert), errors, status: rejected.status, ..Sent::default() }, wrong)
}

pub(super) async fn take_in(inside: Inside, request: Request) -> Response {
    let form = match posted(&inside, request).await {
        Ok(form) => form,
        Err(rejected) => return inside.refuse(rejected),
    };
    let (by, at, key) = (inside.who(), inside.visit.app.now(), form.request_key.trim().to_owned());
    let wish = NewRecord { name: form.name, reach: form.reach, note: form.note };
    let asked = wish.clone();
    let taken = inside.work(move |room| room.take_in(Asking { by: &by, key: &key, at }, &asked)).await;
    match taken {
        Ok(record) => {
            let to = format!("{}/{record}?did=taken-in", inside.pass.base());
            inside.visit.go(&to)
        }
        Err(rejected) => {
            let (sent, wrong) = refused(&inside, &rejected, "note");
            let at = |field: &str, value: &str| {
                typed(value, wrong.as_ref().filter(|(of, _)| *of == field).map(|(_, error)| error.as_str()))
            };
            let forms = SealedForms {
                name: at("name", &wish.name),
                reach: at("reach", &wish.reach),
                note: at("note", &wish.note),
                ..SealedForms::default()
            };
            new_page(inside, Sent { forms, ..sent })
        }
    }
}

pub(super) async fn note(inside: Inside, id: &str, request: Request) -> Response {
    add(inside, id, request, false).await
}

pub(super) async fn close(inside: Inside, id: &str, request: Request) -> Response {
    add(inside, id, request, true).await
}

async fn add(inside: Inside, id: &str, request: Request, closes: bool) -> Response {
    let form = match posted(&inside, request).await {
        Ok(form) => form,
        Err(rejected) => return inside.refuse(rejected),
    };
    let record = match known(id) {
        Ok(record) => record,
        Err(refusal) => return inside.refuse(refusal),
    };
    let (by, at, key) = (inside.who(), inside.visit.app.now(), form.request_key.trim().to_owned());
    let text = if closes { form.text } else { form.note };
    let asked = text.clone();
    let work = move |room: &Room| {
        let asking = Asking { by: &by, key: &key, at };
        if closes { room.close(asking, record, &asked) } else { room.note(asking, record, &asked) }
    };
    match inside.work(work).await {
        Ok(()) => {
            let did = if closes { "closed" } else { "noted" };
            let to = format!("{}/{record}?did={did}", inside.pass.base());
            inside.visit.go(&to)
        }
        Err(rejected) if rejected.status == StatusCode::NOT_FOUND => inside.refuse(rejected),
        Err(rejected) => {
            let (sent, wrong) = refused(&inside, &rejected, if closes { "text" } else { "note" });
            let field = typed(&text, wrong.as_ref().map(|(_, error)| error.as_str()));
            let mut forms = SealedForms::default();
            if closes {
                forms.close = field;
            } else {
                forms.note = field;
            }
            record_page(inside, id, Sent { forms, ..sent }).await
        }
    }
}
