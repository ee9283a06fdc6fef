//! Geometries as they are compared, in the plane of longitude and latitude.

use super::geometry::{Bbox, Geometry, Position};
use super::operators::SpatialRelation;
use crate::planar;
use crate::region::{BoxRegion, Region, Relation};
use geo::relate::Relate as _;
use geo::{Intersects as _, PreparedGeometry};
use siseol_model::geojson::round_coordinate;
use siseol_model::{LonLat, LonLatBox, Shape, ShapeKind, ShapeRef, UnitError};

/// A literal geometry. Its coordinates are rounded as those of the features are, so that a vertex that was copied from
/// the data still is that vertex.
#[derive(Debug)]
pub(super) struct Figure {
    geometry: geo::Geometry,
    /// The geometry, or the members of a collection.
    shapes: Vec<Shape>,
    bounds: LonLatBox,
    /// The box that it is.
    region: Option<BoxRegion>,
}

/// A figure that many geometries are compared with.
pub(super) type Prepared<'f> = PreparedGeometry<'f, &'f geo::Geometry>;

impl Figure {
    /// The figure of a geometry in longitude and latitude.
    pub(super) fn new(geometry: &Geometry) -> Result<Self, UnitError> {
        for position in geometry.paths().into_iter().flatten() {
            LonLat::new(position.xy[0], position.xy[1])?;
        }
        let mut shapes = Vec::new();
        add_shapes(geometry, &mut shapes);
        Ok(Self::of(shapes, None))
    }

    /// The figure of a box.
    pub(super) fn of_box(bbox: &Bbox) -> Result<Self, UnitError> {
        let [west, south, east, north] = bbox.edges.map(round_coordinate);
        let bounds = LonLatBox::new(west, south, east, north)?;
        let (first, second) = bounds.split_at_antimeridian();
        let shapes = std::iter::once(first).chain(second).map(box_shape).collect();
        Ok(Self::of(shapes, Some(BoxRegion::new(bounds))))
    }

    fn of(shapes: Vec<Shape>, region: Option<BoxRegion>) -> Self {
        let all = shapes.iter().map(|shape| shape.as_ref().bounds());
        let bounds = all.fold(LonLatBox::EMPTY, LonLatBox::union);
        let mut geometries: Vec<_> = shapes.iter().map(|shape| to_geo(shape.as_ref())).collect();
        let geometry = match (geometries.pop(), geometries.is_empty()) {
            (Some(only), true) => only,
            (Some(geo::Geometry::Polygon(last)), _) if region.is_some() => {
                let polygons = geometries.into_iter().filter_map(|part| part.try_into().ok());
                geo::MultiPolygon::new(polygons.chain([last]).collect()).into()
            }
            (last, _) => {
                geometries.extend(last);
                geo::Geometry::GeometryCollection(geometries.into())
            }
        };
        Self { geometry, shapes, bounds, region }
    }

    /// Its points.
    pub(super) fn geometry(&self) -> &geo::Geometry {
        &self.geometry
    }

    /// The box around it.
    pub(super) fn bounds(&self) -> LonLatBox {
        self.bounds
    }

    /// How many vertices it has.
    pub(super) fn vertices(&self) -> usize {
        self.shapes.iter().map(|shape| shape.coords.len()).sum()
    }

    /// The one point that it is.
    pub(super) fn point(&self) -> Option<LonLat> {
        match self.geometry {
            geo::Geometry::Point(point) => Some(LonLat { lon: point.x(), lat: point.y() }),
            _ => None,
        }
    }

    /// The figure with what makes many comparisons cheap.
    pub(super) fn prepared(&self) -> Prepared<'_> {
        PreparedGeometry::from(&self.geometry)
    }

    /// Whether two figures lie so to each other.
    pub(super) fn relates(&self, relation: SpatialRelation, other: &Self) -> bool {
        match relation {
            SpatialRelation::Intersects => self.geometry.intersects(&other.geometry),
            SpatialRelation::Disjoint => !self.geometry.intersects(&other.geometry),
            _ => is(relation, &self.geometry.relate(&other.geometry)),
        }
    }

    /// Whether a shape, which lies in the box, lies so to the figure. `prepare` gives the figure prepared.
    pub(super) fn relates_to<'f>(
        &self,
        shape: ShapeRef<'_>,
        bounds: &LonLatBox,
        relation: SpatialRelation,
        prepare: impl FnOnce() -> &'f Prepared<'f>,
    ) -> bool {
        match relation {
            SpatialRelation::Disjoint => !self.meets(shape, bounds),
            SpatialRelation::Intersects => self.meets(shape, bounds),
            // The boxes decide most of them.
            _ if !bounds.intersects(&self.bounds) => false,
            SpatialRelation::Within if !self.bounds.contains(bounds) => false,
            SpatialRelation::Contains if !bounds.contains(&self.bounds) => false,
            SpatialRelation::Equals if *bounds != self.bounds => false,
            _ => is(relation, &to_geo(shape).relate(prepare())),
        }
    }

    fn meets(&self, shape: ShapeRef<'_>, bounds: &LonLatBox) -> bool {
        self.may_touch(bounds) && self.touches(shape)
    }
}

