//! Links and meetings over real sockets; where networks can be made, over bad ones.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends by panicking"
)]

mod changes;
mod ends;
mod fast;
mod handshakes;
mod hostile;
mod interop;
mod lan;
mod lanes;
mod log;
mod networks;
mod places;
mod sdp;
mod signal;
