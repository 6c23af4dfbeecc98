//! Its row: one, or none.

use ::store::{Error, Migration, Snapshot, Sql, Value, row, sql};
use base::Instant;

use super::{Memory, Move, Totals};

/// The table. `control` and `books` as JSON: line, count, won.
pub(crate) const MOVING: Migration = Migration {
    name: "moving-1",
    sql: "
CREATE TABLE moving_in (
    report BYTEA PRIMARY KEY,
    control TEXT NOT NULL,
    parts BIGINT NOT NULL,
    next BIGINT NOT NULL,
    begun BIGINT NOT NULL,
    ended BIGINT,
    books TEXT NOT NULL
);
",
};

/// It begins.
pub(crate) const INSERT_MOVE: Sql =
    sql("INSERT INTO moving_in (report, control, parts, next, begun, ended, books) \
     VALUES ($1, $2, $3, $4, $5, $6, $7)");
/// It goes on, or ends.
pub(crate) const UPDATE_MOVE: Sql =
    sql("UPDATE moving_in SET next = $2, ended = $3, books = $4 WHERE report = $1");
const MOVES: Sql =
    sql("SELECT report, control, parts, next, begun, ended, books FROM moving_in ORDER BY begun");

pub(crate) const STATEMENTS: &[Sql] = &[INSERT_MOVE, UPDATE_MOVE, MOVES];

row! {
    struct MoveRow {
        report: Vec<u8>,
        control: String,
        parts: i64,
        next: i64,
        begun: Instant,
        ended: Option<Instant>,
        books: String,
    }
}

fn shape(what: &str) -> Error {
    Error::Shape(format!("the moving-in's {what} is not as it should be"))
}

/// The one there is, from the table.
pub(crate) fn load(snapshot: &mut Snapshot<'_>) -> Result<Memory, Error> {
    let Some(row) = snapshot.query::<MoveRow>(MOVES, &[])?.into_iter().next() else { return Ok(None) };
    let totals = |text: &str| serde_json::from_str::<Totals>(text).map_err(|_| shape("totals"));
    Ok(Some(std::sync::Arc::new(Move {
        report: row.report.as_slice().try_into().map_err(|_| shape("hash"))?,
        control: totals(&row.control)?,
        parts: u32::try_from(row.parts).map_err(|_| shape("parts"))?,
        next: u32::try_from(row.next).map_err(|_| shape("next part"))?,
        begun: row.begun,
        ended: row.ended,
        books: totals(&row.books)?,
    })))
}

fn text(totals: &Totals) -> Value {
    // Plain data: this can't fail.
    serde_json::to_string(totals).unwrap_or_default().into()
}

/// The values of [`INSERT_MOVE`].
pub(crate) fn values(one: &Move) -> Vec<Value> {
    vec![
        one.report.to_vec().into(),
        text(&one.control),
        one.parts.into(),
        one.next.into(),
        one.begun.into(),
        one.ended.into(),
        text(&one.books),
    ]
}

/// The values of [`UPDATE_MOVE`].
pub(crate) fn change(one: &Move) -> Vec<Value> {
    vec![one.report.to_vec().into(), one.next.into(), one.ended.into(), text(&one.books)]
}
