//! Who may hold how many connections: one network never all of them, or it would hold the door shut for everyone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// Connections of one network at once, a quarter of all: a town hall behind one address is far below it.
const MOST: usize = 2_048;

/// Connections that are open now, by network.
#[derive(Debug, Default)]
pub(crate) struct Seats(Mutex<HashMap<IpAddr, usize>>);

/// A connection's place; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    of: Arc<Seats>,
    network: IpAddr,
}

impl Seats {
    /// A place for one more connection of a network, while it has fewer than its part.
    pub(crate) fn take(self: &Arc<Seats>, network: IpAddr) -> Option<Seat> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(network).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Seat { of: Arc::clone(self), network })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.of.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_network_leaves_places_for_others() {
        let (seats, flood, other): (Arc<Seats>, IpAddr, IpAddr) =
            (Arc::default(), [203, 0, 113, 7].into(), [203, 0, 113, 8].into());
        let mut held: Vec<Seat> = (0..MOST).map_while(|_| seats.take(flood)).collect();
        assert_eq!(held.len(), MOST);
        assert!(seats.take(flood).is_none());
        assert!(seats.take(other).is_some());
        held.pop();
        assert!(seats.take(flood).is_some(), "whoever leaves makes room");
        drop(held);
        assert!(seats.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
    }
}
