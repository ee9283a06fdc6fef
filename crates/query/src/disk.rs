//! A circle on the ellipsoid: all that lies within a geodesic distance of a place.

use crate::geodesic;
use crate::local::{LocalMap, Near, wrap};
use crate::planar;
use crate::region::{Region, Relation};
use siseol_model::{GeometryKind, LonLat, LonLatBox, Metres, ShapeRef};

/// The largest radius that can be asked for, metres.
pub const MAX_RADIUS: f64 = 100_000.0;

/// What counts as on the rim, metres. Coordinates are kept to about a millimetre; this absorbs the last bits of the
/// computation, so that a point put on the rim is inside whichever way it is computed.
const RIM: f64 = 1e-6;

/// Degrees of latitude that an edge can leave the box of its vertices by, per squared degree of its width: π/180 / 16.
const BULGE: f64 = 0.001_091;

/// Why there is no such circle.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("the radius must be more than 0 and at most {MAX_RADIUS} m, not {radius} m")]
pub struct DiskError {
    /// The radius asked for, metres.
    pub radius: f64,
}

/// All that lies within a geodesic distance of a place, rim included.
///
/// The distance of a feature is that of its nearest point: 0 for the inside of a polygon, the foot of the
/// perpendicular for an edge (an edge between two vertices is the geodesic). Nearly every feature is decided by
/// a local map and its error bound; those within the bound of the rim are decided by the reference.
#[derive(Debug, Clone, Copy)]
pub struct Disk {
    centre: LonLat,
    radius: f64,
    map: LocalMap,
    /// A box around the circle, when it neither holds a pole nor crosses the antimeridian.
    bounds: Option<LonLatBox>,
}

impl Disk {
    /// The circle of `radius` around `centre`.
    pub fn new(centre: LonLat, radius: Metres) -> Result<Self, DiskError> {
        let radius = radius.get();
        if !(radius > 0.0 && radius <= MAX_RADIUS) {
            return Err(DiskError { radius });
        }
        Ok(Self::of_radius(centre, radius))
    }

    /// The circle of `radius` metres, which is more than 0 and at most [`MAX_RADIUS`].
    pub(crate) fn of_radius(centre: LonLat, radius: f64) -> Self {
        // On the ellipsoid a degree is at least as long as on the sphere of its smallest radius of curvature.
        let dlat = (radius / geodesic::SMALLEST_RADIUS).to_degrees() * 1.001;
        let farthest_lat = centre.lat.abs() + dlat;
        let bounds = (farthest_lat < 89.0).then(|| {
            let dlon = dlat / farthest_lat.to_radians().cos();
            LonLatBox {
                west: centre.lon - dlon,
                south: centre.lat - dlat,
                east: centre.lon + dlon,
                north: centre.lat + dlat,
            }
        });
        let bounds = bounds.filter(|b| b.west >= -180.0 && b.east <= 180.0);
        Self { centre, radius, map: LocalMap::around(centre), bounds }
    }

    /// The middle.
    pub fn centre(&self) -> LonLat {
        self.centre
    }

    /// Metres from the centre to the nearest point of the shape, to a tenth of a millimetre.
    pub fn distance(&self, shape: ShapeRef<'_>) -> f64 {
        distance(self.centre, &self.map, shape)
    }
}

impl Region for Disk {
    fn relation(&self, b: &LonLatBox) -> Relation {
        // The box around the circle decides most nodes without any trigonometry: what it does not meet is outside,
        // what reaches beyond it cannot be inside.
        if !self.may_touch(b) {
            return Relation::Outside;
        }
        let may_be_inside = self.bounds.map_or(b.east - b.west < 90.0, |own| own.contains(b));
        if may_be_inside {
            let corners =
                [[b.west, b.south], [b.east, b.south], [b.west, b.north], [b.east, b.north]];
            // Along a meridian and along a parallel the squared distance is convex at this scale, so that the
            // farthest point of a box is a corner.
            let inside = corners.iter().all(|&corner| {
                let distance = self.map.place(corner).distance;
                distance + LocalMap::distance_error(distance) <= self.radius
            });
            if inside {
                return Relation::Inside;
            }
        }
        let holds_centre = b.west <= self.centre.lon
            && self.centre.lon <= b.east
            && b.south <= self.centre.lat
            && self.centre.lat <= b.north;
        if !holds_centre && box_distance(&self.map, self.centre, b) > self.radius + RIM {
            return Relation::Outside;
        }
        Relation::Partial
    }

    fn may_touch(&self, b: &LonLatBox) -> bool {
        let Some(own) = self.bounds else { return true };
        // An edge is a geodesic and bulges poleward out of the box of its vertices: for a difference in longitude of
        // d radians by at most d² sin(lat) cos(lat) / 8, that is d² / 16.
        let width = b.east - b.west;
        let bulge = width * width * BULGE;
        own.west <= b.east
            && b.west <= own.east
            && own.south <= b.north + bulge
            && b.south - bulge <= own.north
    }

