//! Every column of the database that the vault seals, and the statements that walk over each.

use base::Instant;
use store::{Migration, Sql, row, sql};

/// How the rows of a table are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyed {
    /// By an id.
    Id,
    /// By a hash.
    Hash,
}

/// A column that holds sealed fields.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its table.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    pub(crate) keyed: Keyed,
    /// The table notes the number of the key beside it.
    pub(crate) numbered: bool,
    /// Rows of it in one command at most: some are large.
    pub(crate) most: u32,
    pub(crate) page: Sql,
    pub(crate) put: Sql,
    pub(crate) count: Sql,
}

macro_rules! column {
    ($table:literal, $name:literal) => {
        column!($table, $name, "id", concat!("CAST('", $name, "' AS TEXT)"), false, "")
    };
    ($table:literal, $name:literal, numbered) => {
        column!($table, $name, "id", concat!("CAST('", $name, "' AS TEXT)"), true, ", key_no = $3")
    };
    ($table:literal, $name:literal, $record:expr, $field:expr, $numbered:literal, $more:literal) => {
        Column {
            table: $table,
            name: $name,
            keyed: Keyed::Id,
            numbered: $numbered,
            most: u32::MAX,
            page: sql(concat!(
                "SELECT id, ",
                $record,
                " AS record, ",
                $field,
                " AS field, ",
                $name,
                " AS sealed FROM ",
                $table,
                " WHERE id > $1 ORDER BY id LIMIT $2"
            )),
            put: sql(concat!("UPDATE ", $table, " SET ", $name, " = $2", $more, " WHERE id = $1")),
            count: count!($table, $name),
        }
    };
}

/// The first five bytes of a sealed field name its form and its key; what was let go of is empty.
macro_rules! count {
    ($table:literal, $name:literal) => {
        sql(concat!(
            "SELECT SUBSTR(",
            $name,
            ", 1, 5) AS head, CAST(COUNT(*) AS BIGINT) AS count FROM ",
            $table,
            " WHERE ",
            $name,
            " IS NOT NULL AND LENGTH(",
            $name,
            ") > 0 GROUP BY SUBSTR(",
            $name,
            ", 1, 5)"
        ))
    };
}

/// One whose rows are told apart by a hash.
macro_rules! hashed {
    ($table:literal, $name:literal) => {
        Column {
            table: $table,
            name: $name,
            keyed: Keyed::Hash,
            numbered: false,
            most: u32::MAX,
            page: sql(concat!(
                "SELECT hash, ",
                $name,
                " AS sealed FROM ",
                $table,
                " WHERE hash > $1 ORDER BY hash LIMIT $2"
            )),
            put: sql(concat!("UPDATE ", $table, " SET ", $name, " = $2 WHERE hash = $1")),
            count: count!($table, $name),
        }
    };
}

/// All of them. A test compares them with the tables: a column of bytes that is neither here nor among [`PLAIN`] fails it.
pub const COLUMNS: &[Column] = &[
    column!("persons", "naming"),
    column!("person_records", "sealed", "id || ' ' || person", "kind", false, ""),
    Column {
        most: 4,
        ..column!("scans", "sealed", "id || ' ' || person", "CAST('scan' AS TEXT)", false, "")
    },
    hashed!("passkeys", "name"),
    hashed!("tokens", "name"),
    column!("look_questions", "question"),
    column!("look_questions", "answer"),
    column!("glasses", "why"),
    column!("glasses", "note"),
    column!("downloads", "why"),
    column!("payout_accounts", "sealed", numbered),
    column!("bank_lines", "sealed", numbered),
    column!("bank_lines", "note"),
    Column { most: 4, ..column!("bank_answer_texts", "sealed", numbered) },
    column!("hooks", "secret"),
    column!("hooks", "before"),
    column!("mail_addresses", "sealed"),
    column!("vouched_said", "sealed"),
    column!("cases", "answer"),
    column!("cases", "note"),
    column!("joinings", "why"),
    column!("joinings", "appeal"),
    column!("joinings", "answer"),
    column!("proposals", "said"),
    column!("drafts", "typed"),
    column!("handovers", "why"),
];

/// Columns of bytes that are not sealed by the vault, and why they say nothing about anyone.
pub const PLAIN: &[(&str, &str, &str)] = &[
    ("data_keys", "wrapped", "a key, wrapped under a master key"),
    ("persons", "name_index", "a keyed hash"),
    ("persons", "phone_index", "a keyed hash"),
    ("persons", "birth_index", "a keyed hash"),
    ("cards", "pin", "a keyed hash, with a key outside the database"),
    ("packs", "hash", "of files that anyone may read"),
    ("proposed_packs", "hash", "of files that anyone may read"),
    ("tokens", "hash", "of 256 random bits"),
    ("sessions", "hash", "of 256 random bits"),
    ("codes", "hash", "a keyed hash"),
    ("vouched", "login", "a keyed hash"),
    ("passkeys", "hash", "of a credential's random id"),
    ("inspections", "head", "of the ledger of looks"),
    ("moving_in", "report", "a hash of what was rehearsed"),
    ("coupon_jobs", "hash", "of opaque ids and amounts"),
    ("coupon_jobs", "items", "opaque ids and amounts"),
    ("draws", "seed", "drawn at random"),
    ("gift_spendings", "document", "what the collector publishes"),
    ("gift_spendings", "document_hash", "of what the collector publishes"),
    ("proposals", "digest", "of opaque ids and amounts"),
    ("postings", "input_hash", "keyed, where few inputs can be meant"),
    ("requests", "input_hash", "keyed, where few inputs can be meant"),
];

/// Index keys that went though sign-ins were found under them alone, and why.
pub(crate) const DROPPED: Migration = Migration {
    name: "dropped-index-keys-1",
    sql: "
CREATE TABLE dropped_index_keys (
    no BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    sign_ins BIGINT NOT NULL,
    why TEXT NOT NULL
);
",
};

pub(crate) const KEEP_DROPPED: Sql =
    sql("INSERT INTO dropped_index_keys (no, at, sign_ins, why) VALUES ($1, $2, $3, $4)");
pub(crate) const ALL_DROPPED: Sql = sql("SELECT no, at, sign_ins, why FROM dropped_index_keys ORDER BY no");

row! {
    /// An index key that went although sign-ins were found under it alone.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct DroppedRow {
        /// Its number.
        pub no: i64,
        /// When.
        pub at: Instant,
        /// How many sign-ins ended with it.
        pub sign_ins: i64,
        /// Why they didn't matter.
        pub why: String,
    }
}

/// All statements, for the test that prepares each on both engines.
pub(crate) fn statements() -> impl Iterator<Item = Sql> {
    let each = COLUMNS.iter().flat_map(|column| [column.page, column.put, column.count]);
    each.chain([KEEP_DROPPED, ALL_DROPPED])
}

row! {
    pub(crate) struct IdRow {
        pub id: String,
        pub record: String,
        pub field: String,
        pub sealed: Option<Vec<u8>>,
    }
}

row! {
    pub(crate) struct HashRow {
        pub hash: Vec<u8>,
        pub sealed: Option<Vec<u8>>,
    }
}

row! {
    pub(crate) struct CountRow {
        pub head: Vec<u8>,
        pub count: i64,
    }
}
