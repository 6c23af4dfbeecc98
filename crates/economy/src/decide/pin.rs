//! PINs typed at a till: how often they may be wrong, and what follows. Wrong ones count for the card at that shop first, so
//! that nobody locks a stranger's card with one till; no shop counts for more of the card's own than it may try at once.

use base::Instant;
use rules::PinRules;

/// What is remembered of wrong PINs of one card, or of a number that is no card's, at one shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tried {
    /// How many were wrong since the shop began anew.
    pub wrong: u8,
    /// How many of those that the card counts in all came from this shop. Other than `wrong`, time doesn't undo it: only who
    /// knows the PIN or is signed in as the holder does.
    pub counted: u8,
    /// How often it heard without the PIN that the card holds too little, since it began anew.
    pub short: u8,
    /// From then on the shop begins anew.
    pub until: Instant,
}

impl Tried {
    /// Until when the shop may not try this card, if it may not now.
    pub fn pauses(&self, rules: &PinRules, now: Instant) -> Option<Instant> {
        (self.wrong >= rules.shop_tries && now < self.until).then_some(self.until)
    }

    /// Whether the shop heard so often that the card holds too little that it hears no more without the PIN.
    pub fn asks(&self, rules: &PinRules, now: Instant) -> bool {
        rules.shop_short.is_some_and(|most| self.short >= most) && now < self.until
    }

    /// What holds of what was remembered, or of nothing.
    fn standing(before: Option<Tried>, now: Instant) -> Tried {
        let anew = Tried { wrong: 0, counted: 0, short: 0, until: now };
        before.map_or(
            anew,
            |tried| if now < tried.until { tried } else { Tried { wrong: 0, short: 0, ..tried } },
        )
    }

    fn remembered(self, rules: &PinRules, now: Instant) -> Tried {
        Tried { until: now.plus_seconds(i64::from(rules.shop_pause_hours) * 3_600), ..self }
    }

    /// What is left to remember when the card's own count begins anew by somebody else's hand; `None` for nothing.
    pub fn uncounted(self, now: Instant) -> Option<Tried> {
        (now < self.until).then_some(Tried { counted: 0, ..self })
    }
}

/// What one more wrong PIN comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wrong {
    /// What is remembered of the shop from now on.
    pub tried: Tried,
    /// What the card counts from now on: the same as before where the shop has counted for all that it may.
    pub card: u8,
    /// Whether that locks it.
    pub locks: bool,
    /// How many more may be wrong at this shop before it has to wait. It says nothing about the card, nor whether there is one.
    pub left: u8,
}

/// One more wrong PIN, of a card that counts so many. What the shop hears ([`Wrong::left`], [`Tried::until`]) follows from what
/// was tried there alone.
pub fn wrong(card: u8, before: Option<Tried>, rules: &PinRules, now: Instant) -> Wrong {
    let before = Tried::standing(before, now);
    let counts = u8::from(before.counted < rules.shop_tries);
    let (wrong, counted) = (before.wrong.saturating_add(1), before.counted.saturating_add(counts));
    let tried = Tried { wrong, counted, ..before }.remembered(rules, now);
    let card = card.saturating_add(counts);
    Wrong { tried, card, locks: is_used_up(card, rules), left: rules.shop_tries.saturating_sub(tried.wrong) }
}

/// One more answer, without the PIN, that a card holds too little: what is remembered of the shop from now on. A shop that asks on,
/// each time for a little less, would find out what is on the card, and nothing it asked for would be seen by its holder.
pub fn short(before: Option<Tried>, rules: &PinRules, now: Instant) -> Tried {
    let before = Tried::standing(before, now);
    Tried { short: before.short.saturating_add(1), ..before }.remembered(rules, now)
}

