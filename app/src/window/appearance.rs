//! What the window looks like before anybody has unlocked it: language, look, scale. It is not secret and does not move
//! to another device, so it lies in a plain file and not in the vault (decision 0021).

pub mod kept;

use crate::text::Language;

/// How the window looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Appearance {
    /// The language of every sentence.
    pub language: Language,
    /// The colours.
    pub look: Look,
    /// 1 is the system's own size; see [`SCALES`].
    pub scale: f32,
}

/// A set of colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Look {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
    /// White on black, with borders.
    Contrast,
}

impl Default for Appearance {
    fn default() -> Self {
        Self { language: Language::from_environment(), look: Look::default(), scale: 1.0 }
    }
}

/// The scales that settings offer.
pub const SCALES: [f32; 7] = [0.8, 0.9, 1.0, 1.25, 1.5, 1.75, 2.0];
