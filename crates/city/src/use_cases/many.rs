//! What a list says of many people at once, carried out: decided line by line as for one person, kept as a whole.

use std::collections::BTreeMap;

use base::{Arg, HouseholdId, PersonId, Refusal};
use economy::Facts;
use pen::Stop;
use people::Document;
use people::household::{self, Came, Membership, has_come};
use people::store::INSERT_MEMBER;

use super::records::{by, file, keep};
use super::{facts, known_person, note};
use crate::memory::{CityMemory, CityTurn};
use crate::{Known, OnMany, Reply, Together};

/// No part is of more people: what else waits for the pen doesn't wait long.
const AT_ONCE: usize = 1_024;

pub(super) fn carry_out(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    command: &OnMany,
) -> Result<Reply, Stop> {
    match command {
        OnMany::Facts(lines) => known(city, turn, lines),
        OnMany::Households(lines) => together(city, turn, lines),
    }
}

fn known(city: &mut CityMemory, turn: &mut CityTurn<'_>, lines: &[Known]) -> Result<Reply, Stop> {
    fits(lines.len())?;
    for Known { person, datum, source, from, until } in lines {
        let wish = facts::Wish { person: *person, datum, source, from: *from, until: *until };
        let fact = facts::decide(city, turn, &wish)?;
        keep(city, turn, *person, &Document::Fact(fact))?;
    }
    Ok(done(turn, lines.len()))
}

fn together(city: &mut CityMemory, turn: &mut CityTurn<'_>, lines: &[Together]) -> Result<Reply, Stop> {
    let people = lines.iter().map(|line| line.members.len()).sum();
    fits(people)?;
    let today = city.today(turn.day).date;
    let mut kept: Vec<Membership> = Vec::with_capacity(people);
    // What this part says of people already, by all their records: a person stands in one household of it.
    let mut said: BTreeMap<PersonId, Membership> = BTreeMap::new();
    for line in lines {
        has_come(line.from, today)?;
        let mut theirs = Vec::with_capacity(line.members.len());
        for (person, _) in &line.members {
            known_person(city, *person)?;
            let all = file(city, turn, *person)?;
            let mut times = all.memberships(*person);
            let here = all.records.iter().filter_map(|record| said.get(record));
            times.extend(here.map(|one| Membership { person: *person, ..*one }));
            theirs.push((times, all.records));
        }
        let members: Vec<_> = line
            .members
            .iter()
            .zip(&theirs)
            .map(|((person, relation), (times, _))| (*person, *relation, times.as_slice()))
            .collect();
        let household = HouseholdId::new(turn.entropy);
        let there = household::together(household, &members, line.from)?;
        for (membership, (_, records)) in there.into_iter().zip(theirs) {
            for record in records {
                if said.insert(record, membership).is_some() {
                    // Two records of one person, in this one household.
                    let code = "household.member-already";
                    return Err(Refusal::new(code).with("day", Arg::Date(line.from)).into());
                }
            }
            kept.push(membership);
        }
    }
    let by = by(turn.request.actor);
    for membership in kept {
        let Membership { household, person, .. } = membership;
        keep(city, turn, person, &Document::Household(Came { membership, by }))?;
        turn.write(INSERT_MEMBER, vec![household.into(), person.into()]);
    }
    Ok(done(turn, people))
}

fn fits(people: usize) -> Result<(), Refusal> {
    let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    if people <= AT_ONCE { Ok(()) } else { Err(Refusal::new("many.most").with("most", Arg::Count(most))) }
}

fn done(turn: &mut CityTurn<'_>, lines: usize) -> Reply {
    let done = u32::try_from(lines).unwrap_or(u32::MAX);
    note(turn, "many", Facts::Batch { done, next: None });
    Reply::Batch { done, next: None }
}
