//! Waiting for something another thread or process does.

use std::net::TcpListener;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(10);

/// A TCP port of the loopback address that was free a moment ago.
///
/// Another process may take it first: whoever starts a server on it should be ready to try another.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Asks `probe` again and again until it answers `Some`; panics with `what` after `limit`.
pub fn wait_for<T>(what: &str, limit: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(start.elapsed() < limit, "waited {limit:?} in vain for {what}");
        std::thread::sleep(PAUSE);
    }
}

/// Asks `probe` again and again until it answers true; panics with `what` after `limit`.
pub fn wait_until(what: &str, limit: Duration, mut probe: impl FnMut() -> bool) {
    wait_for(what, limit, || probe().then_some(()));
}
