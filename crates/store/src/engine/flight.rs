//! The journal's columns on PostgreSQL, and the one statement that carries a small group.

use std::error::Error as StdError;
use std::fmt;

use bytes::{BufMut, BytesMut};
use ledger::{AccountRow, EntryRow, GroupRow, PostingRow, RequestRow};
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};

use super::postgres::{Flown, Session, Step, counted, fly};
use crate::journal::INSERT_GROUP;
use crate::row::side_number;
use crate::writer::group_values;
use crate::{Batch, Error, Write};

/// How a column is read off a row.
pub(crate) enum Get<R> {
    Int(fn(&R) -> i64),
    Maybe(fn(&R) -> Option<i64>),
    Text(fn(&R) -> &str),
    Made(fn(&R) -> String),
    Bytes(fn(&R) -> &[u8]),
}

pub(crate) const ACCOUNTS: &[Get<AccountRow>] = &[
    Get::Int(|r| i64::from(r.no.0)),
    Get::Int(|r| i64::from(r.account.unit.0)),
    Get::Int(|r| i64::from(r.account.key.class.0)),
    Get::Int(|r| side_number(r.account.side)),
    Get::Int(|r| i64::from(r.account.floor)),
    Get::Made(|r| r.account.key.owner.to_string()),
    Get::Int(|r| i64::from(r.account.key.sub)),
];

pub(crate) const POSTINGS: &[Get<PostingRow>] = &[
    Get::Int(|r| r.no.0.cast_signed()),
    Get::Int(|r| r.at.0),
    Get::Int(|r| i64::from(r.day)),
    Get::Text(|r| &r.kind),
    Get::Text(|r| &r.role),
    Get::Int(|r| r.client.cast_signed()),
    Get::Text(|r| &r.request_key),
    Get::Bytes(|r| &r.input_hash),
    Get::Int(|r| i64::from(r.pack)),
    Get::Maybe(|r| r.reverses.map(|no| no.0.cast_signed())),
    Get::Int(|r| r.amount),
    Get::Int(|r| r.first_entry.0.cast_signed()),
    Get::Int(|r| i64::from(r.entries)),
    Get::Text(|r| &r.facts),
];

pub(crate) const ENTRIES: &[Get<EntryRow>] = &[
    Get::Int(|r| r.no.0.cast_signed()),
    Get::Int(|r| r.posting.0.cast_signed()),
    Get::Int(|r| i64::from(r.debit.0)),
    Get::Int(|r| i64::from(r.credit.0)),
    Get::Int(|r| r.amount),
    Get::Int(|r| r.debit_after),
    Get::Int(|r| r.credit_after),
    Get::Int(|r| r.debit_previous.0.cast_signed()),
    Get::Int(|r| r.credit_previous.0.cast_signed()),
];

pub(crate) const REQUESTS: &[Get<RequestRow>] = &[
    Get::Int(|r| r.no.cast_signed()),
    Get::Int(|r| r.at.0),
    Get::Text(|r| &r.kind),
    Get::Text(|r| &r.role),
    Get::Int(|r| r.client.cast_signed()),
    Get::Text(|r| &r.request_key),
    Get::Bytes(|r| &r.input_hash),
    Get::Text(|r| &r.facts),
];

/// The rows of a group and its fence in one statement: one parse, one plan, one answer. The fence is the main
/// query, which PostgreSQL carries out before the unread WITH parts: a fenced writer hears of the fence and not
/// of the doubled postings behind it.
macro_rules! group_and_rows {
    ($note:literal) => {
        concat!(
            $note,
            "
WITH a AS (INSERT INTO accounts SELECT * FROM UNNEST($6::BIGINT[], $7::BIGINT[], $8::BIGINT[], $9::BIGINT[],
        $10::BIGINT[], $11::TEXT[], $12::BIGINT[])),
    p AS (INSERT INTO postings SELECT * FROM UNNEST($13::BIGINT[], $14::BIGINT[], $15::BIGINT[], $16::TEXT[],
        $17::TEXT[], $18::BIGINT[], $19::TEXT[], $20::BYTEA[], $21::BIGINT[], $22::BIGINT[], $23::BIGINT[],
        $24::BIGINT[], $25::BIGINT[], $26::TEXT[])),
    e AS (INSERT INTO entries SELECT * FROM UNNEST($27::BIGINT[], $28::BIGINT[], $29::BIGINT[], $30::BIGINT[],
        $31::BIGINT[], $32::BIGINT[], $33::BIGINT[], $34::BIGINT[], $35::BIGINT[])),
    r AS (INSERT INTO requests SELECT * FROM UNNEST($36::BIGINT[], $37::BIGINT[], $38::TEXT[], $39::TEXT[],
        $40::BIGINT[], $41::TEXT[], $42::BYTEA[], $43::TEXT[]))
INSERT INTO groups (sequence, epoch, nonce, first_posting, last_posting) VALUES ($1, $2, $3, $4, $5)"
        )
    };
}

