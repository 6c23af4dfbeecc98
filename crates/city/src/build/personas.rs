//! Those whom visitors of a demo may be, and what they do in the history.

use base::{CardId, Instant, MerchantId, PersonId};
use serde::{Deserialize, Serialize};

/// The PIN of the citizen's plastic card.
pub const PIN: &str = "1234";

/// What the citizen has when the history ends, give or take a few hundred won: some of it cashback.
pub(super) const CITIZEN_HAS: i64 = 80_000;

/// Fixed persons and shops of a built town. A demo keeps this beside the city's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personas {
    /// 78 years old, with a plastic card, a PIN, about 80,000 won and some payments at the pack's first trade.
    pub citizen: PersonId,
    /// The citizen's card.
    pub citizen_card: CardId,
    /// Its 16 printed digits.
    pub citizen_card_number: u64,
    /// Has a card on the phone and nothing on it yet: nothing has ever happened to them.
    pub newcomer: PersonId,
    /// The newcomer's card.
    pub newcomer_card: CardId,
    /// A small shop of the pack's first trade, with sales that have not been paid out yet.
    pub shop: MerchantId,
    /// Its owner, who is not the citizen.
    pub shop_owner: PersonId,
}

/// What the script has them do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// The citizen buys something at a shop of the first trade.
    Shopping,
    /// The same at the personas' shop.
    ShoppingHere,
    /// The citizen tops up to what they shall have, and a little more.
    Fill,
    /// The citizen buys something for the little more.
    Level,
    /// Someone buys something at the personas' shop.
    Sale,
}

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// When they do it, in order: shopping every few days about an hour after the time of day the history ends at, and
/// the last day as it is told to visitors.
pub(super) fn deeds(from: Instant, until: Instant) -> Vec<(Instant, Deed)> {
    let mut deeds = Vec::new();
    let late = until.plus_seconds(HOUR);
    let days = (until.0 - from.0) / (DAY * 1_000_000);
    for (number, back) in (0..).zip((2..days).step_by(4)) {
        let deed = if number % 2 == 0 { Deed::ShoppingHere } else { Deed::Shopping };
        deeds.push((late.plus_seconds(-back * DAY + (back * 977) % 2_700), deed));
    }
    let last = [
        (late.plus_seconds(-DAY + 600), Deed::Fill),
        (late.plus_seconds(-DAY + 1_500), Deed::Level),
        (late.plus_seconds(-DAY + 4_100), Deed::Sale),
        (late.plus_seconds(-DAY + 5 * HOUR), Deed::Sale),
        (late.plus_seconds(-DAY + 7 * HOUR), Deed::Sale),
        (until.plus_seconds(-4_900), Deed::Sale),
        (until.plus_seconds(-2_300), Deed::Sale),
        (until.plus_seconds(-700), Deed::Sale),
    ];
    deeds.extend(last);
    deeds.retain(|(at, _)| (from..until).contains(at));
    deeds.sort_by_key(|(at, _)| *at);
    deeds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deeds_are_in_order_and_within_the_history() {
        let (from, until) = (Instant(0), Instant(0).plus_seconds(20 * DAY));
        let deeds = deeds(from, until);
        assert!(deeds.is_sorted_by_key(|(at, _)| *at));
        assert!(deeds.iter().filter(|(_, deed)| *deed == Deed::Shopping).count() >= 2);
        assert_eq!(deeds.last().map(|(_, deed)| *deed), Some(Deed::Sale));
        assert!(super::deeds(until, until).is_empty());
    }
}
