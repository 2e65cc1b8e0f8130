//! What is dark and what is light: each pixel against the mean of its surroundings, so that shadows and lamps do not
//! matter.

use crate::grey::Grey;
use zeroize::Zeroizing;

/// A picture of dark and light.
pub(super) struct Dark {
    width: usize,
    height: usize,
    bits: Zeroizing<Vec<bool>>,
}

impl Dark {
    /// Against the mean of a square around each pixel whose edge is a given part of the picture's shorter edge.
    pub(super) fn of(grey: &Grey, part: usize) -> Self {
        let (width, height) = (grey.width(), grey.height());
        let reach = (width.min(height) / part / 2).max(REACH_MIN);
        let sums = sums(grey);
        let stride = width + 1;
        let mut bits = Zeroizing::new(Vec::with_capacity(width * height));
        for (y, row) in (0..height).map(|y| (y, grey.row(y))) {
            let (top, bottom) = (y.saturating_sub(reach), (y + reach + 1).min(height));
            for (x, pixel) in row.iter().enumerate() {
                let (left, right) = (x.saturating_sub(reach), (x + reach + 1).min(width));
                // The sums wrap around; their differences do not.
                let sum = sums[bottom * stride + right]
                    .wrapping_sub(sums[bottom * stride + left])
                    .wrapping_sub(sums[top * stride + right])
                    .wrapping_add(sums[top * stride + left]);
                let count = u32::try_from((bottom - top) * (right - left)).unwrap_or(u32::MAX);
                bits.push((u32::from(*pixel) + BIAS) * count < sum);
            }
        }
        Self { width, height, bits }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn height(&self) -> usize {
        self.height
    }

    pub(super) fn row(&self, y: usize) -> &[bool] {
        &self.bits[y * self.width..(y + 1) * self.width]
    }

    pub(super) fn at(&self, x: usize, y: usize) -> bool {
        self.bits[y * self.width + x]
    }

    /// Where a point lies, or `None` outside.
    pub(super) fn under(&self, x: f32, y: f32) -> Option<bool> {
        let inside = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
        inside.then(|| self.at(x as usize, y as usize))
    }
}

/// The sum of all pixels above and to the left of each corner between pixels.
fn sums(grey: &Grey) -> Zeroizing<Vec<u32>> {
    let stride = grey.width() + 1;
    let mut sums = Zeroizing::new(vec![0_u32; stride * (grey.height() + 1)]);
    for y in 0..grey.height() {
        let mut row = 0_u32;
        for (x, pixel) in grey.row(y).iter().enumerate() {
            row = row.wrapping_add(u32::from(*pixel));
            sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1].wrapping_add(row);
        }
    }
    sums
}

/// So much darker than its surroundings is dark: less is noise on a plain wall.
const BIAS: u32 = 3;
/// A smaller square would lie inside one module of a code that fills the picture.
const REACH_MIN: usize = 8;
