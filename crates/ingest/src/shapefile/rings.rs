//! Which ring of a polygon record is an outer one and which is a hole in which: told from what lies in what, not from the
//! direction that the file gives it.

use robust::{Coord, orient2d};
use std::ops::Range;

/// Comparisons that one record may take; a second, about.
const MAX_STEPS: u64 = 1_000_000_000;

/// The rings of one record, cut into polygons.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Assembly {
    /// Each polygon's rings by their place in the record, the outer one first.
    pub(super) polygons: Vec<Vec<usize>>,
    /// Rings against their direction: outer ones go clockwise in this format, holes the other way.
    pub(super) backwards: Vec<bool>,
    /// Outer rings that go the way of holes.
    pub(super) outer_backwards: bool,
    /// Holes that go the way of the ring that they lie in.
    pub(super) hole_like_outer: bool,
}

impl Assembly {
    /// One polygon of all rings as they come.
    pub(super) fn as_delivered(rings: usize) -> Self {
        Self {
            polygons: vec![(0..rings).collect()],
            backwards: vec![false; rings],
            ..Self::default()
        }
    }
}

/// One ring.
struct Ring<'a> {
    place: usize,
    vertices: &'a [[f64; 2]],
    /// Twice the area, positive if it goes counter-clockwise.
    area: f64,
    min: [f64; 2],
    max: [f64; 2],
}

/// Cuts the rings into polygons. None if that takes too long.
pub(super) fn assemble(coords: &[[f64; 2]], parts: &[Range<usize>]) -> Option<Assembly> {
    let rings: Vec<_> = parts
        .iter()
        .enumerate()
        .map(|(place, part)| Ring::new(place, &coords[part.clone()]))
        .collect();
    let around = containers(&rings)?;
    let mut assembly = Assembly { backwards: vec![false; rings.len()], ..Assembly::default() };
    let is_outer = |ring: usize| around[ring].len().is_multiple_of(2);
    let mut polygon_of = vec![0; rings.len()];
    for ring in rings.iter().filter(|r| is_outer(r.place)) {
        polygon_of[ring.place] = assembly.polygons.len();
        assembly.polygons.push(vec![ring.place]);
        assembly.backwards[ring.place] = ring.area > 0.0;
        assembly.outer_backwards |= ring.area > 0.0;
    }
    for ring in rings.iter().filter(|r| !is_outer(r.place)) {
        // The innermost of those around it; among rings that cross each other it need not be an outer one.
        let outers = around[ring.place].iter().copied().filter(|&at| is_outer(at));
        let size = |at: &usize| rings[*at].area.abs();
        let Some(parent) = outers.min_by(|a, b| size(a).total_cmp(&size(b))) else { continue };
        assembly.polygons[polygon_of[parent]].push(ring.place);
        assembly.backwards[ring.place] = ring.area < 0.0;
        assembly.hole_like_outer |= ring.area * rings[parent].area > 0.0;
    }
    Some(assembly)
}

/// For each ring, the rings that it lies in.
fn containers(rings: &[Ring<'_>]) -> Option<Vec<Vec<usize>>> {
    let mut around = vec![Vec::new(); rings.len()];
    if rings.len() < 2 {
        return Some(around);
    }
    let mut from_west: Vec<usize> = (0..rings.len()).collect();
    from_west.sort_by(|&a, &b| rings[a].min[0].total_cmp(&rings[b].min[0]));
    let mut steps = 0_u64;
    // Those whose boxes reach as far east as the current ring begins.
    let mut open: Vec<usize> = Vec::new();
    for &next in &from_west {
        let ring = &rings[next];
        open.retain(|&other| rings[other].max[0] >= ring.min[0]);
        steps += open.len() as u64;
        for &other in &open {
            let other = &rings[other];
            let (inner, outer) =
                if ring.area.abs() < other.area.abs() { (ring, other) } else { (other, ring) };
            if outer.spans(inner) {
                steps += (outer.vertices.len() + inner.vertices.len()) as u64;
                if outer.holds(inner, &mut steps) {
                    around[inner.place].push(outer.place);
                }
            }
            if steps > MAX_STEPS {
                return None;
            }
        }
        open.push(next);
    }
    Some(around)
}

impl<'a> Ring<'a> {
    fn new(place: usize, vertices: &'a [[f64; 2]]) -> Self {
        let (mut min, mut max) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for v in vertices {
            for axis in 0..2 {
                min[axis] = min[axis].min(v[axis]);
                max[axis] = max[axis].max(v[axis]);
            }
        }
        Self { place, vertices, area: double_area(vertices), min, max }
    }

    fn spans(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] <= other.min[axis] && other.max[axis] <= self.max[axis])
    }

    /// Whether the other ring lies in this one, by its first vertex that is not on this one's edge; the middles of its
    /// edges tell it where all vertices are.
    fn holds(&self, other: &Self, steps: &mut u64) -> bool {
        let vertices = other.vertices.iter().copied();
        let middles =
            edges(other.vertices).map(|[[ax, ay], [bx, by]]| [ax.midpoint(bx), ay.midpoint(by)]);
        for place in vertices.chain(middles) {
            *steps += self.vertices.len() as u64;
            if *steps > MAX_STEPS {
                break;
            }
            match self.side_of(place) {
                Side::Inside => return true,
                Side::Outside => return false,
                Side::Edge => {}
            }
        }
        false
    }

    #[expect(
        clippy::float_cmp,
        reason = "a level edge is one whose ends are at the same height, not nearly so"
    )]
    fn side_of(&self, place: [f64; 2]) -> Side {
        let mut inside = false;
        for [a, b] in edges(self.vertices) {
            if a[1] > place[1] && b[1] > place[1] || a[1] < place[1] && b[1] < place[1] {
                continue;
            }
            let (west, east) = if a[0] < b[0] { (a[0], b[0]) } else { (b[0], a[0]) };
            if a[1] == b[1] {
                if west <= place[0] && place[0] <= east {
                    return Side::Edge;
                }
                continue;
            }
            let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
            let turn = orient2d(coord(low), coord(high), coord(place));
            if turn == 0.0 {
                return Side::Edge;
            }
            // A vertex at the height of the place counts with the edge above it alone.
            inside ^= turn > 0.0 && high[1] > place[1] && low[1] <= place[1];
        }
        if inside { Side::Inside } else { Side::Outside }
    }
}

