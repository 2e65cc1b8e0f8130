//! Where rows stand: which row is held, and the others around it.

use super::{Align, List, Rows};
use egui::Ui;

/// What holds the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// The end is at the bottom.
    Bottom,
    /// This row's top is so far below the top of the view.
    Row { at: u64, y: f64 },
    /// This row is to be shown; until everything around it is loaded and measured it decides.
    Goal { at: u64, align: Align },
}

/// A row in view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Placed {
    pub(super) at: u64,
    /// Below the top of the view.
    pub(super) top: f64,
    pub(super) height: f64,
}

impl Placed {
    pub(super) fn bottom(&self) -> f64 {
        self.top + self.height
    }
}

impl List {
    /// Moves what is in view; positive: towards the end.
    pub(super) fn scroll_by(&mut self, points: f64) {
        if points == 0.0 || (points > 0.0 && self.place == Place::Bottom) {
            return;
        }
        let Some((at, y)) = self.held_row() else { return };
        if points.abs() > FAR * f64::from(self.size.y) {
            // Rows in between need not be measured.
            return self.go_to_height((self.heights.before(at) - y + points).max(0.0));
        }
        self.place = Place::Row { at, y: y - points };
        self.is_moved = true;
    }

    /// What is so far from the beginning of the list comes to the top.
    pub(super) fn go_to_height(&mut self, height: f64) {
        if let Some((at, above)) = self.heights.find(height) {
            self.place = Place::Row { at, y: -above };
            self.is_moved = true;
        }
    }

    /// The row that holds the list, and its top.
    fn held_row(&self) -> Option<(u64, f64)> {
        match self.place {
            Place::Bottom => {
                let last = self.heights.at_or_before(u64::MAX)?;
                Some((last, f64::from(self.size.y) - self.heights.height(last)))
            }
            Place::Row { at, y } => Some((at, y)),
            Place::Goal { at, .. } => {
                let placed = self.placed.iter().find(|placed| placed.at == at).or(self.placed.front())?;
                Some((placed.at, placed.top))
            }
        }
    }

    /// Finds the rows in view and where they stand.
    pub(super) fn lay_out(&mut self, view: &mut Ui, rows: &mut impl Rows) {
        let is_moved = std::mem::take(&mut self.is_moved);
        let covering = self.placed.front().map(|placed| (placed.at, placed.height));
        self.placed.clear();
        let Some((at, height)) = self.first_placed(view, rows) else { return };
        let view_height = f64::from(self.size.y);
        let top = match self.place {
            Place::Bottom => view_height - height,
            Place::Row { at: held, y } if held != at => {
                // It is gone. The one after it takes its place; the one before it stays where it was.
                if at > held { y } else { y - height }
            }
            Place::Row { y, .. } => match covering {
                // One that begins above the view and is laid out anew is held where it is read.
                Some((covered, was)) if covered == at && y < -PIXEL && was != height => y * height / was,
                _ => y,
            },
            Place::Goal { align, .. } => {
                let room = view_height - height;
                match align {
                    Align::Top => 0.0,
                    Align::Center => (room / 2.0).max(0.0).floor(),
                    // The beginning of a row that has no room.
                    Align::Bottom => room.max(0.0),
                }
            }
        };
        if let Place::Row { .. } = self.place {
            self.place = Place::Row { at, y: top };
        }
        self.placed.push_back(Placed { at, top, height });
        self.extend_down(view, rows);
        let is_first = self.extend_up(view, rows);
        if is_first && let Some(above) = self.placed.front().map(|placed| placed.top).filter(|top| *top > 0.0) {
            self.shift(-above);
            self.extend_down(view, rows);
        }
        let is_last = self.is_last();
        let below = self.placed.back().map_or(0.0, Placed::bottom) - view_height;
        if is_last && below < if is_moved { PIXEL } else { 0.0 } {
            self.shift(-below);
            self.extend_up(view, rows);
            if !matches!(self.place, Place::Goal { .. }) {
                self.place = Place::Bottom;
            }
        }
        self.drop_hidden();
        if is_moved || matches!(self.place, Place::Row { y, .. } if y < -PIXEL) {
            self.hold_first();
        }
    }

