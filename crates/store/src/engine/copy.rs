//! Binary COPY: the fastest road into PostgreSQL for big groups.
//!
//! Rows are encoded into blocks; while the server works on one, the next is being made.

use std::pin::pin;

use bytes::{BufMut, Bytes, BytesMut};
use futures_util::SinkExt;
use ledger::{EntryRow, PostingRow};
use tokio_postgres::{CopyInSink, Statement};

use super::flight::{self, Get, put};
use super::postgres::Session;
use crate::Error;

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// Big enough that a message's cost vanishes, small enough that the server starts early.
const BLOCK: usize = 128 * 1024;

const POSTINGS: &str = "COPY postings FROM STDIN (FORMAT binary)";
const ENTRIES: &str = "COPY entries FROM STDIN (FORMAT binary)";

pub(crate) async fn copy(
    session: &mut Session,
    postings: &[PostingRow],
    entries: &[EntryRow],
) -> Result<(), Error> {
    if !postings.is_empty() {
        let statement = session.prepare(POSTINGS).await?;
        send(session, &statement, postings, flight::POSTINGS).await?;
    }
    if !entries.is_empty() {
        let statement = session.prepare(ENTRIES).await?;
        send(session, &statement, entries, flight::ENTRIES).await?;
    }
    Ok(())
}

async fn send<R>(
    session: &Session,
    statement: &Statement,
    rows: &[R],
    columns: &[Get<R>],
) -> Result<(), Error> {
    let mut sink = pin!(session.client.copy_in(statement).await?);
    let sent = send_blocks(&mut sink, rows, columns).await;
    // When the server refuses a row in the middle, the sink only knows that it was closed; `finish` has the reason.
    let written = sink.as_mut().finish().await?;
    sent?;
    if usize::try_from(written) == Ok(rows.len()) {
        Ok(())
    } else {
        Err(Error::shape(format!("COPY wrote {written} of {} rows", rows.len())))
    }
}

async fn send_blocks<R>(
    sink: &mut std::pin::Pin<&mut CopyInSink<Bytes>>,
    rows: &[R],
    columns: &[Get<R>],
) -> Result<(), Error> {
    let fields = i16::try_from(columns.len()).unwrap_or(i16::MAX);
    let mut block = BytesMut::with_capacity(BLOCK + 4096);
    block.extend_from_slice(HEADER);
    for row in rows {
        block.put_i16(fields);
        for column in columns {
            put(&mut block, column, row);
        }
        if block.len() >= BLOCK {
            sink.send(block.split().freeze()).await?;
            block.reserve(BLOCK + 4096);
        }
    }
    block.put_i16(-1);
    sink.send(block.freeze()).await?;
    Ok(())
}
