//! Distances near one place, fast and with a bound on their error.
//!
//! Around a centre, a point is given the plane coordinates whose length is its geodesic distance and whose direction
//! is its azimuth (an azimuthal equidistant map). The distance comes from the straight chord through the ellipsoid:
//! an arc of radius of curvature R has `s = c (1 + c²/24R² + 3c⁴/640R⁴)`. What is left out is bounded by:
//!
//! * the change of curvature along the way, at most `s⁴ · 4e-24` metres;
//! * for direction, normal section against geodesic, at most `s³ · 2e-17` metres sideways;
//! * for an edge, the bend of a geodesic in this map: a geodesic of length L at distance s from the centre leaves its
//!   chord by at most `K s L² / 8`, with K the largest Gaussian curvature.
//!
//! The tests hold each bound against the reference up to 100 km.

use crate::geodesic::{ECCENTRICITY_SQUARED, EQUATORIAL_RADIUS, SMALLEST_RADIUS};
use siseol_model::LonLat;

/// Beyond this distance the bounds are not claimed, metres.
pub(crate) const REACH: f64 = 120_000.0;

/// The largest Gaussian curvature of WGS 84 (at the poles: 1/M N = (1 - e²)/a²... at its largest), per square metre.
const LARGEST_CURVATURE: f64 = 1.0 / (SMALLEST_RADIUS * SMALLEST_RADIUS);

/// A point in the map around a centre.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    /// Metres east and north.
    pub(crate) xy: [f64; 2],
    /// Metres from the centre.
    pub(crate) distance: f64,
}

/// The map around one centre.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LocalMap {
    lon: f64,
    lat: f64,
    sin_lat: f64,
    cos_lat: f64,
    /// The centre's distance from the axis, and its height over the equator's plane, metres.
    axis: f64,
    height: f64,
    /// Curvature (1/R²) along the meridian less that across it, and that across it, per square metre.
    meridian_excess: f64,
    across: f64,
}

impl LocalMap {
    pub(crate) fn around(centre: LonLat) -> Self {
        let (sin_lat, cos_lat) = centre.lat.to_radians().sin_cos();
        let w2 = 1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat;
        let prime_vertical = EQUATORIAL_RADIUS / w2.sqrt();
        let meridional = prime_vertical * (1.0 - ECCENTRICITY_SQUARED) / w2;
        Self {
            lon: centre.lon,
            lat: centre.lat,
            sin_lat,
            cos_lat,
            axis: prime_vertical * cos_lat,
            height: prime_vertical * (1.0 - ECCENTRICITY_SQUARED) * sin_lat,
            meridian_excess: 1.0 / meridional - 1.0 / prime_vertical,
            across: 1.0 / prime_vertical,
        }
    }

    /// Where a point lies in the map.
    pub(crate) fn place(&self, [lon, lat]: [f64; 2]) -> Near {
        let (sin_dlon, cos_dlon) = sin_cos_small(wrap(lon - self.lon).to_radians());
        let (sin_dlat, cos_dlat) = sin_cos_small((lat - self.lat).to_radians());
        let sin_lat = self.sin_lat * cos_dlat + self.cos_lat * sin_dlat;
        let cos_lat = self.cos_lat * cos_dlat - self.sin_lat * sin_dlat;
        let prime_vertical =
            EQUATORIAL_RADIUS / (1.0 - ECCENTRICITY_SQUARED * sin_lat * sin_lat).sqrt();
        let axis = prime_vertical * cos_lat;
        let d_axis = axis * cos_dlon - self.axis;
        let d_height = prime_vertical * (1.0 - ECCENTRICITY_SQUARED) * sin_lat - self.height;
        let east = axis * sin_dlon;
        let north = self.cos_lat * d_height - self.sin_lat * d_axis;
        let up = self.cos_lat * d_axis + self.sin_lat * d_height;
        let level2 = east * east + north * north;
        if level2 == 0.0 {
            return Near { xy: [0.0, 0.0], distance: up.abs() };
        }
        let chord2 = level2 + up * up;
        // Euler: the curvature along a direction is a mean of the two principal ones.
        let curvature = self.across + self.meridian_excess * north * north / level2;
        let q = chord2 * curvature * curvature;
        let distance = chord2.sqrt() * (1.0 + q / 24.0 + 3.0 * q * q / 640.0);
        let scale = distance / level2.sqrt();
        Near { xy: [east * scale, north * scale], distance }
    }

    /// By how much a placed point's distance may be off, metres.
    pub(crate) fn distance_error(distance: f64) -> f64 {
        if distance > REACH { f64::INFINITY } else { 1e-7 + 4e-24 * distance.powi(4) }
    }

