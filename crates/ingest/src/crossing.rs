//! Where a polygon's boundary meets itself.

use robust::{Coord, orient2d};
use siseol_model::Shape;

/// Pairs of edges that are compared for one shape. An ordinary one of a million vertices stays far below it.
const MAX_PAIRS: u64 = 50_000_000;

/// What a search found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Crossing {
    /// The boundary meets itself nowhere.
    Nowhere,
    /// It does there, and perhaps elsewhere.
    At([f64; 2]),
    /// There are so many edges beside each other that not all were compared.
    NotSought,
}

/// One edge, its ends from west to east (or south to north, whichever way the shape is longer).
#[derive(Debug, Clone, Copy)]
struct Edge {
    low: [f64; 2],
    high: [f64; 2],
    ring: u32,
    /// Its place in its ring.
    place: u32,
}

/// Looks for crossings, with the same memory for shape after shape.
#[derive(Debug, Default)]
pub(crate) struct Search {
    edges: Vec<Edge>,
    /// Edges of each ring.
    lengths: Vec<u32>,
    open: Vec<usize>,
}

impl Search {
    /// Looks for a place where a ring of the shape touches or crosses itself, or where two rings cross or run together. Two
    /// rings may touch in a point. Coordinates are finite.
    pub(crate) fn look(&mut self, shape: &Shape) -> Crossing {
        let axis = self.take_edges(shape);
        self.edges.sort_unstable_by(|a, b| a.low[axis].total_cmp(&b.low[axis]));
        self.open.clear();
        let mut left = MAX_PAIRS;
        for next in 0..self.edges.len() {
            let edge = self.edges[next];
            self.open.retain(|&other| self.edges[other].high[axis] >= edge.low[axis]);
            let Some(rest) = left.checked_sub(self.open.len() as u64) else {
                return Crossing::NotSought;
            };
            left = rest;
            for &other in &self.open {
                if let Some(place) = self.meeting(&self.edges[other], &edge, 1 - axis) {
                    return Crossing::At(place);
                }
            }
            self.open.push(next);
        }
        Crossing::Nowhere
    }

    /// Takes the edges of the shape, and returns the axis along which it is longer.
    #[expect(clippy::float_cmp, reason = "a vertex is there twice if it is the very same")]
    fn take_edges(&mut self, shape: &Shape) -> usize {
        self.edges.clear();
        self.lengths.clear();
        let (mut min, mut max) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for [x, y] in &shape.coords {
            min = [min[0].min(*x), min[1].min(*y)];
            max = [max[0].max(*x), max[1].max(*y)];
        }
        let axis = usize::from(max[1] - min[1] > max[0] - min[0]);
        for (ring, path) in (0..).zip(shape.as_ref().paths()) {
            let mut place = 0;
            for pair in path.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                // A vertex twice in a row is no edge.
                if a != b {
                    let (low, high) = if a[axis] <= b[axis] { (a, b) } else { (b, a) };
                    self.edges.push(Edge { low, high, ring, place });
                    place += 1;
                }
            }
            self.lengths.push(place);
        }
        axis
    }

    /// Where two edges meet that should not. `across`: the axis that the walk does not go along.
    #[expect(clippy::float_cmp, reason = "the signs are exact, and so is no sign")]
    fn meeting(&self, a: &Edge, b: &Edge, across: usize) -> Option<[f64; 2]> {
        let range = |e: &Edge| {
            let (one, other) = (e.low[across], e.high[across]);
            if one < other { (one, other) } else { (other, one) }
        };
        let ((a_min, a_max), (b_min, b_max)) = (range(a), range(b));
        if a_max < b_min || b_max < a_min {
            return None;
        }
        let turn = |e: &Edge, p: [f64; 2]| orient2d(coord(e.low), coord(e.high), coord(p));
        let sides = [turn(a, b.low), turn(a, b.high)];
        if sides[0] > 0.0 && sides[1] > 0.0 || sides[0] < 0.0 && sides[1] < 0.0 {
            return None;
        }
        let back = [turn(b, a.low), turn(b, a.high)];
        if back[0] > 0.0 && back[1] > 0.0 || back[0] < 0.0 && back[1] < 0.0 {
            return None;
        }
        if sides == [0.0; 2] {
            return self.on_one_line(a, b);
        }
        let touches = sides.contains(&0.0) || back.contains(&0.0);
        if touches && (a.ring != b.ring || self.neighbours(a, b)) {
            return None;
        }
        Some(crossing(a, b, sides))
    }

    /// Two edges on one line: they may share one end, in a corner that goes straight on or between two rings.
    fn on_one_line(&self, a: &Edge, b: &Edge) -> Option<[f64; 2]> {
        // Along the line, whichever way it runs.
        let order = |p: &[f64; 2], q: &[f64; 2]| p[0].total_cmp(&q[0]).then(p[1].total_cmp(&q[1]));
        let ends = |e: &Edge| {
            if order(&e.low, &e.high).is_le() { (e.low, e.high) } else { (e.high, e.low) }
        };
        let ((a_from, a_to), (b_from, b_to)) = (ends(a), ends(b));
        let from = if order(&a_from, &b_from).is_ge() { a_from } else { b_from };
        let to = if order(&a_to, &b_to).is_le() { a_to } else { b_to };
        match order(&from, &to) {
            std::cmp::Ordering::Less => Some(from),
            std::cmp::Ordering::Equal if a.ring == b.ring && !self.neighbours(a, b) => Some(from),
            _ => None,
        }
    }

    /// Whether they follow each other in their ring.
    fn neighbours(&self, a: &Edge, b: &Edge) -> bool {
        let (first, last) = if a.place < b.place { (a.place, b.place) } else { (b.place, a.place) };
        last - first == 1 || (first == 0 && last + 1 == self.lengths[a.ring as usize])
    }
}

