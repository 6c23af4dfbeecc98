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

/// The tables: whose records are to be weighed since which change, and which two records differ in what.
pub(crate) const DIFFERENCES: Migration = Migration {
    name: "alike-2",
    sql: "
CREATE TABLE to_weigh (
    person TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE TABLE differences (
    one TEXT NOT NULL,
    other TEXT NOT NULL,
    about TEXT NOT NULL,
    since BIGINT NOT NULL,
    ended BIGINT,
    PRIMARY KEY (one, other, about)
);
CREATE INDEX differences_of ON differences (other);
CREATE INDEX differences_open ON differences (since) WHERE ended IS NULL;
",
};

pub(crate) const TO_WEIGH: Sql = sql("INSERT INTO to_weigh (person, at) VALUES ($1, $2) \
     ON CONFLICT (person) DO UPDATE SET at = excluded.at");
pub(crate) const NEXT: Sql = sql("SELECT person, at FROM to_weigh ORDER BY at, person LIMIT $1");
pub(crate) const WEIGHED: Sql = sql("DELETE FROM to_weigh WHERE person = $1 AND at = $2");
pub(crate) const INSERT_DIFFERENCE: Sql =
    sql("INSERT INTO differences (one, other, about, since, ended) VALUES ($1, $2, $3, $4, NULL) \
     ON CONFLICT (one, other, about) DO UPDATE SET since = excluded.since, ended = NULL \
     WHERE differences.ended IS NOT NULL");
pub(crate) const END_DIFFERENCE: Sql =
    sql("UPDATE differences SET ended = $4 WHERE one = $1 AND other = $2 AND about = $3");
pub(crate) const DIFFERENCES_OF: Sql = sql("SELECT one, other, about, since FROM differences \
     WHERE ended IS NULL AND (one = $1 OR other = $1) ORDER BY one, other, about");
pub(crate) const OPEN_DIFFERENCES: Sql =
    sql("SELECT one, other, about, since FROM differences WHERE ended IS NULL \
     ORDER BY since, one, other, about LIMIT $1");

pub(crate) const STATEMENTS: &[Sql] = &[
    INSERT_INTAKE,
    INTAKES,
    INTAKE,
    DELETE_INTAKE,
    INSERT_PAIR,
    OPEN,
    OPEN_PAIR,
    END_PAIR,
    TO_WEIGH,
    NEXT,
    WEIGHED,
    INSERT_DIFFERENCE,
    END_DIFFERENCE,
    DIFFERENCES_OF,
    OPEN_DIFFERENCES,
];

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

row! {
    pub(crate) struct WeighRow {
        pub person: PersonId,
        pub at: Instant,
    }
}

row! {
    pub(crate) struct DifferenceRow {
        pub one: PersonId,
        pub other: PersonId,
        pub about: String,
        pub since: Instant,
    }
}
