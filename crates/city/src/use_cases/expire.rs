//! The daily tidying of purses past their date. Nothing is lost by it or spent through it: a purse past its date
//! doesn't pay anyway, and what was in it stays owed, under its own name, for the ordinance to decide. What is left of
//! a coupon after its last day, be it in the middle of a month, goes back to the city and to its budget.

use base::{Date, Month, PersonId};
use economy::decide;
use pen::Stop;
use rules::Pack;

use crate::Reply;
use crate::memory::{CityMemory, CityTurn};

/// People looked at in one command: most have nothing that is past its date, and a look costs little.
const LOOK_AT: usize = 4_096;

/// Empties purses past their date, of the people from a position on, `at_most` of them; the reply says where the next
/// batch begins. Doing it twice finds nothing the second time.
pub(super) fn expire(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: u32,
    at_most: u32,
) -> Result<Reply, Stop> {
    turn.forget_key(); // as for a sweep: asked once more, it finds what is past its date by then
    let pack = std::sync::Arc::clone(&city.pack);
    let date = city.today(turn.day).date;
    let (from, at_most) = (from as usize, at_most.max(1) as usize);
    let people = city.directory.holders();
    let mut next = people.len().min(from.saturating_add(LOOK_AT));
    let mut over: Vec<(PersonId, u8, Month, i64)> = Vec::new();
    'people: for (position, holder) in people[..next].iter().enumerate().skip(from) {
        for (purpose, expires, account) in
            holder.purses().filter(|(no, expires, _)| is_over(&pack, (*no, *expires), date))
        {
            let balance = turn.books().balance(account);
            if balance <= 0 {
                continue;
            }
            if over.len() == at_most {
                next = position; // the rest of this person's purses come with the next batch
                break 'people;
            }
            over.push((holder.person.id, purpose, expires, balance));
        }
    }
    let more = next < people.len();
    let done = u32::try_from(over.len()).unwrap_or(u32::MAX);
    for (person, purpose, expires, balance) in over {
        // What is left of a coupon goes back to where it came from.
        let decision = match pack.coupons.of_purse(purpose, expires) {
            Some(coupon) => decide::take_back(coupon, person, expires, balance),
            None => decide::expire(person, purpose, expires, balance),
        };
        city.post(turn, decision)?;
    }
    Ok(Reply::Batch { done, next: if more { u32::try_from(next).ok() } else { None } })
}

/// Whether a purse, by purpose and month, is past its date on a day.
pub(crate) fn is_over(pack: &Pack, (purpose, expires): (u8, Month), date: Date) -> bool {
    match pack.purpose_numbered(purpose) {
        Some(purpose) => !purpose.pays_on(expires, date),
        None => expires < Month::of(date),
    }
}
