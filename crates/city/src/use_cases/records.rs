//! Documents about people: what several use cases need of them.

use base::{Actor, PersonId, RecordId, Refusal, Role};
use economy::Facts;
use pen::Stop;
use people::store::{INSERT_RECORD, RECORDS, RecordRow, record_values};
use people::{Document, File};

use super::{keys, note};
use crate::memory::{CityMemory, CityTurn};
use crate::{Reply, may};

/// The longest name of a document, a register, a sheet of paper.
const LONGEST: usize = 100;

/// Who wrote something down. Staff act in a role: the client they work through stands for them.
pub(super) fn by(actor: Actor) -> PersonId {
    match actor.role {
        Role::Citizen(person) => person,
        _ => PersonId(actor.client.0),
    }
}

/// What is kept about a person, as far as whoever asks may see it: records of theirs out of sight are left out, and are not
/// even read. So no answer, nor when it comes, depends on them.
pub(super) fn file(city: &CityMemory, turn: &mut CityTurn<'_>, person: PersonId) -> Result<File, Stop> {
    let actor = turn.request.actor;
    let sees = |one: PersonId| one == person || may::sees_person(&actor, one, &city.directory);
    let file = gather(city, turn, person, sees)?;
    let seen = file.records.iter().copied().filter(|one| sees(*one)).collect();
    Ok(file.within(&seen))
}

/// All that is kept about a person, whoever asks: for what has to be done with all of their records, and answers nothing.
pub(super) fn whole(city: &CityMemory, turn: &mut CityTurn<'_>, person: PersonId) -> Result<File, Stop> {
    gather(city, turn, person, |_| true)
}

fn gather(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    reads: impl Fn(PersonId) -> bool,
) -> Result<File, Stop> {
    let vault = &city.keys.vault;
    File::gather(person, |one| {
        if !reads(one) {
            return Ok(Vec::new());
        }
        let rows: Vec<RecordRow> = turn.query(RECORDS, &[one.into()])?;
        let open = |row: RecordRow| row.open(vault).map_err(|why| Stop::Broken(why.to_string()));
        rows.into_iter().map(open).collect()
    })
}

/// Keeps a document about a person.
pub(super) fn keep(
    city: &CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    document: &Document,
) -> Result<RecordId, Stop> {
    let id = RecordId::new(turn.entropy);
    let sealed = document.seal(&city.keys.vault, id, person, turn.entropy).map_err(keys::locked)?;
    turn.write(INSERT_RECORD, record_values(id, person, document.kind(), sealed, turn.now));
    Ok(id)
}

/// The answer to a command that kept a document.
pub(super) fn kept(turn: &mut CityTurn<'_>, person: PersonId, record: RecordId, action: &str) -> Reply {
    note(turn, "record", Facts::Record { person, record, action: action.to_owned() })
}

/// What names a paper or a register: something, in one line.
pub(super) fn line(text: &str, code: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST || text.chars().any(base::is_unseen) {
        return Err(Refusal::new(code));
    }
    Ok(text.to_owned())
}
