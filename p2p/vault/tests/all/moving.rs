//! An account goes from one vault to another, said by the machines that say it in the program, with no network between.

mod account;
mod closing;
mod cuts;
mod hostile;
mod selecting;
mod sides;
mod whole;

pub(crate) use cuts::{script, until_full};