/// Whether a card has had all its wrong PINs: from then on even the right one is none, so that nobody finds it by going on.
pub fn is_used_up(card: u8, rules: &PinRules) -> bool {
    card >= rules.tries
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: PinRules =
        PinRules { shop_tries: 5, shop_pause_hours: 24, tries: 10, above_day: None, shop_short: Some(3) };
    const DAY: i64 = 86_400;

    fn at(seconds: i64) -> Instant {
        Instant(0).plus_seconds(seconds)
    }

    /// Wrong PINs at one shop after another: (shop, second). Gives the card's count and whether it is locked after each.
    fn tries(all: &[(usize, i64)]) -> Vec<(u8, bool, u8)> {
        let mut shops = [None; 3];
        let mut card = 0;
        let each = all.iter().map(|(shop, second)| {
            let one = wrong(card, shops[*shop], &RULES, at(*second));
            (card, shops[*shop]) = (one.card, Some(one.tried));
            (one.card, one.locks, one.left)
        });
        each.collect()
    }

    #[test]
    fn five_at_one_shop_pause_the_shop_and_lock_nothing() {
        let all: Vec<(usize, i64)> = (0..5).map(|n| (0, n)).collect();
        let told = tries(&all);
        assert_eq!(told, [(1, false, 4), (2, false, 3), (3, false, 2), (4, false, 1), (5, false, 0)]);
        let paused = Tried { wrong: 5, counted: 5, short: 0, until: at(4 + DAY) };
        assert_eq!(paused.pauses(&RULES, at(4 + DAY - 1)), Some(at(4 + DAY)));
        assert_eq!(paused.pauses(&RULES, at(4 + DAY)), None, "a day later it may try again");
        assert_eq!(Tried { wrong: 4, ..paused }.pauses(&RULES, at(5)), None);
    }

    #[test]
    fn one_shop_never_locks_a_card_however_long_it_goes_on() {
        let all: Vec<(usize, i64)> = (0..50).map(|n| (0, n / 5 * 2 * DAY + n)).collect();
        let told = tries(&all);
        assert!(told.iter().all(|(card, locks, _)| *card <= 5 && !locks), "{told:?}");
        assert_eq!(told[49].2, 0);
    }

    #[test]
    fn ten_from_two_shops_lock_it() {
        let all: Vec<(usize, i64)> = (0..10).map(|n| (usize::try_from(n % 2).unwrap_or(0), n)).collect();
        let told = tries(&all);
        assert_eq!(told[8], (9, false, 0));
        assert_eq!(told[9], (10, true, 0));
    }

    #[test]
    fn three_that_are_short_at_one_shop_ask_for_the_pin_for_a_day() {
        let mut tried = None;
        for (second, asks) in [(0, false), (1, false), (2, true), (3, true)] {
            let one = short(tried, &RULES, at(second));
            assert_eq!(one.asks(&RULES, at(second)), asks, "{second}");
            tried = Some(one);
        }
        let one = tried.unwrap();
        assert!(one.asks(&RULES, at(3 + DAY - 1)) && !one.asks(&RULES, at(3 + DAY)));
        assert_eq!(one.pauses(&RULES, at(4)), None, "with the PIN it may ask");
        // A day later the shop begins anew; wrong PINs and these are remembered side by side.
        let next = short(Some(one), &RULES, at(3 + DAY));
        assert_eq!((next.short, next.wrong), (1, 0));
        let both = wrong(0, Some(next), &RULES, at(4 + DAY)).tried;
        assert_eq!((both.short, both.wrong, both.counted), (1, 1, 1));
        // A pack that says nothing of it never asks.
        assert!(!one.asks(&PinRules::UNSAID, at(4)));
    }

    #[test]
    fn who_begins_anew_elsewhere_does_not_end_a_shops_pause() {
        let paused = Tried { wrong: 5, counted: 5, short: 0, until: at(DAY) };
        let after = paused.uncounted(at(1));
        assert_eq!(after, Some(Tried { counted: 0, ..paused }));
        assert!(after.is_some_and(|tried| tried.pauses(&RULES, at(1)).is_some()));
        assert_eq!(paused.uncounted(at(DAY)), None, "nothing is left to remember");
    }
}
