//! The three square marks in the corners of a code. Whichever way a line crosses their middle, dark and light follow
//! each other as 1:1:3:1:1.

use super::threshold::Dark;

/// Where a mark may be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Along the rows and the columns of the picture, whichever way the code lies.
    pub(super) width: f32,
    pub(super) height: f32,
    /// Rows that crossed it.
    rows: u16,
}

impl Mark {
    /// Edge of a module, about.
    pub(super) fn module(&self) -> f32 {
        (self.width + self.height) / 14.0
    }
}

/// The likeliest marks, those that most rows crossed first.
pub(super) fn find(dark: &Dark) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for y in 0..dark.height() {
        let mut runs = Runs::default();
        for (x, is_dark) in dark.row(y).iter().copied().chain([false]).enumerate() {
            if let Some(middle) = runs.push(x, is_dark)
                && let Some(mark) = cross_check(dark, middle, y)
            {
                keep(&mut marks, mark);
            }
        }
    }
    marks.sort_by_key(|mark| std::cmp::Reverse(mark.rows));
    marks.truncate(MARKS_MAX);
    marks
}

/// The last five runs of a row that started with a dark one.
#[derive(Default)]
struct Runs {
    lengths: [usize; 5],
    current: usize,
    is_dark: bool,
}

impl Runs {
    /// At the end of a dark run: the middle of a mark, if the last five runs look like one.
    fn push(&mut self, x: usize, is_dark: bool) -> Option<f32> {
        if is_dark == self.is_dark {
            self.current += 1;
            return None;
        }
        self.lengths.rotate_left(1);
        self.lengths[4] = self.current;
        self.current = 1;
        let ended_dark = self.is_dark;
        self.is_dark = is_dark;
        if !ended_dark || !is_mark(self.lengths) {
            return None;
        }
        let [_, _, middle, light, edge] = self.lengths;
        Some(x as f32 - (edge + light) as f32 - middle as f32 / 2.0)
    }
}

/// 1:1:3:1:1, as nearly as blur and noise leave it.
fn is_mark(lengths: [usize; 5]) -> bool {
    let total: usize = lengths.iter().sum();
    if lengths.contains(&0) || total < 7 {
        return false;
    }
    let module = total as f32 / 7.0;
    // One pixel is what rounding alone can do to a run.
    let slack = (module * SLACK).max(1.0);
    let off = |length: usize, modules: f32| (length as f32 - module * modules).abs();
    off(lengths[2], 3.0) <= slack * 1.6 && [0, 1, 3, 4].into_iter().all(|at| off(lengths[at], 1.0) <= slack)
}

/// Looks at the column through a place, and at the row through what was found there.
fn cross_check(dark: &Dark, x: f32, y: usize) -> Option<Mark> {
    let (height, down) = across(dark.height(), y, |y| dark.at((x as usize).min(dark.width() - 1), y))?;
    let (width, right) = across(dark.width(), x as usize, |x| dark.at(x, down as usize))?;
    // A mark that is seen from the side is narrower one way, but not that much.
    (width < 2.5 * height && height < 2.5 * width).then_some(Mark { x: right, y: down, width, height, rows: 1 })
}

/// The length and the middle of the mark that a line crosses at a place.
fn across(end: usize, start: usize, is_dark: impl Fn(usize) -> bool) -> Option<(f32, f32)> {
    if start >= end || !is_dark(start) {
        return None;
    }
    let mut lengths = [0_usize; 5];
    let mut back = start;
    for run in (0..3).rev() {
        while back > 0 && is_dark(back - 1) == (run % 2 == 0) {
            back -= 1;
            lengths[run] += 1;
        }
    }
    let mut forth = start;
    lengths[2] += 1;
    for (run, length) in lengths.iter_mut().enumerate().skip(2) {
        while forth + 1 < end && is_dark(forth + 1) == (run % 2 == 0) {
            forth += 1;
            *length += 1;
        }
    }
    let total = (forth + 1 - back) as f32;
    is_mark(lengths).then(|| (total, (back + lengths[0] + lengths[1]) as f32 + lengths[2] as f32 / 2.0))
}

/// Adds to the mark that is there already, or starts one.
fn keep(marks: &mut Vec<Mark>, new: Mark) {
    let small = new.module();
    for mark in marks.iter_mut() {
        let module = mark.module();
        let near = (mark.x - new.x).abs() < module * 1.5 && (mark.y - new.y).abs() < module * 1.5;
        if near && small < module * 1.5 && module < small * 1.5 {
            let count = f32::from(mark.rows);
            let mix = |old: f32, new: f32| old.mul_add(count, new) / (count + 1.0);
            mark.x = mix(mark.x, new.x);
            mark.y = mix(mark.y, new.y);
            mark.width = mix(mark.width, new.width);
            mark.height = mix(mark.height, new.height);
            mark.rows = mark.rows.saturating_add(1);
            return;
        }
    }
    if marks.len() < SEEN_MAX {
        marks.push(new);
    }
}

/// A run may be off by so much of a module.
const SLACK: f32 = 0.65;
/// Of a picture full of squares no more are remembered: each new crossing is compared with all of them.
const SEEN_MAX: usize = 256;
/// The marks that are tried: a code has three, and text around it looks like some more.
const MARKS_MAX: usize = 16;
