//! The window's forms.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{Actor, CardId, Date, PersonId, day_of_date};
use city::read::people::Known;
use city::{CardRef, Command, NewCard, NewPerson, OnPeople, OnWindow, Reply};
use economy::{CardKind, Facts, phone, pin};
use pen::Recorded;
use people::matching::{Agreement, Part, Score};
use people::{Naming, Reason};
use serde::Deserialize;

use super::window::{Sent, about, enrol_form, show};
use super::{drafts, head};
use crate::frame::Visit;
use crate::look::{AlikeLine, EnrolForm, Field, FieldError};
use crate::looks::Unseen;
use crate::pages::wallet::{typed, wallet_now};
use crate::problem::Rejected;

/// The choice of no card.
pub(super) const NO_CARD: &str = "none";

/// Every form of the window; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    pub csrf: String,
    pub request_key: String,
    pub name: String,
    pub phone: String,
    pub born: String,
    pub district: String,
    pub kind: String,
    sure: String,
    pub why: String,
    amount: String,
    pin: String,
    pub note: String,
    pub draft: String,
    pub quiet: String,
    pub what: String,
    pub to: String,
}

/// The reason comes first; the person is told at once.
pub(super) async fn open_glass(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let person = match head::named(&visit, &form.csrf, &id) {
        Ok(person) => person,
        Err(stop) => return stop.answer(visit, "/clerk"),
    };
    let command = Command::OpenGlass { person, why: form.why.clone() };
    match visit.ask(&form.request_key, command).await {
        Ok(_) => visit.go(&format!("/clerk?find={person}")),
        Err(rejected) => {
            let mut sent = Sent { find: id.clone(), ..Sent::default() };
            let short = refuse(&visit, &mut sent, &rejected);
            sent.errors.push(FieldError { field: "why", error: short.clone() });
            sent.why = Some((id, Field::wrong(form.why, short)));
            show(visit, sent).await
        }
    }
}

/// The card and person of a reply.
fn card_of(reply: &Reply) -> Option<(CardId, PersonId)> {
    match reply {
        Reply::Done { facts: Facts::Card { card, person, .. }, .. } => Some((*card, *person)),
        _ => None,
    }
}

/// The person of a reply, with a card or without.
fn person_of(reply: &Reply) -> Option<PersonId> {
    match reply {
        Reply::Done { facts: Facts::Person { person, .. }, .. } => Some(*person),
        reply => card_of(reply).map(|(_, person)| person),
    }
}

fn to_card(visit: Visit, reply: &Reply, did: &str) -> Response {
    match card_of(reply) {
        Some((card, person)) => visit.go(&format!("/clerk?find={person}&card={card}&did={did}")),
        None => match person_of(reply) {
            Some(person) => visit.go(&format!("/clerk?find={person}&did={did}")),
            None => visit.go("/clerk"),
        },
    }
}

pub(super) fn refuse(visit: &Visit, sent: &mut Sent, rejected: &Rejected) -> String {
    let alert = visit.alert(rejected);
    let short = alert.what.clone();
    sent.status = rejected.status;
    sent.alert = Some(alert);
    short
}

/// A year, a month and a day in this order, from `1943-05-01`, `1943.5.1` or `19430501`; not after today.
fn birthday(text: &str, today: Date) -> Option<Date> {
    let text = text.trim();
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let (year, month, day) = match parts.as_slice() {
        [whole] if whole.len() == 8 => (&whole[..4], &whole[4..6], &whole[6..]),
        [year, month, day] => (*year, *month, *day),
        _ => return None,
    };
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    (date.year() >= 1900 && date <= today).then_some(date)
}

/// What a form for taking someone in says.
struct Enrolment {
    person: NewPerson,
    born: Option<Date>,
    shown: EnrolForm,
    errors: Vec<FieldError>,
}

