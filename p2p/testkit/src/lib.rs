//! What the tests of several crates share. Never linked into anything that ships.
//!
//! - [`seed`]: randomness that can be repeated, because its seed is printed.
//! - [`network`]: a bad network in virtual time, for machines that do no I/O.
//! - [`hosts`]: hosts of this machine's own, with a real network between them, as bad as wanted.
//! - [`process`]: real processes that never outlive their test.
//! - [`soak`]: whether the long versions are wanted.
#![expect(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test ends by panicking")]

pub mod hosts;
pub mod network;
pub mod process;
pub mod seed;

/// Picks how often to repeat: `short` in `make test`, `long` in `make soak`, which sets `NYX_SOAK`.
pub fn soak(short: usize, long: usize) -> usize {
    if std::env::var_os("NYX_SOAK").is_some_and(|value| !value.is_empty() && value != "0") { long } else { short }
}
