//! What readers see: books and town as of the last durable group.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use base::Instant;
use ledger::Books;

/// Everything published at one sequence.
#[derive(Debug)]
pub struct View<V> {
    /// The last published group.
    pub sequence: u64,
    /// That group's nonce: tells a restored backup from the city it was taken of.
    pub nonce: u64,
    /// The instant of the last published command.
    pub at: Instant,
    /// The last request without a posting.
    pub requests: u64,
    /// All balances.
    pub books: Books,
    /// The town's own part.
    pub town: V,
}

/// The readers' handle on the view.
pub struct Shared<V>(Arc<RwLock<View<V>>>);

impl<V> Clone for Shared<V> {
    fn clone(&self) -> Self {
        Shared(Arc::clone(&self.0))
    }
}

impl<V> Shared<V> {
    /// Shares a view.
    pub fn new(view: View<V>) -> Shared<V> {
        Shared(Arc::new(RwLock::new(view)))
    }

    /// The view as it is now. Hold it briefly: publishing waits for readers.
    pub fn read(&self) -> RwLockReadGuard<'_, View<V>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The view, not older than a sequence that was seen in the database. Publishing follows a commit within
    /// microseconds, so this waits little; after a second it gives what there is (the pen has stopped).
    pub fn read_from(&self, sequence: u64) -> RwLockReadGuard<'_, View<V>> {
        for _ in 0..10_000 {
            let view = self.read();
            if view.sequence >= sequence {
                return view;
            }
            drop(view);
            std::thread::sleep(Duration::from_micros(100));
        }
        self.read()
    }

    pub(crate) fn publish(&self, change: impl FnOnce(&mut View<V>)) {
        let mut view = self.0.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut view);
    }
}
