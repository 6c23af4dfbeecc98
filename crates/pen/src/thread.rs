//! The pen's thread and the bounded queue before it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use crate::{Envelope, Failure, Options, Outcome, Pen, Request, Shared, Town};

/// The queue is full (or the pen has stopped): nothing was taken, try again shortly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Busy {
    /// Too many commands wait.
    #[error("too many commands are waiting")]
    Full,
    /// The pen is stopped.
    #[error("the city is not writing now")]
    Stopped,
}

/// A caller's handle: sends commands.
pub struct Handle<T: Town> {
    queue: Sender<Envelope<T>>,
    end: End<T>,
    /// Last, so that the queue has one sender less before it tells that a handle is gone.
    alive: Arc<()>,
}

/// The queue's other end, for what nobody will carry out any more: a channel keeps what is in it until its last
/// sender has gone, and so long whoever sent it would wait.
struct End<T: Town> {
    stopped: Arc<AtomicBool>,
    waiting: Receiver<Envelope<T>>,
}

impl<T: Town> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Handle { queue: self.queue.clone(), end: self.end.clone(), alive: Arc::clone(&self.alive) }
    }
}

impl<T: Town> Clone for End<T> {
    fn clone(&self) -> Self {
        End { stopped: Arc::clone(&self.stopped), waiting: self.waiting.clone() }
    }
}

impl<T: Town> End<T> {
    fn has_come(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Whoever waits hears that nobody knows: it may be a command that another writer's journal has by now.
    fn answer_all(&self) {
        for envelope in self.waiting.try_iter() {
            if let Some(reply) = envelope.reply {
                reply.send(Err(Failure::Unknown)).ok();
            }
        }
    }
}

/// Held by the pen's thread: however it ends, nobody is left waiting.
struct AtEnd<T: Town>(End<T>);

impl<T: Town> Drop for AtEnd<T> {
    fn drop(&mut self) {
        self.0.stopped.store(true, Ordering::SeqCst);
        self.0.answer_all();
    }
}

impl<T: Town> Handle<T> {
    /// Hands in a command; the receiver hears once it is durable (or refused).
    pub fn send(
        &self,
        request: Request,
        command: T::Command,
    ) -> Result<oneshot::Receiver<Outcome<T::Reply>>, Busy> {
        if self.end.has_come() {
            return Err(Busy::Stopped);
        }
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Envelope { request, command, reply: Some(reply) }) {
            Ok(()) => Ok(self.sent(answer)),
            Err(TrySendError::Full(_)) => Err(Busy::Full),
            Err(TrySendError::Disconnected(_)) => Err(Busy::Stopped),
        }
    }

    /// Hands in a command, waiting for room: bulk work on a thread of its own.
    pub fn send_waiting(
        &self,
        request: Request,
        command: T::Command,
    ) -> Result<oneshot::Receiver<Outcome<T::Reply>>, Busy> {
        if self.end.has_come() {
            return Err(Busy::Stopped);
        }
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Envelope { request, command, reply: Some(reply) })
            .map(|()| self.sent(answer))
            .map_err(|_| Busy::Stopped)
    }

    /// The pen may have stopped in between. It says so before it looks through the queue for the last time, so either
    /// it has found the command there, or this finds that it has stopped.
    fn sent<A>(&self, answer: A) -> A {
        if self.end.has_come() {
            self.end.answer_all();
        }
        answer
    }

    /// Commands waiting now.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// True while no more commands are taken.
    pub fn is_full(&self) -> bool {
        self.queue.is_full()
    }
}

/// A pen at work on its thread. It stops when the last [`Handle`] is dropped, after what waited was carried out.
pub struct Running<T: Town> {
    thread: JoinHandle<Pen<T>>,
    shared: Shared<T::View>,
    handles: Weak<()>,
}

impl<T: Town> Running<T> {
    /// The readers' view.
    pub fn shared(&self) -> Shared<T::View> {
        self.shared.clone()
    }

    /// Waits until the queue is drained and every handle dropped; gives the pen back.
    pub fn join(self) -> Result<Pen<T>, String> {
        self.thread.join().map_err(|_| "the pen's thread panicked".to_string())
    }

    /// True while somebody holds a [`Handle`]: [`Running::join`] would wait for them.
    pub fn is_held(&self) -> bool {
        self.handles.strong_count() > 0
    }

    /// True when the pen's thread has ended (all handles dropped, or fenced).
    pub fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }
}

impl<T: Town> Pen<T> {
    /// Puts the pen on a thread of its own.
    pub fn spawn(mut self, options: Options) -> std::io::Result<(Handle<T>, Running<T>)> {
        let (queue, waiting) = bounded(options.queue);
        let shared = self.shared();
        let end = End { stopped: Arc::default(), waiting };
        let mine = AtEnd(end.clone());
        let thread = std::thread::Builder::new().name("pen".into()).spawn(move || {
            self.work(&mine.0.waiting, options.group);
            drop(mine);
            self
        })?;
        let alive = Arc::new(());
        let handles = Arc::downgrade(&alive);
        Ok((Handle { queue, end, alive }, Running { thread, shared, handles }))
    }

    fn work(&mut self, waiting: &Receiver<Envelope<T>>, most: usize) {
        while let Ok(first) = waiting.recv() {
            let mut group = vec![first];
            group.extend(waiting.try_iter().take(most.saturating_sub(1)));
            self.run(group);
            if self.stopped() {
                return;
            }
        }
    }
}
