//! What is known of one place, and how it is kept: in one number.

/// What is known of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in super::super) enum Cell {
    /// There is no row.
    Gap,
    /// There is a row.
    Unknown,
    /// There is a row, about so high.
    Guessed(f32),
    /// There is a row, exactly so high.
    Measured(f32),
}

impl Cell {
    /// One number a place: 0 a gap, NaN unknown, negative a guess.
    pub(super) fn pack(self) -> f32 {
        match self {
            Self::Gap => GAP,
            Self::Unknown => UNKNOWN,
            Self::Guessed(height) => -height.max(LOWEST),
            Self::Measured(height) => height.max(LOWEST),
        }
    }

    pub(super) fn unpack(number: f32) -> Self {
        if number.is_nan() {
            Self::Unknown
        } else if number == GAP {
            Self::Gap
        } else if number < 0.0 {
            Self::Guessed(-number)
        } else {
            Self::Measured(number)
        }
    }
}

pub(super) const GAP: f32 = 0.0;
pub(super) const UNKNOWN: f32 = f32::NAN;
/// A row that draws nothing is still a row.
const LOWEST: f32 = 0.001;
