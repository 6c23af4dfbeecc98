//! What a demo's town is at, for whoever shows it: how lively it is, and the days it is being taken through.

use std::sync::{Mutex, MutexGuard, PoisonError};

use base::Instant;

use super::traffic::Now;

/// Days that are being lived through in a hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leap {
    /// Where they began.
    pub from: Instant,
    /// Where they end.
    pub to: Instant,
}

#[derive(Debug, Default)]
struct State {
    now: Option<Now>,
    leap: Option<Leap>,
    /// Whoever asked for it has seen enough.
    stopped: bool,
}

/// Shared by the pages, which ask, and by whoever carries it out.
#[derive(Debug, Default)]
pub struct Life(Mutex<State>);

impl Life {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wants the days between two instants to be lived through. One after the other: false while others are.
    pub fn leap(&self, from: Instant, to: Instant) -> bool {
        let mut state = self.state();
        let free = state.leap.is_none() && to > from;
        if free {
            (state.leap, state.stopped) = (Some(Leap { from, to }), false);
        }
        free
    }

    /// The days that are being lived through, or are to be.
    pub fn leaping(&self) -> Option<Leap> {
        self.state().leap
    }

    /// Stays where the town is by now.
    pub fn stop(&self) {
        self.state().stopped = true;
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.state().stopped
    }

    /// They are over, or broke off.
    pub fn arrived(&self) {
        self.state().leap = None;
    }

    /// How lively the town is now; `None` without townsfolk.
    pub fn now(&self) -> Option<Now> {
        self.state().now
    }

    /// Says how lively it is.
    pub fn say(&self, now: Now) {
        self.state().now = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_leap_after_the_other() {
        let life = Life::default();
        assert!(!life.leap(Instant(5), Instant(5)), "nowhere to go");
        assert!(life.leap(Instant(5), Instant(9)));
        life.stop();
        assert!(life.is_stopped());
        assert!(!life.leap(Instant(6), Instant(12)), "one is under way");
        life.arrived();
        assert_eq!(life.leaping(), None);
        assert!(life.leap(Instant(6), Instant(12)));
        assert!(!life.is_stopped(), "the word to stop was for the one before");
    }
}
