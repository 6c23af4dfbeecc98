//! Carrying out a group of commands: decide each, commit all, publish, reply, wake.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use base::{Clock, Entropy, Instant};
use ledger::{Books, GroupRow};
use store::{Batch, CommitError, Fate, Writer};
use tokio::sync::{broadcast, oneshot};

use crate::checkpoint::KeyLog;
use crate::keys::{KeyTable, Recorded};
use crate::turn::Staged;
use crate::{Failure, Request, Shared, Stop, Town, Turn};

/// What a caller hears.
pub type Outcome<R> = Result<R, Failure>;

/// A command on its way to the pen.
pub struct Envelope<T: Town> {
    /// Who sends it, under which key.
    pub request: Request,
    /// What is asked.
    pub command: T::Command,
    /// Where the answer goes; `None` when nobody waits.
    pub reply: Option<oneshot::Sender<Outcome<T::Reply>>>,
}

/// How the pen works.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// At most this many commands share a commit.
    pub group: usize,
    /// At most this many commands wait.
    pub queue: usize,
    /// How many days request keys are remembered.
    pub key_days: i32,
    /// A checkpoint is due after this many postings.
    pub checkpoint_every: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { group: 4096, queue: 16_384, key_days: 7, checkpoint_every: 1_000_000 }
    }
}

/// The writer of a city.
pub struct Pen<T: Town> {
    pub(crate) town: T,
    pub(crate) books: Books,
    pub(crate) keys: KeyTable,
    pub(crate) writer: Writer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Box<dyn Entropy>,
    /// Nonces come from elsewhere than ids, so that a seed's journal doesn't depend on the number of groups.
    pub(crate) nonces: Box<dyn Entropy>,
    pub(crate) shared: Shared<T::View>,
    pub(crate) feed: broadcast::Sender<Arc<Vec<T::Event>>>,
    pub(crate) key_log: KeyLog,
    pub(crate) sequence: u64,
    pub(crate) nonce: u64,
    pub(crate) epoch: u64,
    pub(crate) requests: u64,
    pub(crate) last: Instant,
    pub(crate) stopped: bool,
    /// The storage failed while the group was decided.
    spoiled: bool,
    batch: Batch,
    events: Vec<T::Event>,
}

/// What a group came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Committed {
    Yes,
    /// The storage refused it; nothing of it is there.
    No,
    /// The connection broke, and it is certain that nothing of it is there.
    Lost,
    /// Another writer has taken over.
    Fenced,
}

impl<T: Town> Pen<T> {
    #[expect(clippy::too_many_arguments, reason = "built once, at start, from as many parts")]
    pub(crate) fn new(
        town: T,
        books: Books,
        keys: KeyTable,
        writer: Writer,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        nonces: Box<dyn Entropy>,
        shared: Shared<T::View>,
        key_log: KeyLog,
        last_group: Option<GroupRow>,
    ) -> Pen<T> {
        let (feed, _) = broadcast::channel(1024);
        let (requests, last) = {
            let view = shared.read();
            (view.requests, view.at)
        };
        Pen {
            town,
            books,
            keys,
            writer,
            clock,
            entropy,
            nonces,
            shared,
            feed,
            key_log,
            sequence: last_group.map_or(0, |g| g.sequence),
            nonce: last_group.map_or(0, |g| g.nonce),
            epoch: last_group.map_or(1, |g| g.epoch + 1),
            requests,
            last,
            stopped: false,
            spoiled: false,
            batch: Batch::default(),
            events: Vec::new(),
        }
    }

    /// The readers' view.
    pub fn shared(&self) -> Shared<T::View> {
        self.shared.clone()
    }

    /// What happens, group by group, after it is durable.
    pub fn feed(&self) -> broadcast::Sender<Arc<Vec<T::Event>>> {
        self.feed.clone()
    }

    /// True once the pen must not write any more (fenced, or its fate is unknown).
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Carries out these commands as one group and answers each.
    pub fn run(&mut self, group: Vec<Envelope<T>>) {
        if self.stopped {
            answer(group.into_iter().map(|e| (e, Err(Failure::Unknown))).collect());
            return;
        }
        let several = group.len() > 1;
        let books = self.books.mark();
        let town = self.town.mark();
        let (requests, last) = (self.requests, self.last);
        let decided = self.decide(group);
        match self.commit() {
            Ok(Committed::Yes) => {
                self.publish();
                answer(decided);
            }
            outcome => {
                self.books.rewind(books);
                self.town.rewind(town);
                self.keys.rewind(0);
                self.requests = requests;
                self.last = last;
                self.drop_staged();
                self.not_committed(decided, outcome, several);
            }
        }
    }

