//! A picture in shades of grey, as the reader wants it. Whoever shows a code shows a secret, so the pixels are wiped.

use zeroize::Zeroizing;

/// Rows of bytes, 0 black and 255 white. Wiped when dropped.
#[derive(Clone)]
pub struct Grey {
    width: usize,
    height: usize,
    pixels: Zeroizing<Vec<u8>>,
}

impl Grey {
    /// `None` when the pixels are not as many as the edges say, or there are none or more than [`PIXELS_MAX`].
    #[must_use]
    pub fn new(width: usize, height: usize, pixels: Vec<u8>) -> Option<Self> {
        let pixels = Zeroizing::new(pixels);
        let fits = width.checked_mul(height) == Some(pixels.len()) && (1..=PIXELS_MAX).contains(&pixels.len());
        fits.then_some(Self { width, height, pixels })
    }

    /// Of pixels of red, green and blue, one byte each.
    #[must_use]
    pub fn from_rgb(width: usize, height: usize, rgb: &[u8]) -> Option<Self> {
        let pixels = rgb.chunks_exact(3).map(|pixel| luma([pixel[0], pixel[1], pixel[2]])).collect();
        Self::new(width, height, pixels)
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    pub(crate) fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..(y + 1) * self.width]
    }

    fn at(&self, x: usize, y: usize) -> u8 {
        self.pixels[y * self.width + x]
    }

    /// The brightness between pixels; a pixel's own is at its middle. Outside, the edge goes on.
    pub(crate) fn between(&self, x: f32, y: f32) -> f32 {
        let (x, y) = ((x - 0.5).clamp(0.0, (self.width - 1) as f32), (y - 0.5).clamp(0.0, (self.height - 1) as f32));
        // Clamped above, so nothing is cut off.
        let (left, top) = (x as usize, y as usize);
        let (right, bottom) = ((left + 1).min(self.width - 1), (top + 1).min(self.height - 1));
        let (dx, dy) = (x - left as f32, y - top as f32);
        let above = lerp(f32::from(self.at(left, top)), f32::from(self.at(right, top)), dx);
        let below = lerp(f32::from(self.at(left, bottom)), f32::from(self.at(right, bottom)), dx);
        lerp(above, below, dy)
    }

    /// So many times smaller, each pixel the mean of those that it covers.
    pub(crate) fn shrunk(&self, times: usize) -> Self {
        let (width, height) = ((self.width / times).max(1), (self.height / times).max(1));
        let (across, down) = (times.min(self.width), times.min(self.height));
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let sum: usize = (0..down)
                    .map(|dy| {
                        let from = (y * times + dy) * self.width + x * times;
                        self.pixels[from..from + across].iter().copied().map(usize::from).sum::<usize>()
                    })
                    .sum();
                pixels.push(u8::try_from(sum / (across * down)).unwrap_or(u8::MAX));
            }
        }
        Self { width, height, pixels: Zeroizing::new(pixels) }
    }

    /// Twice as large, smooth between the pixels.
    pub(crate) fn doubled(&self) -> Self {
        let (width, height) = (self.width * 2, self.height * 2);
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let y = (y as f32 + 0.5) / 2.0;
            pixels.extend((0..width).map(|x| self.between((x as f32 + 0.5) / 2.0, y) as u8));
        }
        Self { width, height, pixels: Zeroizing::new(pixels) }
    }

    /// Each pixel mixed with its neighbours (1 2 1 both ways): takes noise and the dots of a screen away.
    pub(crate) fn smoothed(&self) -> Self {
        let mut across = Zeroizing::new(Vec::with_capacity(self.pixels.len()));
        for y in 0..self.height {
            let row = self.row(y);
            across.extend((0..self.width).map(|x| {
                let (left, right) = (row[x.saturating_sub(1)], row[(x + 1).min(self.width - 1)]);
                u16::from(left) + 2 * u16::from(row[x]) + u16::from(right)
            }));
        }
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..self.height {
            let (above, below) = (y.saturating_sub(1) * self.width, (y + 1).min(self.height - 1) * self.width);
            let here = y * self.width;
            pixels.extend((0..self.width).map(|x| {
                let sum = across[above + x] + 2 * across[here + x] + across[below + x];
                u8::try_from(sum / 16).unwrap_or(u8::MAX)
            }));
        }
        Self { width: self.width, height: self.height, pixels: Zeroizing::new(pixels) }
    }

    /// What a pixel differs from its surroundings, three times: brings back what a lens out of focus mixed.
    pub(crate) fn sharpened(&self) -> Self {
        let mut wide = self.smoothed();
        for _ in 0..SHARPENED_ROUNDS {
            wide = wide.smoothed();
        }
        let pixels = self.pixels.iter().zip(wide.pixels.iter());
        let pixels = pixels.map(|(pixel, wide)| {
            let sharp = 3 * i16::from(*pixel) - 2 * i16::from(*wide);
            sharp.clamp(0, 255).unsigned_abs().try_into().unwrap_or(u8::MAX)
        });
        Self { width: self.width, height: self.height, pixels: Zeroizing::new(pixels.collect()) }
    }

    /// Light becomes dark.
    pub(crate) fn inverted(&self) -> Self {
        let pixels = self.pixels.iter().map(|pixel| u8::MAX - pixel).collect();
        Self { width: self.width, height: self.height, pixels: Zeroizing::new(pixels) }
    }
}

impl std::fmt::Debug for Grey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Grey({}×{})", self.width, self.height)
    }
}

/// How bright a colour is to the eye (ITU-R BT.601, in 1/256).
pub(crate) fn luma([red, green, blue]: [u8; 3]) -> u8 {
    let sum = 77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue);
    u8::try_from(sum >> 8).unwrap_or(u8::MAX)
}

fn lerp(from: f32, to: f32, at: f32) -> f32 {
    (to - from).mul_add(at, from)
}

/// A telephone's largest photo (8,192 by 6,144) fits. A small file can claim any size.
pub const PIXELS_MAX: usize = 52_000_000;
/// Each round reaches a little further: together about three pixels, a module that is worth sharpening.
const SHARPENED_ROUNDS: usize = 8;
