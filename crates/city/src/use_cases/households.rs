//! Who lives together: formed, joined, changed and left at a window. Linked records are one person here.

use std::collections::BTreeSet;

use base::{Date, HouseholdId, PersonId, Refusal};
use pen::Stop;
use people::household::{self, Came, Left, Membership, Relation, Stay, become_another, has_come, has_room};
use people::store::{INSERT_MEMBER, MEMBERS, MemberRow};
use people::{Document, File, Kept};

use super::known_person;
use super::records::{by, file, keep, kept, whole};
use crate::memory::{CityMemory, CityTurn};
use crate::{OnHouseholds, Reply};

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnHouseholds,
) -> Result<Reply, Stop> {
    for person in command.people().into_iter().flatten() {
        known_person(city, person)?;
    }
    let today = city.today(turn.day).date;
    match command {
        OnHouseholds::Form { person, from } => {
            let household = HouseholdId::new(turn.entropy);
            let all = file(city, turn, *person)?;
            move_in(city, turn, (*person, &all), household, Relation::Head, from.unwrap_or(today))
        }
        OnHouseholds::Join { person, with, relation, from } => {
            let theirs = file(city, turn, *with)?;
            let household = household::household_on(&theirs.memberships(*with), *with, today)
                .map(|membership| membership.household)
                .ok_or_else(|| Refusal::new("household.none"))?;
            let all = file(city, turn, *person)?;
            move_in(city, turn, (*person, &all), household, *relation, from.unwrap_or(today))
        }
        OnHouseholds::Change { person, household, relation, from } => {
            change(city, turn, (*person, *household), *relation, from.unwrap_or(today))
        }
        OnHouseholds::Leave { person, household, last } => {
            leave(city, turn, (*person, *household), last.unwrap_or(today))
        }
    }
}

fn move_in(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (person, all): (PersonId, &File),
    household: HouseholdId,
    relation: Relation,
    from: Date,
) -> Result<Reply, Stop> {
    has_come(from, city.today(turn.day).date)?;
    let membership = household::join(&all.memberships(person), household, person, relation, from)?;
    has_room(&others(city, turn, household, all)?, relation, from)?;
    let came = Came { membership, by: by(turn.request.actor) };
    let record = keep(city, turn, person, &Document::Household(came))?;
    turn.write(INSERT_MEMBER, vec![household.into(), person.into()]);
    Ok(kept(turn, person, record, "household-in"))
}

fn change(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (person, household): (PersonId, HouseholdId),
    relation: Relation,
    from: Date,
) -> Result<Reply, Stop> {
    has_come(from, city.today(turn.day).date)?;
    let all = file(city, turn, person)?;
    let (ended, begun) = become_another(&all.memberships(person), household, person, relation, from)?;
    has_room(&others(city, turn, household, &all)?, relation, from)?;
    let by = by(turn.request.actor);
    let last = ended.period.until().unwrap_or(from);
    end(city, turn, (person, &all), household, Left { last, by })?;
    let record = keep(city, turn, person, &Document::Household(Came { membership: begun, by }))?;
    turn.write(INSERT_MEMBER, vec![household.into(), person.into()]);
    Ok(kept(turn, person, record, "household-as"))
}

fn leave(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (person, household): (PersonId, HouseholdId),
    last: Date,
) -> Result<Reply, Stop> {
    has_come(last, city.today(turn.day).date)?;
    let all = file(city, turn, person)?;
    household::leave(&all.memberships(person), household, person, last)?;
    let left = Left { last, by: by(turn.request.actor) };
    let record = end(city, turn, (person, &all), household, left)?
        .ok_or_else(|| Refusal::new("household.not-member"))?;
    Ok(kept(turn, person, record, "household-out"))
}

/// Ends what was written down of the person's time in a household, with whichever of their records: one person leaves. The
/// last one's id, of those that whoever asks sees.
fn end(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    (person, seen): (PersonId, &File),
    household: HouseholdId,
    left: Left,
) -> Result<Option<base::RecordId>, Stop> {
    let holds = |kept: &Kept<Stay>| {
        let membership = kept.what.membership();
        membership.is_some_and(|m| m.household == household && m.period.contains(left.last))
    };
    let mut stays = whole(city, turn, person)?.households;
    stays.retain(holds);
    let mut ended = None;
    for kept in stays {
        keep(city, turn, kept.person, &Document::Left { of: kept.id, left })?;
        ended = Some(kept.id).filter(|_| seen.records.contains(&kept.person)).or(ended);
    }
    Ok(ended)
}

/// The memberships of a household, without those of the one it is about: each person's once, as far as whoever asks sees
/// that two records are of one. Who is out of sight counts, too: that somebody is there is shown to everybody of the house.
fn others(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    household: HouseholdId,
    me: &File,
) -> Result<Vec<Membership>, Stop> {
    let rows: Vec<MemberRow> = turn.query(MEMBERS, &[household.into()])?;
    let mut seen: BTreeSet<PersonId> = me.records.clone();
    let mut others = Vec::new();
    for MemberRow { person } in rows {
        if seen.contains(&person) {
            continue;
        }
        let all = file(city, turn, person)?;
        seen.extend(&all.records);
        others.extend(all.memberships(person).into_iter().filter(|m| m.household == household));
    }
    Ok(others)
}
