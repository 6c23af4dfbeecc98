//! The bounded queue before the writer's thread.
//!
//! Under one lock: whoever puts something in finds either a writer that will take it, or that it has ended. Nobody is
//! left waiting for an answer.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use base::Instant;
use tokio::sync::oneshot;

use crate::{Busy, Disposal, Failure, Kept, Look};

/// One call's looks, and who waits for them.
pub(crate) struct Call {
    pub(crate) looks: Vec<Look>,
    pub(crate) reply: oneshot::Sender<Result<Kept, Failure>>,
}

/// Somebody wants old entries disposed of.
pub(crate) struct Dispose {
    pub(crate) before: Instant,
    pub(crate) at: Instant,
    pub(crate) reply: oneshot::Sender<Result<Option<Disposal>, Failure>>,
}

/// What the writer takes at once.
#[derive(Default)]
pub(crate) struct Taken {
    pub(crate) calls: Vec<Call>,
    pub(crate) dispose: VecDeque<Dispose>,
}

pub(crate) struct Queue {
    most: usize,
    state: Mutex<State>,
    come: Condvar,
}

#[derive(Default)]
struct State {
    calls: VecDeque<Call>,
    /// Looks in all of them.
    looks: usize,
    dispose: VecDeque<Dispose>,
    /// The last handle is gone.
    closed: bool,
    /// The writer has ended.
    ended: bool,
}

impl Queue {
    pub(crate) fn new(most: usize) -> Queue {
        Queue { most, state: Mutex::default(), come: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An empty queue takes any call, even one with more looks than it has room for.
    pub(crate) fn put(&self, call: Call) -> Result<(), Busy> {
        let mut state = self.lock();
        if state.ended {
            return Err(Busy::Ended);
        }
        if state.looks > 0 && state.looks + call.looks.len() > self.most {
            return Err(Busy::Full);
        }
        state.looks += call.looks.len();
        state.calls.push_back(call);
        drop(state);
        self.come.notify_one();
        Ok(())
    }

    pub(crate) fn put_dispose(&self, dispose: Dispose) -> Result<(), Busy> {
        let mut state = self.lock();
        if state.ended {
            return Err(Busy::Ended);
        }
        state.dispose.push_back(dispose);
        drop(state);
        self.come.notify_one();
        Ok(())
    }

    /// Takes calls until they have `most` looks, and all disposals. Waits for something to come, if told to; `None`
    /// when everything is taken and nothing will come any more.
    pub(crate) fn take(&self, most: usize, wait: bool) -> Option<Taken> {
        let mut state = self.lock();
        while wait && state.calls.is_empty() && state.dispose.is_empty() {
            if state.closed {
                return None;
            }
            state = self.come.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let mut taken = Taken { calls: Vec::new(), dispose: std::mem::take(&mut state.dispose) };
        let mut looks = 0;
        while looks < most
            && let Some(call) = state.calls.pop_front()
        {
            looks += call.looks.len();
            taken.calls.push(call);
        }
        state.looks -= looks;
        Some(taken)
    }

    /// Looks waiting now.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().looks
    }

    /// Nothing will be put in any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.come.notify_one();
    }

    /// Nothing will be taken out any more: whoever waits hears so, since what would answer is dropped.
    pub(crate) fn end(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.looks = 0;
        let left = (std::mem::take(&mut state.calls), std::mem::take(&mut state.dispose));
        drop(state);
        drop(left);
    }
}
