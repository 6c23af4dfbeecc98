//! The journal's append on SQLite: prepared inserts of many rows each, bound straight from the rows.
//!
//! A statement of many rows keeps its cursor at the table's end, so that each next row skips the search for
//! its place. What stays the same in its slot (`kind`, `role`, `day`…) is not bound again.

use std::fmt::Write as _;

use base::PostingNo;
use ledger::{AccountRow, EntryRow, PostingRow, RequestRow};
use rusqlite::{Connection, Statement};

use crate::row::side_number;
use crate::{Batch, Error};

/// Rows a statement carries; what is left over goes in single rows. Measured: fewer cost more calls, more gain nothing.
const ROWS: usize = 32;

pub(crate) fn append(connection: &Connection, batch: &Batch, texts: &Texts) -> Result<(), Error> {
    insert(connection, &texts.accounts, &batch.accounts, bind_account)?;
    insert(connection, &texts.postings, &batch.postings, bind_posting)?;
    insert(connection, &texts.entries, &batch.entries, bind_entry)?;
    insert(connection, &texts.requests, &batch.requests, bind_request)
}

/// The statements' texts, made once.
pub(crate) struct Texts {
    accounts: Text,
    postings: Text,
    entries: Text,
    requests: Text,
}

struct Text {
    columns: usize,
    one: String,
    many: String,
}

impl Texts {
    pub(crate) fn new() -> Texts {
        Texts {
            accounts: Text::new("accounts", 7),
            postings: Text::new("postings", 14),
            entries: Text::new("entries", 9),
            requests: Text::new("requests", 8),
        }
    }
}

impl Text {
    fn new(table: &str, columns: usize) -> Text {
        let row = format!("({})", vec!["?"; columns].join(","));
        let of = |rows: usize| {
            let mut text = format!("INSERT OR ROLLBACK INTO {table} VALUES {row}");
            for _ in 1..rows {
                // Writing to a String can't fail.
                write!(text, ",{row}").ok();
            }
            text
        };
        Text { columns, one: of(1), many: of(ROWS) }
    }
}

/// What a slot of the statement holds from the time before.
#[derive(Default)]
struct Slot<'r> {
    kind: Option<&'r str>,
    role: Option<&'r str>,
    day: Option<i32>,
    pack: Option<u32>,
    entries: Option<u16>,
    reverses: Option<Option<PostingNo>>,
}

type Bind<R> = for<'r> fn(&mut Statement<'_>, usize, &'r R, &mut Slot<'r>) -> rusqlite::Result<()>;

fn insert<R>(connection: &Connection, text: &Text, rows: &[R], bind: Bind<R>) -> Result<(), Error> {
    let mut chunks = rows.chunks_exact(ROWS);
    if rows.len() >= ROWS {
        run(connection, &text.many, text.columns, ROWS, &mut chunks, bind)?;
    }
    let rest = chunks.remainder();
    if rest.is_empty() {
        Ok(())
    } else {
        run(connection, &text.one, text.columns, 1, &mut rest.chunks(1), bind)
    }
}

fn run<'r, R: 'r>(
    connection: &Connection,
    text: &str,
    columns: usize,
    rows: usize,
    chunks: &mut dyn Iterator<Item = &'r [R]>,
    bind: Bind<R>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(text)?;
    let mut slots: Vec<Slot<'r>> = Vec::new();
    slots.resize_with(rows, Slot::default);
    for chunk in chunks {
        let mut first = 1;
        for (row, slot) in chunk.iter().zip(&mut slots) {
            bind(&mut statement, first, row, slot)?;
            first += columns;
        }
        statement.raw_execute()?;
    }
    Ok(())
}

/// Notes what a slot holds from now on; true when that is another value than before, and must be bound.
fn changes<T: Copy + PartialEq>(held: &mut Option<T>, value: T) -> bool {
    let same = *held == Some(value);
    *held = Some(value);
    !same
}

fn bind_account<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r AccountRow,
    _: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.no.0)?;
    s.raw_bind_parameter(i + 1, row.account.unit.0)?;
    s.raw_bind_parameter(i + 2, row.account.key.class.0)?;
    s.raw_bind_parameter(i + 3, side_number(row.account.side))?;
    s.raw_bind_parameter(i + 4, row.account.floor)?;
    s.raw_bind_parameter(i + 5, row.account.key.owner.to_string())?;
    s.raw_bind_parameter(i + 6, row.account.key.sub)
}

fn bind_posting<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r PostingRow,
    slot: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.no.0.cast_signed())?;
    s.raw_bind_parameter(i + 1, row.at.0)?;
    if changes(&mut slot.day, row.day) {
        s.raw_bind_parameter(i + 2, row.day)?;
    }
    if changes(&mut slot.kind, &*row.kind) {
        s.raw_bind_parameter(i + 3, &*row.kind)?;
    }
    if changes(&mut slot.role, &*row.role) {
        s.raw_bind_parameter(i + 4, &*row.role)?;
    }
    s.raw_bind_parameter(i + 5, row.client.cast_signed())?;
    s.raw_bind_parameter(i + 6, row.request_key.as_str())?;
    s.raw_bind_parameter(i + 7, row.input_hash.as_slice())?;
    if changes(&mut slot.pack, row.pack) {
        s.raw_bind_parameter(i + 8, row.pack)?;
    }
    if changes(&mut slot.reverses, row.reverses) {
        s.raw_bind_parameter(i + 9, row.reverses.map(|no| no.0.cast_signed()))?;
    }
    s.raw_bind_parameter(i + 10, row.amount)?;
    s.raw_bind_parameter(i + 11, row.first_entry.0.cast_signed())?;
    if changes(&mut slot.entries, row.entries) {
        s.raw_bind_parameter(i + 12, row.entries)?;
    }
    s.raw_bind_parameter(i + 13, row.facts.as_str())
}

fn bind_entry<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r EntryRow,
    _: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.no.0.cast_signed())?;
    s.raw_bind_parameter(i + 1, row.posting.0.cast_signed())?;
    s.raw_bind_parameter(i + 2, row.debit.0)?;
    s.raw_bind_parameter(i + 3, row.credit.0)?;
    s.raw_bind_parameter(i + 4, row.amount)?;
    s.raw_bind_parameter(i + 5, row.debit_after)?;
    s.raw_bind_parameter(i + 6, row.credit_after)?;
    s.raw_bind_parameter(i + 7, row.debit_previous.0.cast_signed())?;
    s.raw_bind_parameter(i + 8, row.credit_previous.0.cast_signed())
}

fn bind_request<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r RequestRow,
    slot: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.no.cast_signed())?;
    s.raw_bind_parameter(i + 1, row.at.0)?;
    if changes(&mut slot.kind, &*row.kind) {
        s.raw_bind_parameter(i + 2, &*row.kind)?;
    }
    if changes(&mut slot.role, &*row.role) {
        s.raw_bind_parameter(i + 3, &*row.role)?;
    }
    s.raw_bind_parameter(i + 4, row.client.cast_signed())?;
    s.raw_bind_parameter(i + 5, row.request_key.as_str())?;
    s.raw_bind_parameter(i + 6, row.input_hash.as_slice())?;
    s.raw_bind_parameter(i + 7, row.facts.as_str())
}
