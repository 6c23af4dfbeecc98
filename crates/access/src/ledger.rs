//! The writer's thread: it takes what waits, keeps it as one group with one sync, and only then answers.

use std::collections::VecDeque;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use base::Instant;
use tokio::sync::oneshot;

use crate::queue::{Call, Dispose, Queue, Taken};
use crate::store::{Chunk, Writer};
use crate::{Busy, Disposal, Error, Failure, Head, Look, LookNo, Readers};

/// After so many entries the file's list of last entries is brought up to date, and the WAL is moved into the file.
/// The list's pages are written at most once in that time; a reader looks through half of them on the average
/// (some milliseconds), and a start through all of them.
const TEND: u64 = 16_384;
/// Entries that go in one transaction of a disposal: for so long looks wait, some milliseconds.
const PART: usize = 2_048;

/// How the ledger works; the defaults are right for a city.
#[derive(Debug, Clone)]
pub struct Options {
    /// Looks that may wait.
    pub queue: usize,
    /// Looks after which a group takes no further call.
    pub group: usize,
    /// A registered VFS of SQLite's (tests put one below that loses what was not synced).
    pub vfs: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options { queue: 65_536, group: 4_096, vfs: None }
    }
}

/// The access ledger of a city.
#[derive(Debug)]
pub struct AccessLedger;

impl AccessLedger {
    /// Opens a ledger's file, or makes it, and puts its writer on a thread. Only one process can have it open so; its
    /// last entries are checked ([`Readers::verify`] checks all).
    pub fn open(path: &Path, options: Options) -> Result<(Handle, Joiner), Error> {
        let writer = Writer::open(path, options.vfs.as_deref())?;
        let readers = Readers::open_with(path, options.vfs)?;
        let head = Arc::new(Mutex::new(writer.head()));
        let queue = Arc::new(Queue::new(options.queue));
        let work = Work {
            writer,
            head: Arc::clone(&head),
            group: options.group,
            untended: 0,
            disposals: VecDeque::new(),
        };
        let at_end = AtEnd(Arc::clone(&queue));
        let thread =
            std::thread::Builder::new().name("access".to_owned()).spawn(move || work.run(&at_end.0))?;
        let inner = Arc::new(Inner { queue, head, readers });
        let handles = Arc::downgrade(&inner);
        Ok((Handle(inner), Joiner { thread, handles }))
    }
}

/// A caller's handle. Clones share the queue; when the last one is gone the writer keeps what waits, and ends.
#[derive(Clone)]
pub struct Handle(Arc<Inner>);

struct Inner {
    queue: Arc<Queue>,
    head: Arc<Mutex<Head>>,
    readers: Readers,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Where a call's looks are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The first of them; the others follow without a gap.
    pub first: LookNo,
    /// How many.
    pub count: u64,
}

/// What comes once it is durable: a future, or [`Pending::wait`] on a thread.
#[derive(Debug)]
pub struct Pending<T>(oneshot::Receiver<Result<T, Failure>>);

impl<T> Pending<T> {
    /// Waits on this thread; not within an asynchronous task.
    pub fn wait(self) -> Result<T, Failure> {
        self.0.blocking_recv().unwrap_or(Err(Failure::Ended))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, Failure>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(Failure::Ended)))
    }
}

impl Handle {
    /// Hands in looks, all kept or none. What comes says that they are durable: only then may an answer go out that
    /// shows the records. When the caller goes away meanwhile they are kept all the same.
    pub fn record(&self, looks: Vec<Look>) -> Result<Pending<Kept>, Busy> {
        let (reply, answer) = oneshot::channel();
        let outcome = match looks.iter().find_map(Look::malformed) {
            Some(field) => Err(Failure::Malformed { field }),
            None if looks.is_empty() => Ok(Kept { first: LookNo(0), count: 0 }),
            None => {
                self.0.queue.put(Call { looks, reply })?;
                return Ok(Pending(answer));
            }
        };
        // We hold the other end.
        reply.send(outcome).ok();
        Ok(Pending(answer))
    }

    /// Disposes of the oldest entries, up to the first that is not older than `before`, in parts that let looks pass
    /// between them; `None` when there is nothing to dispose of. How many it would be tells [`Readers::disposable`].
    /// `at` is now. Who asked for it, and why, is the caller's to keep.
    pub fn dispose_before(&self, before: Instant, at: Instant) -> Result<Pending<Option<Disposal>>, Busy> {
        let (reply, answer) = oneshot::channel();
        self.0.queue.put_dispose(Dispose { before, at, reply })?;
        Ok(Pending(answer))
    }

