//! Records that may be of one person: noted at a taking in, kept when compared, answered by who sees the whole city.

use base::{Area, Instant, PersonId, Refusal, Role};
use economy::Facts;
use pen::Stop;

use super::{known_person, links, note};
use crate::alike::store::{
    DELETE_INTAKE, DIFFERENCES_OF, DifferenceRow, END_DIFFERENCE, END_PAIR, INSERT_DIFFERENCE, INSERT_INTAKE,
    INSERT_PAIR, INTAKE, IntakeRow, OPEN_PAIR, PairRow, TO_WEIGH, WEIGHED,
};
use crate::memory::{CityMemory, CityTurn};
use crate::{OnAlike, Reply, looks};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnAlike,
) -> Result<Reply, Stop> {
    match command {
        OnAlike::Compared { person, alike } => compared(city, turn, *person, alike),
        OnAlike::Weighed { person, at, records, found } => weighed(turn, (*person, *at), records, found),
        OnAlike::Same { one, other, why } => {
            waits(turn, *one, *other)?;
            // The link ends the pair.
            links::link(city, turn, (*one, *other), why)
        }
        OnAlike::Others { one, other } => {
            waits(turn, *one, *other)?;
            end(turn, (*one, *other), false);
            Ok(done(turn, 1))
        }
    }
}

/// Whoever is taken in by a window that doesn't see the whole city is compared afterwards: everybody, so that nothing shows
/// of whom there is a record elsewhere. Only writes.
pub(super) fn taken_in(city: &CityMemory, turn: &mut CityTurn<'_>, person: PersonId) {
    let actor = turn.request.actor;
    let (Role::Clerk, Area::District(here)) = (actor.role, actor.area) else { return };
    if let Some(district) = city.pack.city.districts.get(usize::from(here)) {
        turn.write(INSERT_INTAKE, vec![person.into(), district.code.clone().into(), turn.now.into()]);
    }
}

/// A pair that waited is answered: by its own form, or by the link that was made wherever. Only writes.
pub(super) fn end(turn: &mut CityTurn<'_>, pair: (PersonId, PersonId), same: bool) {
    let (one, other) = sorted(pair);
    let by = looks::who(turn.request.actor);
    let row = vec![one.into(), other.into(), turn.now.into(), by.into(), i64::from(same).into()];
    turn.write(END_PAIR, row);
}

fn sorted((one, other): (PersonId, PersonId)) -> (PersonId, PersonId) {
    (one.min(other), one.max(other))
}

fn waits(turn: &mut CityTurn<'_>, one: PersonId, other: PersonId) -> Result<(), Stop> {
    let (one, other) = sorted((one, other));
    let found: Vec<PairRow> = turn.query(OPEN_PAIR, &[one.into(), other.into()])?;
    if found.is_empty() { Err(Refusal::new("alike.unknown").into()) } else { Ok(()) }
}

fn compared(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    alike: &[PersonId],
) -> Result<Reply, Stop> {
    let found: Vec<IntakeRow> = turn.query(INTAKE, &[person.into()])?;
    if found.is_empty() {
        return Err(Refusal::new("alike.unknown").into());
    }
    for one in alike {
        known_person(city, *one)?;
    }
    turn.write(DELETE_INTAKE, vec![person.into()]);
    for other in alike.iter().filter(|other| **other != person) {
        let (one, other) = sorted((person, *other));
        turn.write(INSERT_PAIR, vec![one.into(), other.into(), turn.now.into()]);
    }
    Ok(done(turn, alike.len()))
}

/// Something was written down about somebody that another of their records may speak against: to be weighed when whoever
/// wrote it has the answer. Whoever they are, and whether there are others. Only writes.
pub(super) fn to_be_weighed(turn: &mut CityTurn<'_>, people: impl IntoIterator<Item = PersonId>) {
    if turn.request.actor.role == Role::System {
        return;
    }
    for person in people {
        turn.write(TO_WEIGH, vec![person.into(), turn.now.into()]);
    }
}

/// What differs between their records is what was found now, and nothing else.
fn weighed(
    turn: &mut CityTurn<'_>,
    (person, at): (PersonId, Instant),
    records: &[PersonId],
    found: &[(PersonId, PersonId, String)],
) -> Result<Reply, Stop> {
    let mut open: Vec<DifferenceRow> = Vec::new();
    for record in records {
        open.extend(turn.query::<DifferenceRow>(DIFFERENCES_OF, &[(*record).into()])?);
    }
    for row in open {
        let still = |(one, other, about): &(PersonId, PersonId, String)| {
            (*one, *other, about) == (row.one, row.other, &row.about)
        };
        if !found.iter().any(still) {
            let ended = vec![row.one.into(), row.other.into(), row.about.into(), turn.now.into()];
            turn.write(END_DIFFERENCE, ended);
        }
    }
    for (one, other, about) in found {
        let row = vec![(*one).into(), (*other).into(), about.as_str().into(), turn.now.into()];
        turn.write(INSERT_DIFFERENCE, row);
    }
    turn.write(WEIGHED, vec![person.into(), at.into()]);
    Ok(done(turn, found.len()))
}

fn done(turn: &mut CityTurn<'_>, count: usize) -> Reply {
    let done = u32::try_from(count).unwrap_or(u32::MAX);
    note(turn, "alike", Facts::Batch { done, next: None });
    Reply::Batch { done, next: None }
}
