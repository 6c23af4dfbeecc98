//! The window's forms.

use axum::extract::{Form, Path};
use axum::http::StatusCode;
use axum::response::Response;
use base::{CardId, Date, PersonId, Refusal, day_of_date};
use city::read::people::Sought;
use city::{CardRef, Command, NewCard, NewPerson, Reply};
use economy::{CardKind, Facts, phone, pin};
use pen::Recorded;
use serde::Deserialize;

use super::window::{Sent, enrol_form, show};
use super::{is_clerk, sees, sight};
use crate::frame::Visit;
use crate::look::{EnrolForm, Field, FieldError};
use crate::pages::wallet::{expired, typed, wallet_now};
use crate::problem::Rejected;

/// Every form of the window; each has some of these.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Post {
    csrf: String,
    request_key: String,
    name: String,
    phone: String,
    born: String,
    district: String,
    kind: String,
    sure: String,
    amount: String,
    pin: String,
}

/// The card and person of a reply.
fn card_of(reply: &Reply) -> Option<(CardId, PersonId)> {
    match reply {
        Reply::Done { facts: Facts::Card { card, person, .. }, .. } => Some((*card, *person)),
        _ => None,
    }
}

fn to_card(visit: Visit, reply: &Reply, did: &str) -> Response {
    match card_of(reply) {
        Some((card, person)) => visit.go(&format!("/clerk?find={person}&card={card}&did={did}")),
        None => visit.go("/clerk"),
    }
}

fn refuse(visit: &Visit, sent: &mut Sent, rejected: &Rejected) -> String {
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
    let district = view.town.pack.city.district(&form.district).map(|d| d.code.clone());
    let kind = CardKind::coded(&form.kind).unwrap_or(CardKind::Plastic);
    let person = NewPerson {
        name: name.to_owned(),
        phone,
        birth_day: born.map(day_of_date),
        district,
        card: Some(NewCard { kind }),
    };
    Enrolment { person, born, shown, errors }
}

/// Someone of that name and birthday is known already: nobody should have two wallets by mistake.
async fn is_known(visit: &Visit, person: &NewPerson) -> Result<bool, store::Error> {
    let (sought, day) = (Sought::Name(person.name.clone()), person.birth_day);
    let sees = sight(visit);
    let found = visit.app.register(move |register| sought.find(register, sees)).await?;
    Ok(found.iter().any(|one| one.birth_day.is_some() && one.birth_day == day))
}

pub(super) async fn enrol(visit: Visit, Form(form): Form<Post>) -> Response {
    if !is_clerk(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/clerk");
    }
    let mut wish = read_enrolment(&visit, &form);
    let mut sent = Sent { status: StatusCode::UNPROCESSABLE_ENTITY, ..Sent::default() };
    if wish.errors.is_empty() && wish.born.is_some() {
        let sure = form.sure == "1";
        let known = match is_known(&visit, &wish.person).await {
            Ok(known) => known && !sure,
            Err(error) => return visit.refuse(error, "/clerk"),
        };
        if known {
            let error = visit.t.say("field-known").to_string();
            wish.errors.push(FieldError { field: "name", error: error.clone() });
            wish.shown.name.error = Some(error);
            wish.shown.asks_sure = true;
        } else {
            match visit.ask(&form.request_key, Command::Enrol(wish.person)).await {
                Ok(reply) => return to_card(visit, &reply, "enrolled"),
                Err(rejected) => {
                    refuse(&visit, &mut sent, &rejected);
                }
            }
        }
    }
    sent.errors = wish.errors;
    sent.enrol = Some(wish.shown);
    show(visit, sent).await
}

pub(super) async fn top_up(visit: Visit, Path(id): Path<String>, Form(form): Form<Post>) -> Response {
    if !is_clerk(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/clerk");
    }
    let Some(person) = id.parse::<PersonId>().ok().filter(|person| sees(&visit, *person)) else {
        return visit.refuse(Refusal::new("person.unknown"), "/clerk");
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
    if !is_clerk(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/clerk");
    }
    let Some(person) = id.parse::<PersonId>().ok().filter(|person| sees(&visit, *person)) else {
        return visit.refuse(Refusal::new("person.unknown"), "/clerk");
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
    if !is_clerk(&visit) {
        return visit.at_the_door();
    }
    if !visit.form_holds(&form.csrf) {
        return visit.refuse(expired(), "/clerk");
    }
    let card = id.parse::<CardId>().ok();
    let person = card.and_then(|id| {
        visit.app.city.shared.read().town.directory.card(CardRef::Id(id)).map(|card| card.person)
    });
    let person = person.filter(|person| sees(&visit, *person));
    let (Some(card), Some(person)) = (card, person) else {
        return visit.refuse(Refusal::new("card.unknown"), "/clerk");
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