impl Region for Figure {
    fn relation(&self, bounds: &LonLatBox) -> Relation {
        if let Some(region) = &self.region {
            return region.relation(bounds);
        }
        if !self.bounds.intersects(bounds) {
            return Relation::Outside;
        }
        let shapes = || self.shapes.iter().map(Shape::as_ref);
        if shapes().any(|shape| planar::covers_box(shape, bounds)) {
            Relation::Inside
        } else if shapes().any(|shape| planar::intersects_box(shape, bounds)) {
            Relation::Partial
        } else {
            Relation::Outside
        }
    }

    fn may_touch(&self, bounds: &LonLatBox) -> bool {
        self.bounds.intersects(bounds)
    }

    fn touches(&self, shape: ShapeRef<'_>) -> bool {
        match &self.region {
            Some(region) => region.touches(shape),
            None => self.geometry.intersects(&to_geo(shape)),
        }
    }
}

/// Whether the matrix of two geometries is that of the relation.
fn is(relation: SpatialRelation, matrix: &geo::relate::IntersectionMatrix) -> bool {
    match relation {
        SpatialRelation::Contains => matrix.is_contains(),
        SpatialRelation::Crosses => matrix.is_crosses(),
        SpatialRelation::Disjoint => matrix.is_disjoint(),
        SpatialRelation::Equals => matrix.is_equal_topo(),
        SpatialRelation::Intersects => matrix.is_intersects(),
        SpatialRelation::Overlaps => matrix.is_overlaps(),
        SpatialRelation::Touches => matrix.is_touches(),
        SpatialRelation::Within => matrix.is_within(),
    }
}

/// Adds a geometry, or each member of a collection.
fn add_shapes(geometry: &Geometry, shapes: &mut Vec<Shape>) {
    let kind = match geometry {
        Geometry::Point(_) => ShapeKind::Point,
        Geometry::LineString(_) => ShapeKind::LineString,
        Geometry::Polygon(_) => ShapeKind::Polygon,
        Geometry::MultiPoint(_) => ShapeKind::MultiPoint,
        Geometry::MultiLineString(_) => ShapeKind::MultiLineString,
        Geometry::MultiPolygon(_) => ShapeKind::MultiPolygon,
        Geometry::GeometryCollection(members) => {
            for member in members {
                add_shapes(member, shapes);
            }
            return;
        }
    };
    let mut shape = Shape { kind, ..Shape::default() };
    for path in geometry.paths() {
        add_path(path, &mut shape);
    }
    if let Geometry::MultiPolygon(polygons) = geometry {
        let mut end = 0;
        for rings in polygons {
            end += count(rings.len());
            shape.polygon_ends.push(end);
        }
    }
    shapes.push(shape);
}

fn add_path(path: &[Position], shape: &mut Shape) {
    shape.coords.extend(path.iter().map(|position| position.xy.map(round_coordinate)));
    shape.path_ends.push(count(shape.coords.len()));
}

/// A number of vertices or rings of a literal, which is limited far below `u32::MAX`.
fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A box as a shape; one without an area is a line or a point.
fn box_shape(b: LonLatBox) -> Shape {
    let (kind, coords) = if b.west < b.east && b.south < b.north {
        let ring = [
            [b.west, b.south],
            [b.east, b.south],
            [b.east, b.north],
            [b.west, b.north],
            [b.west, b.south],
        ];
        (ShapeKind::Polygon, ring.to_vec())
    } else if b.west < b.east || b.south < b.north {
        (ShapeKind::LineString, vec![[b.west, b.south], [b.east, b.north]])
    } else {
        (ShapeKind::Point, vec![[b.west, b.south]])
    };
    Shape { kind, path_ends: vec![count(coords.len())], coords, polygon_ends: Vec::new() }
}

/// A shape as the geo crate has it. A line that does not leave its first vertex is a point.
pub(super) fn to_geo(shape: ShapeRef<'_>) -> geo::Geometry {
    let point = |&[x, y]: &[f64; 2]| geo::Point::new(x, y);
    let line = |path: &[[f64; 2]]| geo::LineString::from(path.to_vec());
    // Coordinates come from the same rounding, so that the same vertex is the same to the last bit.
    let bits = |at: &[f64; 2]| at.map(f64::to_bits);
    let is_point = |path: &[[f64; 2]]| path.iter().all(|at| bits(at) == bits(&path[0]));
    match shape.kind {
        ShapeKind::Point => shape
            .coords
            .first()
            .map_or_else(|| geo::MultiPoint::<f64>::empty().into(), |at| point(at).into()),
        ShapeKind::MultiPoint => {
            geo::MultiPoint::new(shape.coords.iter().map(point).collect()).into()
        }
        ShapeKind::LineString | ShapeKind::MultiLineString => {
            let mut lines: Vec<_> =
                shape.paths().filter(|path| !is_point(path)).map(line).collect();
            match (lines.len(), shape.coords.first()) {
                (0, Some(at)) => point(at).into(),
                (1, _) => lines.remove(0).into(),
                _ => geo::MultiLineString::new(lines).into(),
            }
        }
        ShapeKind::Polygon | ShapeKind::MultiPolygon => {
            let mut paths = shape.paths().map(line);
            let mut polygons: Vec<_> = shape
                .rings_per_polygon()
                .filter_map(|rings| {
                    let mut rings = paths.by_ref().take(rings);
                    Some(geo::Polygon::new(rings.next()?, rings.collect()))
                })
                .collect();
            match polygons.len() {
                1 => polygons.remove(0).into(),
                _ => geo::MultiPolygon::new(polygons).into(),
            }
        }
    }
}
