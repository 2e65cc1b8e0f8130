//! The real program, as a person and as another program use it.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends by panicking, and says how long somebody would have waited"
)]

mod choices;
mod coming_back;
mod damage;
mod disks;
mod doctor;
mod elsewhere;
mod faults;
mod handing_over;
mod killing;
mod language;
mod life;
mod mover;
mod moving;
mod networks;
mod nyx;
mod person;
mod secrets;
mod service;
mod settling;
mod usage;
mod watched;
mod window;
