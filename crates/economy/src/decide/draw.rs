//! A draw that anyone can do again.
//!
//! Before anyone may ask, the city makes a seed of 32 random bytes and publishes its SHA-256. Whoever asks gets a ticket:
//! 1, 2, 3… After the close the seed is published, with what was named beforehand and nobody could know by then (the
//! beacon). The score of a ticket is the SHA-256 of seed, beacon and ticket; the lowest scores win.

use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The seed's commitment, in hex: published before anyone asks.
pub fn commitment(seed: &[u8; 32]) -> String {
    hex(&Sha256::digest(seed))
}

/// A ticket's score: SHA-256 of the seed's 32 bytes, the beacon in UTF-8, a zero byte, and the ticket as 4 bytes, the
/// greatest first.
pub fn score(seed: &[u8; 32], beacon: &str, ticket: u32) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(seed);
    hasher.update(beacon.as_bytes());
    hasher.update([0]);
    hasher.update(ticket.to_be_bytes());
    hasher.finalize().into()
}

/// The winning tickets among those that may win, in ascending order: `count` of them, or all if there are fewer.
pub fn winners(seed: &[u8; 32], beacon: &str, tickets: &[u32], count: usize) -> Vec<u32> {
    let mut scored: Vec<([u8; 32], u32)> =
        tickets.iter().map(|ticket| (score(seed, beacon, *ticket), *ticket)).collect();
    scored.sort_unstable();
    let mut won: Vec<u32> = scored.into_iter().take(count).map(|(_, ticket)| ticket).collect();
    won.sort_unstable();
    won
}

/// Bytes as hex digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text can't fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with `sha256sum`: 32 zero bytes; 32 zero bytes, `1 2 3`, a zero byte, 00000001.
    #[test]
    fn others_compute_the_same() {
        let seed = [0; 32];
        assert_eq!(commitment(&seed), "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925");
        assert_eq!(
            hex(&score(&seed, "1 2 3", 1)),
            "1c3cb90db2603d92d521eab4b9e26d9c39e1b6a27280453556215e8097630159"
        );
    }

    #[test]
    fn every_ticket_has_the_same_chance() {
        let tickets: Vec<u32> = (1..=100).collect();
        let mut won = [0u32; 100];
        for draw in 0..2_000u32 {
            let mut seed = [0; 32];
            seed[..4].copy_from_slice(&draw.to_be_bytes());
            let winners = winners(&seed, "", &tickets, 10);
            assert_eq!(winners.len(), 10);
            winners.iter().for_each(|ticket| won[*ticket as usize - 1] += 1);
        }
        // 200 times each on average; the standard deviation is 13.4, six of them 80.
        assert!(won.iter().all(|count| (120..=280).contains(count)), "{won:?}");
    }

    #[test]
    fn who_may_not_win_takes_nobody_s_place() {
        let seed = [7; 32];
        let all: Vec<u32> = (1..=20).collect();
        let first = winners(&seed, "x", &all, 5);
        let without: Vec<u32> = all.iter().copied().filter(|ticket| *ticket != first[0]).collect();
        let second = winners(&seed, "x", &without, 5);
        assert_eq!(second.len(), 5);
        assert!(first[1..].iter().all(|ticket| second.contains(ticket)));
        assert_eq!(winners(&seed, "x", &[], 5), Vec::<u32>::new());
    }
}
