//! What people give: a share of all cashback until they stop, or an amount once.

use std::sync::Arc;

use base::{PersonId, Refusal};
use economy::decide::{OnceCase, give_once, not_yet};
use economy::facts::GivingFacts;
use pen::Stop;

use super::{known_purpose, noted, rules_of};
use crate::Reply;
use crate::giving::store::INSERT_STANDING;
use crate::giving::{Change, StandingGift};
use crate::memory::{CityMemory, CityTurn};
use crate::use_cases::known_person;

pub(super) fn stand(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    (share, purpose, named): (i64, u16, bool),
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let rules = rules_of(&pack)?;
    not_yet(rules, city.today(turn.day).date)?;
    if !(0..=10_000).contains(&share) {
        return Err(Refusal::new("giving.share").into());
    }
    known_purpose(city, rules, purpose)?;
    let gift = (share > 0).then_some(StandingGift { share, purpose, named });
    let values = vec![person.into(), turn.now.into(), share.into(), purpose.into(), named.into()];
    turn.write(INSERT_STANDING, values);
    city.change_giving(turn, Change::Standing(person, gift));
    Ok(noted(turn, GivingFacts::Stand { person, share, purpose, named }))
}

pub(super) fn once(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    (amount, purpose, named): (i64, u16, bool),
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let pack = Arc::clone(&city.pack);
    let rules = rules_of(&pack)?;
    known_purpose(city, rules, purpose)?;
    let date = city.today(turn.day).date;
    let purses = city.purses(&pack, turn, person);
    let given = city.directory.giving.row(purpose).given;
    let case = OnceCase { amount, person, purses: &purses, purpose, named, given, rules, date };
    let decided = give_once(&case)?;
    city.post(turn, decided)
}
