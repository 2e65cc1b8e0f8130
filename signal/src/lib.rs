//! Introduces two devices that already share a code, and reads nothing of what it carries.
//!
//! The same library is the service `nyx-signal` and the meeting place that an app hosts for its own peer.
//! What travels is described in `p2p/docs/protocol/signalling.md`; running it, in `p2p/docs/operating-nyx-signal.md`.
//!
//! Invariants: a payload is never parsed, logged or counted by more than its length; a room has two seats; every limit
//! stands in [`Limits`] with its reason; whatever is lost or refused, the client is told.
//!
//! Reading order: `room` (a pure machine), `hub` (what connections share), `connection` (one socket), `server`
//! (sockets become connections), `private` (a place that an app hosts); then `bus` and `redis` (several instances).

#![cfg_attr(
    not(feature = "service"),
    allow(dead_code, reason = "an embedded instance is the only one, so nobody drives what several need")
)]

mod address;
mod bus;
mod connection;
mod gate;
mod hub;
mod ice;
mod limits;
mod metrics;
mod number;
mod outgoing;
mod private;
mod room;
mod server;
mod socket;

#[cfg(feature = "service")]
pub mod service;

pub use address::{Network, NotANetwork, TrustedProxies};
pub use ice::{IceServers, TurnSecret};
pub use limits::Limits;
pub use metrics::Metrics;
pub use private::Private;
pub use server::{Options, Server};
