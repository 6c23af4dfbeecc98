//! A thread that writes rows while the pen decides on.
//!
//! The engine itself goes to the thread with the rows and comes back when they are written: at no moment could two
//! threads speak to the database, and what comes after waits for what went before.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::writer::Engine;
use crate::{Batch, Error};

/// Rows on their way, with the engine that writes them.
struct Job {
    engine: Engine,
    batch: Batch,
}

/// The engine comes back, and the rows: they are let go of where they were made, since allocators are slow at
/// taking back memory on another thread (measured: 430 ns a row here, 70 there).
pub(crate) struct Done {
    pub(crate) engine: Engine,
    pub(crate) batch: Batch,
    pub(crate) outcome: Result<(), Error>,
}

/// The thread, and the ways to it and back.
pub(crate) struct Beside {
    jobs: Option<Sender<Job>>,
    done: Receiver<Done>,
    thread: Option<JoinHandle<()>>,
}

impl Beside {
    pub(crate) fn new() -> std::io::Result<Beside> {
        let (jobs, waiting) = bounded::<Job>(1);
        let (back, done) = bounded(1);
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            for Job { mut engine, batch } in waiting {
                let outcome = engine.append(&batch);
                if back.send(Done { engine, batch, outcome }).is_err() {
                    return;
                }
            }
        })?;
        Ok(Beside { jobs: Some(jobs), done, thread: Some(thread) })
    }

    /// Sends the engine away with rows. When the thread is gone, both come back.
    pub(crate) fn send(&self, engine: Engine, batch: Batch) -> Result<(), Box<(Engine, Batch)>> {
        match &self.jobs {
            Some(jobs) => jobs.send(Job { engine, batch }).map_err(|e| Box::new((e.0.engine, e.0.batch))),
            None => Err(Box::new((engine, batch))),
        }
    }

    /// What has come back, if anything has.
    pub(crate) fn poll(&self) -> Option<Done> {
        self.done.try_recv().ok()
    }

    /// Waits for the engine; `None` when the thread has panicked and the engine with it.
    pub(crate) fn wait(&self) -> Option<Done> {
        self.done.recv().ok()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has shown already: the engine didn't come back.
            thread.join().ok();
        }
    }
}
