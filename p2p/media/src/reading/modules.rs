//! From a grid over the picture to the bits of a code, and from these to its text.

use super::grid::Grid;
use crate::{grey::Grey, reading::Budget};
use rqrr::SimpleGrid;
use std::panic::{AssertUnwindSafe, catch_unwind};
use zeroize::Zeroizing;

/// The text of the code that lies under the grid.
pub(super) fn read(grey: &Grey, grid: &Grid, budget: &mut Budget) -> Option<Zeroizing<Vec<u8>>> {
    for spread in SPREADS {
        let seen = Modules::seen(grey, grid, spread);
        for sharpness in SHARPNESS {
            let sharp = seen.sharpened(sharpness);
            for threshold in [Modules::against_mean, Modules::against_extremes] {
                if !budget.may_decode() {
                    return None;
                }
                let bits = threshold(&sharp);
                if let Some(text) = decode(grid.size, &bits) {
                    return Some(text);
                }
            }
        }
    }
    None
}

/// How bright each module is.
struct Modules {
    size: usize,
    values: Zeroizing<Vec<f32>>,
}

impl Modules {
    /// Each as the mean of nine places around its middle, so far apart.
    fn seen(grey: &Grey, grid: &Grid, spread: f32) -> Self {
        let mut values = Zeroizing::new(Vec::with_capacity(grid.size * grid.size));
        for y in 0..grid.size {
            for x in 0..grid.size {
                let mut sum = 0.0;
                for dy in [-spread, 0.0, spread] {
                    for dx in [-spread, 0.0, spread] {
                        let place = grid.plane.at(x as f32 + 0.5 + dx, y as f32 + 0.5 + dy);
                        sum += grey.between(place.x, place.y);
                    }
                }
                values.push(sum / 9.0);
            }
        }
        Self { size: grid.size, values }
    }

    /// Blur mixes each module with its neighbours. This takes some of them out again.
    fn sharpened(&self, sharpness: f32) -> Self {
        let values = self.around(1, |middle, near| {
            let (mut sum, mut count) = (0.0, 0.0);
            near(&mut |x, y, value| {
                // Beside it or across a corner.
                let weight = if x == 0 || y == 0 { 1.0 } else { 0.5 };
                sum += weight * value;
                count += weight;
            });
            (middle - sum / count).mul_add(sharpness, middle)
        });
        Self { size: self.size, values: Zeroizing::new(values) }
    }

    /// Darker than the mean of its neighbourhood.
    fn against_mean(&self) -> Zeroizing<Vec<bool>> {
        Zeroizing::new(self.around(4, |middle, near| {
            let (mut sum, mut count) = (middle, 1.0);
            near(&mut |_, _, value| {
                sum += value;
                count += 1.0;
            });
            middle * count < sum
        }))
    }

    /// Darker than halfway between the darkest and the lightest of its neighbourhood.
    fn against_extremes(&self) -> Zeroizing<Vec<bool>> {
        Zeroizing::new(self.around(3, |middle, near| {
            let (mut low, mut high) = (middle, middle);
            near(&mut |_, _, value| {
                low = low.min(value);
                high = high.max(value);
            });
            middle < f32::midpoint(low, high)
        }))
    }

    /// What a function makes of each module and those around it, up to so many away.
    fn around<T>(&self, reach: usize, of: impl Fn(f32, &dyn Fn(&mut dyn FnMut(isize, isize, f32))) -> T) -> Vec<T> {
        let size = self.size;
        let mut result = Vec::with_capacity(size * size);
        for y in 0..size {
            for x in 0..size {
                let near = |each: &mut dyn FnMut(isize, isize, f32)| {
                    for other_y in y.saturating_sub(reach)..(y + reach + 1).min(size) {
                        for other_x in x.saturating_sub(reach)..(x + reach + 1).min(size) {
                            if (other_x, other_y) != (x, y) {
                                let value = self.values[other_y * size + other_x];
                                each(other_x.wrapping_sub(x) as isize, other_y.wrapping_sub(y) as isize, value);
                            }
                        }
                    }
                };
                result.push(of(self.values[y * size + x], &near));
            }
        }
        result
    }
}

fn decode(size: usize, bits: &[bool]) -> Option<Zeroizing<Vec<u8>>> {
    let grid = rqrr::Grid::new(SimpleGrid::from_func(size, |x, y| bits[y * size + x]));
    // Somebody else's code on somebody else's bits: it asserts what it believes.
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        let mut text = Zeroizing::new(Vec::with_capacity(rqrr::MAX_PAYLOAD_SIZE));
        grid.decode_to(&mut *text).ok().map(|_| text)
    }));
    decoded.unwrap_or_else(|_| {
        tracing::warn!("the decoder of codes gave up");
        None
    })
}

/// In modules. A wide one takes noise away, a narrow one keeps out of blurred edges.
const SPREADS: [f32; 2] = [0.25, 0.08];
/// From none to as much as noise allows.
const SHARPNESS: [f32; 4] = [0.0, 0.5, 1.0, 2.0];
