//! Two devices, their people, and everybody in between.

extern crate std;

mod by_hand;
mod device;
mod middle;
mod network;
mod offers;
mod races;
mod steps;
mod thieves;
