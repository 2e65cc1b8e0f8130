//! How the flat square of a code lies in the picture.

/// A place in the picture, in pixels, or on the code, in modules.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

impl Point {
    pub(super) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self { x: self.x - other.x, y: self.y - other.y }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        Self { x: self.x + other.x, y: self.y + other.y }
    }

    pub(super) fn times(self, by: f32) -> Self {
        Self { x: self.x * by, y: self.y * by }
    }

    pub(super) fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    /// Positive when the other lies clockwise in a picture, whose rows go down.
    pub(super) fn cross(self, other: Self) -> f32 {
        self.x.mul_add(other.y, -(self.y * other.x))
    }
}

/// A projective map of the plane, row by row; the last entry is 1 unless it is composed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane([f32; 9]);

impl Plane {
    /// The map that takes four corners of a square to four places, both in the same order around it.
    pub(super) fn from_corners(low: f32, high: f32, to: [Point; 4]) -> Option<Self> {
        let [a, b, c, d] = to;
        // Unit square to quadrilateral (Heckbert 1989, section 2.2).
        let (dx1, dy1) = (b.x - c.x, b.y - c.y);
        let (dx2, dy2) = (d.x - c.x, d.y - c.y);
        let (sx, sy) = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
        let area = dx1.mul_add(dy2, -(dx2 * dy1));
        let g = sx.mul_add(dy2, -(dx2 * sy)) / area;
        let h = dx1.mul_add(sy, -(sx * dy1)) / area;
        let unit = [
            g.mul_add(b.x, b.x - a.x),
            h.mul_add(d.x, d.x - a.x),
            a.x,
            g.mul_add(b.y, b.y - a.y),
            h.mul_add(d.y, d.y - a.y),
            a.y,
            g,
            h,
            1.0,
        ];
        // From modules to the unit square: a scale and a shift.
        let scale = 1.0 / (high - low);
        let shift = -low * scale;
        let mut map = [0.0; 9];
        for row in 0..3 {
            let [u, v, w] = [unit[3 * row], unit[3 * row + 1], unit[3 * row + 2]];
            map[3 * row] = u * scale;
            map[3 * row + 1] = v * scale;
            map[3 * row + 2] = (u + v).mul_add(shift, w);
        }
        map.iter().all(|entry| entry.is_finite()).then_some(Self(map))
    }

    /// Where a place on the code is in the picture.
    pub(super) fn at(&self, x: f32, y: f32) -> Point {
        let m = &self.0;
        let depth = m[6].mul_add(x, m[7].mul_add(y, m[8]));
        Point { x: m[0].mul_add(x, m[1].mul_add(y, m[2])) / depth, y: m[3].mul_add(x, m[4].mul_add(y, m[5])) / depth }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_go_where_they_were_sent() {
        let to = [Point::new(10.0, 12.0), Point::new(90.0, 20.0), Point::new(80.0, 95.0), Point::new(5.0, 70.0)];
        let plane = Plane::from_corners(3.5, 37.5, to).unwrap();
        let from = [(3.5, 3.5), (37.5, 3.5), (37.5, 37.5), (3.5, 37.5)];
        for ((x, y), to) in from.into_iter().zip(to) {
            let got = plane.at(x, y);
            assert!(got.minus(to).length() < 1e-3, "{got:?} {to:?}");
        }
    }
}