    fn not_committed(
        &mut self,
        decided: Vec<(Envelope<T>, Outcome<T::Reply>)>,
        outcome: Result<Committed, store::Error>,
        several: bool,
    ) {
        match outcome {
            Ok(Committed::Fenced) => {
                tracing::error!("another writer has taken over: this one stops");
                self.stopped = true;
                answer(decided.into_iter().map(|(e, _)| (e, Err(Failure::Unknown))).collect());
            }
            Ok(outcome) if several || outcome == Committed::Lost => {
                // One command spoils the commit of all: one by one the culprit shows, the others go through.
                // After a lost connection nobody is at fault: all are carried out anew.
                for (envelope, _) in decided {
                    self.run(vec![envelope]);
                }
            }
            Ok(_) => {
                let failed = Failure::Broken("the storage refused the commit; nothing was written".into());
                answer(decided.into_iter().map(|(e, _)| (e, Err(failed.clone()))).collect());
            }
            Err(error) => {
                tracing::error!(%error, "the fate of a commit could not be found out: this writer stops");
                self.stopped = true;
                answer(decided.into_iter().map(|(e, _)| (e, Err(Failure::Unknown))).collect());
            }
        }
    }

    fn decide(&mut self, group: Vec<Envelope<T>>) -> Vec<(Envelope<T>, Outcome<T::Reply>)> {
        let mut decided = Vec::with_capacity(group.len());
        for envelope in group {
            let outcome = self.decide_one(&envelope);
            decided.push((envelope, outcome));
        }
        decided
    }

    fn decide_one(&mut self, envelope: &Envelope<T>) -> Outcome<T::Reply> {
        let now = self.clock.now().max(self.last);
        let books = self.books.mark();
        let town = self.town.mark();
        let keys = self.keys.mark();
        let (requests, events) = (self.requests, self.events.len());
        let mut staged = Staged::of(&self.batch);
        let outcome = match self.remembered(&envelope.request) {
            Ok(Some(again)) => return again,
            Ok(None) => {
                let Pen { town, books, keys, writer, entropy, batch, events, requests, .. } = self;
                let mut turn = Turn {
                    now,
                    day: town.day(now),
                    request: &envelope.request,
                    entropy: entropy.as_mut(),
                    books,
                    batch,
                    writer,
                    keys,
                    events,
                    requests,
                    pack: town.pack(),
                    staged,
                    remembered: false,
                };
                let outcome = catch_unwind(AssertUnwindSafe(|| town.carry_out(&mut turn, &envelope.command)));
                staged = turn.staged;
                outcome
            }
            Err(stop) => Ok(Err(stop)),
        };
        let failure = match outcome {
            Ok(Ok(reply)) => {
                self.last = now;
                return Ok(reply);
            }
            Ok(Err(Stop::Refused(refusal))) => Failure::Refused(refusal),
            Ok(Err(stop)) => {
                // After a failed read or flush the transaction may be half gone: the group must not be committed.
                self.spoiled |= matches!(stop, Stop::Store(_));
                tracing::error!(%stop, "a command broke");
                Failure::Broken(stop.to_string())
            }
            Err(_) => {
                tracing::error!("a command panicked");
                Failure::Broken("internal error".into())
            }
        };
        self.books.rewind(books);
        self.town.rewind(town);
        self.keys.rewind(keys);
        self.requests = requests;
        self.events.truncate(events);
        staged.truncate(&mut self.batch);
        Err(failure)
    }

    /// The first answer again, if this key was carried out before. Same key, other input: refused.
    fn remembered(&mut self, request: &Request) -> Result<Option<Outcome<T::Reply>>, Stop> {
        if request.key.is_empty() {
            return Ok(None);
        }
        let client = request.actor.client.0;
        let Some(recorded) = self.keys.find(KeyTable::fingerprint(client, &request.key)) else {
            return Ok(None);
        };
        let found = match recorded {
            Recorded::Posting(no) => self.recorded_posting(no)?,
            Recorded::Request(no) => self.recorded_request(no)?,
        };
        let Some(found) = found else {
            return Err(Stop::Broken(format!("the record of a remembered key is missing: {recorded:?}")));
        };
        if found.client != client || found.key != request.key {
            return Ok(None); // another key with the same fingerprint
        }
        if found.input_hash != request.input_hash {
            return Ok(Some(Err(Failure::Refused(base::Refusal::new("key.reused")))));
        }
        Ok(Some(Ok(self.town.again(recorded, found.at, &found.facts)?)))
    }

