//! Names, mail addresses, and scans of what they signed, go of persons who left and whom the law lets go; what they paid stays, under their opaque id.

use base::{EntryNo, PersonId, date_of_day};
use economy::store::{CARDS_OF, Issued};
use economy::{CardState, Facts};
use pen::Stop;
use people::Naming;
use people::store::{DROP_SCANS, LET_GO, PERSON_SINCE, SinceRow};
use vault::Sealed;

use super::{keys, note};
use crate::mail::store::DROP_MAILBOX;
use crate::memory::{CityMemory, CityTurn};
use crate::payouts::Change;
use crate::payouts::store::FORGET_ACCOUNTS;
use crate::retain::Standing;
use crate::{CardRef, Payee, Reply};

/// Of persons from a position on, in order of enrolment.
pub(super) fn let_go(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    from: u32,
    at_most: u32,
    dry: bool,
) -> Result<Reply, Stop> {
    let start = from as usize;
    let all = city.directory.holders();
    let end = all.len().min(start.saturating_add(at_most as usize));
    let next = (end < all.len()).then_some(u32::try_from(end).unwrap_or(u32::MAX));
    let people: Vec<PersonId> =
        all.get(start..end).unwrap_or_default().iter().map(|holder| holder.person.id).collect();
    // All reads come before the first write.
    let mut going = Vec::new();
    for person in people {
        if may_go(city, turn, person)? {
            going.push(person);
        }
    }
    let done = u32::try_from(going.len()).unwrap_or(u32::MAX);
    if dry || going.is_empty() {
        return Ok(Reply::Batch { done, next });
    }
    for person in going {
        let sealed = Naming::GONE.seal(&city.keys.vault, person, turn.entropy).map_err(keys::locked)?;
        let row = vec![person.into(), sealed.naming.0.into(), sealed.name_index.0.to_vec().into()];
        turn.write(LET_GO, row);
        turn.write(DROP_SCANS, vec![person.into()]);
        turn.write(DROP_MAILBOX, vec![person.to_string().into()]);
        let payee = Payee::Person(person);
        let gone = vec![payee.to_string().into(), Vec::<u8>::new().into(), turn.now.into()];
        turn.write(FORGET_ACCOUNTS, gone);
        if city.payouts.account(payee).is_some() {
            city.change_payouts(turn, Change::Account(payee, None));
        }
    }
    let facts =
        Facts::Looks { action: "let-go".into(), id: from.to_string(), person: None, count: u64::from(done) };
    note(turn, "let-go", facts);
    Ok(Reply::Batch { done, next })
}

fn may_go(city: &CityMemory, turn: &mut CityTurn<'_>, person: PersonId) -> Result<bool, Stop> {
    let Some(holder) = city.directory.holder(person) else { return Ok(false) };
    let states = holder.purses.iter().map(|(_, account)| turn.books().state(*account));
    let (balance, last) = states
        .fold((0, EntryNo(0)), |(balance, last), state| (balance + state.balance, last.max(state.last)));
    // What most people have is cheap to know.
    if balance != 0 || city.claims.of(person).next().is_some() {
        return Ok(false);
    }
    let issued: Vec<Issued> = turn.query(CARDS_OF, &[person.into()])?;
    let pays = |issued: &Issued| {
        let card = city.directory.card(CardRef::Id(issued.id));
        card.is_some_and(|card| !matches!(card.state, CardState::Lost | CardState::Closed))
    };
    if issued.iter().any(pays) {
        return Ok(false);
    }
    let rows: Vec<SinceRow> = turn.query(PERSON_SINCE, &[person.into()])?;
    let Some(row) = rows.into_iter().next() else { return Ok(false) };
    let moved = match turn.entry(last)? {
        Some(entry) => turn.posting(entry.posting)?.map(|(posting, _)| date_of_day(posting.day)),
        None => None,
    };
    let last = moved.unwrap_or_else(|| city.zone.date(row.enrolled));
    let standing = Standing { balance, has_card: false, last };
    let named = Naming::open(&city.keys.vault, row.id, &Sealed(row.naming));
    let named = !named.map_err(|why| Stop::Broken(why.to_string()))?.is_gone();
    Ok(named && standing.may_go(date_of_day(turn.day)))
}
