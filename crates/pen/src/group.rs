//! Carrying out a group of commands: decide each, commit all, publish, reply, wake.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use base::{Clock, Entropy, Instant};
use ledger::{Books, GroupRow};
use store::{Batch, CommitError, Fate, Writer};
use tokio::sync::{broadcast, oneshot};

use crate::checkpoint::KeyLog;
use crate::keys::{KeyTable, Recorded};
use crate::tape::Tape;
use crate::turn::Staged;
use crate::{Failure, Request, Shared, Stop, Tally, Town, Turn};

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
    /// From so many records of a group on, what is decided is written to its open transaction while the rest is being
    /// decided. Fewer would cost more in handing over than they save.
    pub ahead: usize,
    /// At most this many commands wait.
    pub queue: usize,
    /// How many days request keys are remembered.
    pub key_days: i32,
    /// A checkpoint is due after this many postings.
    pub checkpoint_every: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { group: 4096, ahead: 512, queue: 16_384, key_days: 7, checkpoint_every: 1_000_000 }
    }
}

/// The writer of a city.
pub struct Pen<T: Town> {
    pub(crate) town: T,
    pub(crate) books: Books,
    pub(crate) keys: KeyTable,
    pub(crate) writer: Writer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Tape,
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
    tally: Arc<Tally>,
    /// See [`Options::ahead`].
    ahead: usize,
    /// The storage failed while the group was decided.
    spoiled: Option<Spoiled>,
    batch: Batch,
    events: Vec<T::Event>,
}

/// What a group came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Committed {
    Yes,
    /// Nothing of it is there.
    No(Spoiled),
}

/// Why nothing of a group is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoiled {
    /// The storage refused something in it.
    Refused,
    /// The connection broke, and it is certain that nothing of it is there.
    Lost,
    /// There is no way to the storage.
    Unreachable,
    /// Another writer has taken over.
    Fenced,
}

impl Spoiled {
    pub(crate) fn by(error: &store::Error) -> Spoiled {
        match error {
            store::Error::LeaderAlive => Spoiled::Fenced,
            error if error.is_lost() => Spoiled::Unreachable,
            _ => Spoiled::Refused,
        }
    }
}

/// How often a group is carried out anew as it is, after a connection broke.
const ANEW: u32 = 2;
/// How long the fate of a commit is asked for before this writer gives up: a server that restarts takes seconds.
const ASK: u32 = 100;
const ASK_PAUSE: Duration = Duration::from_millis(300);

