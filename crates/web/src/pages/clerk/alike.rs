//! `/clerk/alike`: records that may be of one person and that no window of a neighbourhood sees both of. For who sees the
//! whole city.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Actor, PersonId, Refusal};
use city::alike::{Differing, Pair, differing, waiting};
use city::may::{holds, needed, sight};
use city::read::people::{Known, Register};
use city::{CityView, Command, OnAlike};
use people::differ::About;

use super::forms::{Post, agreement};
use super::{about, head, is_clerk};
use crate::frame::Visit;
use crate::look::{Alert, AlikePage, AlikePair, AlikeSide, DifferingPair, Field, FieldError};

pub(super) const PAGE: &str = "/clerk/alike";
const OPERATION: &str = "answer-alike";
/// As many as are listed at once.
pub(super) const LISTED: u32 = 20;
/// What a post has done.
const DONE: [(&str, &str); 2] = [("same", "done-alike-same"), ("others", "done-alike-others")];

/// What a form left behind.
#[derive(Default)]
struct Sent {
    alert: Option<Alert>,
    errors: Vec<FieldError>,
    /// The reason that was typed, for which pair.
    why: Option<((PersonId, PersonId), Field)>,
    status: StatusCode,
}

/// Whether such pairs are this clerk's to answer.
pub(super) fn answers(actor: &Actor, pack: &rules::Pack) -> bool {
    holds(actor, OPERATION, pack)
}

/// What keeps a visitor out, if anything does.
fn refused(visit: &Visit) -> Option<Refusal> {
    let view = visit.app.city.shared.read();
    let pack = &view.town.pack;
    let may = visit.visitor.is_some_and(|actor| answers(&actor, pack));
    (!may).then(|| needed(OPERATION, pack))
}

pub(super) async fn show(visit: Visit) -> Response {
    if !is_clerk(&visit) {
        return visit.at_the_door();
    }
    if let Some(refusal) = refused(&visit) {
        return visit.refuse(refusal, "/clerk");
    }
    let alert = visit.did(&DONE);
    page(visit, Sent { alert, ..Sent::default() }).await
}

async fn page(visit: Visit, mut sent: Sent) -> Response {
    let actor = visit.actor().unwrap_or(Actor::SYSTEM);
    let sees = sight(actor, &visit.app.city.shared.read().town.pack);
    let read = visit.app.register(visit.looks("window.alike", "intake"), move |register| {
        let mut found = Vec::new();
        for pair in waiting(register.snapshot(), LISTED)? {
            // Whose names were let go is nobody any more.
            let one = register.naming_within(pair.one, &sees)?;
            let other = register.naming_within(pair.other, &sees)?;
            found.extend(one.zip(other).map(|(one, other)| (pair, one, other)));
        }
        let mut differ = Vec::new();
        for pair in differing(register.snapshot(), LISTED)? {
            let one = register.naming_within(pair.one, &sees)?;
            let other = register.naming_within(pair.other, &sees)?;
            differ.extend(one.zip(other).map(|(one, other)| (pair, one, other)));
        }
        Ok((found, differ))
    });
    let (found, differ): (Vec<(Pair, Known, Known)>, Vec<_>) = match read.await {
        Ok(found) => found,
        Err(error) => return visit.refuse(error, "/clerk"),
    };
    let mut frame = visit.page();
    frame.alert = sent.alert.take();
    let pairs = found.iter().map(|found| shown(&visit, found, sent.why.as_ref())).collect();
    let differing = differ.iter().map(|found| differs(&visit, found)).collect();
    let errors = std::mem::take(&mut sent.errors);
    let page = AlikePage { t: visit.t, page: frame, errors, pairs, differing };
    visit.show_as(sent.status, &page)
}

fn side(visit: &Visit, town: &CityView, known: &Known) -> AlikeSide {
    AlikeSide {
        name: known.name.clone(),
        // The whole day of birth stands beside the name.
        about: about(town, visit.t, &Known { birth_day: None, ..known.clone() }, str::to_owned),
        born: known.birth_day.map(base::date_of_day),
        href: format!("/clerk/people/{}/records", known.id),
    }
}

fn differs(visit: &Visit, (pair, one, other): &(Differing, Known, Known)) -> DifferingPair {
    let view = visit.app.city.shared.read();
    let key = match pair.about {
        About::Home => "differ-home",
        About::Age => "differ-age",
        About::Helper => "differ-helper",
        About::Link => "differ-link",
    };
    DifferingPair {
        one: side(visit, &view.town, one),
        other: side(visit, &view.town, other),
        what: visit.t.say(key).to_string(),
        since: view.town.zone.civil(pair.since),
    }
}

fn shown(
    visit: &Visit,
    (pair, one, other): &(Pair, Known, Known),
    typed: Option<&((PersonId, PersonId), Field)>,
) -> AlikePair {
    let view = visit.app.city.shared.read();
    AlikePair {
        one: side(visit, &view.town, one),
        other: side(visit, &view.town, other),
        agrees: agreement(visit, &Register::compare(one, other)),
        since: view.town.zone.civil(pair.since),
        action: format!("{PAGE}/{}/{}", pair.one, pair.other),
        request_key: visit.app.request_key(),
        why: typed
            .filter(|(of, _)| *of == (pair.one, pair.other))
            .map(|(_, why)| why.clone())
            .unwrap_or_default(),
    }
}

async fn answer(
    visit: Visit,
    (one, other): (String, String),
    form: Post,
    command: impl FnOnce(PersonId, PersonId, String) -> OnAlike,
    did: &str,
) -> Response {
    if let Err(stop) = head::clerk(&visit, &form.csrf) {
        return stop.answer(visit, PAGE);
    }
    let (Ok(one), Ok(other)) = (one.parse::<PersonId>(), other.parse::<PersonId>()) else {
        return visit.refuse(Refusal::new("alike.unknown"), PAGE);
    };
    let command = Command::OnAlike(command(one, other, form.why.clone()));
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go(&format!("{PAGE}?did={did}")),
        Err(rejected) if rejected.refusal.code.starts_with("reason.") => {
            let alert = visit.alert(&rejected);
            let error = alert.what.clone();
            let sent = Sent {
                errors: vec![FieldError { field: "why", error: error.clone() }],
                why: Some(((one, other), Field::wrong(form.why, error))),
                status: rejected.status,
                alert: Some(alert),
            };
            page(visit, sent).await
        }
        Err(rejected) => visit.refuse(rejected, PAGE),
    }
}

pub(super) async fn same(
    visit: Visit,
    Path(pair): Path<(String, String)>,
    Form(form): Form<Post>,
) -> Response {
    answer(visit, pair, form, |one, other, why| OnAlike::Same { one, other, why }, "same").await
}

pub(super) async fn others(
    visit: Visit,
    Path(pair): Path<(String, String)>,
    Form(form): Form<Post>,
) -> Response {
    answer(visit, pair, form, |one, other, _| OnAlike::Others { one, other }, "others").await
}
