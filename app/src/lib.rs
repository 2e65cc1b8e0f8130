//! Nyx, the program: a window and a terminal over one engine.
//!
//! Both send commands to `nyx-p2p` and show its events; neither holds keys or touches the vault. The library is there so
//! that tests and benches can use the screens; the program is [`main`].
//!
//! Reading order: `text` (every sentence), `cli` (one command of the terminal), `window` (the desktop).

mod cli;
pub mod keyring;
mod memory;
mod setup;
mod strength;
pub mod text;
#[cfg(feature = "desktop")]
pub mod window;

pub use cli::main;
