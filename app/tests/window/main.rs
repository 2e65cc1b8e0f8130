//! The window, drawn without a display over a real engine and a real vault.
#![expect(clippy::unwrap_used, reason = "a test ends by panicking")]

mod attaching;
mod begun;
mod chats;
mod codes;
mod coming_back;
mod composing;
mod connection;
mod conversation;
mod copying;
mod drafts;
mod errands;
mod first_start;
mod gallery;
mod keyring;
mod left_alone;
mod list;
mod looks;
mod moving;
mod names;
mod notes;
mod person;
mod secrets;
mod service;
mod settings;
mod time;
mod torture;
mod under_way;
mod walk;
mod written;