type Decided<T> = Vec<(Envelope<T>, Outcome<<T as Town>::Reply>)>;

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
        ahead: usize,
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
            entropy: Tape::new(entropy),
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
            tally: Arc::default(),
            ahead: ahead.max(1),
            spoiled: None,
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

    /// What it counts of its work.
    pub fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.tally)
    }

    /// True once the pen must not write any more (fenced, or its fate is unknown).
    pub fn stopped(&self) -> bool {
        self.stopped
    }

    /// Carries out these commands as one group and answers each.
    pub fn run(&mut self, mut group: Vec<Envelope<T>>) {
        self.tally.group(group.len());
        for Envelope { request, command, .. } in &mut group {
            request.input_hash = self.town.conceal(command, request.input_hash);
        }
        self.carry_out(group, ANEW);
    }

    fn carry_out(&mut self, group: Vec<Envelope<T>>, anew: u32) {
        if self.stopped {
            answer(group.into_iter().map(|e| (e, Err(Failure::Unknown))).collect());
            return;
        }
        let books = self.books.mark();
        let town = self.town.mark();
        let (requests, last) = (self.requests, self.last);
        let decided = self.decide(group);
        match self.commit() {
            Ok(Committed::Yes) => {
                self.entropy.forget();
                self.publish();
                for (_, outcome) in &decided {
                    if let Err(Failure::Refused(refusal)) = outcome {
                        self.tally.refused(refusal.code);
                    }
                }
                answer(decided);
            }
            outcome => {
                self.books.rewind(books);
                self.town.rewind(town);
                self.keys.rewind(0);
                self.requests = requests;
                self.last = last;
                self.drop_staged();
                self.not_committed(decided, outcome, anew);
            }
        }
    }

    /// Everything was taken back. One command spoils the commit of all: in ever smaller groups the culprit shows,
    /// the others go through. After a broken connection nobody is at fault: all are carried out anew.
    fn not_committed(&mut self, decided: Decided<T>, outcome: Result<Committed, store::Error>, anew: u32) {
        match outcome {
            Ok(Committed::Yes) => {}
            Ok(Committed::No(Spoiled::Fenced)) => {
                tracing::error!("another writer has taken over: this one stops");
                self.stop(decided);
            }
            Err(error) => {
                tracing::error!(%error, "the fate of a commit could not be found out: this writer stops");
                self.stop(decided);
            }
            Ok(Committed::No(Spoiled::Lost | Spoiled::Unreachable)) if anew > 0 => {
                self.entropy.rewind();
                self.carry_out(envelopes(decided), anew - 1);
            }
            Ok(Committed::No(Spoiled::Refused | Spoiled::Lost)) if decided.len() > 1 => {
                self.entropy.rewind();
                let mut first = envelopes(decided);
                let second = first.split_off(first.len() / 2);
                self.carry_out(first, anew);
                self.carry_out(second, anew);
            }
            Ok(Committed::No(spoiled)) => {
                // The one culprit's draws stay drawn, as they would have in a group of its own.
                self.entropy.forget();
                let failed = decided.into_iter().map(|(envelope, outcome)| {
                    let failure = self.failure(&envelope.request, outcome, spoiled);
                    (envelope, Err(failure))
                });
                answer(failed.collect());
            }
        }
    }

    /// What a caller hears of a command of which nothing is left, and nothing was before.
    fn failure(&self, request: &Request, outcome: Outcome<T::Reply>, spoiled: Spoiled) -> Failure {
        let day = self.town.day(self.clock.now().max(self.last));
        let known =
            |key: &str| self.keys.find(KeyTable::fingerprint(request.actor.client.0, key), day).is_some();
        match outcome {
            // It was carried out earlier, and what was answered then can't be read now: not a word of "nothing".
            _ if !request.key.is_empty() && known(&request.key) => Failure::Unknown,
            _ if matches!(spoiled, Spoiled::Lost | Spoiled::Unreachable) => Failure::Unreachable,
            // What broke before the storage refused says more.
            Err(failure @ Failure::Broken(_)) => failure,
            _ => Failure::Broken("the storage refused the commit; nothing was written".into()),
        }
    }

    fn stop(&mut self, decided: Decided<T>) {
        self.stopped = true;
        answer(decided.into_iter().map(|(e, _)| (e, Err(Failure::Unknown))).collect());
    }

    fn decide(&mut self, group: Vec<Envelope<T>>) -> Decided<T> {
        let mut decided = Vec::with_capacity(group.len());
        for envelope in group {
            // Once the storage has failed, nothing of this group stays: deciding more of it would be in vain.
            let outcome = match self.spoiled {
                Some(_) => Err(Failure::Broken("the storage failed; nothing was written".into())),
                None => self.decide_one(&envelope),
            };
            decided.push((envelope, outcome));
            if self.batch.postings.len() + self.batch.requests.len() >= self.ahead && self.spoiled.is_none() {
                self.writer.append_beside(&mut self.batch);
            }
        }
        decided
    }

    fn decide_one(&mut self, envelope: &Envelope<T>) -> Outcome<T::Reply> {
        // Each has an instant of its own, so that what is ordered by instants has one order.
        let now = self.clock.now().max(Instant(self.last.0.saturating_add(1)));
        let books = self.books.mark();
        let town = self.town.mark();
        let keys = self.keys.mark();
        let (requests, events) = (self.requests, self.events.len());
        let mut staged = Staged::of(&self.batch);
        let day = self.town.day(now);
        let request = &envelope.request;
        let fingerprint = KeyTable::fingerprint(request.actor.client.0, &request.key);
        let remembered = catch_unwind(AssertUnwindSafe(|| {
            self.remembered((request, &envelope.command), fingerprint, day)
        }));
        let outcome = match remembered {
            Ok(Ok(Some(again))) => return again,
            Ok(Ok(None)) => {
                let Pen { town, books, keys, writer, entropy, batch, events, requests, spoiled, .. } = self;
                let mut turn = Turn {
                    now,
                    day,
                    request,
                    fingerprint,
                    entropy,
                    books,
                    batch,
                    writer,
                    keys,
                    events,
                    requests,
                    pack: town.pack(),
                    staged,
                    remembered: false,
                    spoiled,
                };
                let outcome = catch_unwind(AssertUnwindSafe(|| town.carry_out(&mut turn, &envelope.command)));
                staged = turn.staged;
                outcome
            }
            Ok(Err(stop)) => Ok(Err(stop)),
            Err(panic) => Err(panic),
        };
        let failure = match outcome {
            Ok(Ok(reply)) => {
                self.last = now;
                return Ok(reply);
            }
            Ok(Err(Stop::Refused(refusal))) => Failure::Refused(refusal),
            Ok(Err(stop)) => {
                if let Stop::Store(error) = &stop {
                    self.spoiled.get_or_insert(Spoiled::by(error));
                }
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
    fn remembered(
        &mut self,
        (request, command): (&Request, &T::Command),
        fingerprint: u64,
        day: i32,
    ) -> Result<Option<Outcome<T::Reply>>, Stop> {
        if request.key.is_empty() {
            return Ok(None);
        }
        let client = request.actor.client.0;
        let Some(recorded) = self.keys.find(fingerprint, day) else { return Ok(None) };
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
        if !self.town.is_same_input(command, found.input_hash, request.input_hash) {
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
        let staged = self.batch.requests.binary_search_by_key(&no, |row| row.no);
        let row = match staged {
            Ok(index) => Some(self.batch.requests[index].clone()),
            Err(_) => self.writer.request(no)?,
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
        if let Some(spoiled) = self.spoiled.take() {
            self.writer.rollback();
            return Ok(Committed::No(spoiled));
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
        let began = Stopwatch::now();
        let outcome = self.writer.commit(&group, &self.batch);
        self.tally.commit(began.elapsed());
        let committed = match outcome {
            Ok(()) => Committed::Yes,
            Err(CommitError::Fenced) => Committed::No(Spoiled::Fenced),
            Err(CommitError::Definite(store::Error::Fatal(reason))) => fatal(&reason),
            Err(CommitError::Definite(error)) => {
                tracing::error!(%error, "a commit failed; nothing was written");
                Committed::No(Spoiled::by(&error))
            }
            Err(CommitError::Unknown(error)) => {
                tracing::warn!(%error, "the fate of a commit is unknown: asking");
                match self.ask(&group)? {
                    Fate::Committed => Committed::Yes,
                    Fate::Fenced => Committed::No(Spoiled::Fenced),
                    Fate::Lost => {
                        self.sequence += 1; // the take-over row holds this sequence
                        Committed::No(Spoiled::Lost)
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

    /// Asking is idempotent: while the server can't be reached, it is asked again.
    fn ask(&mut self, group: &GroupRow) -> Result<Fate, store::Error> {
        for _ in 1..ASK {
            match self.writer.resolve(group) {
                Err(error) if error.is_lost() => tracing::warn!(%error, "no answer yet"),
                outcome => return outcome,
            }
            std::thread::sleep(ASK_PAUSE);
        }
        self.writer.resolve(group)
    }

    fn publish(&mut self) {
        let changed = self.books.settle();
        let keys = self.keys.settle();
        let events = std::mem::take(&mut self.events);
        let Pen { town, books, shared, sequence, nonce, last, requests, key_log, .. } = self;
        shared.publish(|view| {
            key_log.append(keys);
            view.books.adopt(books, &changed);
            view.sequence = *sequence;
            view.nonce = *nonce;
            view.at = *last;
            view.requests = *requests;
            town.settle(&mut view.town, &events);
        });
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

fn envelopes<T: Town>(decided: Decided<T>) -> Vec<Envelope<T>> {
    decided.into_iter().map(|(envelope, _)| envelope).collect()
}

fn answer<T: Town>(decided: Decided<T>) {
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