    /// What brings all rows, which are as high as whole pixels, to whole pixels.
    pub(super) fn snap(&self) -> f64 {
        // Of the row that holds the others, or all would jump by a pixel when a new one comes into view.
        let held = match self.place {
            Place::Row { y, .. } => y,
            Place::Bottom => self.placed.back().map_or(0.0, Placed::bottom),
            Place::Goal { .. } => self.placed.front().map_or(0.0, |first| first.top),
        };
        let scale = f64::from(self.scale);
        (held * scale + 0.5).floor() / scale - held
    }

    /// Once everything is where it belongs: a goal is reached, and from now on a row in view is held.
    pub(super) fn settle(&mut self, is_settled: bool) -> Option<u64> {
        let Place::Goal { at, .. } = self.place else { return None };
        if !is_settled {
            return None;
        }
        let arrived = self.placed.iter().find(|placed| placed.at >= at).or(self.placed.back())?.at;
        let is_end = self.is_last() && self.placed.back()?.bottom() <= f64::from(self.size.y) + PIXEL;
        if is_end {
            self.place = Place::Bottom;
        } else {
            self.hold_first();
        }
        Some(arrived)
    }

    /// The row that is laid out first: the one that holds the list, or the one nearest to it.
    fn first_placed(&mut self, view: &mut Ui, rows: &mut impl Rows) -> Option<(u64, f64)> {
        let wished = match self.place {
            Place::Bottom => u64::MAX,
            Place::Row { at, .. } | Place::Goal { at, .. } => at,
        };
        let mut from = Some(wished);
        while let Some(at) = from.and_then(|from| self.heights.at_or_after(from)) {
            if let Some(height) = self.height_of(at, view, rows) {
                return Some((at, height));
            }
            from = at.checked_add(1);
        }
        let mut from = Some(wished);
        while let Some(at) = from.and_then(|from| self.heights.at_or_before(from)) {
            if let Some(height) = self.height_of(at, view, rows) {
                return Some((at, height));
            }
            from = at.checked_sub(1);
        }
        None
    }

    fn extend_down(&mut self, view: &mut Ui, rows: &mut impl Rows) {
        while let Some(last) = self.placed.back().copied().filter(|last| last.bottom() < f64::from(self.size.y)) {
            let Some(at) = last.at.checked_add(1).and_then(|at| self.heights.at_or_after(at)) else { return };
            if let Some(height) = self.height_of(at, view, rows) {
                self.placed.push_back(Placed { at, top: last.bottom(), height });
            }
        }
    }

    /// Tells whether the first row of all is laid out.
    fn extend_up(&mut self, view: &mut Ui, rows: &mut impl Rows) -> bool {
        while let Some(first) = self.placed.front().copied().filter(|first| first.top > 0.0) {
            let Some(at) = first.at.checked_sub(1).and_then(|at| self.heights.at_or_before(at)) else { return true };
            if let Some(height) = self.height_of(at, view, rows) {
                self.placed.push_front(Placed { at, top: first.top - height, height });
            }
        }
        false
    }

    fn is_last(&self) -> bool {
        let next = self.placed.back().and_then(|last| last.at.checked_add(1));
        next.and_then(|at| self.heights.at_or_after(at)).is_none()
    }

    fn shift(&mut self, by: f64) {
        for placed in &mut self.placed {
            placed.top += by;
        }
        if let Place::Row { y, .. } = &mut self.place {
            *y += by;
        }
    }

    /// Drops rows that were only measured on the way.
    fn drop_hidden(&mut self) {
        while self.placed.len() > 1 && self.placed.front().is_some_and(|first| first.bottom() <= 0.0) {
            self.placed.pop_front();
        }
        while self.placed.len() > 1 && self.placed.back().is_some_and(|last| last.top >= f64::from(self.size.y)) {
            self.placed.pop_back();
        }
    }

    /// Holds the first row that begins in view, or the one that fills it.
    fn hold_first(&mut self) {
        if self.place == Place::Bottom {
            return;
        }
        let first = self.placed.iter().find(|placed| placed.top >= -PIXEL).or(self.placed.front());
        if let Some(first) = first {
            self.place = Place::Row { at: first.at, y: first.top };
        }
    }
}

/// Scrolled further than so many views at once, rows in between are passed unseen.
const FAR: f64 = 4.0;
/// What can't be seen.
pub(super) const PIXEL: f64 = 0.5;
