//! Migrations: one portable text, translated for each engine, applied once and in order.

use sha2::{Digest, Sha256};

use crate::{Error, JOURNAL, Sql, sql};

/// A step in the tables' history. Once released it never changes; a later step mends it.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Unique, never reused.
    pub name: &'static str,
    /// Statements ended by `;`, in the types `BIGINT`, `TEXT` and `BYTEA`. No `;` inside quotes.
    pub sql: &'static str,
}

impl Migration {
    /// What is recorded, to notice a changed text.
    pub(crate) fn hash(&self) -> String {
        Sha256::digest(self.sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

pub(crate) const TABLE: Migration = Migration {
    name: "migrations",
    sql: "CREATE TABLE IF NOT EXISTS migrations (place BIGINT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL);",
};
pub(crate) const APPLIED: Sql = sql("SELECT name, hash FROM migrations ORDER BY place");
pub(crate) const RECORD: Sql = sql("INSERT INTO migrations (place, name, hash) VALUES ($1, $2, $3)");

crate::row! {
    pub(crate) struct Applied { name: String, hash: String }
}

/// What is still to apply, after checking what was: same names in the same order with the same texts.
/// Returns how many are there and the rest.
pub(crate) fn pending(applied: &[Applied], extra: &[Migration]) -> Result<(i64, Vec<Migration>), Error> {
    let all: Vec<Migration> = std::iter::once(JOURNAL).chain(extra.iter().copied()).collect();
    for (place, done) in applied.iter().enumerate() {
        let why = match all.get(place) {
            None => "the database has it, this program doesn't know it (is the program older?)".to_owned(),
            Some(known) if known.name != done.name => format!("this program expects {} there", known.name),
            Some(known) if known.hash() != done.hash => {
                "its text has changed since it was applied".to_owned()
            }
            Some(_) => continue,
        };
        return Err(Error::Migration { name: done.name.clone(), why });
    }
    let place = i64::try_from(applied.len()).unwrap_or(i64::MAX);
    Ok((place, all.into_iter().skip(applied.len()).collect()))
}

/// The text for SQLite, in single statements: its rowid is `INTEGER PRIMARY KEY`, and tables are STRICT.
pub fn translate_sqlite(text: &str) -> Vec<String> {
    statements(text)
        .map(|statement| {
            let typed = statement.replace("BIGINT", "INTEGER").replace("BYTEA", "BLOB");
            if is_table(&statement) { format!("{typed} STRICT") } else { typed }
        })
        .collect()
}

/// The text for PostgreSQL, in single statements: text columns are compared byte by byte, as SQLite does,
/// whatever the database's own collation.
pub fn translate_postgres(text: &str) -> Vec<String> {
    statements(text)
        .map(
            |statement| {
                if is_table(&statement) {
                    statement.replace(" TEXT", " TEXT COLLATE \"C\"")
                } else {
                    statement
                }
            },
        )
        .collect()
}

fn is_table(statement: &str) -> bool {
    statement.starts_with("CREATE TABLE")
}

fn statements(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().map(|line| line.split("--").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    lines.split(';').map(|s| s.trim().to_owned()).filter(|s| !s.is_empty()).collect::<Vec<_>>().into_iter()
}