    fn touches(&self, shape: ShapeRef<'_>) -> bool {
        let limit = self.radius + RIM;
        let is_point = shape.kind.layer_kind() == GeometryKind::Point;
        for path in shape.paths() {
            let mut previous: Option<(Near, [f64; 2])> = None;
            for &coord in path {
                let near = self.map.place(coord);
                let error = LocalMap::distance_error(near.distance);
                if near.distance + error <= self.radius {
                    return true;
                }
                if near.distance - error <= limit && geodesic::distance(self.centre, coord) <= limit
                {
                    return true;
                }
                if let Some((last, from)) = previous.filter(|_| !is_point) {
                    let (distance, error) = LocalMap::edge(last, near);
                    if distance + error <= self.radius {
                        return true;
                    }
                    if distance - error <= limit
                        && geodesic::distance_to_edge(self.centre, from, coord) <= limit
                    {
                        return true;
                    }
                }
                previous = Some((near, coord));
            }
        }
        shape.kind.layer_kind() == GeometryKind::Polygon && covers_centre(self.centre, shape)
    }
}

/// Metres from a place to the nearest point of a shape: by the map where its error is below a tenth of a
/// millimetre, by the reference elsewhere.
pub(crate) fn distance(centre: LonLat, map: &LocalMap, shape: ShapeRef<'_>) -> f64 {
    const TOLERANCE: f64 = 1e-4;
    let kind = shape.kind.layer_kind();
    let covered = kind == GeometryKind::Polygon && covers_centre(centre, shape);
    if covered {
        return 0.0;
    }
    let mut nearest = f64::INFINITY;
    // The least distance that the true one can have, by the bounds of all parts.
    let mut least = f64::INFINITY;
    for path in shape.paths() {
        let mut previous: Option<Near> = None;
        for &coord in path {
            let near = map.place(coord);
            let error = LocalMap::distance_error(near.distance);
            nearest = nearest.min(near.distance);
            least = least.min(near.distance - error);
            if let Some(last) = previous.filter(|_| kind != GeometryKind::Point) {
                let (distance, error) = LocalMap::edge(last, near);
                nearest = nearest.min(distance);
                least = least.min(distance - error);
            }
            previous = Some(near);
        }
    }
    if nearest - least <= TOLERANCE {
        nearest
    } else {
        geodesic::distance_to_shape(centre, shape, covered)
    }
}

/// Whether a polygon holds the centre. Edges are taken as straight in longitude and latitude here; what lies between
/// such an edge and the geodesic is millimetres from the edge, whose distance has been looked at.
fn covers_centre(centre: LonLat, shape: ShapeRef<'_>) -> bool {
    planar::covers_point(shape, [centre.lon, centre.lat])
}

/// A distance that no point of what is in the box is nearer than, metres.
pub(crate) fn box_distance(map: &LocalMap, centre: LonLat, b: &LonLatBox) -> f64 {
    let west_gap = wrap(b.west - centre.lon);
    let east_gap = wrap(b.east - centre.lon);
    let lat_gap = (b.south - centre.lat).max(centre.lat - b.north).max(0.0);
    let lon_inside = b.west <= centre.lon && centre.lon <= b.east;
    let lon_gap = if lon_inside { 0.0 } else { west_gap.abs().min(east_gap.abs()) };
    if lat_gap > 1.0 || lon_gap > 1.0 || b.east - b.west > 1.0 || b.north - b.south > 1.0 {
        // Far away or very large: the gap in latitude, or the distance to the nearer meridian as on a sphere, both
        // with one per cent to spare for the ellipsoid.
        let meridian =
            (centre.lat.to_radians().cos() * lon_gap.min(90.0).to_radians().sin()).abs().asin();
        return 0.99 * geodesic::SMALLEST_RADIUS * lat_gap.to_radians().max(meridian);
    }
    let nearest_lon = if lon_inside {
        centre.lon
    } else if west_gap.abs() < east_gap.abs() {
        b.west
    } else {
        b.east
    };
    let nearest_lat = centre.lat.clamp(b.south, b.north);
    let distance = map.place([nearest_lon, nearest_lat]).distance;
    // The foot of the perpendicular on a meridian lies a little poleward of the centre's parallel: nearer by at most
    // the share dlon² / 8. And an edge bulges out of the box of its vertices by at most width² tan(lat) / 8R.
    let dlon = lon_gap.to_radians();
    let farthest_lat = b.north.abs().max(b.south.abs()).min(89.9).to_radians();
    let width = (b.east - b.west).to_radians() * EQUATOR * farthest_lat.cos();
    let bulge = width * width * farthest_lat.tan() / (4.0 * geodesic::SMALLEST_RADIUS);
    distance * (1.0 - dlon * dlon / 4.0)
        - bulge
        - 1e-6
        - LocalMap::distance_error(distance.min(1e5))
}

