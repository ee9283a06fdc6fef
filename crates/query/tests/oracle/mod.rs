//! Distances by somebody else: geographiclib, minimised along each edge by golden-section search, so that nothing of
//! siseol is in it. Used by the tests of this crate and by the end-to-end tests.

use geographiclib_rs::{DirectGeodesic as _, Geodesic, InverseGeodesic as _};

/// Metres from a place (lon, lat) to the nearest point of paths whose edges are geodesics. For a polygon (`area`), 0
/// inside: the even-odd rule over all rings.
pub(crate) fn distance(from: [f64; 2], paths: &[Vec<[f64; 2]>], area: bool) -> f64 {
    let globe = Geodesic::wgs84();
    let to = |lon: f64, lat: f64| -> f64 { globe.inverse(from[1], from[0], lat, lon) };
    if area && covers(paths, from) {
        return 0.0;
    }
    let mut nearest = f64::INFINITY;
    for path in paths {
        nearest = path.iter().map(|c| to(c[0], c[1])).fold(nearest, f64::min);
        for edge in path.windows(2) {
            let (length, azimuth, _, _): (f64, f64, f64, f64) =
                globe.inverse(edge[0][1], edge[0][0], edge[1][1], edge[1][0]);
            let at = |along: f64| -> f64 {
                let (lat, lon): (f64, f64) = globe.direct(edge[0][1], edge[0][0], azimuth, along);
                to(lon, lat)
            };
            // No point of the edge is nearer than its ends less its length.
            if at(0.0).min(at(length)) - length > nearest {
                continue;
            }
            let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
            let (mut low, mut high) = (0.0, length);
            // Close to the edge the distance grows as fast as the step, so that the search has to end below a millimetre.
            while high - low > 5e-4 {
                let (left, right) = (high - ratio * (high - low), low + ratio * (high - low));
                if at(left) < at(right) { high = right } else { low = left }
            }
            nearest = nearest.min(at(f64::midpoint(low, high)));
        }
    }
    nearest
}

fn covers(rings: &[Vec<[f64; 2]>], [x, y]: [f64; 2]) -> bool {
    let crossings = rings.iter().flat_map(|ring| ring.windows(2)).filter(|edge| {
        let ([x0, y0], [x1, y1]) = (edge[0], edge[1]);
        (y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    });
    crossings.count() % 2 == 1
}
