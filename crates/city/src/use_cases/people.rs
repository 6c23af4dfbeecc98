//! Taking in a person, with a first card if they wish one.

use base::Refusal;
use economy::store::{INSERT_PERSON, district};
use economy::{Facts, Person};
use pen::Stop;

use super::{cards, note};
use crate::memory::{CityMemory, CityTurn};
use crate::{NewPerson, Reply, fresh};

pub(super) fn enrol(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewPerson) -> Result<Reply, Stop> {
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Refusal::new("person.name").into());
    }
    let at = match &wish.district {
        Some(code) => Some(district(&city.pack.city, code).ok_or_else(|| Refusal::new("district.unknown"))?),
        None => None,
    };
    let id = fresh::person(&city.directory, turn.entropy);
    turn.write(
        INSERT_PERSON,
        vec![
            id.into(),
            name.into(),
            wish.phone.clone().into(),
            wish.birth_day.map(i64::from).into(),
            wish.district.clone().into(),
            turn.now.into(),
        ],
    );
    city.add_person(turn, Person { id, district: at });
    let facts = Facts::Person { person: id, action: "enrol".into() };
    match wish.card {
        // The card is the answer (it names the person too), so it is what the request's key leads to: noted first.
        Some(card) => {
            let reply = cards::issue(city, turn, id, card)?;
            note(turn, "enrol", facts);
            Ok(reply)
        }
        None => Ok(note(turn, "enrol", facts)),
    }
}