enum Side {
    Inside,
    Outside,
    Edge,
}

fn coord([x, y]: [f64; 2]) -> Coord<f64> {
    Coord { x, y }
}

/// The edges of a ring, the one from its last vertex to its first among them if it is open.
#[expect(clippy::float_cmp, reason = "a ring is closed by its very first vertex")]
fn edges(vertices: &[[f64; 2]]) -> impl Iterator<Item = [[f64; 2]; 2]> {
    let closing = match vertices {
        [first, .., last] if first != last => Some([*last, *first]),
        _ => None,
    };
    vertices.windows(2).map(|pair| [pair[0], pair[1]]).chain(closing)
}

/// Twice the area, positive if the ring goes counter-clockwise. It is taken about the first vertex, where numbers are small.
fn double_area(vertices: &[[f64; 2]]) -> f64 {
    let Some(&[x0, y0]) = vertices.first() else { return 0.0 };
    vertices
        .windows(2)
        .map(|pair| {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            (ax - x0) * (by - y0) - (bx - x0) * (ay - y0)
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square about 0, 0, clockwise.
    fn square(half: f64) -> Vec<[f64; 2]> {
        vec![[-half, -half], [-half, half], [half, half], [half, -half], [-half, -half]]
    }

    fn put(rings: &[Vec<[f64; 2]>]) -> Assembly {
        let mut parts = Vec::new();
        let mut at = 0;
        for ring in rings {
            parts.push(at..at + ring.len());
            at += ring.len();
        }
        assemble(&rings.concat(), &parts).unwrap()
    }

    fn reversed(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
        ring.reverse();
        ring
    }

    fn moved(ring: Vec<[f64; 2]>, by: f64) -> Vec<[f64; 2]> {
        ring.into_iter().map(|[x, y]| [x + by, y]).collect()
    }

    #[test]
    fn a_ring_in_a_ring_is_a_hole_whatever_its_direction() {
        for (hole, like_outer) in [(reversed(square(1.0)), false), (square(1.0), true)] {
            let found = put(&[square(4.0), hole]);
            assert_eq!(found.polygons, [vec![0, 1]]);
            assert_eq!(found.backwards, [false, like_outer]);
            assert_eq!((found.outer_backwards, found.hole_like_outer), (false, like_outer));
        }
        let turned = put(&[reversed(square(4.0)), square(1.0)]);
        assert_eq!(turned.polygons, [vec![0, 1]]);
        assert_eq!(turned.backwards, [true, true]);
        assert_eq!((turned.outer_backwards, turned.hole_like_outer), (true, false));
    }

    #[test]
    fn islands_in_lakes_and_parts_side_by_side_are_polygons_of_their_own() {
        let nested =
            put(&[square(1.0), reversed(square(2.0)), square(3.0), moved(square(1.0), 9.0)]);
        assert_eq!(nested.polygons, [vec![0], vec![2, 1], vec![3]]);
        assert_eq!(nested.backwards, [false; 4]);
        // Holes come to the polygon around them, however the file orders the rings.
        let two = put(&[
            reversed(moved(square(1.0), 9.0)),
            square(2.0),
            moved(square(2.0), 9.0),
            reversed(square(1.0)),
        ]);
        assert_eq!(two.polygons, [vec![1, 3], vec![2, 0]]);
    }

    #[test]
    fn a_hole_whose_vertices_are_all_on_the_outer_ring_lies_inside_and_a_neighbour_does_not() {
        let diamond = vec![[-4.0, 0.0], [0.0, 4.0], [4.0, 0.0], [0.0, -4.0], [-4.0, 0.0]];
        assert_eq!(put(&[square(4.0), diamond]).polygons, [vec![0, 1]]);
        let neighbour = moved(square(1.0), 5.0);
        assert_eq!(put(&[square(4.0), neighbour]).polygons, [vec![0], vec![1]]);
        // The same ring twice does not lie in itself.
        assert_eq!(put(&[square(4.0), square(4.0)]).polygons.len(), 2);
    }

    #[test]
    fn numbers_that_are_none_end_nothing() {
        let mut odd = square(1.0);
        odd[1] = [f64::NAN, f64::INFINITY];
        assert_eq!(put(&[odd.clone(), square(4.0), odd]).backwards.len(), 3);
    }
}
