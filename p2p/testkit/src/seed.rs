//! Randomness that can be repeated.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

/// A deterministic generator: tests need repeatable choices, not secrets.
#[derive(Clone, Debug)]
pub struct Seeded(ChaCha8Rng);

impl Seeded {
    /// From `NYX_SEED` if it is set, else from the operating system. Prints the seed, so that a failure can be repeated.
    pub fn from_environment(test: &str) -> Self {
        let seed = match std::env::var("NYX_SEED") {
            Ok(text) => text.parse().expect("NYX_SEED is a number"),
            Err(_) => getrandom::u64().expect("the operating system gives random bytes"),
        };
        println!("{test}: NYX_SEED={seed}");
        Self::new(seed)
    }

    /// From a number.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end.max(1)
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
