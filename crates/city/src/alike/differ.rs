//! Linked records that say two things of one person.
//!
//! Whatever is written down that another record may speak against is noted in that commit, whoever it is about; the machinery
//! weighs all their records afterwards, and what it finds is shown to who sees the whole city, until it is mended.

use ::store::{Error, Snapshot};
use base::{Actor, Instant, PersonId};
use pen::{Failure, Request};
use people::differ::{About, differences};

use super::store::{DifferenceRow, NEXT, OPEN_DIFFERENCES, WeighRow};
use crate::open::City;
use crate::read::people::Register;
use crate::{Command, OnAlike};

/// So many are weighed at one look at the clock.
const AT_ONCE: u32 = 64;

/// Two records of one person that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Differing {
    /// The one with the lower id.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// In what.
    pub about: About,
    /// Since when it is known.
    pub since: Instant,
}

/// Those that wait to be mended, the oldest first.
pub fn differing(snapshot: &mut Snapshot<'_>, most: u32) -> Result<Vec<Differing>, Error> {
    let rows: Vec<DifferenceRow> = snapshot.query(OPEN_DIFFERENCES, &[most.into()])?;
    let read = |row: DifferenceRow| {
        let about = About::coded(&row.about);
        let about = about.ok_or_else(|| Error::Shape(format!("no difference is {:?}", row.about)))?;
        Ok(Differing { one: row.one, other: row.other, about, since: row.since })
    };
    rows.into_iter().map(read).collect()
}

/// Weighs the records of those about whom something was written down since the last look.
pub(crate) fn look(city: &City) -> Result<(), Failure> {
    let broken = |error: Error| Failure::Broken(error.to_string());
    let vault = city.vault();
    let on = {
        let view = city.shared.read();
        view.town.zone.date(city.clock.now())
    };
    let commands = city.readers.read(|snapshot| {
        let rows: Vec<WeighRow> = snapshot.query(NEXT, &[AT_ONCE.into()])?;
        let mut commands = Vec::with_capacity(rows.len());
        for WeighRow { person, at } in rows {
            let (file, births) = Register::new(snapshot, &vault).weighed(person)?;
            let found = differences(&file, &births, on);
            let found = found.into_iter().map(|one| (one.one, one.other, one.about.code().to_owned()));
            let (records, found) = (file.records.iter().copied().collect(), found.collect());
            commands.push(Command::OnAlike(OnAlike::Weighed { person, at, records, found }));
        }
        Ok(commands)
    });
    for command in commands.map_err(broken)? {
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
        city.ask_waiting(request, command)?;
    }
    Ok(())
}
