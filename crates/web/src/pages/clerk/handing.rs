//! Handing something over to another clerk, taking it, ending it.

use axum::extract::{Form, Path};
use axum::response::Response;
use base::{HandoverId, Refusal};
use city::window::{self, Colleague};
use city::{CityView, Command, Matter, OnWindow};

use super::forms::Post;
use super::head;
use crate::frame::Visit;
use crate::look::{Choice, HandOverForm};

/// The form, with the colleagues who can take the matter on.
pub(super) fn form(visit: &Visit, town: &CityView, what: Matter) -> HandOverForm {
    let today = town.zone.day_number(visit.app.now());
    let me = visit.actor().and_then(|actor| actor.account);
    let colleagues = me.map(|me| window::colleagues(town, me, what, today)).unwrap_or_default();
    let mut colleagues: Vec<Choice> = colleagues.iter().map(|one| choice(visit, town, one)).collect();
    colleagues.sort_by(|a, b| a.name.cmp(&b.name));
    HandOverForm {
        what: match what {
            Matter::Draft(draft) => draft.to_string(),
            Matter::Person(person) => person.to_string(),
        },
        colleagues,
        request_key: visit.app.request_key(),
        ..HandOverForm::default()
    }
}

/// A colleague by place and role; the end of the account's id tells two of one window apart.
fn choice(visit: &Visit, town: &CityView, one: &Colleague) -> Choice {
    let (t, pack) = (visit.t, &town.pack);
    let place = match one.district.as_deref().and_then(|code| pack.city.district(code)) {
        Some(district) => district.name.in_lang(t.lang).to_owned(),
        None => pack.city.name.in_lang(t.lang).to_owned(),
    };
    let rule = pack.roles.iter().find(|rule| rule.id == one.role);
    let role = rule.map_or_else(|| one.role.clone(), |rule| rule.name.in_lang(t.lang).to_owned());
    let value = one.account.to_string();
    let code = value[value.len().saturating_sub(4)..].to_owned();
    let name = t.say("colleague").text("place", place).text("role", role).text("code", code).to_string();
    Choice { value, name, chosen: false }
}

/// `POST /clerk/handovers`.
pub(super) async fn begin(visit: Visit, Form(form): Form<Post>) -> Response {
    if let Err(stop) = head::clerk(&visit, &form.csrf) {
        return stop.answer(visit, "/clerk");
    }
    let (draft, person) = (form.what.parse().ok(), form.what.parse().ok());
    let (what, back) = match (draft, person) {
        (Some(draft), _) => (Matter::Draft(draft), format!("/clerk?draft={draft}")),
        (None, Some(person)) => {
            // Who is not seen here is nobody.
            if let Err(rejected) = head::open(&visit, person, "person.unknown").await {
                return visit.refuse(rejected, "/clerk");
            }
            (Matter::Person(person), format!("/clerk?find={person}"))
        }
        (None, None) => return visit.refuse(Refusal::new("draft.unknown"), "/clerk"),
    };
    let Ok(to) = form.to.parse() else { return visit.refuse(Refusal::new("handover.nobody"), &back) };
    let command = Command::OnWindow(OnWindow::HandOver { what, to, why: form.why.clone() });
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go("/clerk?did=handed"),
        Err(rejected) => visit.refuse(rejected, &back),
    }
}

/// `POST /clerk/handovers/{id}/accept`.
pub(super) async fn accept(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    change(visit, &id, &form, "accepted", |handover| OnWindow::Accept { handover }).await
}

/// `POST /clerk/handovers/{id}/end`.
pub(super) async fn end(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    change(visit, &id, &form, "ended", |handover| OnWindow::End { handover }).await
}

async fn change(
    visit: Visit,
    id: &str,
    form: &Post,
    did: &str,
    command: impl FnOnce(HandoverId) -> OnWindow,
) -> Response {
    if let Err(stop) = head::clerk(&visit, &form.csrf) {
        return stop.answer(visit, "/clerk");
    }
    let Ok(handover) = id.parse() else { return visit.refuse(Refusal::new("handover.unknown"), "/clerk") };
    match visit.ask(&form.request_key, Command::OnWindow(command(handover))).await {
        Ok(_) => visit.go(&format!("/clerk?did={did}")),
        Err(rejected) => visit.refuse(rejected, "/clerk"),
    }
}
