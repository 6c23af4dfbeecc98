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
    insert(connection, &texts.accounts, &batch.accounts, |row| i64::from(row.no.0), bind_account)?;
    insert(connection, &texts.postings, &batch.postings, |row| row.no.0.cast_signed(), bind_posting)?;
    insert(connection, &texts.entries, &batch.entries, |row| row.no.0.cast_signed(), bind_entry)?;
    insert(connection, &texts.requests, &batch.requests, |row| row.no.cast_signed(), bind_request)
}

/// The statements' texts, made once.
pub(crate) struct Texts {
    accounts: Text,
    postings: Text,
    entries: Text,
    requests: Text,
}

struct Text {
    /// Columns behind the number.
    columns: usize,
    /// The table's last number.
    last: String,
    one: String,
    many: String,
    /// Many rows that SQLite numbers itself, each one more than the last: it needs no search for their place.
    following: String,
}

impl Texts {
    pub(crate) fn new() -> Texts {
        Texts {
            accounts: Text::new("accounts", "unit, class, side, floor, owner, sub"),
            postings: Text::new(
                "postings",
                "at, day, kind, role, client, request_key, input_hash, pack, reverses, amount, first_entry, \
                 entries, facts",
            ),
            entries: Text::new(
                "entries",
                "posting, debit, credit, amount, debit_after, credit_after, debit_previous, credit_previous",
            ),
            requests: Text::new("requests", "at, kind, role, client, request_key, input_hash, facts"),
        }
    }
}

impl Text {
    fn new(table: &str, names: &str) -> Text {
        let columns = names.split(',').count();
        // What goes wrong ends the transaction, as it would anyway: so SQLite keeps no journal of each statement.
        let of = |names: &str, rows: usize| {
            let row = format!("({})", vec!["?"; names.split(',').count()].join(","));
            let mut text = format!("INSERT OR ROLLBACK INTO {table} ({names}) VALUES {row}");
            for _ in 1..rows {
                // Writing to a String can't fail.
                write!(text, ",{row}").ok();
            }
            text
        };
        let all = format!("no, {names}");
        Text {
            columns,
            last: format!("SELECT MAX(no) FROM {table}"),
            one: of(&all, 1),
            many: of(&all, ROWS),
            following: of(names, ROWS),
        }
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

/// Binds a row's columns behind its number, from an index on.
type Bind<R> = for<'r> fn(&mut Statement<'_>, usize, &'r R, &mut Slot<'r>) -> rusqlite::Result<()>;
type Number<R> = fn(&R) -> i64;

fn insert<R>(
    connection: &Connection,
    text: &Text,
    rows: &[R],
    no: Number<R>,
    bind: Bind<R>,
) -> Result<(), Error> {
    let mut chunks = rows.chunks_exact(ROWS);
    if rows.len() >= ROWS {
        if follow(connection, text, rows, no)? {
            run(connection, &text.following, text.columns, ROWS, &mut chunks, None, bind)?;
        } else {
            run(connection, &text.many, text.columns, ROWS, &mut chunks, Some(no), bind)?;
        }
    }
    let rest = chunks.remainder();
    if rest.is_empty() {
        Ok(())
    } else {
        run(connection, &text.one, text.columns, 1, &mut rest.chunks(1), Some(no), bind)
    }
}

/// Do the rows' numbers follow the table's last one, and each other, without a gap?
fn follow<R>(connection: &Connection, text: &Text, rows: &[R], no: Number<R>) -> Result<bool, Error> {
    let last: Option<i64> = connection.prepare_cached(&text.last)?.query_row([], |row| row.get(0))?;
    // Into an empty table SQLite would number from 1.
    let last = last.unwrap_or(0);
    Ok(rows.iter().map(no).eq((last + 1..).take(rows.len())))
}

fn run<'r, R: 'r>(
    connection: &Connection,
    text: &str,
    columns: usize,
    rows: usize,
    chunks: &mut dyn Iterator<Item = &'r [R]>,
    no: Option<Number<R>>,
    bind: Bind<R>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(text)?;
    let mut slots: Vec<Slot<'r>> = Vec::new();
    slots.resize_with(rows, Slot::default);
    for chunk in chunks {
        let mut first = 1;
        for (row, slot) in chunk.iter().zip(&mut slots) {
            if let Some(no) = no {
                statement.raw_bind_parameter(first, no(row))?;
                first += 1;
            }
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
    s.raw_bind_parameter(i, row.account.unit.0)?;
    s.raw_bind_parameter(i + 1, row.account.key.class.0)?;
    s.raw_bind_parameter(i + 2, side_number(row.account.side))?;
    s.raw_bind_parameter(i + 3, row.account.floor)?;
    s.raw_bind_parameter(i + 4, row.account.key.owner.to_string())?;
    s.raw_bind_parameter(i + 5, row.account.key.sub)
}

fn bind_posting<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r PostingRow,
    slot: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.at.0)?;
    if changes(&mut slot.day, row.day) {
        s.raw_bind_parameter(i + 1, row.day)?;
    }
    if changes(&mut slot.kind, &*row.kind) {
        s.raw_bind_parameter(i + 2, &*row.kind)?;
    }
    if changes(&mut slot.role, &*row.role) {
        s.raw_bind_parameter(i + 3, &*row.role)?;
    }
    s.raw_bind_parameter(i + 4, row.client.cast_signed())?;
    s.raw_bind_parameter(i + 5, row.request_key.as_str())?;
    s.raw_bind_parameter(i + 6, row.input_hash.as_slice())?;
    if changes(&mut slot.pack, row.pack) {
        s.raw_bind_parameter(i + 7, row.pack)?;
    }
    if changes(&mut slot.reverses, row.reverses) {
        s.raw_bind_parameter(i + 8, row.reverses.map(|no| no.0.cast_signed()))?;
    }
    s.raw_bind_parameter(i + 9, row.amount)?;
    s.raw_bind_parameter(i + 10, row.first_entry.0.cast_signed())?;
    if changes(&mut slot.entries, row.entries) {
        s.raw_bind_parameter(i + 11, row.entries)?;
    }
    s.raw_bind_parameter(i + 12, row.facts.as_str())
}

fn bind_entry<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r EntryRow,
    _: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.posting.0.cast_signed())?;
    s.raw_bind_parameter(i + 1, row.debit.0)?;
    s.raw_bind_parameter(i + 2, row.credit.0)?;
    s.raw_bind_parameter(i + 3, row.amount)?;
    s.raw_bind_parameter(i + 4, row.debit_after)?;
    s.raw_bind_parameter(i + 5, row.credit_after)?;
    s.raw_bind_parameter(i + 6, row.debit_previous.0.cast_signed())?;
    s.raw_bind_parameter(i + 7, row.credit_previous.0.cast_signed())
}

fn bind_request<'r>(
    s: &mut Statement<'_>,
    i: usize,
    row: &'r RequestRow,
    slot: &mut Slot<'r>,
) -> rusqlite::Result<()> {
    s.raw_bind_parameter(i, row.at.0)?;
    if changes(&mut slot.kind, &*row.kind) {
        s.raw_bind_parameter(i + 1, &*row.kind)?;
    }
    if changes(&mut slot.role, &*row.role) {
        s.raw_bind_parameter(i + 2, &*row.role)?;
    }
    s.raw_bind_parameter(i + 3, row.client.cast_signed())?;
    s.raw_bind_parameter(i + 4, row.request_key.as_str())?;
    s.raw_bind_parameter(i + 5, row.input_hash.as_slice())?;
    s.raw_bind_parameter(i + 6, row.facts.as_str())
}