/// Inside a transaction.
const GROUP_AND_ROWS: &str = group_and_rows!("");
/// As a transaction of its own. The note tells who reads the server's log, or the wire, that this one commits.
const GROUP_ALONE: &str = group_and_rows!("/* BEGIN and COMMIT in one */");

/// The same rows without a fence, in the middle of a group.
const ROWS: &str = "
WITH a AS (INSERT INTO accounts SELECT * FROM UNNEST($1::BIGINT[], $2::BIGINT[], $3::BIGINT[], $4::BIGINT[],
        $5::BIGINT[], $6::TEXT[], $7::BIGINT[])),
    p AS (INSERT INTO postings SELECT * FROM UNNEST($8::BIGINT[], $9::BIGINT[], $10::BIGINT[], $11::TEXT[],
        $12::TEXT[], $13::BIGINT[], $14::TEXT[], $15::BYTEA[], $16::BIGINT[], $17::BIGINT[], $18::BIGINT[],
        $19::BIGINT[], $20::BIGINT[], $21::TEXT[])),
    e AS (INSERT INTO entries SELECT * FROM UNNEST($22::BIGINT[], $23::BIGINT[], $24::BIGINT[], $25::BIGINT[],
        $26::BIGINT[], $27::BIGINT[], $28::BIGINT[], $29::BIGINT[], $30::BIGINT[]))
INSERT INTO requests SELECT * FROM UNNEST($31::BIGINT[], $32::BIGINT[], $33::TEXT[], $34::TEXT[],
        $35::BIGINT[], $36::TEXT[], $37::BYTEA[], $38::TEXT[])";

/// A column of rows, sent as an array without being gathered first.
pub(crate) struct Column<'a, R> {
    rows: &'a [R],
    get: &'a Get<R>,
}

impl<R> fmt::Debug for Column<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a column of {} rows", self.rows.len())
    }
}

impl<R> ToSql for Column<'_, R> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        let Kind::Array(element) = ty.kind() else {
            return Err(format!("an array where PostgreSQL expects {ty}").into());
        };
        out.put_i32(i32::from(!self.rows.is_empty()));
        out.put_i32(i32::from(matches!(self.get, Get::Maybe(_))));
        out.put_u32(element.oid());
        if !self.rows.is_empty() {
            out.put_i32(i32::try_from(self.rows.len())?);
            out.put_i32(1);
        }
        for row in self.rows {
            put(out, self.get, row);
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(ty.kind(), Kind::Array(_))
    }

    to_sql_checked!();
}

/// One value with its length before it, as arrays and COPY both want it.
pub(crate) fn put<R>(out: &mut BytesMut, get: &Get<R>, row: &R) {
    match get {
        Get::Int(get) => put_int(out, get(row)),
        Get::Maybe(get) => match get(row) {
            Some(value) => put_int(out, value),
            None => out.put_i32(-1),
        },
        Get::Text(get) => put_bytes(out, get(row).as_bytes()),
        Get::Made(get) => put_bytes(out, get(row).as_bytes()),
        Get::Bytes(get) => put_bytes(out, get(row)),
    }
}

fn put_int(out: &mut BytesMut, value: i64) {
    let mut bytes = [0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0];
    bytes[4..].copy_from_slice(&value.to_be_bytes());
    out.extend_from_slice(&bytes);
}

