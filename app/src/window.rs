//! The window: screens over the engine.
//!
//! A screen reads [`Model`](model::Model), keeps only what its widgets need, and sends commands; it does no I/O, no
//! cryptography and never waits. Events are folded into the model once a frame. Nothing repaints while nothing changes:
//! a frame happens because of input, of an event, or of a time that was asked for.
//!
//! Reading order: [`app`] (one frame), [`model`] and [`jobs`] (what is known), [`rows`], [`attached`] and [`pictures`]
//! (what of the history is in memory), `screens` (one file each), [`theme`].

pub mod app;
pub mod appearance;
pub mod attached;
mod banner;
mod clipboard;
pub mod cx;
pub mod desktop;
mod engine;
mod errands;
pub mod escape;
pub mod eyes;
pub mod fonts;
pub mod icons;
pub mod jobs;
mod link;
pub mod model;
pub mod pictures;
#[cfg(test)]
mod rehearsal;
pub mod rows;
mod run;
mod screens;
mod sentence;
pub mod sight;
pub mod theme;
pub mod times;
pub mod widgets;

pub use run::run;
pub use screens::message;
