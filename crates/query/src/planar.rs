//! Exact tests in the plane of longitude and latitude, as the OGC `bbox` parameter means them.

use siseol_model::{GeometryKind, LonLatBox, ShapeRef};

/// Whether the shape and the box share a point, edges included.
pub(crate) fn intersects_box(shape: ShapeRef<'_>, b: &LonLatBox) -> bool {
    let inside = |&[x, y]: &[f64; 2]| b.west <= x && x <= b.east && b.south <= y && y <= b.north;
    if shape.coords.iter().any(inside) {
        return true;
    }
    let kind = shape.kind.layer_kind();
    if kind == GeometryKind::Point {
        return false;
    }
    if shape.paths().any(|path| path.windows(2).any(|edge| crosses_box(edge[0], edge[1], b))) {
        return true;
    }
    // No vertex in the box, no edge through it: the polygon holds all of the box or nothing of it.
    kind == GeometryKind::Polygon && covers_point(shape, [b.west, b.south])
}

/// Whether the inside of a polygon shape holds all of the box, edges included.
pub(crate) fn covers_box(shape: ShapeRef<'_>, b: &LonLatBox) -> bool {
    shape.kind.layer_kind() == GeometryKind::Polygon
        && !shape.paths().any(|path| path.windows(2).any(|edge| crosses_box(edge[0], edge[1], b)))
        && covers_point(shape, [b.west, b.south])
}

/// Whether a segment and a box share a point: the segment is clipped edge by edge (Liang and Barsky 1984).
fn crosses_box([x0, y0]: [f64; 2], [x1, y1]: [f64; 2], b: &LonLatBox) -> bool {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    for (towards, gap) in
        [(-dx, x0 - b.west), (dx, b.east - x0), (-dy, y0 - b.south), (dy, b.north - y0)]
    {
        if towards == 0.0 {
            if gap < 0.0 {
                return false;
            }
        } else if towards < 0.0 {
            enter = enter.max(gap / towards);
        } else {
            leave = leave.min(gap / towards);
        }
    }
    enter <= leave
}

/// Whether a point lies inside a polygon shape, holes left out (even-odd rule over all rings). A point on an edge
/// may come out either way: the callers have looked at the edges before.
pub(crate) fn covers_point(shape: ShapeRef<'_>, [px, py]: [f64; 2]) -> bool {
    let mut inside = false;
    for ring in shape.paths() {
        for edge in ring.windows(2) {
            let ([x0, y0], [x1, y1]) = (edge[0], edge[1]);
            if (y0 > py) != (y1 > py) && px < x0 + (py - y0) / (y1 - y0) * (x1 - x0) {
                inside = !inside;
            }
        }
    }
    inside
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Intersects as _, Rect};
    use rand::{Rng as _, SeedableRng as _};
    use siseol_model::{Shape, ShapeKind};

    /// A random shape on a coarse grid, so that touching edges and shared corners are common.
    fn random_shape(rng: &mut impl rand::Rng) -> (Shape, geo::Geometry) {
        let mut at = || [f64::from(rng.random_range(0..12)), f64::from(rng.random_range(0..12))];
        let coords: Vec<_> = (0..3).map(|_| at()).collect();
        let line = |c: &[[f64; 2]]| geo::LineString::from(c.to_vec());
        let mut shape = Shape { coords, ..Shape::default() };
        let geometry = match rng.random_range(0..3) {
            0 => {
                shape.coords.truncate(1);
                geo::Point::from((shape.coords[0][0], shape.coords[0][1])).into()
            }
            1 => {
                shape.kind = ShapeKind::LineString;
                line(&shape.coords).into()
            }
            _ => {
                shape.kind = ShapeKind::Polygon;
                shape.coords.push(shape.coords[0]);
                geo::Polygon::new(line(&shape.coords), vec![]).into()
            }
        };
        shape.path_ends = vec![u32::try_from(shape.coords.len()).unwrap()];
        (shape, geometry)
    }

    #[test]
    fn boxes_meet_what_the_geo_crate_says_they_meet() {
        let seed = 41_410;
        println!("seed {seed}");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..20_000 {
            let (shape, geometry) = random_shape(&mut rng);
            let corner = [(); 2].map(|()| f64::from(rng.random_range(0..10)));
            let size = [(); 2].map(|()| f64::from(rng.random_range(1..4)));
            let (west, south) = (corner[0], corner[1]);
            let (east, north) = (west + size[0], south + size[1]);
            let b = LonLatBox { west, south, east, north };
            let rect = Rect::new((west, south), (east, north));
            assert_eq!(
                intersects_box(shape.as_ref(), &b),
                geometry.intersects(&rect),
                "{geometry:?} {rect:?}"
            );
        }
    }
}
