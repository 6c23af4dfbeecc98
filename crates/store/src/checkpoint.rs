//! SQLite's WAL, moved into the database file by a thread of its own.
//!
//! On the pen's thread a checkpoint stalls every payment behind it. Here it runs beside the pen: the bulk is moved
//! without any lock that the pen needs; only what was committed meanwhile is moved under the write lock, so that
//! the WAL can start over at its beginning instead of growing without end.

use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rusqlite::Connection;

use crate::engine::sqlite::{self, Use};
use crate::settling::Settling;
use crate::{Error, Target};

/// How often the WAL's length is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Looks between two checkpoints of a quiet city: 5 s.
const QUIET: u32 = 250;
/// From so much on it is moved, and synced, in small parts: while a core or the disk is busy with much of it, the pen waits.
const STEP: i64 = 1 << 20;
/// From this length on the WAL is made to start over. Each time payments wait some 20 ms for the disk, so not often; a
/// start after a crash reads so much at most.
const LONG: i64 = 256 << 20;
/// So much should be left to move under the write lock: the less, the shorter its sync.
const SHORT: i64 = 512 << 10;
/// How long a checkpoint waits for others.
const PATIENCE: Duration = Duration::from_millis(50);
/// Rounds to catch up with a busy pen before its lock is taken anyway.
const ROUNDS: u32 = 12;

/// The checkpointing thread. [`WalKeeper::stop`] (or dropping it) ends it with a last checkpoint that empties the WAL.
pub struct WalKeeper {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<Result<(), Error>>>,
}

/// Starts checkpointing a SQLite database; with PostgreSQL there is nothing to do. Start it after the writer: it
/// opens the same file.
pub fn spawn_wal_checkpointer(target: &Target) -> Result<WalKeeper, Error> {
    if target.path().is_none() {
        return Ok(WalKeeper { stop: None, thread: None });
    }
    let connection = sqlite::open(target, Use::Tend)?;
    sqlite::pragma(&connection, "wal_autocheckpoint", "0")?;
    // A checkpoint that may wait for readers does so with the pen's lock in its hand: give up soon.
    connection.busy_timeout(PATIENCE)?;
    let (stop, stopped) = bounded(1);
    let mut settling = Settling::of(target);
    let thread = std::thread::Builder::new()
        .name("wal-keeper".to_owned())
        .spawn(move || keep(&connection, &mut settling, &stopped).map_err(end_if_fatal))?;
    Ok(WalKeeper { stop: Some(stop), thread: Some(thread) })
}

impl WalKeeper {
    /// Ends the thread; its last checkpoint empties the WAL if nobody reads just then. Call it when the pen has
    /// stopped.
    pub fn stop(mut self) -> Result<(), Error> {
        self.end()
    }

    /// The thread's error, once it has ended by one: a disk that fails under a checkpoint is not silent.
    pub fn has_failed(&self) -> bool {
        self.thread.as_ref().is_some_and(JoinHandle::is_finished)
    }

    fn end(&mut self) -> Result<(), Error> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(outcome)) => outcome,
            Some(Err(_)) => Err(Error::Fatal("the checkpointing thread panicked".to_owned())),
        }
    }
}

impl Drop for WalKeeper {
    fn drop(&mut self) {
        // `stop` tells errors; who drops it instead doesn't ask.
        self.end().ok();
    }
}

/// After a failed sync of the database file the WAL holds what the file may lack. Whoever tried again would be told
/// that all is well (the system forgets a failed write once it has told of it), and the last one to close the
/// database would delete the WAL: so nobody may close it.
fn end_if_fatal(error: Error) -> Error {
    if let Error::Fatal(reason) = &error {
        eprintln!(
            "the disk failed under a checkpoint: ending, so that a start can see what is there: {reason}"
        );
        std::process::abort();
    }
    error
}

fn keep(connection: &Connection, settling: &mut Settling, stopped: &Receiver<()>) -> Result<(), Error> {
    let page = i64_pragma(connection, "PRAGMA page_size")?;
    let mut quiet = 0;
    let mut long = LONG;
    loop {
        match stopped.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                checkpoint(connection, "TRUNCATE")?;
                return Ok(());
            }
        }
        quiet += 1;
        match look((connection, settling), page, quiet >= QUIET, &mut long) {
            Ok(true) => quiet = 0,
            Ok(false) => {}
            Err(error @ Error::Fatal(_)) => return Err(error),
            // A full disk, say: the WAL holds everything meanwhile, and there is a next time.
            Err(_) => quiet = 0,
        }
    }
}

/// Moves what is there if it is much, or if it is time; true when it did. From the length `long` on the WAL is made to
/// start over, and if a reader doesn't let it, `long` grows: waiting for readers with the pen's lock in hand is dear.
fn look(
    (connection, settling): (&Connection, &mut Settling),
    page: i64,
    time: bool,
    long: &mut i64,
) -> Result<bool, Error> {
    let frames = checkpoint(connection, "NOOP")?;
    let (all, left) = (frames.all * page, frames.left() * page);
    if all < LONG {
        *long = LONG;
    }
    if all >= *long {
        *long = all + LONG / 4;
        catch_up((connection, settling), page)?;
    } else if left >= STEP {
        checkpoint(connection, "PASSIVE")?;
        settling.sync()?;
    } else if time && left > 0 {
        // What a quiet city wrote is caught up with, and SQLite syncs it.
        checkpoint(connection, "PASSIVE")?;
    } else {
        return Ok(time);
    }
    Ok(true)
}

/// Moves everything, then lets the WAL start over. While a long reader holds an old state, moving gets no further,
/// and taking the pen's lock would be in vain.
fn catch_up((connection, settling): (&Connection, &mut Settling), page: i64) -> Result<(), Error> {
    for _ in 0..ROUNDS {
        let moved = checkpoint(connection, "PASSIVE")?;
        settling.sync()?;
        if moved.left() > 0 {
            return Ok(());
        }
        if checkpoint(connection, "NOOP")?.left() * page <= SHORT {
            break;
        }
    }
    checkpoint(connection, "RESTART")?;
    Ok(())
}

/// Frames in the WAL, and how many of them are in the database file.
struct Frames {
    all: i64,
    moved: i64,
}

impl Frames {
    fn left(&self) -> i64 {
        (self.all - self.moved).max(0)
    }
}

/// Being busy (somebody reads an old state) is no error: there is a next time.
fn checkpoint(connection: &Connection, mode: &str) -> Result<Frames, Error> {
    frames(connection, mode).map_err(Error::or_fatal)
}

fn frames(connection: &Connection, mode: &str) -> Result<Frames, Error> {
    let mut statement = connection.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?;
    let mut rows = statement.raw_query();
    match rows.next()? {
        Some(row) => Ok(Frames { all: row.get(1)?, moved: row.get(2)? }),
        None => Ok(Frames { all: 0, moved: 0 }),
    }
}

fn i64_pragma(connection: &Connection, text: &str) -> Result<i64, Error> {
    let mut statement = connection.prepare(text)?;
    let mut rows = statement.raw_query();
    match rows.next()? {
        Some(row) => Ok(row.get(0)?),
        None => Err(Error::shape(format!("{text} has no answer"))),
    }
}
