//! The engine as a front end sees it: commands in, events out.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking")]

mod account;
mod chats;
mod door;
mod front;
mod ground;
mod keyring;
mod lanes;
mod locking;
mod making;
mod moving;
mod networks;
mod notes;
mod pairing;
mod pictures;
mod saving;
