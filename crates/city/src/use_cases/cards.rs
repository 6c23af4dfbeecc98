//! Cards: issue, freeze, report lost and replace, close, set a PIN. The balance is the person's throughout.

use std::sync::Arc;

use base::{PersonId, Refusal};
use economy::decide::{CardCount, another_card};
use economy::holder::{Card, CardState};
use economy::store::{CARDS_OF, INSERT_CARD, Issued, UPDATE_CARD, card_change, card_values};
use economy::{Facts, pin};
use pen::Stop;

use super::{known_person, note};
use crate::memory::{CityMemory, CityTurn};
use crate::{CardRef, NewCard, Reply, fresh};

/// Somebody's first card, as they are enrolled.
pub(super) fn first(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    wish: NewCard,
) -> Reply {
    new_card(city, turn, person, wish, "issue")
}

pub(super) fn issue(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    wish: NewCard,
) -> Result<Reply, Stop> {
    known_person(city, person)?;
    let (count, by_oneself) = counted(city, turn, person)?;
    let (pack, today) = (Arc::clone(&city.pack), city.today(turn.day));
    another_card(count, by_oneself, CityMemory::card_rules(&pack, &today)?)?;
    Ok(new_card(city, turn, person, wish, "issue"))
}

/// The card somebody is taken in with: they are told that it is theirs as they get it.
pub(super) fn first(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    wish: NewCard,
) -> Reply {
    new_card(city, turn, person, wish, "first")
}

/// Somebody's cards, and whether they ask for another themself.
fn counted(city: &CityMemory, turn: &mut CityTurn<'_>, person: PersonId) -> Result<(CardCount, bool), Stop> {
    let issued: Vec<Issued> = turn.query(CARDS_OF, &[person.into()])?;
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let known = issued.iter().filter_map(|one| city.directory.card(CardRef::Id(one.id)));
    let usable = number(known.filter(|card| alive(card).is_ok()).count());
    let by_oneself = matches!(turn.request.actor.role, base::Role::Citizen(_));
    Ok((CardCount { usable, made: number(issued.len()) }, by_oneself))
}

fn new_card(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    person: PersonId,
    wish: NewCard,
    action: &str,
) -> Reply {
    let (id, number) = fresh::card(&city.directory, turn.entropy);
    let card = Card { id, person, number, kind: wish.kind, state: CardState::Active, pin: None, wrong: 0 };
    turn.write(INSERT_CARD, card_values(&card, turn.now));
    city.put_card(turn, card);
    note(turn, "card", Facts::Card { card: id, person, action: action.into() })
}

fn find(city: &CityMemory, card: CardRef) -> Result<Card, Refusal> {
    city.directory.card(card).copied().ok_or_else(|| Refusal::new("card.unknown"))
}

fn change(city: &mut CityMemory, turn: &mut CityTurn<'_>, card: Card, action: &str) -> Reply {
    turn.write(UPDATE_CARD, card_change(&card));
    city.put_card(turn, card);
    note(turn, "card", Facts::Card { card: card.id, person: card.person, action: action.into() })
}

/// A card that can still come back to life: not lost, not closed.
fn alive(card: &Card) -> Result<(), Refusal> {
    match card.state {
        CardState::Lost => Err(Refusal::new("card.lost")),
        CardState::Closed => Err(Refusal::new("card.closed")),
        CardState::Active | CardState::Frozen | CardState::Locked => Ok(()),
    }
}

pub(super) fn freeze(city: &mut CityMemory, turn: &mut CityTurn<'_>, card: CardRef) -> Result<Reply, Stop> {
    let card = find(city, card)?;
    alive(&card)?;
    // A locked card stays locked: freezing and unfreezing must not be a way around the PIN.
    let state = if card.state == CardState::Locked { CardState::Locked } else { CardState::Frozen };
    Ok(change(city, turn, Card { state, ..card }, "freeze"))
}

pub(super) fn unfreeze(city: &mut CityMemory, turn: &mut CityTurn<'_>, card: CardRef) -> Result<Reply, Stop> {
    let card = find(city, card)?;
    alive(&card)?;
    if card.state == CardState::Locked && matches!(turn.request.actor.role, base::Role::Citizen(_)) {
        return Err(Refusal::new("card.locked").into());
    }
    city.forget_pins(turn, card.id);
    Ok(change(city, turn, Card { state: CardState::Active, wrong: 0, ..card }, "unfreeze"))
}

/// The old card never pays again; the new one does at once, since money belongs to the person.
pub(super) fn replace(city: &mut CityMemory, turn: &mut CityTurn<'_>, card: CardRef) -> Result<Reply, Stop> {
    let old = find(city, card)?;
    alive(&old)?;
    let lost = Card { state: CardState::Lost, ..old };
    turn.write(UPDATE_CARD, card_change(&lost));
    city.put_card(turn, lost);
    city.forget_pins(turn, old.id);
    Ok(new_card(city, turn, old.person, NewCard { kind: old.kind }, "replace"))
}

pub(super) fn close(city: &mut CityMemory, turn: &mut CityTurn<'_>, card: CardRef) -> Result<Reply, Stop> {
    let card = find(city, card)?;
    alive(&card)?;
    city.forget_pins(turn, card.id);
    Ok(change(city, turn, Card { state: CardState::Closed, ..card }, "close"))
}

pub(super) fn set_pin(
    city: &mut CityMemory,
    turn: &mut CityTurn<'_>,
    card: CardRef,
    wished: &str,
) -> Result<Reply, Stop> {
    let card = find(city, card)?;
    alive(&card)?;
    if !pin::is_well_formed(wished) {
        return Err(Refusal::new("pin.form").into());
    }
    city.forget_pins(turn, card.id);
    let sealed = pin::seal(&city.keys.pins, card.id, wished);
    Ok(change(city, turn, Card { pin: Some(sealed), wrong: 0, ..card }, "pin"))
}
