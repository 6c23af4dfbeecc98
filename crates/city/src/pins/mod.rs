//! Wrong PINs, and answers without one that a card holds too little, by card and shop: kept in memory beside the cards, changed by [`Pins::apply`] alone, a row each.
//!
//! A number that is no card's is remembered like one that is, so that a till hears the same of both.

pub(crate) mod store;

use std::collections::{BTreeMap, BTreeSet};

use base::{Arg, CardId, Instant, MerchantId, Refusal, Zone};
use economy::decide::{self, Tried};
use rules::PinRules;

use crate::CardRef;
use crate::memory::{CityMemory, CityTurn, Undo};

/// A card at a shop: its id, or what was typed where there is no such card.
pub(crate) type Place = (CardRef, MerchantId);

/// What is remembered of one card at one shop; `None`: nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    pub place: Place,
    pub tried: Option<Tried>,
}

/// All that is remembered.
#[derive(Debug, Default)]
pub(crate) struct Pins {
    tried: BTreeMap<Place, Tried>,
    /// The same by when the shop may begin anew, but for what still counts for a card.
    lapsing: BTreeSet<(Instant, Place)>,
}

impl Pins {
    /// What is remembered of a card at a shop.
    pub fn at(&self, place: Place) -> Option<Tried> {
        self.tried.get(&place).copied()
    }

    /// What is remembered of a card, shop by shop.
    pub fn of(&self, card: CardRef) -> impl Iterator<Item = (Place, Tried)> + '_ {
        let all = (card, MerchantId(0))..=(card, MerchantId(u64::MAX));
        self.tried.range(all).map(|(place, tried)| (*place, *tried))
    }

    /// Up to `most` that nothing is remembered for any more.
    pub fn lapsed(&self, now: Instant, most: usize) -> Vec<Place> {
        let over = self.lapsing.iter().take_while(|(until, _)| *until <= now);
        over.take(most).map(|(_, place)| *place).collect()
    }

    /// Changes one, and gives the change that takes it back.
    pub fn apply(&mut self, change: Change) -> Change {
        let Change { place, tried } = change;
        let was = match tried {
            Some(tried) => self.tried.insert(place, tried),
            None => self.tried.remove(&place),
        };
        if let Some(was) = was {
            self.lapsing.remove(&(was.until, place));
        }
        if let Some(tried) = tried.filter(|tried| tried.counted == 0) {
            self.lapsing.insert((tried.until, place));
        }
        Change { place, tried: was }
    }
}

impl CityMemory {
    /// What is remembered of a card at a shop changes.
    pub(crate) fn change_pins(&mut self, turn: &mut CityTurn<'_>, change: Change) {
        let (sql, values) = store::write(&change);
        turn.write(sql, values);
        let was = self.pins.apply(change);
        self.undo(Undo::Pins(was));
    }

    /// A shop heard once more, without the PIN, that a card holds too little.
    pub(crate) fn count_short(&mut self, turn: &mut CityTurn<'_>, place: Place, rules: &PinRules) {
        self.let_go_of_pins(turn);
        let tried = decide::short(self.pins.at(place), rules, turn.now);
        self.change_pins(turn, Change { place, tried: Some(tried) });
    }

    /// Some that have lapsed are let go of with each that comes: there are never many more than were tried lately.
    pub(crate) fn let_go_of_pins(&mut self, turn: &mut CityTurn<'_>) {
        const LET_GO: usize = 4;
        for lapsed in self.pins.lapsed(turn.now, LET_GO) {
            self.change_pins(turn, Change { place: lapsed, tried: None });
        }
    }

    /// A card's count begins anew because its holder showed who they are: at the shop where they are nothing is remembered,
    /// elsewhere a pause goes on.
    pub(crate) fn uncount_pins(&mut self, turn: &mut CityTurn<'_>, card: CardId, here: MerchantId) {
        for (place, tried) in self.pins.of(CardRef::Id(card)).collect::<Vec<_>>() {
            let left = if place.1 == here { None } else { tried.uncounted(turn.now) };
            if left != Some(tried) {
                self.change_pins(turn, Change { place, tried: left });
            }
        }
    }

    /// Nothing is remembered of a card any more: it has another PIN, was unlocked, or is gone.
    pub(crate) fn forget_pins(&mut self, turn: &mut CityTurn<'_>, card: CardId) {
        for (place, _) in self.pins.of(CardRef::Id(card)).collect::<Vec<_>>() {
            self.change_pins(turn, Change { place, tried: None });
        }
    }
}

/// A refusal with the minute until which it holds, `until` and `time`, rounded up.
pub fn until(refusal: Refusal, zone: &Zone, until: Instant) -> Refusal {
    let until = until.plus_seconds(59);
    let minute = zone.minute_of_day(until);
    let time = format!("{:02}:{:02}", minute / 60, minute % 60);
    refusal.with("until", Arg::Date(zone.date(until))).with("time", Arg::Text(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_applied_is_taken_back_and_what_has_lapsed_is_found() {
        let mut pins = Pins::default();
        let place = |card: u64, shop: u64| (CardRef::Id(CardId(card)), MerchantId(shop));
        let tried = |counted, until| Tried { wrong: 1, counted, short: 0, until: Instant(until) };
        let put = |pins: &mut Pins, place, tried| pins.apply(Change { place, tried });
        put(&mut pins, place(1, 1), Some(tried(1, 10)));
        put(&mut pins, place(1, 2), Some(tried(0, 20)));
        let unknown = (CardRef::Number(1), MerchantId(1));
        put(&mut pins, unknown, Some(tried(0, 5)));
        assert_eq!(pins.of(CardRef::Id(CardId(1))).count(), 2, "a number is no id");
        assert_eq!(pins.lapsed(Instant(19), 9), [unknown], "what counts for a card stays");
        let back = put(&mut pins, place(1, 2), None);
        assert_eq!((pins.at(place(1, 2)), pins.lapsed(Instant(99), 9).len()), (None, 1));
        pins.apply(back);
        assert_eq!(pins.lapsed(Instant(99), 9), [unknown, place(1, 2)]);
    }
}
