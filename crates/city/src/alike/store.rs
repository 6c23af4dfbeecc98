//! Their rows: opaque ids only. Who the two are stands sealed in the register.

use base::{Instant, PersonId};
use store::{Migration, Sql, row, sql};

/// The tables. `intakes` are those whom a window took in that sees its own neighbourhood only, until they are compared;
/// of a pair, `one` has the lower id, and `same` says how it was answered.
pub(crate) const ALIKE: Migration = Migration {
    name: "alike-1",
    sql: "
CREATE TABLE intakes (
    person TEXT PRIMARY KEY,
    district TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE TABLE alike (
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    since BIGINT NOT NULL,
    ended BIGINT,
    ended_by TEXT,
    same BIGINT,
    PRIMARY KEY (one, other)
);
CREATE INDEX alike_waiting ON alike (since) WHERE ended IS NULL;
",
};

pub(crate) const INSERT_INTAKE: Sql = sql("INSERT INTO intakes (person, district, at) VALUES ($1, $2, $3)");
pub(crate) const INTAKES: Sql = sql("SELECT person, district FROM intakes ORDER BY at, person LIMIT $1");
pub(crate) const INTAKE: Sql = sql("SELECT person, district FROM intakes WHERE person = $1");
pub(crate) const DELETE_INTAKE: Sql = sql("DELETE FROM intakes WHERE person = $1");
pub(crate) const INSERT_PAIR: Sql = sql("INSERT INTO alike (one, other, since) VALUES ($1, $2, $3) \
     ON CONFLICT (one, other) DO NOTHING");
pub(crate) const OPEN: Sql =
    sql("SELECT one, other, since FROM alike WHERE ended IS NULL ORDER BY since, one, other LIMIT $1");
pub(crate) const OPEN_PAIR: Sql =
    sql("SELECT one, other, since FROM alike WHERE one = $1 AND other = $2 AND ended IS NULL");
pub(crate) const END_PAIR: Sql = sql("UPDATE alike SET ended = $3, ended_by = $4, same = $5 \
     WHERE one = $1 AND other = $2 AND ended IS NULL");

pub(crate) const STATEMENTS: &[Sql] =
    &[INSERT_INTAKE, INTAKES, INTAKE, DELETE_INTAKE, INSERT_PAIR, OPEN, OPEN_PAIR, END_PAIR];

row! {
    pub(crate) struct IntakeRow {
        pub person: PersonId,
        pub district: String,
    }
}

row! {
    pub(crate) struct PairRow {
        pub one: PersonId,
        pub other: PersonId,
        pub since: Instant,
    }
}
