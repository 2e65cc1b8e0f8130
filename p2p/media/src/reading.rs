//! Finds codes in a picture.
//!
//! A pass looks for marks (`marks`), lays grids over threes of them (`grid`) and reads what lies under (`modules`).
//! What one pass can't read, the next may: smoothed, enlarged, made smaller, inverted. All passes of a picture share a
//! `Budget`, so that a picture which is full of marks costs no more than a hard one. Only bits that lie in a grid are
//! given to `rqrr`, which corrects and decodes them: its own search takes a copy of the picture for each three marks
//! (`p2p/docs/decisions/0040-our-own-search-for-codes.md`).

mod grid;
mod marks;
mod modules;
mod plane;
mod threshold;

use crate::grey::Grey;
use threshold::Dark;
use zeroize::Zeroizing;

/// How long a picture may be looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effort {
    /// One of many from a camera: the next one comes anyway.
    Frame,
    /// The only one there is.
    Picture,
}

/// The texts of the codes in a picture, as they stand there: pixels of a stranger. At most [`TEXTS_MAX`].
#[must_use]
pub fn read(grey: &Grey, effort: Effort) -> Vec<Zeroizing<String>> {
    let mut budget = Budget::of(effort);
    // More pixels than that show no code better, but cost more.
    let times = grey.width().max(grey.height()).div_ceil(effort.edge_max());
    let whole = if times > 1 { &grey.shrunk(times) } else { grey };
    for pass in PASSES {
        let found = pass.read(whole, &mut budget);
        if !found.is_empty() {
            return found;
        }
        if budget.is_spent() {
            break;
        }
    }
    Vec::new()
}

impl Effort {
    const fn edge_max(self) -> usize {
        match self {
            Self::Frame => 1_280,
            Self::Picture => 2_560,
        }
    }
}

/// What all passes of a picture may spend together.
pub(crate) struct Budget {
    /// Grids that are laid.
    fits: u32,
    /// Times that bits are corrected.
    decodes: u32,
    /// Pixels that are searched for marks.
    pixels: usize,
}

impl Budget {
    const fn of(effort: Effort) -> Self {
        match effort {
            Effort::Frame => Self { fits: 24, decodes: 48, pixels: 4_000_000 },
            Effort::Picture => Self { fits: 120, decodes: 240, pixels: 60_000_000 },
        }
    }

    fn may_decode(&mut self) -> bool {
        take(&mut self.decodes)
    }

    fn may_fit(&mut self) -> bool {
        take(&mut self.fits)
    }

    fn may_search(&mut self, pixels: usize) -> bool {
        let left = self.pixels.checked_sub(pixels);
        self.pixels = left.unwrap_or(0);
        left.is_some()
    }

    const fn is_spent(&self) -> bool {
        self.fits == 0 || self.decodes == 0 || self.pixels == 0
    }
}

fn take(left: &mut u32) -> bool {
    let more = *left > 0;
    *left = left.saturating_sub(1);
    more
}

/// One way to look at a picture.
#[derive(Clone, Copy)]
struct Pass {
    shown: Shown,
    /// Dark is darker than the mean of a square whose edge is this part of the picture's.
    part: usize,
}

#[derive(Clone, Copy)]
enum Shown {
    AsIs,
    Smoothed,
    Sharpened,
    Doubled,
    Halved,
    Inverted,
}

impl Pass {
    fn read(self, whole: &Grey, budget: &mut Budget) -> Vec<Zeroizing<String>> {
        let shown = match self.shown {
            Shown::AsIs => None,
            Shown::Smoothed => Some(whole.smoothed()),
            Shown::Sharpened => Some(whole.sharpened()),
            Shown::Halved => Some(whole.shrunk(2)),
            Shown::Inverted => Some(whole.inverted()),
            Shown::Doubled if whole.pixels().len() > DOUBLED_PIXELS_MAX => return Vec::new(),
            Shown::Doubled => Some(whole.doubled()),
        };
        let shown = shown.as_ref().unwrap_or(whole);
        if !budget.may_search(shown.pixels().len()) {
            return Vec::new();
        }
        let dark = Dark::of(shown, self.part);
        let marks = marks::find(&dark);
        let mut texts: Vec<Zeroizing<String>> = Vec::new();
        let mut read: Vec<grid::Corners> = Vec::new();
        for corners in grid::corners(&marks, &dark) {
            // A mark belongs to one code.
            if read.iter().any(|code| code.shares(&corners)) {
                continue;
            }
            if texts.len() == TEXTS_MAX || !budget.may_fit() {
                break;
            }
            for grid in corners.grids(shown) {
                let Some(bytes) = modules::read(shown, &grid, budget) else { continue };
                if let Ok(text) = std::str::from_utf8(&bytes)
                    && !text.is_empty()
                    && texts.iter().all(|known| known.as_str() != text)
                {
                    texts.push(Zeroizing::new(text.to_owned()));
                }
                read.push(corners);
                break;
            }
        }
        texts
    }
}

/// From what mostly helps to what rarely does.
const PASSES: [Pass; 8] = [
    Pass { shown: Shown::AsIs, part: 6 },
    Pass { shown: Shown::Smoothed, part: 10 },
    Pass { shown: Shown::Doubled, part: 8 },
    Pass { shown: Shown::Sharpened, part: 8 },
    Pass { shown: Shown::Halved, part: 6 },
    Pass { shown: Shown::AsIs, part: 20 },
    Pass { shown: Shown::Inverted, part: 6 },
    Pass { shown: Shown::Smoothed, part: 3 },
];
/// Somebody may hold two codes into the picture; nobody holds more.
pub const TEXTS_MAX: usize = 4;
/// Larger pictures show modules large enough.
const DOUBLED_PIXELS_MAX: usize = 1_000_000;
