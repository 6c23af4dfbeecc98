//! The rows of gifts that were refused: what was counted is known again after a restart.

use ::store::{Error, Migration, Snapshot, Sql, row, sql};
use base::PersonId;

use super::{Change, GiftTries};

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
pub(super) const KEEP: Sql = sql("INSERT INTO gift_tries (person, day, refused) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET day = excluded.day, refused = excluded.refused");
pub(super) const DROP: Sql = sql("DELETE FROM gift_tries WHERE person = $1");

pub(crate) const STATEMENTS: &[Sql] = &[ALL, KEEP, DROP];

row! {
    struct TriesRow {
        person: PersonId,
        day: i64,
        refused: i64,
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
