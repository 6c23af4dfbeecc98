//! What a visitor has begun and not ended: a challenge to sign, a way to another house and back, a role to choose. Each
//! is kept for a short while, for the browser that began it, and taken once. A restart forgets them all: people begin
//! again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use base::Instant;

/// As long as someone may take over it.
const SECONDS: i64 = 600;
/// No more are kept; the oldest makes room.
const MOST: usize = 4_096;

struct Kept<T> {
    visit: String,
    until: Instant,
    what: T,
}

/// What was begun, by random keys.
pub(crate) struct Pending<T>(Mutex<All<T>>);

struct All<T> {
    by_key: HashMap<String, Kept<T>>,
    /// In the order they were begun; some were taken since.
    order: VecDeque<String>,
}

impl<T> Default for Pending<T> {
    fn default() -> Pending<T> {
        Pending(Mutex::new(All { by_key: HashMap::new(), order: VecDeque::new() }))
    }
}

impl<T> Pending<T> {
    /// Keeps something for a browser.
    pub(crate) fn put(&self, key: String, visit: &str, now: Instant, what: T) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while all.order.len() >= MOST {
            if let Some(oldest) = all.order.pop_front() {
                all.by_key.remove(&oldest);
            }
        }
        all.order.push_back(key.clone());
        all.by_key.insert(key, Kept { visit: visit.to_owned(), until: now.plus_seconds(SECONDS), what });
    }

    /// Takes it, once: in the browser that began it, and in time.
    pub(crate) fn take(&self, key: &str, visit: &str, now: Instant) -> Option<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.by_key.remove(key)?;
        (kept.visit == visit && now < kept.until).then_some(kept.what)
    }
}

impl<T: Clone> Pending<T> {
    /// Looks at it and leaves it there.
    pub(crate) fn look(&self, key: &str, visit: &str, now: Instant) -> Option<T> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.by_key.get(key)?;
        (kept.visit == visit && now < kept.until).then(|| kept.what.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_in_time_and_in_one_browser() {
        let pending = Pending::default();
        let now = Instant(0);
        let later = now.plus_seconds(SECONDS);
        pending.put("a".into(), "mine", now, 1);
        assert_eq!(pending.look("a", "mine", now), Some(1));
        assert_eq!(pending.look("a", "other", now), None);
        assert_eq!(pending.take("a", "mine", now), Some(1));
        assert_eq!(pending.take("a", "mine", now), None, "once");
        pending.put("b".into(), "mine", now, 2);
        assert_eq!(pending.take("b", "mine", later), None, "in time");
        pending.put("c".into(), "mine", now, 3);
        assert_eq!(pending.take("c", "other", now), None, "in the browser that began it");
        assert_eq!(pending.take("c", "mine", now), None, "and a stranger's try spoils it");
    }

    #[test]
    fn no_more_than_so_many() {
        let pending = Pending::default();
        for no in 0..=MOST {
            pending.put(no.to_string(), "v", Instant(0), no);
        }
        assert_eq!(pending.take("0", "v", Instant(0)), None);
        assert_eq!(pending.take("1", "v", Instant(0)), Some(1));
        let all = pending.0.lock().unwrap();
        assert!(all.by_key.len() <= MOST && all.order.len() <= MOST);
    }
}
