//! The only place of this crate with SQL: persons and data keys as rows.

use base::{Instant, PersonId};
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};
use vault::{DataKey, Index, Sealed};

use crate::keys;
use crate::naming::SealedNaming;

/// This crate's tables.
pub const MIGRATIONS: &[Migration] = &[FIRST];

const FIRST: Migration = Migration {
    name: "people-1",
    sql: "
CREATE TABLE data_keys (
    no BIGINT PRIMARY KEY,
    compartment TEXT NOT NULL,
    used_for TEXT NOT NULL,
    master TEXT NOT NULL,
    wrapped BYTEA NOT NULL,
    made BIGINT NOT NULL
);
CREATE TABLE persons (
    id TEXT PRIMARY KEY,
    naming BYTEA NOT NULL,
    name_index BYTEA NOT NULL,
    phone_index BYTEA,
    district TEXT,
    enrolled BIGINT NOT NULL
);
CREATE INDEX persons_by_name ON persons (name_index);
CREATE INDEX persons_by_phone ON persons (phone_index) WHERE phone_index IS NOT NULL;
",
};

/// A person's row is new.
pub const INSERT_PERSON: Sql =
    sql("INSERT INTO persons (id, naming, name_index, phone_index, district, enrolled) \
     VALUES ($1, $2, $3, $4, $5, $6)");
/// A person's row is sealed under another key.
pub const RESEAL_PERSON: Sql = sql("UPDATE persons SET naming = $2 WHERE id = $1");
/// A data key is new.
pub const INSERT_KEY: Sql = sql("INSERT INTO data_keys (no, compartment, used_for, master, wrapped, made) \
     VALUES ($1, $2, $3, $4, $5, $6)");
/// A data key is wrapped under another master key.
pub const REWRAP_KEY: Sql = sql("UPDATE data_keys SET master = $2, wrapped = $3 WHERE no = $1");
/// All data keys, in order.
pub const KEYS: Sql = sql("SELECT no, compartment, used_for, master, wrapped FROM data_keys ORDER BY no");
const PERSONS: Sql = sql("SELECT id, district FROM persons ORDER BY enrolled, id");
/// One person's row.
pub const PERSON: Sql = sql("SELECT id, naming, district FROM persons WHERE id = $1");
const PERSONS_NAMED: Sql = sql("SELECT id, naming, district FROM persons WHERE name_index = $1 ORDER BY id");
const PERSONS_PHONED: Sql =
    sql("SELECT id, naming, district FROM persons WHERE phone_index = $1 ORDER BY id");

/// All this crate's statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[
    INSERT_PERSON,
    RESEAL_PERSON,
    INSERT_KEY,
    REWRAP_KEY,
    KEYS,
    PERSONS,
    PERSON,
    PERSONS_NAMED,
    PERSONS_PHONED,
];

row! {
    /// A data key's row.
    #[derive(Debug, Clone)]
    pub struct KeyRow {
        /// See [`DataKey::no`].
        pub no: i64,
        /// See [`DataKey::compartment`].
        pub compartment: String,
        /// See [`DataKey::used_for`].
        pub used_for: String,
        /// See [`DataKey::master`].
        pub master: String,
        /// See [`DataKey::wrapped`].
        pub wrapped: Vec<u8>,
    }
}

row! {
    struct Placed {
        id: PersonId,
        district: Option<String>,
    }
}

row! {
    /// A person's row, sealed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct PersonRow {
        /// Opaque.
        pub id: PersonId,
        /// See [`SealedNaming::naming`].
        pub naming: Vec<u8>,
        /// The code of their neighbourhood, if they live here.
        pub district: Option<String>,
    }
}

/// All data keys, in order.
pub fn data_keys(snapshot: &mut Snapshot<'_>) -> Result<Vec<DataKey>, Error> {
    keys::all(snapshot.query(KEYS, &[])?)
}

/// All persons with the code of their neighbourhood, in order of enrolment.
pub fn persons(
    snapshot: &mut Snapshot<'_>,
    each: &mut dyn FnMut(PersonId, Option<&str>),
) -> Result<(), Error> {
    snapshot.for_each(PERSONS, &[], &mut |row: Placed| {
        each(row.id, row.district.as_deref());
        Ok(())
    })
}

/// One person's row.
pub fn person(snapshot: &mut Snapshot<'_>, id: PersonId) -> Result<Option<PersonRow>, Error> {
    snapshot.one(PERSON, &[id.into()])
}

/// Everyone of a name, one by one.
pub fn named(snapshot: &mut Snapshot<'_>, name: Index, each: &mut dyn FnMut(PersonRow)) -> Result<(), Error> {
    each_of(snapshot, PERSONS_NAMED, name, each)
}

/// Everyone with a telephone, one by one.
pub fn phoned(
    snapshot: &mut Snapshot<'_>,
    phone: Index,
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    each_of(snapshot, PERSONS_PHONED, phone, each)
}

fn each_of(
    snapshot: &mut Snapshot<'_>,
    of: Sql,
    index: Index,
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    snapshot.for_each(of, &[index.0.to_vec().into()], &mut |row: PersonRow| {
        each(row);
        Ok(())
    })
}

/// The values of [`INSERT_PERSON`].
pub fn person_values(
    id: PersonId,
    sealed: SealedNaming,
    district: Option<String>,
    enrolled: Instant,
) -> Vec<Value> {
    vec![
        id.into(),
        sealed.naming.0.into(),
        sealed.name_index.0.to_vec().into(),
        sealed.phone_index.map(|index| index.0.to_vec()).into(),
        district.into(),
        enrolled.into(),
    ]
}

/// The values of [`INSERT_KEY`].
pub fn key_values(key: &DataKey, made: Instant) -> Vec<Value> {
    vec![
        key.no.into(),
        key.compartment.clone().into(),
        key.used_for.code().into(),
        key.master.clone().into(),
        key.wrapped.0.clone().into(),
        made.into(),
    ]
}

/// The values of [`REWRAP_KEY`].
pub fn rewrap_values(key: &DataKey) -> Vec<Value> {
    vec![key.no.into(), key.master.clone().into(), key.wrapped.0.clone().into()]
}

/// The values of [`RESEAL_PERSON`].
pub fn reseal_values(id: PersonId, naming: Sealed) -> Vec<Value> {
    vec![id.into(), naming.0.into()]
}
