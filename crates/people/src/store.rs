//! The only place of this crate with SQL: persons, what is kept about them, and data keys as rows.

use base::{HouseholdId, Instant, PersonId, RecordId};
use store::{Error, Migration, Snapshot, Sql, Value, row, sql};
use vault::{DataKey, Index, Sealed, Vault};

use crate::keys;
use crate::naming::{Indexes, Naming, SealedNaming, Unreadable};
use crate::record::{Document, Kept};

/// This crate's tables.
pub const MIGRATIONS: &[Migration] = &[FIRST, SECOND];

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

const SECOND: Migration = Migration {
    name: "people-2",
    sql: "
CREATE TABLE person_records (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    kind TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX person_records_by_person ON person_records (person, at);
CREATE INDEX person_records_of_helpers ON person_records (at) WHERE kind IN ('delegation', 'revocation');
ALTER TABLE persons ADD COLUMN birth_index BYTEA;
CREATE INDEX persons_by_birth ON persons (birth_index) WHERE birth_index IS NOT NULL;
",
};

/// Who ever was written down as of a household; as what and when stands sealed in their documents.
pub const HOUSEHOLDS: Migration = Migration {
    name: "people-households-1",
    sql: "
CREATE TABLE household_members (
    household TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (household, person)
);
",
};

/// Scans of signed sheets, each sealed; what it is and what it proves stands in its document, under the same id.
pub const SCANS: Migration = Migration {
    name: "people-scans-1",
    sql: "
CREATE TABLE scans (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX scans_of_person ON scans (person);
",
};

/// A person's row is new.
pub const INSERT_PERSON: Sql =
    sql("INSERT INTO persons (id, naming, name_index, phone_index, birth_index, district, enrolled) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)");
/// A document is new.
pub const INSERT_RECORD: Sql =
    sql("INSERT INTO person_records (id, person, kind, sealed, at) VALUES ($1, $2, $3, $4, $5)");
/// All that is kept about one person, in the order it came.
pub const RECORDS: Sql =
    sql("SELECT id, person, kind, sealed, at FROM person_records WHERE person = $1 ORDER BY at, id");
const DELEGATIONS: Sql = sql("SELECT id, person, kind, sealed, at FROM person_records \
     WHERE kind IN ('delegation', 'revocation') ORDER BY at, id");
/// What named a person is gone.
pub const LET_GO: Sql = sql(
    "UPDATE persons SET naming = $2, name_index = $3, phone_index = NULL, birth_index = NULL WHERE id = $1",
);
/// People with what they are found by, from one on.
pub const INDEXED: Sql = sql("SELECT id, naming, name_index, phone_index, birth_index FROM persons \
     WHERE id > $1 ORDER BY id LIMIT $2");
const ALL_INDEXED: Sql =
    sql("SELECT id, naming, name_index, phone_index, birth_index FROM persons ORDER BY id");
/// They are found by other indexes.
pub const REINDEX: Sql =
    sql("UPDATE persons SET name_index = $2, phone_index = $3, birth_index = $4 WHERE id = $1");
/// A data key is new.
pub const INSERT_KEY: Sql = sql("INSERT INTO data_keys (no, compartment, used_for, master, wrapped, made) \
     VALUES ($1, $2, $3, $4, $5, $6)");
/// A data key is wrapped under another master key.
pub const REWRAP_KEY: Sql = sql("UPDATE data_keys SET master = $2, wrapped = $3 WHERE no = $1");
/// A data key is no more.
pub const DELETE_KEY: Sql = sql("DELETE FROM data_keys WHERE no = $1");
/// All data keys, in order.
pub const KEYS: Sql = sql("SELECT no, compartment, used_for, master, wrapped FROM data_keys ORDER BY no");
const PERSONS: Sql = sql("SELECT id, district FROM persons ORDER BY enrolled, id");
/// One person's row.
pub const PERSON: Sql = sql("SELECT id, naming, district FROM persons WHERE id = $1");
/// One person's row, with when they came.
pub const PERSON_SINCE: Sql = sql("SELECT id, naming, enrolled FROM persons WHERE id = $1");
const PERSONS_NAMED: Sql = sql("SELECT id, naming, district FROM persons WHERE name_index = $1 ORDER BY id");
const PERSONS_PHONED: Sql =
    sql("SELECT id, naming, district FROM persons WHERE phone_index = $1 ORDER BY id");
const PERSONS_NAMED_BORN: Sql = sql("SELECT id, naming, district FROM persons \
     WHERE birth_index = $1 AND name_index = $2 ORDER BY id");
const PERSONS_BORN: Sql = sql("SELECT id, naming, district FROM persons WHERE birth_index = $1 ORDER BY id");

/// Somebody is of a household.
pub const INSERT_MEMBER: Sql = sql("INSERT INTO household_members (household, person) VALUES ($1, $2) \
     ON CONFLICT (household, person) DO NOTHING");
/// Who ever was.
pub const MEMBERS: Sql = sql("SELECT person FROM household_members WHERE household = $1 ORDER BY person");

/// A scan is new.
pub const INSERT_SCAN: Sql = sql("INSERT INTO scans (id, person, sealed) VALUES ($1, $2, $3)");
/// A scan goes.
pub const DROP_SCAN: Sql = sql("DELETE FROM scans WHERE id = $1");
/// All of a person's go.
pub const DROP_SCANS: Sql = sql("DELETE FROM scans WHERE person = $1");
const SCAN: Sql = sql("SELECT id, person, sealed FROM scans WHERE id = $1");

/// All this crate's statements, for the test that prepares each on both engines.
pub const STATEMENTS: &[Sql] = &[
    INSERT_PERSON,
    INSERT_RECORD,
    RECORDS,
    DELEGATIONS,
    INSERT_MEMBER,
    MEMBERS,
    INSERT_SCAN,
    DROP_SCAN,
    DROP_SCANS,
    SCAN,
    LET_GO,
    INDEXED,
    ALL_INDEXED,
    REINDEX,
    PERSON_SINCE,
    INSERT_KEY,
    REWRAP_KEY,
    DELETE_KEY,
    KEYS,
    PERSONS,
    PERSON,
    PERSONS_NAMED,
    PERSONS_PHONED,
    PERSONS_BORN,
    PERSONS_NAMED_BORN,
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

row! {
    /// A person's row, with what they are found by.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct IndexedRow {
        /// Opaque.
        pub id: PersonId,
        /// See [`SealedNaming::naming`].
        pub naming: Vec<u8>,
        /// See [`SealedNaming::name_index`].
        pub name_index: Vec<u8>,
        /// See [`SealedNaming::phone_index`].
        pub phone_index: Option<Vec<u8>>,
        /// See [`SealedNaming::birth_index`].
        pub birth_index: Option<Vec<u8>>,
    }
}

row! {
    /// A document's row, sealed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RecordRow {
        /// Opaque.
        pub id: RecordId,
        /// Whom it is kept with.
        pub person: PersonId,
        /// See [`Document::kind`].
        pub kind: String,
        /// The document.
        pub sealed: Vec<u8>,
        /// When it came.
        pub at: Instant,
    }
}

row! {
    /// One who ever was of a household.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct MemberRow {
        /// Who.
        pub person: PersonId,
    }
}

