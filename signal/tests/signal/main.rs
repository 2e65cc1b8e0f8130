//! The service from outside: real sockets, real processes, a real relay, a real Redis.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test ends by panicking"
)]

mod client;
mod instances;
mod limits;
mod private;
mod program;
mod relays;
mod rooms;
