//! The marks' table.

use ::store::{Error, Migration, Snapshot, Sql, row, sql};

/// The table.
pub(crate) const KEY_MARKS: Migration = Migration {
    name: "key-marks-1",
    sql: "
CREATE TABLE key_marks (
    name TEXT PRIMARY KEY,
    mark TEXT NOT NULL,
    since BIGINT NOT NULL
);
",
};

const MARKS: Sql = sql("SELECT name, mark FROM key_marks ORDER BY name");
pub(crate) const KEEP: Sql = sql("INSERT INTO key_marks (name, mark, since) VALUES ($1, $2, $3) \
     ON CONFLICT (name) DO UPDATE SET mark = excluded.mark, since = excluded.since");

pub(crate) const STATEMENTS: &[Sql] = &[MARKS, KEEP];

row! {
    struct MarkRow {
        name: String,
        mark: String,
    }
}

/// Names and marks.
pub(crate) fn kept(snapshot: &mut Snapshot<'_>) -> Result<Vec<(String, String)>, Error> {
    let rows: Vec<MarkRow> = snapshot.query(MARKS, &[])?;
    Ok(rows.into_iter().map(|row| (row.name, row.mark)).collect())
}
