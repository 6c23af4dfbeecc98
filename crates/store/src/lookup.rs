//! Single rows of the journal, for the pen and for pages.

use base::{EntryNo, PostingNo};
use ledger::{AccountNo, EntryRow, GroupRow, PostingRow, RequestRow};

use crate::journal::{ENTRIES, GROUP_AT, POSTINGS, REQUESTS};
use crate::{Error, FromRow, Snapshot, Sql, Value, Writer, sql};

/// A statement of account: the newest entries of one account before an entry, walking from entry to entry.
const STATEMENT: Sql = sql("WITH RECURSIVE walk AS ( \
       SELECT no, posting, debit, credit, amount, debit_after, credit_after, debit_previous, credit_previous, \
         CAST(1 AS BIGINT) AS step FROM entries WHERE no = $1 \
       UNION ALL \
       SELECT e.no, e.posting, e.debit, e.credit, e.amount, e.debit_after, e.credit_after, e.debit_previous, \
         e.credit_previous, w.step + 1 \
       FROM walk w JOIN entries e \
         ON e.no = CASE WHEN w.debit = $2 THEN w.debit_previous ELSE w.credit_previous END \
       WHERE w.step < $3) \
     SELECT no, posting, debit, credit, amount, debit_after, credit_after, debit_previous, credit_previous \
     FROM walk ORDER BY no DESC");

/// What both kinds of connection can look up.
trait Look {
    fn rows<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error>;

    fn posting_row(&mut self, no: PostingNo) -> Result<Option<PostingRow>, Error> {
        Ok(self.rows(POSTINGS, &[no.into(), no.into(), 1i64.into()])?.pop())
    }

    fn posting_with_entries(&mut self, no: PostingNo) -> Result<Option<(PostingRow, Vec<EntryRow>)>, Error> {
        let Some(row) = self.posting_row(no)? else { return Ok(None) };
        let end = EntryNo(row.first_entry.0 + u64::from(row.entries));
        let entries = self.rows(ENTRIES, &[row.first_entry.into(), end.into()])?;
        Ok(Some((row, entries)))
    }

    fn entry_row(&mut self, no: EntryNo) -> Result<Option<EntryRow>, Error> {
        Ok(self.rows(ENTRIES, &[no.into(), EntryNo(no.0 + 1).into()])?.pop())
    }
}

impl Look for Writer {
    fn rows<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        self.query(sql, params)
    }
}

impl Look for Snapshot<'_> {
    fn rows<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Error> {
        self.query(sql, params)
    }
}

impl Writer {
    /// A posting with its entries, committed or of the group being written.
    pub fn posting(&mut self, no: PostingNo) -> Result<Option<(PostingRow, Vec<EntryRow>)>, Error> {
        self.posting_with_entries(no)
    }

    /// An entry.
    pub fn entry(&mut self, no: EntryNo) -> Result<Option<EntryRow>, Error> {
        self.entry_row(no)
    }

    /// A command without a posting.
    pub fn request(&mut self, no: u64) -> Result<Option<RequestRow>, Error> {
        let found: Vec<RequestRow> = self.query(REQUESTS, &[no.into(), 1i64.into()])?;
        Ok(found.into_iter().find(|row| row.no == no))
    }
}

impl Snapshot<'_> {
    /// A posting with its entries.
    pub fn posting(&mut self, no: PostingNo) -> Result<Option<(PostingRow, Vec<EntryRow>)>, Error> {
        self.posting_with_entries(no)
    }

    /// A posting alone.
    pub fn posting_alone(&mut self, no: PostingNo) -> Result<Option<PostingRow>, Error> {
        self.posting_row(no)
    }

    /// An entry.
    pub fn entry(&mut self, no: EntryNo) -> Result<Option<EntryRow>, Error> {
        self.entry_row(no)
    }

    /// A group by its sequence.
    pub fn group(&mut self, sequence: u64) -> Result<Option<GroupRow>, Error> {
        self.one(GROUP_AT, &[sequence.into()])
    }

    /// The entries of an account from `last` (its newest, or the one to go on from) backwards, `most` at most.
    pub fn statement(
        &mut self,
        account: AccountNo,
        last: EntryNo,
        most: u32,
    ) -> Result<Vec<EntryRow>, Error> {
        if last == EntryNo(0) || most == 0 {
            return Ok(Vec::new());
        }
        self.query(STATEMENT, &[last.into(), account.into(), most.into()])
    }

    /// The engine's version, as it says itself.
    pub fn engine_version(&mut self) -> Result<String, Error> {
        crate::row! { struct Version { version: String } }
        const SQLITE: Sql = sql("SELECT sqlite_version() AS version");
        const POSTGRES: Sql = sql("SELECT current_setting('server_version') AS version");
        let question = if self.is_sqlite() { SQLITE } else { POSTGRES };
        Ok(self.one::<Version>(question, &[])?.map(|found| found.version).unwrap_or_default())
    }

    /// All rows of a statement, one by one.
    pub fn for_each<R: FromRow>(
        &mut self,
        sql: Sql,
        params: &[Value],
        f: &mut dyn FnMut(R) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.query::<R>(sql, params)?.into_iter().try_for_each(f)
    }
}
