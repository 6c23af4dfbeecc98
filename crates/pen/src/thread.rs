//! The pen's thread and the bounded queue before it.

use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use tokio::sync::oneshot;

use crate::{Envelope, Options, Outcome, Pen, Request, Shared, Town};

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
}

impl<T: Town> Clone for Handle<T> {
    fn clone(&self) -> Self {
        Handle { queue: self.queue.clone() }
    }
}

impl<T: Town> Handle<T> {
    /// Hands in a command; the receiver hears once it is durable (or refused).
    pub fn send(
        &self,
        request: Request,
        command: T::Command,
    ) -> Result<oneshot::Receiver<Outcome<T::Reply>>, Busy> {
        let (reply, answer) = oneshot::channel();
        match self.queue.try_send(Envelope { request, command, reply: Some(reply) }) {
            Ok(()) => Ok(answer),
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
        let (reply, answer) = oneshot::channel();
        self.queue
            .send(Envelope { request, command, reply: Some(reply) })
            .map(|()| answer)
            .map_err(|_| Busy::Stopped)
    }

    /// Commands waiting now.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }
}

/// A pen at work on its thread. It stops when the last [`Handle`] is dropped, after what waited was carried out.
pub struct Running<T: Town> {
    thread: JoinHandle<Pen<T>>,
    shared: Shared<T::View>,
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
        let thread = std::thread::Builder::new().name("pen".into()).spawn(move || {
            self.work(&waiting, options.group);
            self
        })?;
        Ok((Handle { queue }, Running { thread, shared }))
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
