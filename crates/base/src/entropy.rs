//! Randomness, handed in like time.

use rand_chacha::ChaCha12Rng;
use rand_core::{RngCore, SeedableRng};

/// A source of random bits.
pub trait Entropy: Send {
    /// 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// A number below `bound`, without bias worth speaking of (64-bit multiply-shift). Zero for a bound of zero.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

/// Repeatable randomness from a seed: the demo town, tests, replay.
#[derive(Debug, Clone)]
pub struct Seeded(ChaCha12Rng);

impl Seeded {
    /// The same seed gives the same stream, on every machine.
    pub fn new(seed: u64) -> Seeded {
        Seeded(ChaCha12Rng::seed_from_u64(seed))
    }
}

impl Entropy for Seeded {
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// Unpredictable randomness, seeded from the operating system: ids and secrets in earnest.
#[derive(Debug)]
pub struct SystemEntropy(ChaCha12Rng);

impl SystemEntropy {
    /// Fails when the operating system has no randomness to give.
    pub fn new() -> Result<SystemEntropy, String> {
        let mut seed = [0u8; 32];
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the system's randomness comes in"
        )]
        getrandom::fill(&mut seed).map_err(|error| format!("no randomness from the system: {error}"))?;
        Ok(SystemEntropy(ChaCha12Rng::from_seed(seed)))
    }
}

impl Entropy for SystemEntropy {
    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }
}
