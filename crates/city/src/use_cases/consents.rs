//! Consent: given and withdrawn, at the window, on paper, on the person's own page.

use base::{Date, PersonId, Refusal, Role, date_of_day};
use pen::Stop;
use people::consent::{Age, Given, Giver, Way, Withdrawn, withdraw as decide_withdrawal};
use people::fact::{Datum, Kind, valid_on};
use people::store::{PERSON, PersonRow};
use people::{Consent, Document, File, Naming, Period, Purpose};
use rules::Pack;
use vault::Sealed;

use super::known_person;
use super::records::{by, file, keep, kept, line, whole};
use crate::Reply;
use crate::may::kinds_needed;
use crate::memory::{CityMemory, CityTurn};

/// What a consent is made of.
pub(super) struct Wish<'a> {
    pub person: PersonId,
    pub purpose: &'a str,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub paper: Option<&'a str>,
    pub by: Giver,
    pub seen_grown: bool,
}

pub(super) fn give(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &Wish<'_>) -> Result<Reply, Stop> {
    known_person(city, wish.person)?;
    if city.pack.city.consent(wish.purpose).is_none() {
        return Err(Refusal::new("consent.unknown").into());
    }
    let is_own = matches!(turn.request.actor.role, Role::Citizen(_));
    if is_own && wish.by != Giver::Own {
        // Who speaks for a child shows at the window that they may.
        return Err(kinds_needed(&["clerk"], &city.pack).into());
    }
    if let Giver::Parent(guardian) | Giver::Appointed(guardian) = wish.by {
        known_person(city, guardian)?;
    }
    let way = way(turn, &city.pack, wish.paper)?;
    let today = city.today(turn.day).date;
    let all = file(city, turn, wish.person)?;
    let age = match born(city, turn, wish.person, &all, today)? {
        Some(birth) => Age::Born(birth),
        None if wish.seen_grown && !is_own => Age::SeenGrown,
        None => Age::Unknown,
    };
    let given = Given {
        person: wish.person,
        purpose: Purpose(wish.purpose.to_owned()),
        holds: Period::new(wish.from.unwrap_or(today), wish.until)?,
        way,
        by: wish.by,
    };
    let consent = Consent::give(given, age, today)?;
    let id = keep(city, turn, wish.person, &Document::Consent(consent.given))?;
    Ok(kept(turn, wish.person, id, "consent"))
}

pub(super) fn withdraw(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    purpose: &str,
    paper: Option<&str>,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let way = way(turn, &city.pack, paper)?;
    let today = city.today(turn.day).date;
    let all = file(city, turn, person)?;
    let purpose = Purpose(purpose.to_owned());
    decide_withdrawal(&all.agreed(), &purpose, today, &way)?;
    // Whoever says no means all of it: what was given with a record out of the window's sight, too. Of that nothing is said.
    let mut last = None;
    let mut given = whole(city, turn, person)?.consents;
    given.retain(|kept| kept.what.given.purpose == purpose && kept.what.holds(today));
    for consent in given {
        let withdrawn = Withdrawn { on: today, way: way.clone() };
        keep(city, turn, consent.person, &Document::Withdrawal { of: consent.id, withdrawn })?;
        last = Some(consent.id).filter(|_| all.records.contains(&consent.person)).or(last);
    }
    let id = last.ok_or_else(|| Refusal::new("consent.none"))?;
    Ok(kept(turn, person, id, "withdraw"))
}

fn way(turn: &CityTurn<'_>, pack: &Pack, paper: Option<&str>) -> Result<Way, Refusal> {
    let is_own = matches!(turn.request.actor.role, Role::Citizen(_));
    match paper {
        Some(_) if is_own => Err(kinds_needed(&["clerk"], pack)),
        Some(kept) => Ok(Way::Paper { kept: line(kept, "consent.paper")? }),
        None if is_own => Ok(Way::Online),
        None => Ok(Way::Window { clerk: by(turn.request.actor) }),
    }
}

/// The day they were born: by the newest fact, else as they were taken in.
fn born(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    file: &File,
    today: Date,
) -> Result<Option<Date>, Stop> {
    let known = file.known();
    if let Some(Datum::BirthDate(birth)) =
        valid_on(&known, &Kind::BirthDate, today).map(|reading| &reading.fact.datum)
    {
        return Ok(Some(*birth));
    }
    let Some(row) = turn.query::<PersonRow>(PERSON, &[person.into()])?.pop() else { return Ok(None) };
    let naming = Naming::open(&city.keys.vault, person, &Sealed(row.naming))
        .map_err(|why| Stop::Broken(why.to_string()))?;
    Ok(naming.birth_day.map(date_of_day))
}
