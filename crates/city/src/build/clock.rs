//! The clock of the script: every command has its own instant, written beside it.

use std::sync::{Mutex, PoisonError};

use base::{Clock, Instant};

/// Gives one instant after the other: the pen asks once for each command. When it asks more often (a group that is
/// carried out again), the last instant stands still; instants of the journal never decrease either way.
pub(super) struct ScriptClock(Mutex<Script>);

struct Script {
    instants: Vec<Instant>,
    next: usize,
}

impl ScriptClock {
    pub(super) fn new() -> ScriptClock {
        ScriptClock(Mutex::new(Script { instants: Vec::new(), next: 0 }))
    }

    /// The instants of the next group.
    pub(super) fn play(&self, instants: Vec<Instant>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Script { instants, next: 0 };
    }
}

impl Clock for ScriptClock {
    fn now(&self) -> Instant {
        let mut script = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = script.next.min(script.instants.len().saturating_sub(1));
        script.next += 1;
        script.instants.get(at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_gives_one_after_the_other_and_then_stands() {
        let clock = ScriptClock::new();
        clock.play(vec![Instant(5), Instant(7)]);
        let read: Vec<i64> = (0..4).map(|_| clock.now().0).collect();
        assert_eq!(read, [5, 7, 7, 7]);
        clock.play(vec![Instant(9)]);
        assert_eq!(clock.now(), Instant(9));
    }
}
