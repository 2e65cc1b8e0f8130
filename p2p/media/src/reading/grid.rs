//! Lays the grid of modules over the picture: first by the three marks, then by everything in a code that is the same
//! in all codes of its size (the marks, the lines of alternating modules between them, the small mark in the fourth
//! corner). What counts is the contrast of what must be dark to what must be light beside it, so that neither
//! brightness nor a shadow matters and no pixel is called dark before its time.

use super::{
    marks::Mark,
    plane::{Plane, Point},
    threshold::Dark,
};
use crate::grey::Grey;

/// Three marks that may belong to one code.
pub(super) struct Corners {
    top_left: Point,
    top_right: Point,
    bottom_left: Point,
    /// The less, the more it looks like the corner of a square.
    oddity: f32,
    /// Modules in a row, by the size of the marks; not exact.
    size: f32,
    /// Where the fourth corner would be if what is smaller were farther away.
    in_perspective: Option<Point>,
    marks: [Point; 3],
}

/// Where a code lies, and how sure that is.
pub(super) struct Grid {
    pub(super) plane: Plane,
    /// Modules in a row.
    pub(super) size: usize,
    /// Between -1 and 1: how far what must be light is lighter than what must be dark.
    pub(super) likeness: f32,
}

/// The likeliest threes first.
pub(super) fn corners(marks: &[Mark], dark: &Dark) -> Vec<Corners> {
    let mut found = Vec::new();
    for (first, a) in marks.iter().enumerate() {
        for (second, b) in marks.iter().enumerate().skip(first + 1) {
            for c in &marks[second + 1..] {
                found.extend(Corners::of([a, b, c], dark));
            }
        }
    }
    found.sort_by(|a, b| a.oddity.total_cmp(&b.oddity));
    found.truncate(CORNERS_MAX);
    found
}

impl Corners {
    fn of(marks: [&Mark; 3], dark: &Dark) -> Option<Self> {
        let (small, large) = marks
            .iter()
            .fold((f32::MAX, 0.0_f32), |(small, large), mark| (small.min(mark.module()), large.max(mark.module())));
        if large > small * MODULE_RATIO_MAX {
            return None;
        }
        let [a, b, c] = marks.map(|mark| Point::new(mark.x, mark.y));
        // The longest side is the diagonal, opposite of the corner.
        let (ab, bc, ca) = (b.minus(a).length(), c.minus(b).length(), a.minus(c).length());
        let (corner, one, two) = if ab >= bc && ab >= ca {
            (c, a, b)
        } else if bc >= ca {
            (a, b, c)
        } else {
            (b, c, a)
        };
        let (top_right, bottom_left) =
            if one.minus(corner).cross(two.minus(corner)) > 0.0 { (one, two) } else { (two, one) };
        let (right, down) = (top_right.minus(corner), bottom_left.minus(corner));
        let (width, height) = (right.length(), down.length());
        let sine = right.cross(down) / (width * height);
        let legs = (width / height).ln().abs();
        if sine < SINE_MIN || legs > LEGS_MAX || !sine.is_finite() {
            return None;
        }
        let modules = [along(dark, corner, top_right), along(dark, corner, bottom_left)];
        let size = match modules {
            [Some(right), Some(down)] => f32::midpoint(width / right, height / down),
            [Some(right), None] => width / right,
            [None, Some(down)] => height / down,
            [None, None] => f32::midpoint(width, height) / f32::midpoint(small, large),
        } + 7.0;
        let plausible = (SIZE_MIN as f32 - 5.0..SIZE_MAX as f32 * 1.15).contains(&size);
        plausible.then(|| Self {
            top_left: corner,
            top_right,
            bottom_left,
            oddity: 2.0f32.mul_add(1.0 - sine, legs + (large / small).ln()),
            size,
            in_perspective: in_perspective(marks, [corner, top_right, bottom_left]),
            marks: [a, b, c],
        })
    }

    /// Whether it has a mark in common with another.
    pub(super) fn shares(&self, other: &Self) -> bool {
        self.marks.iter().any(|mark| other.marks.contains(mark))
    }

