//! Points and polylines on the map plane, in metres.

/// A place on the map plane (easting, northing).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Point {
    pub(crate) const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The point `distance` away along the unit vector `way`.
    pub(crate) fn toward(self, way: Self, distance: f64) -> Self {
        Self::new(self.x + way.x * distance, self.y + way.y * distance)
    }

    /// This unit vector turned a quarter to the left.
    pub(crate) fn left(self) -> Self {
        Self::new(-self.y, self.x)
    }

    pub(crate) fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    pub(crate) fn between(self, other: Self, t: f64) -> Self {
        Self::new(self.x + (other.x - self.x) * t, self.y + (other.y - self.y) * t)
    }

    /// On the millimetre: what is written is what was computed with.
    pub(crate) fn rounded(self) -> Self {
        Self::new((self.x * 1000.0).round() / 1000.0, (self.y * 1000.0).round() / 1000.0)
    }
}

/// The length of a polyline.
pub(crate) fn length(line: &[Point]) -> f64 {
    line.windows(2).map(|w| w[0].distance(w[1])).sum()
}

/// The point `at` metres along a line of at least two points, and the unit direction there.
pub(crate) fn along(line: &[Point], at: f64) -> (Point, Point) {
    let mut rest = at.max(0.0);
    let last = line.len() - 2;
    for (k, w) in line.windows(2).enumerate() {
        let len = w[0].distance(w[1]);
        if rest <= len || k == last {
            let len = len.max(1e-9);
            let way = Point::new((w[1].x - w[0].x) / len, (w[1].y - w[0].y) / len);
            return (w[0].between(w[1], (rest / len).min(1.0)), way);
        }
        rest -= len;
    }
    (line[0], Point::new(1.0, 0.0))
}

/// The line that runs `offset` metres to the left of `line`, but starts and ends exactly at the given points.
pub(crate) fn beside(line: &[Point], start: Point, end: Point, offset: f64) -> Vec<Point> {
    let total = length(line);
    let lead = (offset.abs() * 1.5 + 2.0).min(total * 0.25);
    let shifted = |at: f64| {
        let (p, way) = along(line, at);
        p.toward(way.left(), offset).rounded()
    };
    let mut out = Vec::with_capacity(line.len() + 2);
    out.push(start);
    out.push(shifted(lead));
    let mut at = 0.0;
    for w in line.windows(2).take(line.len() - 2) {
        at += w[0].distance(w[1]);
        if at > lead * 1.5 && at < total - lead * 1.5 {
            out.push(shifted(at));
        }
    }
    out.push(shifted(total - lead));
    out.push(end);
    out
}

/// Cuts a line into `pieces` of equal length; neighbours share their end point exactly.
pub(crate) fn cut(line: &[Point], pieces: u32) -> Vec<Vec<Point>> {
    let step = length(line) / f64::from(pieces);
    let mut out = Vec::with_capacity(pieces as usize);
    let mut piece = vec![line[0]];
    let (mut passed, mut next) = (0.0, step);
    for w in line.windows(2) {
        let len = w[0].distance(w[1]);
        while out.len() + 1 < pieces as usize && passed + len > next + 1e-6 {
            let at = w[0].between(w[1], (next - passed) / len.max(1e-9)).rounded();
            piece.push(at);
            piece.dedup();
            out.push(std::mem::replace(&mut piece, vec![at]));
            next += step;
        }
        passed += len;
        piece.push(w[1]);
        piece.dedup();
    }
    out.push(piece);
    out
}

/// Twice-signed area halved: positive when the ring runs anticlockwise. The last point may repeat the first.
pub(crate) fn area(ring: &[Point]) -> f64 {
    let origin = ring[0];
    let mut sum = 0.0;
    for (k, p) in ring.iter().enumerate() {
        let q = ring[(k + 1) % ring.len()];
        sum += (p.x - origin.x) * (q.y - origin.y) - (q.x - origin.x) * (p.y - origin.y);
    }
    sum / 2.0
}

/// Whether a point lies in a ring (even-odd rule).
pub(crate) fn inside(ring: &[Point], p: Point) -> bool {
    let mut odd = false;
    for (k, a) in ring.iter().enumerate() {
        let b = ring[(k + 1) % ring.len()];
        if (a.y > p.y) != (b.y > p.y) && p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x {
            odd = !odd;
        }
    }
    odd
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bent() -> Vec<Point> {
        vec![Point::new(0.0, 0.0), Point::new(60.0, 0.0), Point::new(60.0, 45.5)]
    }

    #[test]
    fn pieces_join_exactly_and_keep_the_length() {
        let pieces = cut(&bent(), 4);
        assert_eq!(pieces.len(), 4);
        assert_eq!(pieces[0][0], bent()[0]);
        assert_eq!(pieces[3].last(), bent().last());
        for w in pieces.windows(2) {
            assert_eq!(w[0].last(), w[1].first());
        }
        let sum: f64 = pieces.iter().map(|p| length(p)).sum();
        assert!((sum - 105.5).abs() < 0.002, "{sum}");
    }

    #[test]
    fn a_line_beside_another_keeps_the_given_ends() {
        let (start, end) = (Point::new(0.5, 0.5), Point::new(60.5, 46.0));
        let line = beside(&bent(), start, end, 3.0);
        assert_eq!((line[0], line[line.len() - 1]), (start, end));
        assert!((line[1].y - 3.0).abs() < 1e-9);
    }

    #[test]
    fn area_and_inside_of_a_square() {
        let ring = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0)].map(|(x, y)| Point::new(x, y));
        assert!((area(&ring) - 4.0).abs() < 1e-12);
        assert!(inside(&ring, Point::new(1.0, 1.0)) && !inside(&ring, Point::new(3.0, 1.0)));
    }
}
