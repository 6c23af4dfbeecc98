//! The journal's own tables, and the statements that read them.

use crate::{Migration, Sql, sql};

/// The tables of the journal. No foreign keys and no other indexes: writing them costs only the append
/// (an index on random keys costs eightfold on SQLite), and every reading is a walk over primary keys.
pub const JOURNAL: Migration = Migration {
    name: "journal-1",
    sql: "
CREATE TABLE accounts (
    no BIGINT PRIMARY KEY,
    unit BIGINT NOT NULL,
    class BIGINT NOT NULL,
    side BIGINT NOT NULL,
    floor BIGINT NOT NULL,
    owner TEXT NOT NULL,
    sub BIGINT NOT NULL
);
CREATE TABLE postings (
    no BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    client BIGINT NOT NULL,
    request_key TEXT NOT NULL,
    input_hash BYTEA NOT NULL,
    pack BIGINT NOT NULL,
    reverses BIGINT,
    amount BIGINT NOT NULL,
    first_entry BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    facts TEXT NOT NULL
);
CREATE TABLE entries (
    no BIGINT PRIMARY KEY,
    posting BIGINT NOT NULL,
    debit BIGINT NOT NULL,
    credit BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    debit_after BIGINT NOT NULL,
    credit_after BIGINT NOT NULL,
    debit_previous BIGINT NOT NULL,
    credit_previous BIGINT NOT NULL
);
CREATE TABLE requests (
    no BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    role TEXT NOT NULL,
    client BIGINT NOT NULL,
    request_key TEXT NOT NULL,
    input_hash BYTEA NOT NULL,
    facts TEXT NOT NULL
);
CREATE TABLE groups (
    sequence BIGINT PRIMARY KEY,
    epoch BIGINT NOT NULL,
    nonce BIGINT NOT NULL,
    first_posting BIGINT NOT NULL,
    last_posting BIGINT NOT NULL
);
",
};

pub(crate) const INSERT_GROUP: Sql = sql(
    "INSERT INTO groups (sequence, epoch, nonce, first_posting, last_posting) VALUES ($1, $2, $3, $4, $5)",
);
pub(crate) const LAST_GROUP: Sql = sql(
    "SELECT sequence, epoch, nonce, first_posting, last_posting FROM groups ORDER BY sequence DESC LIMIT 1",
);
pub(crate) const GROUP_AT: Sql =
    sql("SELECT sequence, epoch, nonce, first_posting, last_posting FROM groups WHERE sequence = $1");
pub(crate) const POSTINGS: Sql = sql(
    "SELECT no, at, day, kind, role, client, request_key, input_hash, pack, reverses, amount, first_entry, \
     entries, facts FROM postings WHERE no >= $1 AND no <= $2 ORDER BY no LIMIT $3",
);
pub(crate) const ENTRIES: Sql = sql(
    "SELECT no, posting, debit, credit, amount, debit_after, credit_after, debit_previous, credit_previous \
     FROM entries WHERE no >= $1 AND no < $2 ORDER BY no",
);
pub(crate) const ENTRY_BEYOND: Sql = sql("SELECT no FROM entries WHERE no >= $1 ORDER BY no LIMIT 1");
pub(crate) const ACCOUNTS: Sql =
    sql("SELECT no, unit, class, side, floor, owner, sub FROM accounts WHERE no >= $1 ORDER BY no LIMIT $2");
pub(crate) const REQUESTS: Sql =
    sql("SELECT no, at, kind, role, client, request_key, input_hash, facts FROM requests WHERE no >= $1 \
     ORDER BY no LIMIT $2");
