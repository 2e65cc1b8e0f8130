//! The service from outside: real sockets, real processes, a real relay, a real Redis.

mod client;
mod instances;
mod limits;
mod program;
mod relays;
mod rooms;