    /// The grids that these corners may belong to, the likeliest first.
    pub(super) fn grids(&self, grey: &Grey) -> Vec<Grid> {
        let version = ((self.size - 17.0) / 4.0).round().max(1.0) as usize;
        // The larger, the more the estimate may be off.
        let reach = (version / 5).clamp(1, 3);
        let versions = version.saturating_sub(reach).max(1)..=(version + reach).min(VERSION_MAX);
        let mut guesses: Vec<Guess> = versions.filter_map(|version| self.guess(grey, version * 4 + 17)).collect();
        guesses.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        guesses.truncate(GRIDS_MAX);
        let mut grids: Vec<Grid> = guesses.into_iter().filter_map(|guess| guess.settle(grey)).collect();
        grids.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        grids
    }

    /// The likeliest place of the fourth corner, if the code has this size.
    fn guess(&self, grey: &Grey, size: usize) -> Option<Guess> {
        let pattern = Pattern::of(size);
        let far = size as f32 - 3.5;
        let right = self.top_right.minus(self.top_left).times(1.0 / (far - 3.5));
        let down = self.bottom_left.minus(self.top_left).times(1.0 / (far - 3.5));
        let parallel = self.top_right.plus(self.bottom_left).minus(self.top_left);
        let mut fourths = vec![parallel];
        fourths.extend(self.in_perspective);
        if size > SIZE_MIN {
            // The small mark lies three modules further in than the corner of the square of marks.
            let inward = right.plus(down).times(-3.0);
            let seen = small_marks(grey, parallel.plus(inward), right, down, size);
            fourths.extend(seen.into_iter().map(|at| self.fourth(at, size)));
        }
        let module = right.length().max(down.length());
        let likeliest = fourths
            .into_iter()
            .map(|fourth| [self.top_left, self.top_right, fourth, self.bottom_left])
            .filter_map(|corners| Some((pattern.likeness(grey, corners)?, corners)))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            // Not worth settling: even a first guess agrees with some of the pattern.
            .filter(|(likeness, _)| *likeness >= LIKENESS_FIRST_MIN);
        likeliest.map(|(likeness, corners)| Guess { pattern, corners, likeness, module })
    }

    /// The fourth corner of the square of marks, when the small mark is there.
    fn fourth(&self, small_mark: Point, size: usize) -> Point {
        // On the line from the corner through the small mark: its place on the diagonal is known on the code, and
        // without perspective in the picture too; what perspective adds is settled afterwards.
        let diagonal = small_mark.minus(self.top_left);
        self.top_left.plus(diagonal.times((size as f32 - 7.0) / (size as f32 - 10.0)))
    }
}

/// Four corners of the square of marks, before they are settled.
struct Guess {
    pattern: Pattern,
    corners: [Point; 4],
    likeness: f32,
    module: f32,
}

impl Guess {
    fn settle(self, grey: &Grey) -> Option<Grid> {
        let Self { pattern, corners, likeness, module } = self;
        let (likeness, corners) = pattern.settle(grey, corners, likeness, module);
        let size = pattern.size;
        let plane = Plane::from_corners(3.5, size as f32 - 3.5, corners)?;
        (likeness >= LIKENESS_MIN).then_some(Grid { plane, size, likeness })
    }
}

/// The area of something flat shrinks with the cube of its distance, so the marks tell the distances of three corners,
/// and these the fourth.
fn in_perspective(marks: [&Mark; 3], [corner, right, down]: [Point; 3]) -> Option<Point> {
    let distance = |at: Point| {
        let mark = marks.iter().find(|mark| Point::new(mark.x, mark.y) == at)?;
        Some((mark.width * mark.height).powf(-1.0 / 3.0))
    };
    let (corner_far, right_far, down_far) = (distance(corner)?, distance(right)?, distance(down)?);
    let fourth_far = right_far + down_far - corner_far;
    let sum = right.times(right_far).plus(down.times(down_far)).minus(corner.times(corner_far));
    (fourth_far > 0.3 * corner_far).then(|| sum.times(1.0 / fourth_far))
}

