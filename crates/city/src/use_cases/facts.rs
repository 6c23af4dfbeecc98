//! What is known about a person: recorded, and struck out when it was never true; so is a time in a household.

use base::{Date, PersonId, RecordId, Refusal, Role};
use pen::Stop;
use people::fact::{Datum, Source, Struck, Value};
use people::{Document, Fact, Period, Reason};

use super::known_person;
use super::records::{by, file, keep, kept, line};
use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

/// What a fact is made of.
pub(super) struct Wish<'a> {
    pub person: PersonId,
    pub datum: &'a Datum,
    pub source: &'a Source,
    pub from: Option<Date>,
    pub until: Option<Date>,
}

pub(super) fn record(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &Wish<'_>) -> Result<Reply, Stop> {
    let fact = decide(city, turn, wish)?;
    let id = keep(city, turn, wish.person, &Document::Fact(fact))?;
    Ok(kept(turn, wish.person, id, "fact"))
}

/// The fact as it is kept, or why it isn't.
pub(super) fn decide(city: &mut CityMemory, turn: &CityTurn<'_>, wish: &Wish<'_>) -> Result<Fact, Refusal> {
    known_person(city, wish.person)?;
    if matches!(turn.request.actor.role, Role::Citizen(_)) && *wish.source != Source::Declared {
        return Err(Refusal::new("fact.own-word"));
    }
    let today = city.today(turn.day).date;
    let source = match wish.source {
        Source::Document { what } => Source::Document { what: line(what, "fact.source")? },
        Source::Register { name } => Source::Register { name: line(name, "fact.source")? },
        other => other.clone(),
    };
    if let Datum::Other { kind, value } = wish.datum {
        line(kind, "fact.value")?;
        if let Value::Word(word) = value {
            line(word, "fact.value")?;
        }
    }
    let fact = Fact {
        about: wish.person,
        datum: wish.datum.clone(),
        source,
        holds: Period::new(wish.from.unwrap_or(today), wish.until)?,
        at: turn.now,
        by: by(turn.request.actor),
        struck: None,
    };
    fact.record(today)
}

pub(super) fn strike(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    of: RecordId,
    why: &str,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let why = Reason::given(why)?;
    let all = file(city, turn, person)?;
    if let Some(stay) = all.households.iter().find(|stay| stay.id == of) {
        let struck = stay.what.strike(turn.now, by(turn.request.actor), why)?;
        keep(city, turn, stay.person, &Document::Strike { of, struck })?;
        return Ok(kept(turn, person, of, "household-strike"));
    }
    let found = all.facts.into_iter().find(|fact| fact.id == of);
    let found = found.ok_or_else(|| Refusal::new("fact.unknown"))?;
    let by = by(turn.request.actor);
    found.what.strike(turn.now, by, why.clone())?;
    let struck = Struck { at: turn.now, by, why };
    keep(city, turn, found.person, &Document::Strike { of, struck })?;
    Ok(kept(turn, person, of, "strike"))
}
