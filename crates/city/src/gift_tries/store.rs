//! The rows of what is counted of gifts: it is known again after a restart.

use ::store::{Error, Migration, Snapshot, Sql, row, sql};
use base::PersonId;

use super::{Change, Counted, GiftTries};

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

/// The table of claims that were given.
pub(crate) const CLAIM_GIFTS: Migration = Migration {
    name: "claim-gifts-1",
    sql: "
CREATE TABLE claim_gifts (
    person TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    given BIGINT NOT NULL
);
",
};

/// The table of gifts of money that were made.
pub(crate) const MONEY_GIFTS: Migration = Migration {
    name: "money-gifts-1",
    sql: "
CREATE TABLE money_gifts (
    person TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    given BIGINT NOT NULL
);
",
};

const ALL: Sql = sql("SELECT person, day, refused FROM gift_tries ORDER BY person");
pub(super) const KEEP: Sql = sql("INSERT INTO gift_tries (person, day, refused) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET day = excluded.day, refused = excluded.refused");
pub(super) const DROP: Sql = sql("DELETE FROM gift_tries WHERE person = $1");

const ALL_CLAIMS: Sql = sql("SELECT person, day, given FROM claim_gifts ORDER BY person");
pub(super) const KEEP_CLAIMS: Sql = sql("INSERT INTO claim_gifts (person, day, given) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET day = excluded.day, given = excluded.given");
pub(super) const DROP_CLAIMS: Sql = sql("DELETE FROM claim_gifts WHERE person = $1");

const ALL_GIFTS: Sql = sql("SELECT person, day, given FROM money_gifts ORDER BY person");
pub(super) const KEEP_GIFTS: Sql = sql("INSERT INTO money_gifts (person, day, given) VALUES ($1, $2, $3) \
     ON CONFLICT (person) DO UPDATE SET day = excluded.day, given = excluded.given");
pub(super) const DROP_GIFTS: Sql = sql("DELETE FROM money_gifts WHERE person = $1");

pub(crate) const STATEMENTS: &[Sql] =
    &[ALL, KEEP, DROP, ALL_CLAIMS, KEEP_CLAIMS, DROP_CLAIMS, ALL_GIFTS, KEEP_GIFTS, DROP_GIFTS];

row! {
    struct TriesRow {
        person: PersonId,
        day: i64,
        refused: i64,
    }
}

row! {
    struct GivenRow {
        person: PersonId,
        day: i64,
        given: i64,
    }
}

/// All that is remembered, from its rows.
pub(crate) fn load(snapshot: &mut Snapshot<'_>) -> Result<GiftTries, Error> {
    let mut tries = GiftTries::default();
    snapshot.for_each(ALL, &[], &mut |row: TriesRow| {
        tries.apply(change(Counted::Refused, row.person, (row.day, row.refused))?);
        Ok(())
    })?;
    for (all, what) in [(ALL_CLAIMS, Counted::Claims), (ALL_GIFTS, Counted::Gifts)] {
        snapshot.for_each(all, &[], &mut |row: GivenRow| {
            tries.apply(change(what, row.person, (row.day, row.given))?);
            Ok(())
        })?;
    }
    Ok(tries)
}

fn change(what: Counted, person: PersonId, (day, count): (i64, i64)) -> Result<Change, Error> {
    let day = i32::try_from(day).map_err(|_| Error::Shape(format!("{day} is no day")))?;
    Ok(Change { what, person, tries: Some((day, u8::try_from(count).unwrap_or(u8::MAX))) })
}
