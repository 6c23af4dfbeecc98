//! Taking in a person, with a first card if they wish one.

use base::Refusal;
use economy::store::district;
use economy::{Facts, Person};
use pen::Stop;
use people::Naming;
use people::store::{INSERT_PERSON, person_values};

use super::{alike, cards, keys, note};
use crate::memory::{CityMemory, CityTurn};
use crate::{NewPerson, Reply, fresh};

pub(super) fn enrol(city: &mut CityMemory, turn: &mut CityTurn<'_>, wish: &NewPerson) -> Result<Reply, Stop> {
    let name = wish.name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(base::is_unseen) {
        return Err(Refusal::new("person.name").into());
    }
    let at = match &wish.district {
        Some(code) => Some(district(&city.pack.city, code).ok_or_else(|| Refusal::new("district.unknown"))?),
        None => None,
    };
    let id = fresh::person(&city.directory, turn.entropy);
    let naming = Naming { name: name.to_owned(), phone: wish.phone.clone(), birth_day: wish.birth_day };
    let sealed = naming.seal(&city.keys.vault, id, turn.entropy).map_err(keys::locked)?;
    turn.write(INSERT_PERSON, person_values(id, sealed, wish.district.clone(), turn.now));
    city.add_person(turn, Person { id, district: at });
    alike::taken_in(city, turn, id);
    let facts = Facts::Person { person: id, action: "enrol".into() };
    match wish.card {
        // The card is the answer (it names the person too), so it is what the request's key leads to: noted first.
        Some(card) => {
            let reply = cards::first(city, turn, id, card);
            note(turn, "enrol", facts);
            Ok(reply)
        }
        None => Ok(note(turn, "enrol", facts)),
    }
}
