//! What the vault promises, shown from outside.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking and prints its seed"
)]

mod attached;
mod backup;
mod blobs;
mod damage;
mod disappearing;
mod erasing;
mod faults;
mod finding;
mod ground;
mod keyring;
mod life;
mod moving;
mod opening;
mod origin;
mod places;
mod power;
mod removing;
mod script;
