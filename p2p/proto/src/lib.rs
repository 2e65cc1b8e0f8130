//! The protocols of Nyx as state machines.
//!
//! No clock, no socket, no randomness of their own: a machine is told the time, handed bytes, and gives back its next
//! state and what to do. One struct is one state; a transition consumes it, so an answer cannot be used twice and no
//! step can be skipped.
//!
//! Reading order: [`limits`], then the protocol you came for.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod limits;
pub mod moving;
pub mod pairing;
pub mod recovery;