fn read_enrolment(visit: &Visit, form: &Post) -> Enrolment {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    let mut shown = enrol_form(visit, &view.town, form.request_key.clone(), (&form.district, &form.kind));
    let mut errors = Vec::new();
    let mut wrong = |field: &'static str, value: &str, key: &'static str| {
        let error = t.say(key).to_string();
        errors.push(FieldError { field, error: error.clone() });
        Field::wrong(value, error)
    };
    let name = form.name.trim();
    let named = !name.is_empty() && name.chars().count() <= 100 && !name.contains('\0');
    shown.name = if named { Field::of(name) } else { wrong("name", name, "field-name") };
    let born = birthday(&form.born, t.today);
    shown.born =
        if born.is_some() { Field::of(form.born.as_str()) } else { wrong("born", &form.born, "field-born") };
    let phone = phone::parse(&form.phone);
    let good = phone.is_some() || form.phone.trim().is_empty();
    shown.phone =
        if good { Field::of(form.phone.as_str()) } else { wrong("phone", &form.phone, "field-phone") };
    shown.open = true;
    shown.note = Field::of(form.note.as_str());
    let district = view.town.pack.city.district(&form.district).map(|d| d.code.clone());
    let kind = CardKind::coded(&form.kind).unwrap_or(CardKind::Plastic);
    let card = (form.kind != NO_CARD).then_some(NewCard { kind });
    let person = NewPerson { name: name.to_owned(), phone, birth_day: born.map(day_of_date), district, card };
    Enrolment { person, born, shown, errors }
}

/// Who is known already and may be the same person: nobody should have two wallets by mistake.
async fn alike(visit: &Visit, person: &NewPerson) -> Result<Vec<(Known, Score)>, Unseen> {
    let NewPerson { name, phone, birth_day, district, .. } = person.clone();
    let naming = Naming { name, phone, birth_day };
    let actor = visit.visitor.unwrap_or(Actor::SYSTEM);
    let sees = city::may::sight(actor, &visit.app.city.shared.read().town.pack);
    visit
        .app
        .register(visit.looks("window.enrol", "intake"), move |register| {
            register.alike(&naming, district.as_deref(), sees)
        })
        .await
}

/// What two records agree in, in words.
pub(super) fn agreement(visit: &Visit, score: &Score) -> String {
    let t = visit.t;
    let parts = |wanted: Agreement| {
        let names = score.parts.iter().filter(|part| part.agreement == wanted).map(|part| match part.part {
            Part::Name => "alike-name",
            Part::Birth => "alike-birth",
            Part::Phone => "alike-phone",
            Part::District => "alike-district",
        });
        names.map(|key| t.say(key).to_string()).collect::<Vec<_>>().join(", ")
    };
    let said = [("alike-agrees", parts(Agreement::Same)), ("alike-near", parts(Agreement::Near))];
    let said = said.iter().filter(|(_, parts)| !parts.is_empty());
    said.map(|(key, parts)| t.say(key).text("parts", parts).to_string()).collect::<Vec<_>>().join(" · ")
}

fn alike_line(visit: &Visit, (known, score): &(Known, Score)) -> AlikeLine {
    let t = visit.t;
    let view = visit.app.city.shared.read();
    AlikeLine {
        id: known.id.to_string(),
        name: known.name.clone(),
        about: about(&view.town, t, known, phone::masked),
        agrees: agreement(visit, score),
        href: format!("/clerk?find={}", known.id),
    }
}

/// Takes them in, and links the new record to one that is known when the clerk says they are the same. The reason is
/// looked at first: a record must not be made and then stand alone.
async fn take_in(visit: &Visit, form: &Post, person: NewPerson) -> Result<Reply, Rejected> {
    let same = form.sure.parse::<PersonId>().ok();
    if same.is_some() {
        Reason::given(&form.why)?;
    }
    let (draft, fresh) = drafts::meant(visit, form)?;
    let command = Command::OnWindow(OnWindow::TakeIn { draft, fresh, person });
    let reply = visit.ask(&form.request_key, command).await?;
    if let (Some(one), Some(other)) = (same, person_of(&reply)) {
        let link = OnPeople::Link { one, other, why: form.why.clone() };
        let key: String = form.request_key.chars().take(56).collect();
        visit.ask(&format!("{key}-link"), Command::OnPeople(link)).await?;
    }
    Ok(reply)
}

