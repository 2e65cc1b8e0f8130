//! A code that is drawn as a camera would see it: it drifts, and every frame has other noise.

use super::{Frame, FrameSource, SourceError};
use crate::code::{Code, QUIET};
use std::{thread, time::Duration};

/// Frames without a camera.
pub struct Synthetic {
    code: Option<Code>,
    pause: Duration,
    left: Option<u32>,
    count: u32,
    noise: u32,
}

impl Synthetic {
    /// Shows this code, or only a wall; a frame after each pause.
    #[must_use]
    pub fn new(code: Option<Code>, pause: Duration) -> Self {
        Self { code, pause, left: None, count: 0, noise: SEED }
    }

    /// Ends after so many frames.
    #[must_use]
    pub fn ending_after(self, frames: u32) -> Self {
        Self { left: Some(frames), ..self }
    }

    /// Even and cheap; nothing depends on nobody guessing it (Marsaglia, xorshift).
    fn noise(&mut self) -> u8 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        u8::try_from(self.noise % 24).unwrap_or(0)
    }
}

impl FrameSource for Synthetic {
    fn next_frame(&mut self) -> Result<Option<Frame>, SourceError> {
        if let Some(left) = &mut self.left {
            let Some(fewer) = left.checked_sub(1) else { return Ok(None) };
            *left = fewer;
        }
        thread::sleep(self.pause);
        self.count = self.count.wrapping_add(1);
        let edge = self.code.as_ref().map_or(1, |code| code.size() + 2 * QUIET);
        let module = (HEIGHT / edge).max(1);
        // To and fro across what is free beside the code.
        let free = WIDTH.saturating_sub(module * edge).max(1);
        let drift = self.count as usize * 3 % (2 * free);
        let left = drift.min(2 * free - drift);
        let mut rgb = Vec::with_capacity(WIDTH * HEIGHT * 3);
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let noise = self.noise();
                let on_card = (left..left + module * edge).contains(&x) && y < module * edge;
                let light = match &self.code {
                    Some(code) if on_card => {
                        let (column, row) = ((x - left) / module, y / module);
                        let is_dark = column >= QUIET && row >= QUIET && code.is_dark(column - QUIET, row - QUIET);
                        if is_dark { INK } else { PAPER }
                    }
                    _ => WALL,
                };
                rgb.extend([light + noise; 3]);
            }
        }
        Ok(Frame::from_rgb(WIDTH, HEIGHT, rgb))
    }
}

const WIDTH: usize = 640;
const HEIGHT: usize = 480;
const INK: u8 = 24;
const PAPER: u8 = 220;
const WALL: u8 = 130;
/// Any but zero.
const SEED: u32 = 0x9E37_79B9;
