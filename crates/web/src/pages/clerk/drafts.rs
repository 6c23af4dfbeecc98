//! Takings in that were begun: kept as they are typed, gone on with, let go.

use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Response};
use base::{DraftId, Refusal};
use city::window::{self, Draft};
use city::{Command, Matter, OnWindow};
use people::draft::Typed;

use super::forms::Post;
use super::window::{Sent, enrol_form, show};
use super::{handing, head};
use crate::frame::Visit;
use crate::look::{EnrolForm, Field, KeptDraft};
use crate::problem::Rejected;
use crate::sign;

/// Which draft a form goes on with, and whether it may be a new one. A new one's id is made of who asks and of the form's
/// key: sent again it is the same, and nobody can name another's by guessing.
pub(super) fn meant(visit: &Visit, form: &Post) -> Result<(DraftId, bool), Rejected> {
    if !form.draft.is_empty() {
        let id = form.draft.parse().map_err(|_| Rejected::from(Refusal::new("draft.unknown")))?;
        return Ok((id, false));
    }
    let who = visit.actor().map(city::looks::who).unwrap_or_default();
    let keyed = sign::keyed(&visit.app.secrets.signing, "draft", &format!("{who} {}", form.request_key));
    let mut word = [0u8; 8];
    word.copy_from_slice(&keyed[..8]);
    Ok((DraftId(u64::from_be_bytes(word)), true))
}

fn typed(form: &Post) -> Typed {
    Typed {
        name: form.name.clone(),
        born: form.born.clone(),
        phone: form.phone.clone(),
        district: form.district.clone(),
        kind: form.kind.clone(),
        note: form.note.clone(),
    }
}

/// `POST /clerk/intakes`: what was typed is kept, whatever it is.
pub(super) async fn keep(visit: Visit, Form(form): Form<Post>) -> Response {
    if let Err(stop) = head::clerk(&visit, &form.csrf) {
        return stop.answer(visit, "/clerk");
    }
    let quiet = form.quiet == "1";
    let kept = match meant(&visit, &form) {
        Ok((draft, fresh)) => {
            let command = Command::OnWindow(OnWindow::Keep { draft, fresh, typed: typed(&form) });
            visit.ask(&visit.app.request_key(), command).await.map(|_| draft)
        }
        Err(rejected) => Err(rejected),
    };
    match kept {
        Ok(draft) if quiet => draft.to_string().into_response(),
        Ok(_) => visit.go("/clerk?did=draft-kept"),
        Err(rejected) if quiet => rejected.status.into_response(),
        Err(rejected) => {
            let mut sent =
                Sent { status: rejected.status, alert: Some(visit.alert(&rejected)), ..Sent::default() };
            sent.enrol = Some(again(&visit, &form));
            show(visit, sent).await
        }
    }
}

/// The form as it was sent.
fn again(visit: &Visit, form: &Post) -> EnrolForm {
    let view = visit.app.city.shared.read();
    let mut shown = enrol_form(visit, &view.town, form.request_key.clone(), (&form.district, &form.kind));
    fill(&mut shown, typed(form));
    shown
}

fn fill(shown: &mut EnrolForm, typed: Typed) {
    shown.open = true;
    shown.name = Field::of(typed.name);
    shown.born = Field::of(typed.born);
    shown.phone = Field::of(typed.phone);
    shown.note = Field::of(typed.note);
}

/// A draft, if this clerk may see it.
pub(super) async fn find(visit: &Visit, id: DraftId) -> Result<Option<(Draft, bool)>, Rejected> {
    let Some(actor) = visit.actor() else { return Ok(None) };
    let (vault, pack) = {
        let view = visit.app.city.shared.read();
        (view.town.vault.clone(), view.town.pack.clone())
    };
    let read = visit.app.read(move |snapshot| {
        let Some(draft) = window::draft(snapshot, &vault, (&actor, &pack), id)? else { return Ok(None) };
        let on_its_way = match actor.account {
            Some(me) => !window::of(snapshot, &vault, Matter::Draft(id), me)?.is_empty(),
            None => false,
        };
        Ok(Some((draft, on_its_way)))
    });
    Ok(read.await?)
}

/// The form of a draft to go on with.
pub(super) fn form_of(visit: &Visit, (draft, on_its_way): (Draft, bool)) -> EnrolForm {
    let (t, app) = (visit.t, &*visit.app);
    let at = t.moment(&visit.moment(draft.changed));
    let view = app.city.shared.read();
    let town = &view.town;
    let until = town.zone.date(window::kept_until(draft.changed, &town.pack));
    let choices = (draft.typed.district.as_str(), draft.typed.kind.as_str());
    let mut shown = enrol_form(visit, town, app.request_key(), choices);
    shown.kept = Some(KeptDraft {
        id: draft.id.to_string(),
        about: t.say("draft-kept").text("at", at).day("until", until).to_string(),
        on_its_way,
        hand: handing::form(visit, town, Matter::Draft(draft.id)),
        drop_key: app.request_key(),
    });
    fill(&mut shown, draft.typed);
    shown
}

/// `POST /clerk/intakes/{id}/drop`.
pub(super) async fn drop_it(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if let Err(stop) = head::clerk(&visit, &form.csrf) {
        return stop.answer(visit, "/clerk");
    }
    let Ok(draft) = id.parse::<DraftId>() else {
        return visit.refuse(Refusal::new("draft.unknown"), "/clerk");
    };
    match visit.ask(&form.request_key, Command::OnWindow(OnWindow::Drop { draft })).await {
        Ok(_) => visit.go("/clerk?did=draft-dropped"),
        Err(rejected) => visit.refuse(rejected, "/clerk"),
    }
}
