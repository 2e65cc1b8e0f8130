//! Moving an account: what the engine does for it. The protocol is a pair of machines without I/O
//! ([`nyx_proto::moving`]); here are the disks, the link and the person that they are about.
//!
//! ```text
//!            person ──────────── questions, cancel ────────────┐
//! link ◀──▶ Connection ──frames──▶ old / new (the machine) ──▶ Desk ──▶ vault or arrival, in a thread of its own
//!                └──bulk──▶ Pump (old) / Intake (new): chunks never wait for the machine's other work
//! ```
//!
//! Invariants: what the machine wants written is written by one thread, in its order; a frame leaves only when the machine
//! says so, which is after the desk has answered; whoever locks the vault or ends the program stops the job and cancels
//! nothing, whoever cancels says so to the machine.
//!
//! Reading order: `beginning` (before there is anything to go on with), `old` and `new` (the two loops), `connection`, `desk`
//! with `outgoing` and `incoming`, `pump`; then `coming_back` (after a restart) and `settling` (after nothing is left to decide).

mod beginning;
mod coming_back;
mod connection;
mod consent;
mod desk;
mod ending;
mod incoming;
mod intake;
mod new;
mod old;
mod outgoing;
mod power;
mod pump;
mod settling;
mod telling;
mod way;
mod window;

pub(crate) use beginning::{Receiving, Sending, receive, send, weigh};
pub(crate) use coming_back::{GoingOn, drop_beside, drop_kept, go_on, go_on_receiving, kept_beside, kept_in};
pub(crate) use settling::settle;
pub(crate) use telling::Arrived;
pub use telling::{Met, MoveSize, Role, Selection, Stage, Unfinished};