    fn recorded_posting(&mut self, no: base::PostingNo) -> Result<Option<Found>, Stop> {
        let staged = self.batch.postings.binary_search_by_key(&no, |row| row.no);
        let row = match staged {
            Ok(index) => Some(self.batch.postings[index].clone()),
            Err(_) => self.writer.posting(no)?.map(|(row, _)| row),
        };
        Ok(row.map(|row| Found {
            at: row.at,
            client: row.client,
            key: row.request_key,
            input_hash: row.input_hash,
            facts: row.facts,
        }))
    }

    fn recorded_request(&mut self, no: u64) -> Result<Option<Found>, Stop> {
        let staged = self.batch.requests.iter().find(|row| row.no == no).cloned();
        let row = match staged {
            Some(row) => Some(row),
            None => self.writer.request(no)?,
        };
        Ok(row.map(|row| Found {
            at: row.at,
            client: row.client,
            key: row.request_key,
            input_hash: row.input_hash,
            facts: row.facts,
        }))
    }

    fn commit(&mut self) -> Result<Committed, store::Error> {
        if std::mem::take(&mut self.spoiled) {
            self.writer.rollback();
            return Ok(Committed::No);
        }
        if !self.writer.in_group() && Staged::of(&self.batch) == Staged::default() {
            return Ok(Committed::Yes); // refusals only: nothing to write
        }
        let first_posting = self.shared.read().books.last_posting().0 + 1;
        let group = GroupRow {
            sequence: self.sequence + 1,
            epoch: self.epoch,
            nonce: self.nonces.next_u64(),
            first_posting,
            last_posting: self.books.last_posting().0,
        };
        let committed = match self.writer.commit(&group, &self.batch) {
            Ok(()) => Committed::Yes,
            Err(CommitError::Fenced) => Committed::Fenced,
            Err(CommitError::Definite(store::Error::Fatal(reason))) => fatal(&reason),
            Err(CommitError::Definite(error)) => {
                tracing::error!(%error, "a commit failed; nothing was written");
                Committed::No
            }
            Err(CommitError::Unknown(error)) => {
                tracing::warn!(%error, "the fate of a commit is unknown: asking");
                match self.writer.resolve(&group)? {
                    Fate::Committed => Committed::Yes,
                    Fate::Fenced => Committed::Fenced,
                    Fate::Lost => {
                        self.sequence += 1; // the take-over row holds this sequence
                        Committed::Lost
                    }
                }
            }
        };
        if committed == Committed::Yes {
            self.sequence += 1;
            self.nonce = group.nonce;
        }
        Ok(committed)
    }

    fn publish(&mut self) {
        let changed = self.books.settle();
        let keys = self.keys.settle();
        let events = std::mem::take(&mut self.events);
        let Pen { town, books, shared, sequence, nonce, last, requests, .. } = self;
        shared.publish(|view| {
            view.books.adopt(books, &changed);
            view.sequence = *sequence;
            view.nonce = *nonce;
            view.at = *last;
            view.requests = *requests;
            town.settle(&mut view.town, &events);
        });
        self.key_log.append(self.sequence, keys);
        if !events.is_empty() && self.feed.receiver_count() > 0 {
            // No listener is no error.
            self.feed.send(Arc::new(events)).ok();
        }
        self.drop_staged();
    }

    fn drop_staged(&mut self) {
        Staged::default().truncate(&mut self.batch);
        self.events.clear();
    }
}

struct Found {
    at: Instant,
    client: u64,
    key: String,
    input_hash: [u8; 16],
    facts: String,
}

fn answer<T: Town>(decided: Vec<(Envelope<T>, Outcome<T::Reply>)>) {
    for (envelope, outcome) in decided {
        if let Some(reply) = envelope.reply {
            // A caller who has gone away asks again with the same key.
            reply.send(outcome).ok();
        }
    }
}

/// After a failed sync nobody knows what the disk holds: the only honest thing is to end, and to start again from
/// what is really there.
fn fatal(reason: &str) -> ! {
    tracing::error!(reason, "the disk failed: ending, so that a start can see what is really there");
    std::process::abort()
}
