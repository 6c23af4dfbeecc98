//! The tables of a whole city, and every statement that a test prepares on both engines.

use store::Migration;

/// This crate's own tables.
const CITY: Migration = Migration {
    name: "city-1",
    sql: "
CREATE TABLE packs (
    no BIGINT PRIMARY KEY,
    hash BYTEA NOT NULL,
    files TEXT NOT NULL,
    people BIGINT NOT NULL,
    population BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE TABLE tokens (
    hash BYTEA PRIMARY KEY,
    client BIGINT NOT NULL,
    role TEXT NOT NULL,
    subject TEXT,
    name TEXT NOT NULL,
    since BIGINT NOT NULL
);
",
};

/// All tables above the journal's, in order.
pub fn migrations() -> Vec<Migration> {
    economy::store::MIGRATIONS.iter().cloned().chain([CITY]).collect()
}
