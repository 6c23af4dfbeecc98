//! The city's clock in demo mode: it starts on a given day, runs at a given speed, stops, and jumps ahead.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Instant};

#[derive(Debug, Clone)]
struct Running {
    /// The real clock at the last change.
    real: Instant,
    /// The city's clock at the last change.
    city: Instant,
    /// City seconds per real second; 0 while it stands.
    speed: u32,
    /// While days are lived through in a hurry, they move it ([`CityClock::stamp`]); the speed holds again afterwards.
    held: bool,
    /// The instants of commands to come.
    stamps: VecDeque<Instant>,
}

/// A clock that runs beside the real one. It never goes back.
pub struct CityClock {
    real: Arc<dyn Clock>,
    state: Mutex<Running>,
}

impl CityClock {
    /// Starts at an instant, at the pace of the real clock.
    pub fn new(real: Arc<dyn Clock>, start: Instant) -> CityClock {
        let state = Running { real: real.now(), city: start, speed: 1, held: false, stamps: VecDeque::new() };
        CityClock { real, state: Mutex::new(state) }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Running) -> T) -> T {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let real = self.real.now();
        (state.city, state.real) = (at(&state, real), real);
        change(&mut state)
    }

    /// City seconds per real second; 0 stands still.
    pub fn speed(&self) -> u32 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).speed
    }

    /// Sets the pace, 0 to 86,400.
    pub fn set_speed(&self, speed: u32) {
        self.change(|state| state.speed = speed.min(86_400));
    }

    /// Jumps ahead; a day that is over is not gone back to. True when it moved.
    pub fn jump_to(&self, to: Instant) -> bool {
        self.change(|state| {
            let moves = to > state.city;
            state.city = state.city.max(to);
            moves
        })
    }

    /// Stands still but for what is stamped, until [`CityClock::release`].
    pub fn hold(&self) {
        self.change(|state| state.held = true);
    }

    /// The instants of the next commands, in order.
    pub fn stamp(&self, instants: impl IntoIterator<Item = Instant>) {
        self.change(|state| state.stamps.extend(instants));
    }

    /// Runs on at its speed.
    pub fn release(&self) {
        self.change(|state| {
            state.held = false;
            state.stamps.clear();
        });
    }

    /// A command is carried out: what is stamped for it is now.
    fn next(&self) -> Instant {
        self.change(|state| {
            let stamp = state.stamps.pop_front();
            state.city = stamp.map_or(state.city, |stamp| state.city.max(stamp));
            state.city
        })
    }
}

/// The same clock as the pen reads it, once for each command: while days are lived through, each finds its own instant. What
/// visitors ask for in between takes one from the row, so that the rest come a little early; the row's end is then stood
/// at until the hour is over.
pub struct PenClock(pub Arc<CityClock>);

impl Clock for PenClock {
    fn now(&self) -> Instant {
        self.0.next()
    }
}

fn at(state: &Running, real: Instant) -> Instant {
    if state.held {
        return state.city;
    }
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

    #[test]
    fn held_it_moves_by_stamps_alone_and_runs_on_after_that() {
        let real = Arc::new(HandClock::at(Instant(0)));
        let clock = Arc::new(CityClock::new(real.clone(), Instant(1_000)));
        let pen = PenClock(Arc::clone(&clock));
        clock.set_speed(60);
        clock.hold();
        clock.stamp([Instant(1_500), Instant(900), Instant(2_000)]);
        real.set(Instant(10));
        assert_eq!(clock.now(), Instant(1_000), "a page that looks takes no stamp");
        let told: Vec<i64> = (0..4).map(|_| pen.now().0).collect();
        assert_eq!(told, [1_500, 1_500, 2_000, 2_000]);
        clock.stamp([Instant(9_000)]);
        clock.release();
        real.set(Instant(20));
        assert_eq!((clock.now(), pen.now(), clock.speed()), (Instant(2_600), Instant(2_600), 60));
    }
}
