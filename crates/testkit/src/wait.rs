//! Waiting for something another thread or process does.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(10);

/// A TCP port of the loopback address that was free a moment ago.
///
/// Below the range that outgoing connections take theirs from (Linux: from 32,768), so that a server that is stopped and
/// started again finds its port free. Another process may still take it first: whoever starts a server on it should be
/// ready to try another.
pub fn free_port() -> u16 {
    const FIRST: u32 = 20_000;
    const MANY: u32 = 12_000;
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let own = std::process::id().wrapping_mul(97);
    loop {
        let at = own.wrapping_add(ASKED.fetch_add(1, Ordering::Relaxed)) % MANY;
        let port = u16::try_from(FIRST + at).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
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