row! {
    /// A scan's row, sealed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ScanRow {
        /// Its document's.
        pub id: RecordId,
        /// Whom it is kept with.
        pub person: PersonId,
        /// The scan.
        pub sealed: Vec<u8>,
    }
}

impl RecordRow {
    /// The document in it.
    pub fn open(self, vault: &Vault) -> Result<Kept<Document>, Unreadable> {
        let RecordRow { id, person, kind, sealed, at } = self;
        let what = Document::open(vault, id, person, &kind, &Sealed(sealed))?;
        Ok(Kept { id, person, at, what })
    }
}

row! {
    /// A person's row, sealed, with when they came.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SinceRow {
        /// Opaque.
        pub id: PersonId,
        /// See [`SealedNaming::naming`].
        pub naming: Vec<u8>,
        /// When they were taken in.
        pub enrolled: Instant,
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

/// Everyone of a name, one by one. Each lookup takes the indexes under every key there is: while keys are changed a row
/// stands under one of them.
pub fn named(
    snapshot: &mut Snapshot<'_>,
    name: &[Index],
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    each_of(snapshot, PERSONS_NAMED, name, each)
}

/// Everyone with a telephone, one by one.
pub fn phoned(
    snapshot: &mut Snapshot<'_>,
    phone: &[Index],
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    each_of(snapshot, PERSONS_PHONED, phone, each)
}

fn each_of(
    snapshot: &mut Snapshot<'_>,
    of: Sql,
    indexes: &[Index],
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    for index in indexes {
        snapshot.for_each(of, &[index.0.to_vec().into()], &mut |row: PersonRow| {
            each(row);
            Ok(())
        })?;
    }
    Ok(())
}

/// Everyone born on a day, one by one.
pub fn born(
    snapshot: &mut Snapshot<'_>,
    birth: &[Index],
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    each_of(snapshot, PERSONS_BORN, birth, each)
}

/// Everyone of a name born on a day, one by one. Both indexes of a row stand under one key.
pub fn named_born(
    snapshot: &mut Snapshot<'_>,
    (name, birth): (&[Index], &[Index]),
    each: &mut dyn FnMut(PersonRow),
) -> Result<(), Error> {
    for (name, birth) in name.iter().zip(birth) {
        let indexes = [birth.0.to_vec().into(), name.0.to_vec().into()];
        snapshot.for_each(PERSONS_NAMED_BORN, &indexes, &mut |row: PersonRow| {
            each(row);
            Ok(())
        })?;
    }
    Ok(())
}

/// Whether what a person is found by stands under the key in use: it is to be put there otherwise.
pub fn found_by(vault: &Vault, row: &IndexedRow) -> Result<Option<Indexes>, Unreadable> {
    let naming = Naming::open(vault, row.id, &Sealed(row.naming.clone()))?;
    // A vault that can't make indexes was refused at the start.
    let Ok(indexes) = Indexes::of(vault, &naming) else { return Ok(None) };
    let kept = |index: Option<Index>| index.map(|index| index.0.to_vec());
    let is_there = row.name_index == indexes.name.0
        && row.phone_index == kept(indexes.phone)
        && row.birth_index == kept(indexes.birth);
    Ok((!is_there).then_some(indexes))
}

/// The values of [`REINDEX`].
pub fn index_values(person: PersonId, indexes: &Indexes) -> Vec<Value> {
    vec![
        person.into(),
        indexes.name.0.to_vec().into(),
        indexes.phone.map(|index| index.0.to_vec()).into(),
        indexes.birth.map(|index| index.0.to_vec()).into(),
    ]
}

/// Everyone with what they are found by, one by one.
pub fn indexed(
    snapshot: &mut Snapshot<'_>,
    each: &mut dyn FnMut(IndexedRow) -> Result<(), Error>,
) -> Result<(), Error> {
    snapshot.for_each(ALL_INDEXED, &[], each)
}

/// All that is kept about one person, sealed, in the order it came.
pub fn records(snapshot: &mut Snapshot<'_>, person: PersonId) -> Result<Vec<RecordRow>, Error> {
    snapshot.query(RECORDS, &[person.into()])
}

/// Who ever was of a household.
pub fn members(snapshot: &mut Snapshot<'_>, household: HouseholdId) -> Result<Vec<MemberRow>, Error> {
    snapshot.query(MEMBERS, &[household.into()])
}

/// A scan, sealed.
pub fn scan(snapshot: &mut Snapshot<'_>, id: RecordId) -> Result<Option<ScanRow>, Error> {
    snapshot.one(SCAN, &[id.into()])
}

/// All delegations and revocations, in the order they came.
pub fn delegations(snapshot: &mut Snapshot<'_>, vault: &Vault) -> Result<Vec<Kept<Document>>, Error> {
    let rows: Vec<RecordRow> = snapshot.query(DELEGATIONS, &[])?;
    rows.into_iter().map(|row| row.open(vault).map_err(|why| Error::Shape(why.to_string()))).collect()
}

/// The values of [`INSERT_RECORD`].
pub fn record_values(
    id: RecordId,
    person: PersonId,
    kind: &'static str,
    sealed: Sealed,
    at: Instant,
) -> Vec<Value> {
    vec![id.into(), person.into(), kind.into(), sealed.0.into(), at.into()]
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
        sealed.birth_index.map(|index| index.0.to_vec()).into(),
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
