//! What reaches other devices: one WebRTC link a peer, and the ways to meet before there is one: the local network, and
//! the client of a service that introduces.
//!
//! Invariants: nothing starts, binds or sends that [`policy`] has not granted; a link is handed out only after the
//! certificate at the other end was compared with the sealed description; every queue is bounded, in bytes, by credit;
//! whatever ends says why.
//!
//! Reading order: [`policy`] (a pure decision), [`link`] (the connection), [`lane`] (what travels on it), `socket` (what the
//! connection may touch), `fast` (QUIC for bulk beside it), [`carrier`] (what a meeting needs of the ways to meet), [`lan`] (the local
//! network), [`signal`] (the client of a signalling service). `p2p/docs/link.md` tells it in one go.

pub mod carrier;
pub mod lan;
pub mod lane;
pub mod link;
pub mod policy;
pub mod probe;
pub mod signal;

mod fast;
mod interfaces;
mod socket;

pub use interfaces::{Interfaces, Local};
pub use socket::listen;