/// The place where `b`, whose ends are on those sides of `a`, meets `a`.
fn crossing(a: &Edge, b: &Edge, sides: [f64; 2]) -> [f64; 2] {
    // An end on the other edge is the place itself, without a rounding.
    for (side, end) in sides.into_iter().zip([b.low, b.high]) {
        if side == 0.0 {
            return end;
        }
    }
    for end in [a.low, a.high] {
        if orient2d(coord(b.low), coord(b.high), coord(end)) == 0.0 {
            return end;
        }
    }
    let along = sides[0] / (sides[0] - sides[1]);
    [0, 1].map(|axis| b.low[axis] + (b.high[axis] - b.low[axis]) * along)
}

fn coord([x, y]: [f64; 2]) -> Coord<f64> {
    Coord { x, y }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siseol_model::ShapeKind;

    fn polygon(rings: &[&[[i32; 2]]]) -> Shape {
        let mut shape = Shape { kind: ShapeKind::Polygon, ..Shape::default() };
        for ring in rings {
            let vertices = ring.iter().map(|v| v.map(f64::from));
            shape.coords.extend(vertices.chain([ring[0].map(f64::from)]));
            shape.path_ends.push(u32::try_from(shape.coords.len()).unwrap());
        }
        shape
    }

    fn look(rings: &[&[[i32; 2]]]) -> Crossing {
        Search::default().look(&polygon(rings))
    }

    #[test]
    fn the_place_is_named() {
        assert_eq!(look(&[&[[0, 0], [4, 0], [4, 4], [0, 4]]]), Crossing::Nowhere);
        assert_eq!(look(&[&[[0, 0], [4, 4], [4, 0], [0, 4]]]), Crossing::At([2.0, 2.0]));
        // A vertex twice in a row, and a corner that goes straight on, are nothing.
        assert_eq!(look(&[&[[0, 0], [2, 0], [2, 0], [4, 0], [4, 4], [0, 4]]]), Crossing::Nowhere);
        // A spike, a ring that touches itself in a vertex, one that touches its own edge.
        assert_eq!(
            look(&[&[[0, 0], [4, 0], [4, 4], [9, 4], [2, 4], [0, 4]]]),
            Crossing::At([4.0, 4.0])
        );
        let pinched: &[[i32; 2]] = &[[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4]];
        assert_eq!(look(&[pinched]), Crossing::At([2.0, 2.0]));
        let leaning: &[[i32; 2]] = &[[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]];
        assert_eq!(look(&[leaning]), Crossing::At([2.0, 0.0]));
    }

    #[test]
    fn rings_may_touch_each_other_and_no_more() {
        let outer: &[[i32; 2]] = &[[0, 0], [8, 0], [8, 8], [0, 8]];
        assert_eq!(look(&[outer, &[[1, 1], [1, 2], [2, 1]]]), Crossing::Nowhere);
        assert_eq!(look(&[outer, &[[0, 4], [2, 5], [2, 3]]]), Crossing::Nowhere);
        assert_eq!(look(&[outer, &[[-2, 4], [2, 5], [2, 3]]]), Crossing::At([0.0, 4.5]));
        assert_eq!(look(&[outer, &[[0, 4], [0, 6], [2, 5]]]), Crossing::At([0.0, 4.0]));
    }

    /// A small generator of random numbers that is the same everywhere.
    fn next(state: &mut u64) -> i32 {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        i32::try_from(*state >> 33 & 0xff).unwrap()
    }

    /// Whether two edges share a point, in whole numbers.
    fn share([a, b]: [[i32; 2]; 2], [c, d]: [[i32; 2]; 2]) -> bool {
        let turn = |p: [i32; 2], q: [i32; 2], r: [i32; 2]| {
            ((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])).signum()
        };
        let within = |p: [i32; 2], q: [i32; 2], r: [i32; 2]| {
            (0..2).all(|k| p[k].min(q[k]) <= r[k] && r[k] <= p[k].max(q[k]))
        };
        let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b));
        (abc != abd && cda != cdb)
            || (abc == 0 && within(a, b, c))
            || (abd == 0 && within(a, b, d))
            || (cda == 0 && within(c, d, a))
            || (cdb == 0 && within(c, d, b))
    }

    #[test]
    fn random_rings_are_told_from_crossing_ones_as_by_comparing_all_edges() {
        let seed = 0x5eed_0b5e;
        println!("seed {seed}");
        let mut state = seed;
        let mut counts = [0, 0];
        for _ in 0..20_000 {
            let corners = 4 + next(&mut state) % 4;
            let ring: Vec<[i32; 2]> =
                (0..corners).map(|_| [next(&mut state) % 12, next(&mut state) % 9]).collect();
            let edge = |i: usize| [ring[i], ring[(i + 1) % ring.len()]];
            if (0..ring.len()).any(|i| edge(i)[0] == edge(i)[1]) {
                continue;
            }
            let mut meets = false;
            for i in 0..ring.len() {
                for j in i + 1..ring.len() {
                    let far = j - i > 1 && !(i == 0 && j + 1 == ring.len());
                    // Neighbours meet in their common vertex; a second common point has to be a vertex of one of them.
                    let [[a, b], [c, d]] = [edge(i), edge(j)];
                    let others = if b == c { [a, d] } else { [b, c] };
                    let on = |p, e| share([p, p], e);
                    let spike = on(others[0], edge(j)) || on(others[1], edge(i));
                    meets |= if far { share(edge(i), edge(j)) } else { spike };
                }
            }
            let found = look(&[&ring]) != Crossing::Nowhere;
            assert_eq!(found, meets, "seed {seed}: {ring:?}");
            counts[usize::from(meets)] += 1;
        }
        assert!(counts.iter().all(|n| *n > 500), "both occur: {counts:?}");
    }

    #[test]
    fn what_would_take_too_long_is_not_sought() {
        // A comb of long teeth: every edge lies beside every other one.
        let teeth = 12_000;
        let mut ring = Vec::new();
        for tooth in 0..teeth {
            ring.extend([
                [0, 3 * tooth],
                [100_000, 3 * tooth],
                [100_000, 3 * tooth + 1],
                [1, 3 * tooth + 1],
            ]);
        }
        ring.extend([[-5, 3 * teeth], [-5, 0]]);
        assert_eq!(look(&[&ring]), Crossing::NotSought);
    }
}