    /// Where the chain stands, durably.
    pub fn head(&self) -> Head {
        *self.0.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the ledger, beside the writer.
    pub fn readers(&self) -> Readers {
        self.0.readers.clone()
    }

    /// Looks waiting now.
    pub fn waiting(&self) -> usize {
        self.0.queue.waiting()
    }
}

/// The writer at work on its thread.
#[derive(Debug)]
pub struct Joiner {
    thread: JoinHandle<Result<(), Error>>,
    handles: Weak<Inner>,
}

impl Joiner {
    /// Waits until every handle is gone and what waited is kept. An error when the writer ended before: its disk
    /// failed.
    pub fn join(self) -> Result<(), Error> {
        let panicked = |_| Error::Io(std::io::Error::other("its thread panicked"));
        self.thread.join().map_err(panicked)?
    }

    /// True while somebody holds a [`Handle`]: [`Joiner::join`] would wait for them.
    pub fn is_held(&self) -> bool {
        self.handles.strong_count() > 0
    }

    /// True when the writer has ended.
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }
}

/// Held by the writer's thread: however it ends, nobody is left waiting.
struct AtEnd(Arc<Queue>);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.end();
    }
}

struct Work {
    writer: Writer,
    head: Arc<Mutex<Head>>,
    group: usize,
    /// Entries since the file was tended last.
    untended: u64,
    /// The first of them is under way; what it has done so far.
    disposals: VecDeque<(Dispose, Option<Disposal>)>,
}

impl Work {
    fn run(mut self, queue: &Queue) -> Result<(), Error> {
        let outcome = self.work(queue).and_then(|()| self.close());
        if outcome.is_err() {
            self.writer.leave_the_wal();
        }
        outcome
    }

    /// Until there is nothing more to do, or the disk fails.
    fn work(&mut self, queue: &Queue) -> Result<(), Error> {
        while let Some(Taken { calls, dispose }) = queue.take(self.group, self.disposals.is_empty()) {
            self.disposals.extend(dispose.into_iter().map(|dispose| (dispose, None)));
            if !calls.is_empty() {
                self.keep(calls)?;
            }
            if let Some((dispose, so_far)) = self.disposals.pop_front() {
                self.dispose(dispose, so_far)?;
            }
            if self.untended >= TEND {
                self.untended = 0;
                // Without room, say, the WAL holds everything meanwhile, and there is a next time.
                not_fatal(self.writer.save_latest().and_then(|()| self.writer.checkpoint("PASSIVE")))?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, calls: Vec<Call>) -> Result<(), Error> {
        let mut first = self.writer.head().no.next();
        match self.writer.keep(calls.iter().flat_map(|call| &call.looks)) {
            Ok(()) => {}
            // Dropping the calls tells that nobody knows.
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => {
                let failure = Failure::NotKept(error.to_string());
                for call in calls {
                    // Who has gone away doesn't ask.
                    call.reply.send(Err(failure.clone())).ok();
                }
                return Ok(());
            }
        }
        let head = self.writer.head();
        *self.head.lock().unwrap_or_else(PoisonError::into_inner) = head;
        self.untended += head.no.next().0 - first.0;
        for Call { looks, reply } in calls {
            let kept = Kept { first, count: looks.len() as u64 };
            first = LookNo(first.0 + kept.count);
            // Who has gone away doesn't ask.
            reply.send(Ok(kept)).ok();
        }
        Ok(())
    }

    /// Does a part of a disposal.
    fn dispose(&mut self, dispose: Dispose, so_far: Option<Disposal>) -> Result<(), Error> {
        let outcome = match self.writer.dispose(dispose.before, dispose.at, PART, so_far) {
            Ok(Chunk::More(so_far)) => {
                self.untended += PART as u64;
                self.disposals.push_front((dispose, Some(so_far)));
                return Ok(());
            }
            Ok(Chunk::Last(disposal)) => Ok(disposal),
            Err(error) if error.is_fatal() => return Err(error),
            Err(error) => Err(Failure::NotKept(error.to_string())),
        };
        // Who has gone away doesn't ask.
        dispose.reply.send(outcome).ok();
        Ok(())
    }

    /// In good order: the next start has nothing to catch up with.
    fn close(&mut self) -> Result<(), Error> {
        not_fatal(self.writer.save_latest().and_then(|()| self.writer.checkpoint("TRUNCATE")))
    }
}

fn not_fatal(outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(error) if error.is_fatal() => Err(error),
        _ => Ok(()),
    }
}