const EQUATOR: f64 = geodesic::EQUATORIAL_RADIUS;

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng as _, SeedableRng as _};
    use siseol_model::{Shape, ShapeKind};

    fn random_shape(rng: &mut impl rand::Rng, centre: LonLat, spread: f64) -> Shape {
        let kind = match rng.random_range(0..3) {
            0 => ShapeKind::Point,
            1 => ShapeKind::LineString,
            _ => ShapeKind::Polygon,
        };
        let n = if kind == ShapeKind::Point { 1 } else { rng.random_range(3..6) };
        let mut coords: Vec<_> = (0..n)
            .map(|_| {
                [
                    centre.lon + rng.random_range(-spread..spread),
                    centre.lat + rng.random_range(-spread..spread),
                ]
            })
            .collect();
        if kind == ShapeKind::Polygon {
            coords.push(coords[0]);
        }
        let path_ends = vec![u32::try_from(coords.len()).unwrap()];
        Shape { kind, coords, path_ends, polygon_ends: Vec::new() }
    }

    #[test]
    fn a_disk_agrees_with_the_reference_on_random_shapes_and_boxes() {
        let seed = 3;
        println!("seed {seed}");
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let mut rims = 0;
        for i in 0..6_000 {
            let centre =
                LonLat { lon: rng.random_range(125.0..130.0), lat: rng.random_range(33.0..39.0) };
            let spread = 10.0_f64.powf(rng.random_range(-4.0..-0.5));
            let shape = random_shape(&mut rng, centre, spread);
            let covered = shape.kind == ShapeKind::Polygon && covers_centre(centre, shape.as_ref());
            let exact = geodesic::distance_to_shape(centre, shape.as_ref(), covered);
            // Every third radius is put on the rim, to the nanometre.
            let radius = match i % 3 {
                0 => exact,
                1 => exact + rng.random_range(-0.002..0.002),
                _ => exact * rng.random_range(0.5..1.5),
            };
            let Ok(disk) = Metres::new(radius).map(|r| Disk::new(centre, r)) else { continue };
            let Ok(disk) = disk else { continue };
            rims += i32::from(i % 3 == 0);
            let touches = disk.touches(shape.as_ref());
            assert_eq!(touches, exact <= radius + RIM, "{centre:?} {radius} {exact} {shape:?}");
            assert!((disk.distance(shape.as_ref()) - exact).abs() < 2e-4);
            match disk.relation(&shape.as_ref().bounds()) {
                Relation::Inside => assert!(touches),
                Relation::Outside => assert!(!touches, "{centre:?} {radius} {exact} {shape:?}"),
                Relation::Partial => {}
            }
            assert!(box_distance(&disk.map, centre, &shape.as_ref().bounds()) <= exact + 1e-6);
        }
        assert!(rims > 1_000, "{rims} cases on the rim");
    }

    #[test]
    fn a_circle_beside_the_bulge_of_a_long_edge_finds_it() {
        // 10 km along a parallel: the geodesic runs up to 1.5 m north of it.
        let shape = Shape {
            kind: ShapeKind::LineString,
            coords: vec![[126.94, 37.36], [127.053, 37.36]],
            path_ends: vec![2],
            polygon_ends: vec![],
        };
        let centre = LonLat { lon: 126.9965, lat: 37.360_02 };
        let exact = geodesic::distance_to_shape(centre, shape.as_ref(), false);
        assert!(exact < 1.5, "{exact}");
        let disk = Disk::new(centre, Metres::new(exact + 1e-5).unwrap()).unwrap();
        assert!(disk.touches(shape.as_ref()));
        assert_ne!(disk.relation(&shape.as_ref().bounds()), Relation::Outside);
    }

    #[test]
    fn radii_are_limited() {
        let centre = LonLat { lon: 127.0, lat: 37.0 };
        for radius in [0.0, 100_000.1] {
            assert!(Disk::new(centre, Metres::new(radius).unwrap()).is_err());
        }
    }

    #[test]
    fn a_circle_across_the_antimeridian_holds_what_lies_beyond_it() {
        let disk =
            Disk::new(LonLat { lon: 179.999, lat: 10.0 }, Metres::new(500.0).unwrap()).unwrap();
        let shape = Shape {
            kind: ShapeKind::Point,
            coords: vec![[-179.999, 10.0]],
            path_ends: vec![1],
            polygon_ends: vec![],
        };
        assert!(disk.touches(shape.as_ref()));
        assert_ne!(disk.relation(&shape.as_ref().bounds()), Relation::Outside);
    }
}
