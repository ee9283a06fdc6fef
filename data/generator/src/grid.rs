//! The two national grids, by Krüger's series for the transverse Mercator on the GRS80 ellipsoid.
//!
//! Longitude and latitude on KGD2002 are taken as WGS84, as the registry's null transform does.

use crate::geo::Point;

/// Longitude and latitude in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LonLat {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
}

/// One transverse Mercator grid.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    lon0: f64,
    scale: f64,
    false_easting: f64,
    false_northing: f64,
    origin_northing: f64,
    series: Series,
}

#[derive(Clone, Debug)]
struct Series {
    radius: f64,
    eccentricity: f64,
    forward: [f64; 4],
    inverse: [f64; 4],
    latitude: [f64; 4],
}

impl Grid {
    /// EPSG:5186, KGD2002 Central Belt 2010.
    pub(crate) fn central_belt_2010() -> Self {
        Self::new(127.0, 1.0, 200_000.0, 600_000.0)
    }

    /// EPSG:5179, KGD2002 Unified Coordinate System.
    pub(crate) fn unified() -> Self {
        Self::new(127.5, 0.9996, 1_000_000.0, 2_000_000.0)
    }

    fn new(lon0: f64, scale: f64, false_easting: f64, false_northing: f64) -> Self {
        let mut grid = Self {
            lon0: lon0.to_radians(),
            scale,
            false_easting,
            false_northing,
            origin_northing: 0.0,
            series: Series::grs80(),
        };
        let origin = grid.project(LonLat { lon: lon0, lat: 38.0 });
        grid.origin_northing = origin.y - false_northing;
        grid
    }

    /// From longitude and latitude to the plane.
    pub(crate) fn project(&self, at: LonLat) -> Point {
        let s = &self.series;
        let sin = at.lat.to_radians().sin();
        let t = (sin.atanh() - s.eccentricity * (s.eccentricity * sin).atanh()).sinh();
        let dlon = at.lon.to_radians() - self.lon0;
        let xi = t.atan2(dlon.cos());
        let eta = (dlon.sin() / t.hypot(1.0)).atanh();
        let (mut north, mut east) = (xi, eta);
        for (a, j) in s.forward.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            north += a * (j * xi).sin() * (j * eta).cosh();
            east += a * (j * xi).cos() * (j * eta).sinh();
        }
        let k = self.scale * s.radius;
        Point::new(
            self.false_easting + k * east,
            self.false_northing - self.origin_northing + k * north,
        )
    }

    /// From the plane to longitude and latitude.
    pub(crate) fn unproject(&self, p: Point) -> LonLat {
        let s = &self.series;
        let k = self.scale * s.radius;
        let xi = (p.y - self.false_northing + self.origin_northing) / k;
        let eta = (p.x - self.false_easting) / k;
        let (mut north, mut east) = (xi, eta);
        for (b, j) in s.inverse.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            north -= b * (j * xi).sin() * (j * eta).cosh();
            east -= b * (j * xi).cos() * (j * eta).sinh();
        }
        let chi = (north.sin() / east.cosh()).asin();
        let mut lat = chi;
        for (d, j) in s.latitude.iter().zip([2.0, 4.0, 6.0, 8.0]) {
            lat += d * (j * chi).sin();
        }
        let lon = self.lon0 + east.sinh().atan2(north.cos());
        LonLat { lon: lon.to_degrees(), lat: lat.to_degrees() }
    }
}

impl Series {
    fn grs80() -> Self {
        let flattening = 1.0 / 298.257_222_101;
        let n: f64 = flattening / (2.0 - flattening);
        let (n2, n3, n4) = (n.powi(2), n.powi(3), n.powi(4));
        Self {
            radius: 6_378_137.0 / (1.0 + n) * (1.0 + n2 / 4.0 + n4 / 64.0),
            eccentricity: 2.0 * n.sqrt() / (1.0 + n),
            forward: [
                n / 2.0 - 2.0 * n2 / 3.0 + 5.0 * n3 / 16.0 + 41.0 * n4 / 180.0,
                13.0 * n2 / 48.0 - 3.0 * n3 / 5.0 + 557.0 * n4 / 1440.0,
                61.0 * n3 / 240.0 - 103.0 * n4 / 140.0,
                49561.0 * n4 / 161_280.0,
            ],
            inverse: [
                n / 2.0 - 2.0 * n2 / 3.0 + 37.0 * n3 / 96.0 - n4 / 360.0,
                n2 / 48.0 + n3 / 15.0 - 437.0 * n4 / 1440.0,
                17.0 * n3 / 480.0 - 37.0 * n4 / 840.0,
                4397.0 * n4 / 161_280.0,
            ],
            latitude: [
                2.0 * n - 2.0 * n2 / 3.0 - 2.0 * n3 + 116.0 * n4 / 45.0,
                7.0 * n2 / 3.0 - 8.0 * n3 / 5.0 - 227.0 * n4 / 45.0,
                56.0 * n3 / 15.0 - 136.0 * n4 / 35.0,
                4279.0 * n4 / 630.0,
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALL: LonLat = LonLat { lon: 126.9352, lat: 37.3617 };

    fn check(grid: &Grid, x: f64, y: f64) {
        let p = grid.project(HALL);
        assert!((p.x - x).abs() < 0.001 && (p.y - y).abs() < 0.001, "{p:?}");
        let back = grid.unproject(p);
        assert!(
            (back.lon - HALL.lon).abs() < 1e-9 && (back.lat - HALL.lat).abs() < 1e-9,
            "{back:?}"
        );
    }

    #[test]
    fn the_central_belt_meets_the_test_vector_within_a_millimetre() {
        check(&Grid::central_belt_2010(), 194_259.480, 529_156.766);
    }

    #[test]
    fn the_unified_grid_meets_the_test_vector_within_a_millimetre() {
        check(&Grid::unified(), 949_985.142, 1_929_332.733);
    }
}
