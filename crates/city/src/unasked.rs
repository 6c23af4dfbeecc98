//! What was paid today at a shop with a card and without its PIN: kept in memory, brought up to date by what is posted, in
//! checkpoints as raw numbers (there may be hundreds of thousands by night, and a payment waits while they are saved).

use base::{CardId, MerchantId};
use economy::Facts;
use hashbrown::HashMap;

/// A table that grows is moved as a whole, and whoever pays just then waits: so there are many small ones.
const PARTS: usize = 64;
/// A card, a shop and a sum, as they are saved.
const BYTES: usize = 24;

/// A card at a shop.
pub(crate) type Place = (CardId, MerchantId);

/// Won of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unasked {
    day: i32,
    parts: Vec<HashMap<Place, i64>>,
}

impl Default for Unasked {
    fn default() -> Unasked {
        Unasked { day: i32::MIN, parts: vec![HashMap::new(); PARTS] }
    }
}

/// A sum to set: whose, and what it is from now on. `None`: nothing was paid yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The city's day.
    pub(crate) day: i32,
    pub(crate) place: Place,
    pub(crate) sum: Option<i64>,
}

impl Unasked {
    /// Won of a day, of a card at a shop.
    pub(crate) fn of(&self, day: i32, place: Place) -> i64 {
        if day == self.day { self.parts[part(place)].get(&place).copied().unwrap_or(0) } else { 0 }
    }

    /// The change that facts make, if they are a payment or a reservation at a till without the PIN. What is taken back later
    /// doesn't count less.
    pub(crate) fn change(&self, role: &str, day: i32, facts: &Facts) -> Option<Change> {
        let (Facts::Pay(payment) | Facts::Authorise(payment)) = facts else { return None };
        if payment.pin || !AT_TILLS.contains(&role) {
            return None;
        }
        let place = (payment.card, payment.merchant);
        Some(Change { day, place, sum: Some(self.of(day, place).saturating_add(payment.amount)) })
    }

    /// All of the day, in order.
    pub fn all(&self) -> (i32, Vec<(CardId, MerchantId, i64)>) {
        let sums = self.parts.iter().flatten().map(|((card, shop), sum)| (*card, *shop, *sum));
        let mut sums: Vec<_> = sums.collect();
        sums.sort_unstable();
        (self.day, sums)
    }

    /// Sets one, and gives the change that takes it back. The first of a later day lets go of all before; days don't go back.
    pub(crate) fn apply(&mut self, change: Change) -> Change {
        let Change { day, place, sum } = change;
        if day > self.day {
            self.day = day;
            self.parts.iter_mut().for_each(|part| *part = HashMap::new());
        }
        if day < self.day {
            return change;
        }
        let part = &mut self.parts[part(place)];
        let was = match sum {
            Some(sum) => part.insert(place, sum),
            None => part.remove(&place),
        };
        Change { day, place, sum: was }
    }

    /// Adds itself to a checkpoint, its length first.
    pub(crate) fn save(&self, bytes: &mut Vec<u8>) {
        let count = self.parts.iter().map(HashMap::len).sum::<usize>();
        bytes.reserve(12 + count * BYTES);
        bytes.extend((count as u64).to_le_bytes());
        bytes.extend(self.day.to_le_bytes());
        for ((card, shop), sum) in self.parts.iter().flatten() {
            bytes.extend(card.0.to_le_bytes());
            bytes.extend(shop.0.to_le_bytes());
            bytes.extend(sum.to_le_bytes());
        }
    }

    /// Reads itself from a checkpoint; gives what follows. `None` where it is cut short.
    pub(crate) fn restore(bytes: &[u8]) -> Option<(Unasked, &[u8])> {
        let (count, rest) = bytes.split_first_chunk::<8>()?;
        let (day, rest) = rest.split_first_chunk::<4>()?;
        let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
        let (rows, rest) = rest.split_at_checked(count.checked_mul(BYTES)?)?;
        let day = i32::from_le_bytes(*day);
        let mut unasked = Unasked { day, ..Unasked::default() };
        for row in rows.chunks_exact(BYTES) {
            let word = |at: usize| {
                let mut word = [0; 8];
                word.copy_from_slice(&row[at..at + 8]);
                u64::from_le_bytes(word)
            };
            let place = (CardId(word(0)), MerchantId(word(8)));
            unasked.parts[part(place)].insert(place, word(16).cast_signed());
        }
        Some((unasked, rest))
    }
}

/// Roles in which a card is taken that somebody else holds out.
const AT_TILLS: [&str; 2] = ["merchant", "till"];

fn part((card, shop): Place) -> usize {
    // Ids are random.
    (card.0 ^ shop.0.rotate_left(32)) as usize % PARTS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(n: u64) -> Place {
        (CardId(n), MerchantId(n / 7))
    }

    #[test]
    fn a_day_is_kept_saved_and_let_go_of() {
        let mut unasked = Unasked::default();
        for n in 0..1_000 {
            let was = unasked.apply(Change { day: 5, place: place(n), sum: Some(10) });
            assert_eq!(was.sum, None);
        }
        let back = unasked.apply(Change { day: 5, place: place(1), sum: Some(25) });
        assert_eq!((unasked.of(5, place(1)), unasked.of(6, place(1))), (25, 0));
        let mut bytes = Vec::new();
        unasked.save(&mut bytes);
        bytes.extend(b"more");
        let (read, rest) = Unasked::restore(&bytes).unwrap();
        assert_eq!((&read, rest), (&unasked, b"more".as_slice()));
        assert_eq!(Unasked::restore(&bytes[..bytes.len() - 5]), None, "cut short");
        unasked.apply(back);
        assert_eq!(unasked.of(5, place(1)), 10);
        // Another day; what was staged on the one before is not put back into it.
        let first = unasked.apply(Change { day: 6, place: place(2), sum: Some(1) });
        assert_eq!((unasked.of(6, place(2)), unasked.of(6, place(1))), (1, 0));
        unasked.apply(first);
        unasked.apply(back);
        assert_eq!((unasked.of(6, place(2)), unasked.of(6, place(1))), (0, 0));
    }
}
