//! What is counted of gifts by giver and day, a row each. Gifts that were refused because their receiver holds too much: such
//! an answer says something about what another person holds; a few are a mistake, more are a search for the sum. And claims
//! and gifts that were made: each is told by a notice, at the city's cost.

pub(crate) mod store;

use std::collections::BTreeMap;

use ::store::Sql;
use base::PersonId;

use crate::memory::{CityMemory, CityTurn, Undo};
use store::{DROP, DROP_CLAIMS, DROP_GIFTS, KEEP, KEEP_CLAIMS, KEEP_GIFTS};

/// So many a day are answered. After that no gift of that giver's goes through, nor is it said why it would not.
pub(crate) const MOST: u8 = 3;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counted {
    /// Gifts of money that were refused for what another holds.
    Refused,
    /// Claims that were given.
    Claims,
    /// Gifts of money that were made.
    Gifts,
}

impl Counted {
    fn statements(self) -> (Sql, Sql) {
        match self {
            Counted::Refused => (KEEP, DROP),
            Counted::Claims => (KEEP_CLAIMS, DROP_CLAIMS),
            Counted::Gifts => (KEEP_GIFTS, DROP_GIFTS),
        }
    }
}

/// A giver's day and how many there were on it; `None`: nothing is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    what: Counted,
    person: PersonId,
    tries: Option<(i32, u8)>,
}

/// All that is remembered.
#[derive(Debug, Default)]
pub(crate) struct GiftTries {
    refused: BTreeMap<PersonId, (i32, u8)>,
    claims: BTreeMap<PersonId, (i32, u8)>,
    gifts: BTreeMap<PersonId, (i32, u8)>,
}

impl GiftTries {
    fn all(&self, what: Counted) -> &BTreeMap<PersonId, (i32, u8)> {
        match what {
            Counted::Refused => &self.refused,
            Counted::Claims => &self.claims,
            Counted::Gifts => &self.gifts,
        }
    }

    /// How many of a giver's were refused on a day, or how many claims they gave.
    pub fn of(&self, what: Counted, person: PersonId, day: i32) -> u8 {
        self.all(what).get(&person).filter(|(on, _)| *on == day).map_or(0, |(_, count)| *count)
    }

    /// Up to `most` givers of whom nothing counts any more.
    fn lapsed(&self, what: Counted, day: i32, most: usize) -> Vec<PersonId> {
        let lapsed = self.all(what).iter().filter(|(_, (on, _))| *on < day);
        lapsed.take(most).map(|(person, _)| *person).collect()
    }

    /// Changes one, and gives the change that takes it back.
    pub fn apply(&mut self, change: Change) -> Change {
        let all = match change.what {
            Counted::Refused => &mut self.refused,
            Counted::Claims => &mut self.claims,
            Counted::Gifts => &mut self.gifts,
        };
        let was = match change.tries {
            Some(tries) => all.insert(change.person, tries),
            None => all.remove(&change.person),
        };
        Change { tries: was, ..change }
    }
}

impl CityMemory {
    /// One more of a giver's was refused today, or given.
    pub(crate) fn count_gift(&mut self, turn: &mut CityTurn<'_>, what: Counted, person: PersonId) {
        /// So many that count no more are let go of with each that comes.
        const LET_GO: usize = 4;
        let (keep, drop) = what.statements();
        for lapsed in self.gift_tries.lapsed(what, turn.day, LET_GO) {
            turn.write(drop, vec![lapsed.into()]);
            self.change_gift_tries(Change { what, person: lapsed, tries: None });
        }
        let count = self.gift_tries.of(what, person, turn.day).saturating_add(1);
        turn.write(keep, vec![person.into(), i64::from(turn.day).into(), i64::from(count).into()]);
        self.change_gift_tries(Change { what, person, tries: Some((turn.day, count)) });
    }

    fn change_gift_tries(&mut self, change: Change) {
        let was = self.gift_tries.apply(change);
        self.undo(Undo::GiftTries(was));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_counts_for_itself_and_what_is_applied_is_taken_back() {
        let mut tries = GiftTries::default();
        let one = |what, tries| Change { what, person: PersonId(1), tries };
        let of = |tries: &GiftTries, what, person, day| tries.of(what, PersonId(person), day);
        let first = tries.apply(one(Counted::Refused, Some((5, 2))));
        assert_eq!(of(&tries, Counted::Refused, 1, 5), 2);
        for (what, person, day) in
            [(Counted::Refused, 1, 6), (Counted::Refused, 2, 5), (Counted::Claims, 1, 5)]
        {
            assert_eq!(of(&tries, what, person, day), 0, "{what:?} {person} {day}");
        }
        let lapsed = |tries: &GiftTries, what, day| tries.lapsed(what, day, 9);
        assert_eq!(lapsed(&tries, Counted::Refused, 5), vec![]);
        assert_eq!(lapsed(&tries, Counted::Refused, 6), vec![PersonId(1)]);
        assert_eq!(lapsed(&tries, Counted::Claims, 6), vec![]);
        tries.apply(first);
        assert_eq!(of(&tries, Counted::Refused, 1, 5), 0);
    }
}
