//! Gifts that were refused because their receiver holds too much: counted by giver and day, a row each. Such an answer says
//! something about what another person holds; a few are a mistake, more are a search for the sum.

use std::collections::BTreeMap;

use ::store::{Error, Migration, Snapshot, Sql, row, sql};
use base::PersonId;

use crate::memory::{CityMemory, CityTurn, Undo};

/// So many a day are answered. After that no gift of that giver's goes through, nor is it said why it would not.
pub(crate) const MOST: u8 = 3;

/// The table. `day`: the city's, in days since 1970-01-01.
pub(crate) const GIFT_TRIES: Migration = Migration {
    name: "gift-tries-1",
    sql: "
CREATE TABLE gift_tries (
    person TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    refused BIGINT NOT NULL
);
",
};

const ALL: Sql = sql("SELECT person, day, refused FROM gift_tries ORDER BY person");
const KEEP: Sql = sql("INSERT INTO gift_tries (person, day, refused) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET day = excluded.day, refused = excluded.refused");
const DROP: Sql = sql("DELETE FROM gift_tries WHERE person = $1");

pub(crate) const STATEMENTS: &[Sql] = &[ALL, KEEP, DROP];

row! {
    struct TriesRow {
        person: PersonId,
        day: i64,
        refused: i64,
    }
}

/// A giver's day and how many were refused on it; `None`: nothing is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Change {
    person: PersonId,
    tries: Option<(i32, u8)>,
}

/// All that is remembered.
#[derive(Debug, Default)]
pub(crate) struct GiftTries(BTreeMap<PersonId, (i32, u8)>);

impl GiftTries {
    /// How many of a giver's were refused on a day.
    pub fn of(&self, person: PersonId, day: i32) -> u8 {
        self.0.get(&person).filter(|(on, _)| *on == day).map_or(0, |(_, refused)| *refused)
    }

    /// Up to `most` givers of whom nothing counts any more.
    fn lapsed(&self, day: i32, most: usize) -> Vec<PersonId> {
        self.0.iter().filter(|(_, (on, _))| *on < day).take(most).map(|(person, _)| *person).collect()
    }

    /// Changes one, and gives the change that takes it back.
    pub fn apply(&mut self, change: Change) -> Change {
        let was = match change.tries {
            Some(tries) => self.0.insert(change.person, tries),
            None => self.0.remove(&change.person),
        };
        Change { tries: was, ..change }
    }
}

/// All that is remembered, from its rows.
pub(crate) fn load(snapshot: &mut Snapshot<'_>) -> Result<GiftTries, Error> {
    let mut tries = GiftTries::default();
    snapshot.for_each(ALL, &[], &mut |row: TriesRow| {
        let day = i32::try_from(row.day).map_err(|_| Error::Shape(format!("{} is no day", row.day)))?;
        let refused = u8::try_from(row.refused).unwrap_or(u8::MAX);
        tries.apply(Change { person: row.person, tries: Some((day, refused)) });
        Ok(())
    })?;
    Ok(tries)
}

impl CityMemory {
    /// One more of a giver's was refused today.
    pub(crate) fn count_gift_try(&mut self, turn: &mut CityTurn<'_>, person: PersonId) {
        /// So many that count no more are let go of with each that comes.
        const LET_GO: usize = 4;
        for lapsed in self.gift_tries.lapsed(turn.day, LET_GO) {
            turn.write(DROP, vec![lapsed.into()]);
            self.change_gift_tries(Change { person: lapsed, tries: None });
        }
        let refused = self.gift_tries.of(person, turn.day).saturating_add(1);
        turn.write(KEEP, vec![person.into(), i64::from(turn.day).into(), i64::from(refused).into()]);
        self.change_gift_tries(Change { person, tries: Some((turn.day, refused)) });
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
        let first = tries.apply(Change { person: PersonId(1), tries: Some((5, 2)) });
        assert_eq!((tries.of(PersonId(1), 5), tries.of(PersonId(1), 6), tries.of(PersonId(2), 5)), (2, 0, 0));
        assert_eq!((tries.lapsed(5, 9), tries.lapsed(6, 9)), (vec![], vec![PersonId(1)]));
        tries.apply(first);
        assert_eq!(tries.of(PersonId(1), 5), 0);
    }
}