fn put_bytes(out: &mut BytesMut, bytes: &[u8]) {
    // A field over 2 GiB is no field: the length is refused by the server.
    out.put_i32(i32::try_from(bytes.len()).unwrap_or(i32::MAX));
    out.extend_from_slice(bytes);
}

/// A statement's parameters.
type Params<'a> = Vec<Box<dyn ToSql + Sync + 'a>>;

/// The journal rows of a statement.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub(crate) accounts: &'a [AccountRow],
    pub(crate) postings: &'a [PostingRow],
    pub(crate) entries: &'a [EntryRow],
    pub(crate) requests: &'a [RequestRow],
}

impl<'a> Rows<'a> {
    pub(crate) const NONE: Rows<'static> = Rows { accounts: &[], postings: &[], entries: &[], requests: &[] };

    pub(crate) fn of(batch: &'a Batch) -> Rows<'a> {
        let Batch { accounts, postings, entries, requests, .. } = batch;
        Rows { accounts, postings, entries, requests }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.accounts.is_empty()
            && self.postings.is_empty()
            && self.entries.is_empty()
            && self.requests.is_empty()
    }

    /// The parameters of [`ROWS`], and of [`GROUP_AND_ROWS`] behind the group's own five.
    fn push(self, params: &mut Params<'a>) {
        push(self.accounts, ACCOUNTS, params);
        push(self.postings, POSTINGS, params);
        push(self.entries, ENTRIES, params);
        push(self.requests, REQUESTS, params);
    }
}

fn push<'a, R: Sync>(rows: &'a [R], columns: &'static [Get<R>], params: &mut Params<'a>) {
    params.extend(columns.iter().map(|get| Box::new(Column { rows, get }) as Box<dyn ToSql + Sync + 'a>));
}

/// What goes out in one flight.
#[derive(Clone, Copy)]
pub(crate) struct Flight<'a> {
    pub(crate) begin: bool,
    pub(crate) group: Option<&'a GroupRow>,
    pub(crate) rows: Rows<'a>,
    pub(crate) writes: &'a [Write],
    pub(crate) commit: bool,
}

impl Flight<'_> {
    /// Prepares what isn't yet (each a round trip, once a session), then sends all in one go. An error here means
    /// that nothing was sent.
    pub(crate) async fn go(&self, session: &mut Session) -> Result<Flown, Error> {
        // A group that has not begun and writes nothing else is one statement, which is a transaction of its own.
        let alone = self.begin && self.commit && self.group.is_some() && self.writes.is_empty();
        let (begin, commit) = (self.begin && !alone, self.commit && !alone);
        let (text, with_rows) = match (self.group.is_some(), self.rows.is_empty()) {
            (true, _) if alone => (GROUP_ALONE, true),
            (true, true) => (INSERT_GROUP.text(), false),
            (true, false) => (GROUP_AND_ROWS, true),
            (false, false) => (ROWS, true),
            (false, true) => ("", false),
        };
        let journal = if text.is_empty() { None } else { Some(session.prepare(text).await?) };
        let mut writes = Vec::with_capacity(self.writes.len());
        for write in self.writes {
            let statement = session.prepare(write.sql.text()).await?;
            let params = counted(&statement, write.sql, &write.params)?;
            writes.push((statement, params));
        }
        let mut params: Params<'_> = Vec::with_capacity(43);
        if let Some(group) = self.group {
            params.extend(group_values(group).map(|value| Box::new(value) as Box<dyn ToSql + Sync>));
        }
        if with_rows {
            self.rows.push(&mut params);
        }
        let references: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| &**param as _).collect();
        let client = &session.client;
        let mut steps: Vec<Step<'_>> = Vec::with_capacity(writes.len() + 3);
        if begin {
            steps.push(Box::pin(client.batch_execute("BEGIN")));
        }
        if let Some(statement) = &journal {
            let references = &references;
            steps.push(Box::pin(async move { client.execute(statement, references).await.map(|_| ()) }));
        }
        for (statement, params) in writes {
            steps.push(Box::pin(async move { client.execute_raw(&statement, params).await.map(|_| ()) }));
        }
        if commit {
            steps.push(Box::pin(client.batch_execute("COMMIT")));
        }
        Ok(fly(steps).await)
    }
}
