//! A turn: all a command may see of the city and do to it.
//!
//! Within a turn reads come before writes: a query after something was staged would have to send half a command
//! to the database, and could not take it back without a savepoint (measured: 3–10 times dearer).

use base::{Entropy, EntryNo, Instant, PostingNo};
use ledger::{Account, AccountNo, AccountRow, Books, EntryRow, Guard, Leg, PostingRow, RequestRow};
use store::{Batch, FromRow, Sql, Value, Write, Writer};

use crate::group::Spoiled;
use crate::keys::{KeyTable, Recorded};
use crate::{Request, Stop};

/// A posting as decided: the pen gives it its number, instant and actor.
#[derive(Debug, Clone)]
pub struct Intent<'a> {
    /// What happens: `pay`, `refund`…
    pub kind: &'static str,
    /// The principal.
    pub amount: i64,
    /// The earlier posting it corrects or continues.
    pub reverses: Option<PostingNo>,
    /// What moves.
    pub legs: &'a [Leg],
    /// Dated limits.
    pub guards: &'a [Guard],
    /// Command and facts, as versioned JSON.
    pub facts: String,
}

/// Lengths of everything staged when the command began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Staged {
    pub accounts: usize,
    pub postings: usize,
    pub entries: usize,
    pub requests: usize,
    pub writes: usize,
}

impl Staged {
    pub(crate) fn of(batch: &Batch) -> Staged {
        Staged {
            accounts: batch.accounts.len(),
            postings: batch.postings.len(),
            entries: batch.entries.len(),
            requests: batch.requests.len(),
            writes: batch.writes.len(),
        }
    }

    pub(crate) fn truncate(self, batch: &mut Batch) {
        batch.accounts.truncate(self.accounts);
        batch.postings.truncate(self.postings);
        batch.entries.truncate(self.entries);
        batch.requests.truncate(self.requests);
        batch.writes.truncate(self.writes);
    }
}

/// One command's view of the city.
pub struct Turn<'a, E> {
    /// This command's instant; never before an earlier command's.
    pub now: Instant,
    /// The city's day of it: days since 1970-01-01.
    pub day: i32,
    /// Who asks, under which key.
    pub request: &'a Request,
    /// Randomness for ids.
    pub entropy: &'a mut dyn Entropy,
    /// Of the request's key.
    pub(crate) fingerprint: u64,
    pub(crate) books: &'a mut Books,
    pub(crate) batch: &'a mut Batch,
    pub(crate) writer: &'a mut Writer,
    pub(crate) keys: &'a mut KeyTable,
    pub(crate) events: &'a mut Vec<E>,
    pub(crate) requests: &'a mut u64,
    pub(crate) pack: u32,
    pub(crate) staged: Staged,
    pub(crate) remembered: bool,
    /// Set when the storage failed, whatever the command makes of it.
    pub(crate) spoiled: &'a mut Option<Spoiled>,
}