/// The edge of a module along the line between two marks: from the middle of a mark its dark square, light ring and
/// dark ring go three and a half modules.
fn along(dark: &Dark, from: Point, to: Point) -> Option<f32> {
    let way = to.minus(from);
    let length = way.length();
    let step = way.times(1.0 / length);
    let reach = |mark: Point, step: Point| {
        let mut changes = 0;
        let mut was_dark = true;
        let mut at = mark;
        let mut gone = 0.0;
        while gone < length / 2.0 {
            let is_dark = dark.under(at.x, at.y)?;
            if is_dark != was_dark {
                changes += 1;
                was_dark = is_dark;
                if changes == 3 {
                    return Some(gone);
                }
            }
            at = at.plus(step.times(0.5));
            gone += 0.5;
        }
        None
    };
    let inner = [reach(from, step), reach(to, step.times(-1.0))];
    let outer = [reach(from, step.times(-1.0)), reach(to, step)];
    let reaches: Vec<f32> = inner.into_iter().chain(outer).flatten().collect();
    (!reaches.is_empty()).then(|| reaches.iter().sum::<f32>() / reaches.len() as f32 / 3.5)
}

/// Where near a place something looks like the small mark: dark, light around it, dark around that.
fn small_marks(grey: &Grey, near: Point, right: Point, down: Point, size: usize) -> Vec<Point> {
    // Seen from the side, the fourth corner is off by a part of the code's edge.
    let reach = (size as f32 * 0.16).max(4.0);
    let mut found: Vec<(f32, Point)> = Vec::new();
    let step = (1.0 / right.length().max(down.length())).clamp(0.4, 0.6);
    let steps = (reach / step) as i32;
    for i in -steps..=steps {
        for j in -steps..=steps {
            let (u, v) = (i as f32 * step, j as f32 * step);
            let at = near.plus(right.times(u)).plus(down.times(v));
            let module = |x: f32, y: f32| {
                let place = at.plus(right.times(x)).plus(down.times(y));
                grey.between(place.x, place.y)
            };
            let middle = module(0.0, 0.0);
            let mut ring = 0.0;
            let mut rim = 0.0;
            for (x, y) in RING {
                ring += module(x, y);
                rim += module(2.0 * x, 2.0 * y);
            }
            let contrast = ring / 8.0 - f32::midpoint(middle, rim / 8.0);
            // Nearer to the expected place is likelier.
            let score = contrast - 0.3 * u.hypot(v);
            if contrast > 4.0 {
                found.push((score, at));
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best: Vec<Point> = Vec::new();
    for (_, at) in found {
        if best.iter().all(|other| other.minus(at).length() > 1.5 * right.length()) {
            best.push(at);
            if best.len() == SMALL_MARKS_MAX {
                break;
            }
        }
    }
    best
}

/// What is the same in all codes of a size: groups of places that must be dark and of others, near them, that must be
/// light.
struct Pattern {
    size: usize,
    groups: Vec<Vec<(f32, f32, bool)>>,
}

impl Pattern {
    fn of(size: usize) -> Self {
        let end = size as f32 - 7.0;
        let mut groups: Vec<_> = [(0.0, 0.0), (end, 0.0), (0.0, end)].map(|(left, top)| mark(left, top, size)).into();
        let lines = (8..size - 8).map(|at| (at as f32 + 0.5, at % 2 == 0));
        // In halves, because of shadows and because each half pins its end.
        let (near, far): (Vec<_>, Vec<_>) = lines.partition(|(at, _)| *at < size as f32 / 2.0);
        for half in [near, far] {
            groups.push(half.iter().map(|(at, dark)| (*at, 6.5, *dark)).collect());
            groups.push(half.iter().map(|(at, dark)| (6.5, *at, *dark)).collect());
        }
        if size > SIZE_MIN {
            let at = size as f32 - 6.5;
            let mut small = vec![(at, at, true)];
            for (x, y) in RING {
                small.push((at + x, at + y, false));
                small.push((at + 2.0 * x, at + 2.0 * y, true));
            }
            for (x, y) in KNIGHT {
                small.push((at + x, at + y, true));
            }
            // As much as a large mark: nothing else holds this corner.
            groups.push(small);
        }
        Self { size, groups }
    }

    fn likeness(&self, grey: &Grey, corners: [Point; 4]) -> Option<f32> {
        let plane = Plane::from_corners(3.5, self.size as f32 - 3.5, corners)?;
        let mut total = 0.0;
        for group in &self.groups {
            let (mut sums, mut squares, mut counts) = ([0.0_f32; 2], 0.0_f32, [0.0_f32; 2]);
            for (x, y, dark) in group {
                let place = plane.at(*x, *y);
                let value = grey.between(place.x, place.y);
                let kind = usize::from(*dark);
                sums[kind] += value;
                counts[kind] += 1.0;
                squares = value.mul_add(value, squares);
            }
            let count = counts[0] + counts[1];
            if counts[0] == 0.0 || counts[1] == 0.0 {
                continue;
            }
            // The correlation of what is seen with what must be.
            let mean = (sums[0] + sums[1]) / count;
            let variance = (squares / count - mean * mean).max(0.0) + NOISE;
            let expected = (counts[0] / count) * (counts[1] / count);
            total += (sums[0] / counts[0] - sums[1] / counts[1]) * expected.sqrt() / variance.sqrt();
        }
        Some(total / self.groups.len() as f32)
    }

    /// Moves the corners as long as that makes it likelier.
    fn settle(&self, grey: &Grey, mut corners: [Point; 4], mut best: f32, module: f32) -> (f32, [Point; 4]) {
        let mut step = module * 0.6;
        for _ in 0..SETTLE_ROUNDS {
            let mut moved = false;
            for corner in [2, 1, 3, 0] {
                for (x, y) in [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)] {
                    let mut tried = corners;
                    // The fourth corner is the least certain.
                    let far = if corner == 2 { 1.5 } else { 1.0 };
                    tried[corner] = tried[corner].plus(Point::new(x * far, y * far));
                    if let Some(likeness) = self.likeness(grey, tried)
                        && likeness > best
                    {
                        (best, corners, moved) = (likeness, tried, true);
                    }
                }
            }
            if !moved {
                step /= 2.0;
                if step < module * 0.04 {
                    break;
                }
            }
        }
        (best, corners)
    }
}

/// A large mark with the light line around it, as far as that lies on the code.
fn mark(left: f32, top: f32, size: usize) -> Vec<(f32, f32, bool)> {
    let mut places = Vec::with_capacity(81);
    for y in -1_i8..8 {
        for x in -1_i8..8 {
            let (at_x, at_y) = (left + f32::from(x) + 0.5, top + f32::from(y) + 0.5);
            let on_code = 0.0..size as f32;
            if on_code.contains(&at_x) && on_code.contains(&at_y) {
                let ring = (x - 3).abs().max((y - 3).abs());
                places.push((at_x, at_y, ring == 3 || ring <= 1));
            }
        }
    }
    places
}

const RING: [(f32, f32); 8] =
    [(-1.0, -1.0), (0.0, -1.0), (1.0, -1.0), (-1.0, 0.0), (1.0, 0.0), (-1.0, 1.0), (0.0, 1.0), (1.0, 1.0)];
/// The places of the outer ring that lie on no straight or diagonal line through its middle.
const KNIGHT: [(f32, f32); 8] =
    [(-2.0, -1.0), (-2.0, 1.0), (2.0, -1.0), (2.0, 1.0), (-1.0, -2.0), (1.0, -2.0), (-1.0, 2.0), (1.0, 2.0)];
/// Version 1.
const SIZE_MIN: usize = 21;
/// The largest code that is shown ([`crate::code`]), with some to spare for others that hold a link.
const VERSION_MAX: usize = 25;
const SIZE_MAX: usize = VERSION_MAX * 4 + 17;
/// The far edge of a code that is held close is smaller, but not by more.
const MODULE_RATIO_MAX: f32 = 2.0;
/// The corner of a square that is seen from the side is not right-angled, but no needle either.
const SINE_MIN: f32 = 0.55;
/// Nor is one edge more than twice the other (a natural logarithm).
const LEGS_MAX: f32 = 0.7;
/// Threes of marks that are looked at: sixteen marks make 560.
const CORNERS_MAX: usize = 10;
/// Sizes of one three that are read.
const GRIDS_MAX: usize = 2;
/// Places where the fourth corner may be.
const SMALL_MARKS_MAX: usize = 5;
const SETTLE_ROUNDS: usize = 24;
/// A picture without any contrast is not like anything.
const NOISE: f32 = 2.0;
const LIKENESS_FIRST_MIN: f32 = 0.2;
/// A code that can be read has more than 0.6; three squares by chance have less than 0.4.
const LIKENESS_MIN: f32 = 0.45;
