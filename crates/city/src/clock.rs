//! The city's clock in demo mode: it starts on a given day, runs at a given speed, stops, and jumps ahead.

use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Instant};

#[derive(Debug, Clone, Copy)]
struct Running {
    /// The real clock at the last change.
    real: Instant,
    /// The city's clock at the last change.
    city: Instant,
    /// City seconds per real second; 0 while it stands.
    speed: u32,
}

/// A clock that runs beside the real one. It never goes back.
pub struct CityClock {
    real: Arc<dyn Clock>,
    state: Mutex<Running>,
}

impl CityClock {
    /// Starts at an instant, at the pace of the real clock.
    pub fn new(real: Arc<dyn Clock>, start: Instant) -> CityClock {
        let state = Running { real: real.now(), city: start, speed: 1 };
        CityClock { real, state: Mutex::new(state) }
    }

    fn change(&self, change: impl FnOnce(Running) -> Running) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Running { real: self.real.now(), city: at(&state, self.real.now()), ..*state };
        *state = change(now);
    }

    /// City seconds per real second; 0 stands still.
    pub fn speed(&self) -> u32 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).speed
    }

    /// Sets the pace, 0 to 86,400.
    pub fn set_speed(&self, speed: u32) {
        self.change(|state| Running { speed: speed.min(86_400), ..state });
    }

    /// Jumps ahead; a day that is over is not gone back to. True when it moved.
    pub fn jump_to(&self, to: Instant) -> bool {
        let before = self.now();
        self.change(|state| Running { city: state.city.max(to), ..state });
        to > before
    }
}

fn at(state: &Running, real: Instant) -> Instant {
    let passed = real.0.saturating_sub(state.real.0).max(0);
    Instant(state.city.0.saturating_add(passed.saturating_mul(i64::from(state.speed))))
}

impl Clock for CityClock {
    fn now(&self) -> Instant {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        at(&state, self.real.now())
    }
}

/// A clock that is moved by hand: scripts, the town builder, tests.
#[derive(Debug, Default)]
pub struct HandClock(std::sync::atomic::AtomicI64);

impl HandClock {
    /// Stands at an instant.
    pub fn at(start: Instant) -> HandClock {
        HandClock(std::sync::atomic::AtomicI64::new(start.0))
    }

    /// Moves it.
    pub fn set(&self, to: Instant) {
        self.0.store(to.0, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_runs_stands_and_jumps_but_never_back() {
        let real = Arc::new(HandClock::at(Instant(0)));
        let clock = CityClock::new(real.clone(), Instant(1_000_000));
        real.set(Instant(10));
        assert_eq!(clock.now(), Instant(1_000_010));
        clock.set_speed(60);
        real.set(Instant(20));
        assert_eq!(clock.now(), Instant(1_000_610));
        clock.set_speed(0);
        real.set(Instant(1_000));
        assert_eq!(clock.now(), Instant(1_000_610));
        assert!(!clock.jump_to(Instant(5)));
        assert_eq!(clock.now(), Instant(1_000_610));
        assert!(clock.jump_to(Instant(9_000_000)));
        assert_eq!(clock.now(), Instant(9_000_000));
    }
}
