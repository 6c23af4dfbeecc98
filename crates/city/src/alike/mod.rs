//! Records that may be of one person, where no window sees both.
//!
//! A window that sees its own neighbourhood only finds alike records there alone; of others it must not even learn that
//! there are any. So whoever it takes in is noted, in the commit that takes them in, whoever they are; the machinery
//! compares them afterwards, when the window has its answer long since. What is found waits for somebody who sees the
//! whole city, and nowhere else.
//!
//! Invariants:
//! - nothing that is answered to a window, nor when, depends on records out of its sight;
//! - a pair waits once, and once answered is not asked again.

pub(crate) mod differ;
pub(crate) mod store;

use ::store::{Error, Snapshot};
use base::{Actor, Area, Instant, PersonId};
use pen::{Failure, Request};

use crate::open::City;
use crate::read::people::Register;
use crate::{Command, OnAlike, may};
use store::{IntakeRow, PairRow};

pub use differ::{Differing, differing};

/// So many are compared at one look at the clock.
const AT_ONCE: u32 = 64;

/// Two records that may be of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The one with the lower id.
    pub one: PersonId,
    /// The other.
    pub other: PersonId,
    /// Since when it waits.
    pub since: Instant,
}

/// Those that wait for an answer, the oldest first.
pub fn waiting(snapshot: &mut Snapshot<'_>, most: u32) -> Result<Vec<Pair>, Error> {
    let rows: Vec<PairRow> = snapshot.query(store::OPEN, &[most.into()])?;
    Ok(rows.into_iter().map(|PairRow { one, other, since }| Pair { one, other, since }).collect())
}

/// Compares those whom windows took in since the last look; gives how many pairs it found. What the window sees itself was
/// shown to it, and was its to decide.
pub(crate) fn look(city: &City) -> Result<usize, Failure> {
    let broken = |error: Error| Failure::Broken(error.to_string());
    let (vault, pack) = {
        let view = city.shared.read();
        (view.town.vault.clone(), view.town.pack.clone())
    };
    let compared = city.readers.read(|snapshot| {
        let rows: Vec<IntakeRow> = snapshot.query(store::INTAKES, &[AT_ONCE.into()])?;
        let mut compared = Vec::with_capacity(rows.len());
        for IntakeRow { person, district } in rows {
            let at = economy::store::district(&pack.city, &district);
            // A neighbourhood that the pack doesn't know any more sees nobody.
            let window = |code: Option<&str>| {
                let area = at.map(Area::District);
                let theirs = code.and_then(|code| economy::store::district(&pack.city, code));
                area.is_some_and(|area| may::sees(&Actor { area, ..Actor::SYSTEM }, theirs))
            };
            let alike = Register::new(snapshot, &vault).alike_elsewhere(person, window)?;
            compared.push((person, alike));
        }
        Ok(compared)
    });
    let mut found = 0;
    for (person, alike) in compared.map_err(broken)? {
        found += alike.len();
        let command = Command::OnAlike(OnAlike::Compared { person, alike });
        let request = Request { actor: Actor::SYSTEM, key: String::new(), input_hash: command.input_hash() };
        match city.ask_waiting(request, command) {
            // Compared meanwhile.
            Ok(_) | Err(Failure::Refused(_)) => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(found)
}
