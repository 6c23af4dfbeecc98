//! What a visitor has begun and not ended: a challenge to sign, a way to another house and back, a role to choose. Each
//! is kept for a short while, for the browser that began it, and taken once. A restart forgets them all: people begin
//! again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use base::Instant;

/// As long as someone may take over it.
const SECONDS: i64 = 600;
/// No more are kept. Then the oldest makes room of whichever address has begun the most: who fills the place pushes out
/// their own, and nobody else's.
const MOST: usize = 4_096;

struct Kept<T> {
    visit: String,
    from: u64,
    until: Instant,
    what: T,
}

/// What was begun, by random keys.
pub(crate) struct Pending<T>(Mutex<All<T>>);

struct All<T> {
    by_key: HashMap<String, Kept<T>>,
    /// Those of an address, in the order they were begun.
    of: HashMap<u64, VecDeque<String>>,
}

impl<T> All<T> {
    fn remove(&mut self, key: &str) -> Option<Kept<T>> {
        let kept = self.by_key.remove(key)?;
        if let Some(mine) = self.of.get_mut(&kept.from) {
            mine.retain(|one| one != key);
            if mine.is_empty() {
                self.of.remove(&kept.from);
            }
        }
        Some(kept)
    }

    /// The oldest of whichever address has the most; of several alike, of the one that began first.
    fn first_to_go(&self) -> Option<String> {
        let most = self.of.values().map(VecDeque::len).max()?;
        let oldest = self.of.values().filter(|one| one.len() == most).filter_map(VecDeque::front);
        oldest.min_by_key(|key| self.by_key.get(*key).map(|kept| kept.until)).cloned()
    }
}

impl<T> Default for Pending<T> {
    fn default() -> Pending<T> {
        Pending(Mutex::new(All { by_key: HashMap::new(), of: HashMap::new() }))
    }
}

impl<T> Pending<T> {
    /// Keeps something for a browser, at an address.
    pub(crate) fn put(&self, key: String, (visit, from): (&str, u64), now: Instant, what: T) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while all.by_key.len() >= MOST {
            let Some(key) = all.first_to_go() else { break };
            all.remove(&key);
        }
        all.of.entry(from).or_default().push_back(key.clone());
        let until = now.plus_seconds(SECONDS);
        all.by_key.insert(key, Kept { visit: visit.to_owned(), from, until, what });
    }

    /// Takes it, once: in the browser that began it, and in time.
    pub(crate) fn take(&self, key: &str, visit: &str, now: Instant) -> Option<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.remove(key)?;
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
        pending.put("a".into(), ("mine", 1), now, 1);
        assert_eq!(pending.look("a", "mine", now), Some(1));
        assert_eq!(pending.look("a", "other", now), None);
        assert_eq!(pending.take("a", "mine", now), Some(1));
        assert_eq!(pending.take("a", "mine", now), None, "once");
        pending.put("b".into(), ("mine", 1), now, 2);
        assert_eq!(pending.take("b", "mine", later), None, "in time");
        pending.put("c".into(), ("mine", 1), now, 3);
        assert_eq!(pending.take("c", "other", now), None, "in the browser that began it");
        assert_eq!(pending.take("c", "mine", now), None, "and a stranger's try spoils it");
    }

    #[test]
    fn no_more_than_so_many() {
        let pending = Pending::default();
        for no in 0..=MOST {
            pending.put(no.to_string(), ("v", 1), Instant(0), no);
        }
        assert_eq!(pending.take("0", "v", Instant(0)), None);
        assert_eq!(pending.take("1", "v", Instant(0)), Some(1));
        let all = pending.0.lock().unwrap();
        assert!(all.by_key.len() <= MOST && all.of.values().map(VecDeque::len).sum::<usize>() <= MOST);
    }

    /// One address that begins without end pushes out its own, also where others came before it, and after.
    #[test]
    fn nobody_pushes_out_another() {
        let pending = Pending::default();
        pending.put("before".into(), ("mine", 1), Instant(0), 0);
        for no in 0..2 * MOST {
            pending.put(format!("flood {no}"), ("flood", 2), Instant(1), no);
        }
        pending.put("after".into(), ("other", 3), Instant(2), 0);
        for no in 0..MOST {
            pending.put(format!("again {no}"), ("flood", 2), Instant(3), no);
        }
        assert_eq!(pending.0.lock().unwrap().by_key.len(), MOST);
        assert_eq!(pending.take("before", "mine", Instant(4)), Some(0));
        assert_eq!(pending.take("after", "other", Instant(4)), Some(0));
        assert_eq!(pending.take("flood 8191", "flood", Instant(4)), None, "its own oldest went");
        // Many addresses with a few each are no more than what each has begun.
        for no in 0..2 * MOST {
            pending.put(format!("crowd {no}"), ("crowd", 100 + no as u64 / 8), Instant(5), no);
        }
        pending.put("last".into(), ("mine", 1), Instant(6), 7);
        for no in 0..MOST {
            pending.put(format!("more {no}"), ("crowd", 100 + no as u64 % 400), Instant(7), no);
        }
        assert_eq!(pending.take("last", "mine", Instant(8)), Some(7));
    }
}
