//! Own money given to another person.

use std::sync::Arc;

use base::{Arg, PersonId, Refusal};
use economy::decide::{GiftCase, another_gift_today, can_give, gift as decide_gift, total};
use pen::Stop;
use rules::Purpose;

use super::known_person;
use crate::gift_tries::{Counted, MOST};
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
    let pack = Arc::clone(&city.pack);
    let today = city.today(turn.day);
    let purses = city.purses(&pack, turn, from);
    let cash = CityMemory::purpose(&pack, Purpose::CASH)?;
    let rules = CityMemory::card_rules(&pack, &today)?;
    // Before any card is looked for: whoever can't give learns nothing of which there are.
    can_give(amount, &purses, cash, rules, today.date)?;
    another_gift_today(rules, u32::from(city.gift_tries.of(Counted::Gifts, from, turn.day)))?;
    let to = city.directory.card(to).ok_or_else(|| Refusal::new("card.unknown"))?.person;
    let others = city.purses(&pack, turn, to);
    let decided = decide_gift(&GiftCase {
        amount,
        from,
        purses: &purses,
        to,
        to_holds: total(&others, today.month),
        cash,
        rules,
        date: today.date,
    });
    // Whether another can take so much says what they hold: it is answered a few times a day, and then to nobody who asks on.
    let hears_of_another = match &decided {
        Ok(_) => true,
        Err(refusal) => refusal.code == "holding.limit-other",
    };
    if hears_of_another && city.gift_tries.of(Counted::Refused, from, turn.day) >= MOST {
        return Err(Refusal::new("gift.tries").with("most", Arg::Count(i64::from(MOST))).into());
    }
    match decided {
        Err(refusal) if hears_of_another => {
            city.count_gift(turn, Counted::Refused, from);
            turn.forget_key();
            Ok(Reply::Counted(refusal))
        }
        decided => {
            let reply = city.post(turn, decided?)?;
            city.count_gift(turn, Counted::Gifts, from);
            Ok(reply)
        }
    }
}