impl<E> Turn<'_, E> {
    /// The books, to read.
    pub fn books(&self) -> &Books {
        self.books
    }

    /// Opens an account, or finds it.
    pub fn open(&mut self, account: Account) -> AccountNo {
        let before = self.books.accounts();
        let no = self.books.open(account);
        if self.books.accounts() > before {
            self.batch.accounts.push(AccountRow { no, account });
        }
        no
    }

    /// The number the next posting will have, for facts that must name it.
    pub fn next_posting(&self) -> PostingNo {
        PostingNo(self.books.last_posting().0 + 1)
    }

    /// Takes a decided posting into the books and stages it.
    pub fn post(&mut self, intent: Intent<'_>) -> Result<PostingNo, Stop> {
        let first = self.batch.entries.len();
        let no = self.books.post(intent.legs, intent.guards, &mut self.batch.entries)?;
        let (request_key, input_hash) = self.own_key(Recorded::Posting(no));
        let entries = &self.batch.entries[first..];
        let first_entry = entries.first().map(|e| e.no).unwrap_or_default();
        self.batch.postings.push(PostingRow {
            no,
            at: self.now,
            day: self.day,
            kind: intent.kind.into(),
            role: self.request.actor.role.name().into(),
            client: self.request.actor.client.0,
            request_key,
            input_hash,
            pack: self.pack,
            reverses: intent.reverses,
            amount: intent.amount,
            first_entry,
            entries: u16::try_from(entries.len()).unwrap_or(u16::MAX),
            facts: intent.facts,
        });
        Ok(no)
    }

    /// Records a command that has no posting.
    pub fn note(&mut self, kind: &'static str, facts: String) -> Recorded {
        *self.requests += 1;
        let recorded = Recorded::Request(*self.requests);
        let (request_key, input_hash) = self.own_key(recorded);
        self.batch.requests.push(RequestRow {
            no: *self.requests,
            at: self.now,
            kind: kind.into(),
            role: self.request.actor.role.name().into(),
            client: self.request.actor.client.0,
            request_key,
            input_hash,
            facts,
        });
        recorded
    }

    /// The first record of a command carries its key; further postings of the same command carry none.
    fn own_key(&mut self, recorded: Recorded) -> (String, [u8; 16]) {
        if self.remembered || self.request.key.is_empty() {
            return (String::new(), self.request.input_hash);
        }
        self.remembered = true;
        self.keys.insert(self.day, self.fingerprint, recorded);
        (self.request.key.clone(), self.request.input_hash)
    }

    /// This command's outcome is not to be remembered under its key (a wrong PIN: the next try may be right).
    pub fn forget_key(&mut self) {
        self.remembered = true;
    }

    /// Stages a write of a domain row.
    pub fn write(&mut self, sql: Sql, params: Vec<Value>) {
        self.batch.writes.push(Write { sql, params });
    }

    /// Tells readers and followers, once it is durable.
    pub fn tell(&mut self, event: E) {
        self.events.push(event);
    }

    /// Reads domain rows, as the commands before this one left them.
    pub fn query<R: FromRow>(&mut self, sql: Sql, params: &[Value]) -> Result<Vec<R>, Stop> {
        let now = Staged::of(self.batch);
        if now != self.staged {
            return Err(Stop::Broken("a command reads before it stages anything".into()));
        }
        if now.writes > 0 {
            self.flush()?;
        }
        let found = self.writer.query(sql, params);
        self.heard(found)
    }

    fn flush(&mut self) -> Result<(), Stop> {
        let written = self.writer.append(self.batch);
        self.heard(written)?;
        Staged::default().truncate(self.batch);
        self.staged = Staged::default();
        Ok(())
    }

    /// A posting of the journal with its entries, be it in the database or still staged.
    pub fn posting(&mut self, no: PostingNo) -> Result<Option<(PostingRow, Vec<EntryRow>)>, Stop> {
        if let Ok(index) = self.batch.postings.binary_search_by_key(&no, |row| row.no) {
            let row = self.batch.postings[index].clone();
            let entries = self.batch.entries.iter().filter(|e| e.posting == no).copied().collect();
            return Ok(Some((row, entries)));
        }
        let found = self.writer.posting(no);
        self.heard(found)
    }

    /// An entry of the journal, be it in the database or still staged.
    pub fn entry(&mut self, no: EntryNo) -> Result<Option<EntryRow>, Stop> {
        if let Ok(index) = self.batch.entries.binary_search_by_key(&no, |row| row.no) {
            return Ok(Some(self.batch.entries[index]));
        }
        let found = self.writer.entry(no);
        self.heard(found)
    }

    /// After a failed read or flush the transaction may be half gone: the group must not be committed, even if
    /// the command swallows the error, or panics over it.
    fn heard<R>(&mut self, outcome: Result<R, store::Error>) -> Result<R, Stop> {
        outcome.map_err(|error| {
            self.spoiled.get_or_insert(Spoiled::by(&error));
            Stop::Store(error)
        })
    }
}
