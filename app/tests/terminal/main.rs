//! The real program, as a person and as another program use it.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test ends by panicking")]

mod coming_back;
mod damage;
mod doctor;
mod handing_over;
mod language;
mod life;
mod nyx;
mod person;
mod secrets;
mod usage;
