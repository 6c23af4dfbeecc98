//! `/notices/mail`: where somebody's notices go by mail. An address is used once the code that went there was typed here.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::Refusal;
use city::follow::To;
use city::mail::Mailbox;
use city::{Command, OnMail, Reply};
use rules::Channel;
use serde::Deserialize;

use super::expired;
use super::notices::me;
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, MailPage};
use crate::problem::Rejected;

const PAGE: &str = "/notices/mail";
const DONE: [(&str, &str); 3] =
    [("asked", "mail-did-ask"), ("confirmed", "mail-did-confirm"), ("removed", "mail-did-remove")];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    address: String,
    code: String,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    status: StatusCode,
    address: Field,
    code: Field,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
}

pub(super) async fn show(visit: Visit) -> Response {
    let Some(to) = me(&visit) else { return visit.at_the_door() };
    let alert = visit.did(&DONE);
    page(visit, to, Sent { alert, ..Sent::default() }).await
}

async fn mailbox(visit: &Visit, to: To) -> Result<Mailbox, Rejected> {
    let now = visit.app.now();
    Ok(match to {
        // Their own: no look.
        To::Person(person) => {
            let looks = visit.looks("me.mail", "own");
            visit.app.register(looks, move |register| register.mailbox(person, now)).await?
        }
        To::Shop(shop) => {
            let vault = visit.app.city.vault();
            visit.app.read(move |snapshot| city::mail::of_shop(snapshot, &vault, shop, now)).await?
        }
    })
}

async fn page(visit: Visit, to: To, sent: Sent) -> Response {
    let Mailbox { address, pending } = match mailbox(&visit, to).await {
        Ok(mailbox) => mailbox,
        Err(rejected) => return visit.refuse(rejected, "/notices"),
    };
    let offered = city::mail::is_offered(&visit.app.city.shared.read().town.pack);
    let mut frame = visit.page();
    frame.alert = sent.alert;
    let page = MailPage {
        t: visit.t,
        page: frame,
        errors: sent.errors,
        offered: offered && visit.app.outlets.has(Channel::Email),
        kept: address.map(|(address, since)| (address, visit.moment(since))),
        pending: pending.map(|(address, _)| address),
        address: sent.address,
        code: sent.code,
        request_keys: [(); 3].map(|()| visit.app.request_key()),
    };
    visit.show_as(sent.status, &page)
}

async fn carry_out(
    visit: Visit,
    form: Post,
    did: &str,
    command: impl FnOnce(To, &Post) -> OnMail,
) -> Response {
    let Some(to) = me(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), PAGE);
    }
    let command = command(to, &form);
    let by_code = matches!(command, OnMail::Confirm { .. });
    let asked = match visit.ask(&form.request_key, Command::OnMail(command)).await {
        Ok(Reply::WrongCode) => Err(Refusal::new("mail.code-wrong").into()),
        other => other,
    };
    let rejected: Rejected = match asked {
        Ok(_) => return visit.go(&format!("{PAGE}?did={did}")),
        Err(rejected) => rejected,
    };
    let alert = visit.alert(&rejected);
    let error = alert.what.clone();
    let (field, address, code) = if by_code {
        ("code", Field::default(), Field::wrong(form.code, error.clone()))
    } else {
        ("address", Field::wrong(form.address, error.clone()), Field::default())
    };
    let errors = vec![FieldError { field, error }];
    page(visit, to, Sent { status: rejected.status, address, code, errors, alert: Some(alert) }).await
}

pub(super) async fn ask(visit: Visit, Form(form): Form<Post>) -> Response {
    carry_out(visit, form, "asked", |to, form| OnMail::Ask { to, address: form.address.clone() }).await
}

pub(super) async fn confirm(visit: Visit, Form(form): Form<Post>) -> Response {
    carry_out(visit, form, "confirmed", |to, form| OnMail::Confirm { to, code: form.code.clone() }).await
}

pub(super) async fn remove(visit: Visit, Form(form): Form<Post>) -> Response {
    carry_out(visit, form, "removed", |to, _| OnMail::Remove { to }).await
}
