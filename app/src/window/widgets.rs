//! Widgets that egui does not have, or that look alike on every screen.

pub(crate) mod button;
pub(crate) mod choice;
pub mod code;
pub(crate) mod emoji;
pub(crate) mod field;
pub(crate) mod file;
pub mod list;
pub(crate) mod new_secret;
pub(crate) mod page;
pub(crate) mod phrase_entry;
pub(crate) mod question;
pub(crate) mod radio;
pub mod scan;
pub(crate) mod secret;
pub(crate) mod strength;
pub(crate) mod task;
