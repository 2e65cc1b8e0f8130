//! Heights added up, and what a row counts with that nobody has measured.

use super::cell::GAP;

/// Heights of some places together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) known: f64,
    pub(super) unknown: u64,
    pub(super) rows: u64,
}

impl Sum {
    pub(super) fn unknown(rows: u64) -> Self {
        Self { known: 0.0, unknown: rows, rows }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.known += other.known;
        self.unknown = self.unknown.saturating_add(other.unknown);
        self.rows = self.rows.saturating_add(other.rows);
    }

    pub(super) fn add_cell(&mut self, cell: f32) {
        if cell.is_nan() {
            self.unknown += 1;
            self.rows += 1;
        } else if cell != GAP {
            self.known += f64::from(cell.abs());
            self.rows += 1;
        }
    }

    pub(super) fn height(&self, mean: f64) -> f64 {
        self.known + self.unknown as f64 * mean
    }
}

/// The mean height of what was measured.
#[derive(Debug)]
pub(super) struct Mean {
    sum: f64,
    rows: f64,
}

impl Default for Mean {
    fn default() -> Self {
        Self { sum: FIRST_GUESS, rows: 1.0 }
    }
}

impl Mean {
    pub(super) fn value(&self) -> f64 {
        self.sum / self.rows
    }

    pub(super) fn learn(&mut self, height: f64) {
        self.sum += height;
        self.rows += 1.0;
    }

    pub(super) fn doubt(&mut self) {
        let keep = DOUBTED.min(self.rows) / self.rows;
        self.sum *= keep;
        self.rows *= keep;
    }
}

/// A message of one line with its frame.
const FIRST_GUESS: f64 = 56.0;
/// After a change of width new measures soon outweigh the old mean.
const DOUBTED: f64 = 8.0;
