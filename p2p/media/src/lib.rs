//! Codes as pictures, and the camera that reads them.
//!
//! Pixels only: what stands in a code is a text of a stranger, and whoever asked for it has `nyx-wire` parse it. A code
//! shows a secret, so what holds its pixels is wiped, as far as it is ours.
//!
//! Reading order: [`code`] (text to picture), [`grey`] and [`reading`] (picture to text), [`mod@file`] and [`source`] (where
//! pictures come from), [`scanner`] (the threads around it, and what a window holds).

pub mod code;
pub mod file;
pub mod grey;
pub mod reading;
pub mod scanner;
pub mod source;