    /// Metres from the centre to the straight segment between two placed points, and by how much the geodesic
    /// edge between them may be nearer or farther.
    pub(crate) fn edge(a: Near, b: Near) -> (f64, f64) {
        let (dx, dy) = (b.xy[0] - a.xy[0], b.xy[1] - a.xy[1]);
        let length2 = dx * dx + dy * dy;
        let along = -(a.xy[0] * dx + a.xy[1] * dy);
        let t = if length2 > 0.0 { (along / length2).clamp(0.0, 1.0) } else { 0.0 };
        let foot = [a.xy[0] + t * dx, a.xy[1] + t * dy];
        // Metres near a city: nothing that `hypot` guards against can happen, and it is several times slower.
        let distance = (foot[0] * foot[0] + foot[1] * foot[1]).sqrt();
        let far = a.distance.max(b.distance);
        if far > REACH {
            return (distance, f64::INFINITY);
        }
        let bend = if t > 0.0 && t < 1.0 { LARGEST_CURVATURE * far * length2 / 8.0 } else { 0.0 };
        (distance, bend + 2e-17 * far.powi(3) + Self::distance_error(far))
    }
}

/// Metres between two places less than 5 km apart, to a micrometre; none if they are farther apart.
pub(crate) fn short_distance(from: LonLat, to: [f64; 2]) -> Option<f64> {
    let distance = LocalMap::around(from).place(to).distance;
    (distance < 5_000.0).then_some(distance)
}

/// The same angle between -180 and 180 degrees.
pub(crate) fn wrap(degrees: f64) -> f64 {
    if degrees > 180.0 {
        degrees - 360.0
    } else if degrees < -180.0 {
        degrees + 360.0
    } else {
        degrees
    }
}

/// Sine and cosine. Below 0.03 radians (190 km on the meridian) six terms of the series are exact to the last bit
/// or two and several times faster than the general functions.
fn sin_cos_small(x: f64) -> (f64, f64) {
    if x.abs() > 0.03 {
        return x.sin_cos();
    }
    let x2 = x * x;
    let sin = x * (1.0 - x2 / 6.0 * (1.0 - x2 / 20.0 * (1.0 - x2 / 42.0 * (1.0 - x2 / 72.0))));
    let cos = 1.0 - x2 / 2.0 * (1.0 - x2 / 12.0 * (1.0 - x2 / 30.0 * (1.0 - x2 / 56.0)));
    (sin, cos)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geodesic;
    use rand::{Rng as _, SeedableRng as _};

    fn random(seed: u64) -> rand_chacha::ChaCha8Rng {
        println!("seed {seed}");
        rand_chacha::ChaCha8Rng::seed_from_u64(seed)
    }

    #[test]
    fn placed_distances_keep_their_bound_up_to_100_km_at_every_latitude() {
        let mut rng = random(1);
        let mut worst = 0.0_f64;
        for _ in 0..40_000 {
            let centre =
                LonLat { lon: rng.random_range(-180.0..180.0), lat: rng.random_range(-89.0..89.0) };
            let map = LocalMap::around(centre);
            let spread = 10.0_f64.powf(rng.random_range(-5.0..0.0));
            let to = [
                wrap(centre.lon + rng.random_range(-spread..spread)),
                (centre.lat + rng.random_range(-spread..spread)).clamp(-90.0, 90.0),
            ];
            let placed = map.place(to).distance;
            if placed > 100_000.0 {
                continue;
            }
            let exact = geodesic::distance(centre, to);
            let share = (placed - exact).abs() / LocalMap::distance_error(placed);
            worst = worst.max(share);
            assert!(share < 1.0, "{centre:?} {to:?}: {placed} against {exact}");
        }
        println!("worst share of the bound: {worst}");
    }

    #[test]
    fn edges_keep_their_bound() {
        let mut rng = random(2);
        let mut worst = 0.0_f64;
        for _ in 0..8_000 {
            let centre =
                LonLat { lon: rng.random_range(120.0..130.0), lat: rng.random_range(-70.0..70.0) };
            let map = LocalMap::around(centre);
            let spread = 10.0_f64.powf(rng.random_range(-4.0..-0.3));
            let mut near = || {
                [
                    centre.lon + rng.random_range(-spread..spread),
                    centre.lat + rng.random_range(-spread..spread),
                ]
            };
            let (a, b) = (near(), near());
            let (distance, error) = LocalMap::edge(map.place(a), map.place(b));
            if error.is_infinite() {
                continue;
            }
            let exact = geodesic::distance_to_edge(centre, a, b);
            let share = (distance - exact).abs() / error;
            worst = worst.max(share);
            assert!(share < 1.0, "{centre:?} {a:?} {b:?}: {distance} against {exact}, {error}");
        }
        println!("worst share of the bound: {worst}");
    }
}
