//! The thread that follows the journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant as Stopwatch};

use base::PostingNo;
use pen::Shared;

use super::Sealing;
use crate::CityView;

/// How often it looks whether there is something to seal: about so long a payment waits for its seal.
const LOOK: Duration = Duration::from_millis(250);
/// How long it waits after a failure.
const AGAIN: Duration = Duration::from_secs(5);

/// The running follower.
#[derive(Debug)]
pub(crate) struct Follower {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// Seals what is left, and ends: whoever lets go of a city doesn't leave a thread behind that reads its files.
impl Drop for Follower {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        if thread.join().is_err() {
            tracing::error!("the sealing thread panicked");
        }
    }
}

impl Follower {
    /// Follows what readers see, which is durable.
    pub fn spawn(sealing: Arc<Sealing>, shared: Shared<CityView>) -> std::io::Result<Follower> {
        let stop = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("seal".into()).spawn(move || {
            while !seen.load(Ordering::Relaxed) {
                let last = shared.read().books.last_posting();
                let pause = follow(&sealing, last, &seen);
                std::thread::park_timeout(pause);
            }
            // What is durable is sealed before the city closes, if that is a matter of moments: a copy of its folder is
            // then whole. Else the next start goes on.
            let last = shared.read().books.last_posting();
            if sealing.is_near(last) {
                follow(&sealing, last, &AtomicBool::new(false));
            }
        })?;
        Ok(Follower { stop, thread: Some(thread) })
    }
}

fn follow(sealing: &Sealing, last: PostingNo, stop: &AtomicBool) -> Duration {
    if sealing.sealed() >= last.0 {
        return LOOK;
    }
    sealing.standing().behind_since.get_or_insert_with(Stopwatch::now);
    loop {
        match sealing.step(last) {
            Ok(true) if stop.load(Ordering::Relaxed) => return LOOK,
            Ok(true) => {}
            Ok(false) => {
                sealing.level();
                return LOOK;
            }
            Err(error) => {
                let mut state = sealing.standing();
                if !state.failing {
                    tracing::error!(%error, "postings can't be sealed; payments go on, and it is tried again");
                }
                state.failing = true;
                return AGAIN;
            }
        }
    }
}

impl Sealing {
    /// Everything that was there when it was looked at is sealed.
    fn level(&self) {
        let mut state = self.standing();
        if let Some(since) = state.behind_since.take() {
            state.longest = state.longest.max(since.elapsed());
        }
        if state.failing {
            tracing::info!("postings are sealed again");
        }
        state.failing = false;
    }
}
