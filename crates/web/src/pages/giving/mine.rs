//! `/wallet/giving`: what a person gives.

use axum::extract::Form;
use axum::http::StatusCode;
use axum::response::Response;
use base::{PersonId, Won};
use city::{Command, OnGiving};
use economy::facts::Giver;
use serde::Deserialize;

use super::lists::{self, Asked};
use super::words;
use crate::frame::Visit;
use crate::look::{Alert, Field, FieldError, OwnGivingPage};
use crate::pages::wallet::{citizen, expired, typed};
use crate::problem::Rejected;

const HERE: &str = "/wallet/giving";
/// What a post has done.
const DONE: [(&str, &str); 3] =
    [("standing", "done-standing"), ("stopped", "done-standing-stopped"), ("once", "done-once")];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    share: String,
    amount: String,
    purpose: String,
    named: String,
}

/// What a form left behind.
#[derive(Default)]
struct Sent {
    share: Option<Field>,
    amount: Field,
    key: Option<String>,
    errors: Vec<FieldError>,
    alert: Option<Alert>,
    status: StatusCode,
}

pub(super) async fn show(visit: Visit) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    let alert = visit.did(&DONE);
    page(visit, me, Sent { alert, ..Sent::default() }).await
}

async fn page(visit: Visit, me: PersonId, mut sent: Sent) -> Response {
    let list = match lists::list(&visit, Giver::Person(me), HERE).await {
        Ok(list) => list,
        Err(error) => return visit.refuse(error, "/wallet"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let t = visit.t;
    let keys = [(); 3].map(|()| visit.app.request_key());
    let page = {
        let view = visit.app.city.shared.read();
        let standing = view.town.directory.giving.standing(me).copied();
        let gives = view.town.pack.giving.as_ref().map(|rules| rules.gives.clone()).unwrap_or_default();
        let month = base::Month::of(t.today);
        let cashback = view.town.directory.holder(me).map_or(0, |holder| {
            let own = holder.purses().filter(|(purpose, expires, _)| {
                let purpose = view.town.pack.purpose_numbered(*purpose);
                *expires >= month && purpose.is_some_and(|purpose| gives.contains(&purpose.id))
            });
            own.map(|(.., account)| view.books.balance(account)).sum()
        });
        let share = standing.map(|standing| standing.share);
        let typed =
            share.map_or("50".to_owned(), |share| t.percent(share).trim_end_matches('%').trim().to_owned());
        let [standing_key, stop_key, once_key] = keys;
        OwnGivingPage {
            t,
            page: frame,
            errors: std::mem::take(&mut sent.errors),
            collector: words::collector(&view.town, t),
            share,
            cashback: Won(cashback),
            share_field: sent.share.unwrap_or_else(|| Field::of(typed)),
            amount: sent.amount,
            purposes: words::choices(&view.town, t, standing.map_or(0, |standing| standing.purpose)),
            named: standing.is_some_and(|standing| standing.named),
            standing_key: sent.key.clone().unwrap_or(standing_key),
            stop_key,
            once_key: sent.key.unwrap_or(once_key),
            list,
        }
    };
    visit.show_as(sent.status, &page)
}

/// A share in percent, in basis points; what is none becomes one that is refused.
pub(super) fn share(text: &str) -> i64 {
    let text = text.trim().trim_end_matches('%').trim();
    let known = format!("{text}%").parse::<rules::Rate>();
    known.map_or(-1, rules::Rate::basis_points)
}

pub(super) fn number(text: &str) -> u16 {
    text.trim().parse().unwrap_or(u16::MAX)
}

pub(super) async fn stand(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let share = share(&form.share);
    let (purpose, named) = (number(&form.purpose), form.named == "1");
    let wish = OnGiving::Stand { person: me, share, purpose, named };
    match visit.ask(&form.request_key, Command::OnGiving(wish)).await {
        Ok(_) => visit.go(&format!("{HERE}?did={}", if share == 0 { "stopped" } else { "standing" })),
        Err(rejected) => refused(visit, me, rejected, "share", form).await,
    }
}

pub(super) async fn once(visit: Visit, Form(form): Form<Post>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    let amount = typed::amount(&form.amount).unwrap_or(0);
    let (purpose, named) = (number(&form.purpose), form.named == "1");
    let wish = OnGiving::Once { person: me, amount, purpose, named };
    match visit.ask(&form.request_key, Command::OnGiving(wish)).await {
        Ok(_) => visit.go(&format!("{HERE}?did=once")),
        Err(rejected) => refused(visit, me, rejected, "amount", form).await,
    }
}

async fn refused(
    visit: Visit,
    me: PersonId,
    rejected: Rejected,
    field: &'static str,
    form: Post,
) -> Response {
    let alert = visit.alert(&rejected);
    let error = alert.what.clone();
    let mut sent = Sent {
        key: Some(form.request_key),
        errors: vec![FieldError { field, error: error.clone() }],
        alert: Some(alert),
        status: rejected.status,
        ..Sent::default()
    };
    if field == "share" {
        sent.share = Some(Field::wrong(form.share, error));
    } else {
        sent.amount = Field::wrong(form.amount, error);
    }
    page(visit, me, sent).await
}

pub(super) async fn receipt(visit: Visit, Form(form): Form<Asked>) -> Response {
    let Some(me) = citizen(&visit) else { return visit.at_the_door() };
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), HERE);
    }
    match lists::ask(&visit, Giver::Person(me), &form).await {
        Ok(serial) => visit.go(&format!("/giving/receipts/{serial}")),
        Err(rejected) => visit.refuse(rejected, HERE),
    }
}
