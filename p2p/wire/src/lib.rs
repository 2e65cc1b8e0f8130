//! Every byte of Nyx's own formats is parsed here and nowhere else.
//!
//! No keys, no clock, no I/O: a value goes out as bytes, bytes come in as a value or are refused.
//! Structures are deterministic CBOR (RFC 8949 §4.2) with integer keys, so there is exactly one
//! encoding of a value and a signature can cover the bytes.
//!
//! Reading order: [`codec`], then the format you came for.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod check;
pub mod codec;
pub mod content;
pub mod datagram;
pub mod demux;
pub mod door;
pub mod identity;
pub mod jpeg;
pub mod lan;
pub mod lane;
pub mod link;
pub mod moving;
pub mod pairing;
pub mod settings;
pub mod signal;
pub mod signal_bus;
pub mod vault;
