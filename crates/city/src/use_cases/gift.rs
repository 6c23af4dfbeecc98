//! Own money given to another person.

use std::sync::Arc;

use base::{PersonId, Refusal};
use economy::decide::{GiftCase, gift as decide_gift, total};
use pen::Stop;
use rules::Purpose;

use super::known_person;
use crate::memory::{CityMemory, CityTurn};
use crate::{CardRef, Reply};

pub(super) fn gift(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: PersonId,
    to: CardRef,
    amount: i64,
) -> Result<Reply, Stop> {
    known_person(city, from)?;
    let to = city.directory.card(to).ok_or_else(|| Refusal::new("card.unknown"))?.person;
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let purses = city.purses(&pack, turn, from);
    let others = city.purses(&pack, turn, to);
    let decision = decide_gift(&GiftCase {
        amount,
        from,
        purses: &purses,
        to,
        to_holds: total(&others, today.month),
        cash: CityMemory::purpose(&pack, Purpose::CASH)?,
        rules: CityMemory::card_rules(&pack, &today)?,
        date: today.date,
    })?;
    city.post(turn, decision)
}
