//! Two devices, their disks, and everybody who wants to break a move.

extern crate std;

mod account;
mod attacks;
mod cancelling;
mod kills;
mod meeting;
mod new;
mod old;
mod stalls;
mod world;
