//! The reference: distances, lengths and areas on the WGS 84 ellipsoid by Karney's algorithms
//! (C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87, 2013), as `geographiclib-rs` has them.
//!
//! It is exact to nanometres and slow (about a microsecond a call); [`crate::local`] decides nearly everything.

use geographiclib_rs::{DirectGeodesic as _, Geodesic, InverseGeodesic, PolygonArea, Winding};
use siseol_model::{GeometryKind, LonLat, ShapeRef};
use std::sync::LazyLock;

static WGS84: LazyLock<Geodesic> = LazyLock::new(Geodesic::wgs84);

/// Semi-major axis of WGS 84, metres.
pub(crate) const EQUATORIAL_RADIUS: f64 = 6_378_137.0;
/// First eccentricity of WGS 84, squared: f (2 - f) with f = 1/298.257223563.
pub(crate) const ECCENTRICITY_SQUARED: f64 = 0.006_694_379_990_141_316_5;
/// The smallest radius of curvature anywhere: along the meridian at the equator, a (1 - e²).
pub(crate) const SMALLEST_RADIUS: f64 = EQUATORIAL_RADIUS * (1.0 - ECCENTRICITY_SQUARED);

/// Metres between two places.
pub(crate) fn distance(from: LonLat, [lon, lat]: [f64; 2]) -> f64 {
    WGS84.inverse(from.lat, from.lon, lat, lon)
}

/// Metres from a place to the nearest point of the geodesic between `a` and `b`.
///
/// From a point on the edge, the foot of the perpendicular is found on a sphere (exact there, and nearly so on the
/// ellipsoid); going to it and asking again converges in two or three steps. The distance along a geodesic from a
/// point is convex at the scale of a city, so that clamping to the ends is right.
pub(crate) fn distance_to_edge(from: LonLat, a: [f64; 2], b: [f64; 2]) -> f64 {
    let (length, azimuth, _, _): (f64, f64, f64, f64) = WGS84.inverse(a[1], a[0], b[1], b[0]);
    let mut nearest = distance(from, a).min(distance(from, b));
    if length == 0.0 {
        return nearest;
    }
    let mut along = length / 2.0;
    for _ in 0..20 {
        let (lat, lon, heading): (f64, f64, f64) = WGS84.direct(a[1], a[0], azimuth, along);
        let (gap, towards, _, _): (f64, f64, f64, f64) =
            WGS84.inverse(lat, lon, from.lat, from.lon);
        nearest = nearest.min(gap);
        let turn = (towards - heading).to_radians();
        let step = EQUATORIAL_RADIUS * ((gap / EQUATORIAL_RADIUS).tan() * turn.cos()).atan();
        let next = (along + step).clamp(0.0, length);
        if (next - along).abs() < 1e-6 {
            break;
        }
        along = next;
    }
    nearest
}

/// Metres from a place to the nearest point of a shape; 0 inside a polygon (`covered` says whether it is inside).
pub(crate) fn distance_to_shape(from: LonLat, shape: ShapeRef<'_>, covered: bool) -> f64 {
    if covered {
        return 0.0;
    }
    if shape.kind.layer_kind() == GeometryKind::Point {
        return shape.coords.iter().map(|&c| distance(from, c)).fold(f64::INFINITY, f64::min);
    }
    let mut nearest = f64::INFINITY;
    for path in shape.paths() {
        if let [only] = path {
            nearest = nearest.min(distance(from, *only));
        }
        for edge in path.windows(2) {
            nearest = nearest.min(distance_to_edge(from, edge[0], edge[1]));
        }
    }
    nearest
}

/// Micrometres along all lines of a shape.
pub(crate) fn length_um(shape: ShapeRef<'_>) -> i64 {
    let metres: f64 = shape
        .paths()
        .flat_map(|path| path.windows(2))
        .map(|edge| {
            let from = LonLat { lon: edge[0][0], lat: edge[0][1] };
            crate::local::short_distance(from, edge[1]).unwrap_or_else(|| distance(from, edge[1]))
        })
        .sum();
    whole(metres * 1e6)
}

/// Square millimetres inside a shape's polygons, holes left out.
pub(crate) fn area_mm2(shape: ShapeRef<'_>) -> i64 {
    let mut paths = shape.paths();
    let mut square_metres = 0.0;
    for rings in shape.rings_per_polygon() {
        for (i, ring) in paths.by_ref().take(rings).enumerate() {
            let mut area = PolygonArea::new(&WGS84, Winding::CounterClockwise);
            for &[lon, lat] in ring.iter().take(ring.len().saturating_sub(1)) {
                area.add_point(lat, lon);
            }
            let (_, ring_area, _) = area.compute(true);
            square_metres += if i == 0 { ring_area.abs() } else { -ring_area.abs() };
        }
    }
    whole(square_metres * 1e6)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a measure on the globe, at most 5e20, saturates"
)]
fn whole(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng as _, SeedableRng as _};

    #[test]
    fn the_foot_on_an_edge_is_where_a_fine_search_finds_it() {
        let seed = 7;
        println!("seed {seed}");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        for scale in [1e-4, 1e-2, 1.0] {
            for _ in 0..100 {
                let mut near = |lon: f64, lat: f64| {
                    [lon + rng.random_range(-scale..scale), lat + rng.random_range(-scale..scale)]
                };
                let [a, b, place] = [(); 3].map(|()| near(127.0, 37.0));
                let from = LonLat { lon: place[0], lat: place[1] };
                let (length, azimuth, _, _): (f64, f64, f64, f64) =
                    WGS84.inverse(a[1], a[0], b[1], b[0]);
                // Golden-section search over the whole edge.
                let at = |t: f64| {
                    let (lat, lon): (f64, f64) = WGS84.direct(a[1], a[0], azimuth, t);
                    distance(from, [lon, lat])
                };
                let (mut low, mut high) = (0.0, length);
                let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
                while high - low > 1e-4 {
                    let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
                    if at(left) < at(right) { high = right } else { low = left }
                }
                let searched = at(f64::midpoint(low, high)).min(at(0.0)).min(at(length));
                let found = distance_to_edge(from, a, b);
                assert!((found - searched).abs() < 1e-5, "{found} {searched} {a:?} {b:?} {from:?}");
            }
        }
    }
}