pub(super) async fn enrol(visit: Visit, Form(form): Form<Post>) -> Response {
    if let Err(stop) = head::clerk(&visit, &form.csrf) {
        return stop.answer(visit, "/clerk");
    }
    let mut wish = read_enrolment(&visit, &form);
    let mut sent = Sent { status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    if wish.errors.is_empty() && wish.born.is_some() {
        let found = match alike(&visit, &wish.person).await {
            Ok(found) => found,
            Err(error) => return visit.refuse(error, "/clerk"),
        };
        let decided = form.sure == "1" || found.iter().any(|(known, _)| known.id.to_string() == form.sure);
        if found.is_empty() || decided {
            match take_in(&visit, &form, wish.person).await {
                Ok(reply) => return to_card(visit, &reply, "enrolled"),
                Err(rejected) => {
                    let short = refuse(&visit, &mut sent, &rejected);
                    if rejected.refusal.code.starts_with("reason.") {
                        wish.shown.why = Field::wrong(form.why.as_str(), short);
                    }
                }
            }
        } else {
            let error = visit.t.say("field-alike").to_string();
            wish.errors.push(FieldError { field: "name", error: error.clone() });
            wish.shown.name.error = Some(error);
        }
        wish.shown.alike = found.iter().map(|one| alike_line(&visit, one)).collect();
    }
    // What it goes on with stays what it goes on with.
    if let Ok((draft, false)) = drafts::meant(&visit, &form) {
        match drafts::find(&visit, draft).await {
            Ok(Some(found)) => wish.shown.kept = drafts::form_of(&visit, found).kept,
            Ok(None) => {}
            Err(rejected) => return visit.refuse(rejected, "/clerk"),
        }
    }
    sent.errors = wish.errors;
    sent.enrol = Some(wish.shown);
    show(visit, sent).await
}

pub(super) async fn top_up(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let person = match head::person(&visit, &form.csrf, &id).await {
        Ok(person) => person,
        Err(stop) => return stop.answer(visit, "/clerk"),
    };
    let mut sent = Sent { find: id, status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    let error = match typed::amount(&form.amount) {
        Some(amount) => match visit.ask(&form.request_key, Command::TopUp { person, amount }).await {
            Ok(Reply::Done { recorded: Recorded::Posting(no), .. }) => {
                return visit.go(&format!("/clerk?find={person}&done={no}"));
            }
            Ok(_) => return visit.go("/clerk"),
            Err(rejected) => refuse(&visit, &mut sent, &rejected),
        },
        None => {
            let most = wallet_now(&visit.app, person).map_or(1, |wallet| wallet.room.max(1));
            let error = visit.t.say("field-amount").won("most", base::Won(most)).to_string();
            sent.errors.push(FieldError { field: "top_up_amount", error: error.clone() });
            error
        }
    };
    sent.top_up = Some((form.request_key, Field::wrong(form.amount, error)));
    show(visit, sent).await
}

pub(super) async fn another_card(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let person = match head::person(&visit, &form.csrf, &id).await {
        Ok(person) => person,
        Err(stop) => return stop.answer(visit, "/clerk"),
    };
    let card = NewCard { kind: CardKind::coded(&form.kind).unwrap_or(CardKind::Plastic) };
    match visit.ask(&form.request_key, Command::IssueCard { person, card }).await {
        Ok(reply) => to_card(visit, &reply, "issued"),
        Err(rejected) => {
            let mut sent = Sent { find: id, ..Sent::default() };
            refuse(&visit, &mut sent, &rejected);
            show(visit, sent).await
        }
    }
}

pub(super) async fn replace(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on_card(visit, &id, &form, "replaced", |card| Command::Replace { card }).await
}

pub(super) async fn unlock(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    on_card(visit, &id, &form, "unlocked", |card| Command::Unfreeze { card }).await
}

pub(super) async fn pin(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    let pin = form.pin.trim().to_owned();
    on_card(visit, &id, &form, "pin", |card| Command::SetPin { card, pin }).await
}

async fn on_card(
    visit: Visit,
    id: &str,
    form: &Post,
    did: &str,
    command: impl FnOnce(CardRef) -> Command,
) -> Response {
    let (card, person) = match head::card(&visit, &form.csrf, id).await {
        Ok(found) => found,
        Err(stop) => return stop.answer(visit, "/clerk"),
    };
    let mut sent = Sent { find: person.to_string(), ..Sent::default() };
    let command = command(CardRef::Id(card));
    if let Command::SetPin { pin, .. } = &command
        && !pin::is_well_formed(pin)
    {
        sent.status = StatusCode::UNPROCESSABLE_ENTITY;
        sent.pin = Some((card, visit.t.say("field-pin-form").to_string()));
        return show(visit, sent).await;
    }
    match visit.ask(&form.request_key, command).await {
        Ok(reply) => to_card(visit, &reply, did),
        Err(rejected) => {
            refuse(&visit, &mut sent, &rejected);
            show(visit, sent).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::date;

    #[test]
    fn birthdays_as_people_write_them() {
        let today = date(2021, 2, 23);
        for text in ["1943-05-01", "1943.5.1", "19430501", " 1943년 5월 1일 "] {
            assert_eq!(birthday(text, today), Some(date(1943, 5, 1)), "{text}");
        }
        for text in ["", "1943", "43-05-01", "1943-13-01", "2021-02-24", "1899-12-31", "1943-02-30"] {
            assert_eq!(birthday(text, today), None, "{text}");
        }
    }
}
