//! Geometry as flat arrays, after the GeoArrow layout.
//!
//! A shape is a run of coordinates cut into *paths* (a line, a ring, or the points of a point shape), and the
//! paths cut into *polygons*. Many shapes share one set of arrays; a [`ShapeRef`] is one of them.

use crate::LonLatBox;
use serde::{Deserialize, Serialize};

/// What a layer's features are: one kind per layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeometryKind {
    /// Points and multi-points.
    Point,
    /// Lines and multi-lines.
    Line,
    /// Polygons and multi-polygons.
    Polygon,
    /// A table without geometry.
    None,
}

/// What one feature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ShapeKind {
    /// One point.
    Point,
    /// Points.
    MultiPoint,
    /// One line.
    LineString,
    /// Lines.
    MultiLineString,
    /// One polygon: its outer ring, then its holes.
    Polygon,
    /// Polygons.
    MultiPolygon,
}

impl ShapeKind {
    /// The kind of layer that it belongs to.
    pub const fn layer_kind(self) -> GeometryKind {
        match self {
            Self::Point | Self::MultiPoint => GeometryKind::Point,
            Self::LineString | Self::MultiLineString => GeometryKind::Line,
            Self::Polygon | Self::MultiPolygon => GeometryKind::Polygon,
        }
    }

    /// Its name in GeoJSON, which is also its name in WKT but for the case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Point => "Point",
            Self::MultiPoint => "MultiPoint",
            Self::LineString => "LineString",
            Self::MultiLineString => "MultiLineString",
            Self::Polygon => "Polygon",
            Self::MultiPolygon => "MultiPolygon",
        }
    }

    /// Whether it has several parts by its type.
    pub const fn is_multi(self) -> bool {
        matches!(self, Self::MultiPoint | Self::MultiLineString | Self::MultiPolygon)
    }
}

/// One shape with arrays of its own. Clear it and read the next one into it to save the allocations.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What it is.
    pub kind: ShapeKind,
    /// x, y of every vertex; z and m are left out.
    pub coords: Vec<[f64; 2]>,
    /// For each path, the number of coordinates up to its end.
    pub path_ends: Vec<u32>,
    /// For each polygon, the number of paths up to its end; empty unless it is a multi-polygon.
    pub polygon_ends: Vec<u32>,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            kind: ShapeKind::Point,
            coords: Vec::new(),
            path_ends: Vec::new(),
            polygon_ends: Vec::new(),
        }
    }
}

impl Shape {
    /// Empties the arrays and keeps their memory.
    pub fn clear(&mut self) {
        self.coords.clear();
        self.path_ends.clear();
        self.polygon_ends.clear();
    }

    /// The shape, borrowed.
    pub fn as_ref(&self) -> ShapeRef<'_> {
        ShapeRef {
            kind: self.kind,
            coords: &self.coords,
            path_ends: &self.path_ends,
            first_coord: 0,
            polygon_ends: &self.polygon_ends,
            first_path: 0,
        }
    }
}

/// One shape in arrays that others may share. The ends count from the beginning of the shared arrays.
#[derive(Debug, Clone, Copy)]
pub struct ShapeRef<'a> {
    /// What it is.
    pub kind: ShapeKind,
    /// This shape's coordinates.
    pub coords: &'a [[f64; 2]],
    /// For each of its paths, where it ends in the shared coordinates.
    pub path_ends: &'a [u32],
    /// Where its coordinates begin in the shared ones.
    pub first_coord: u32,
    /// For each of its polygons, where it ends in the shared paths; empty unless it is a multi-polygon.
    pub polygon_ends: &'a [u32],
    /// Where its paths begin in the shared ones.
    pub first_path: u32,
}

impl<'a> ShapeRef<'a> {
    /// Its paths: the lines, the rings, or all of its points as one.
    pub fn paths(self) -> impl ExactSizeIterator<Item = &'a [[f64; 2]]> + Clone {
        let mut start = 0;
        self.path_ends.iter().map(move |&end| {
            let end = (end - self.first_coord) as usize;
            let path = &self.coords[start..end];
            start = end;
            path
        })
    }

    /// For each of its polygons, how many of its [paths](Self::paths) are rings of it.
    pub fn rings_per_polygon(self) -> impl Iterator<Item = usize> + Clone {
        let single = (self.kind == ShapeKind::Polygon).then_some(self.path_ends.len());
        let mut start = 0;
        single.into_iter().chain(self.polygon_ends.iter().map(move |&end| {
            let end = (end - self.first_path) as usize;
            let rings = end - start;
            start = end;
            rings
        }))
    }

    /// The smallest box around its vertices.
    pub fn bounds(self) -> LonLatBox {
        LonLatBox::around(self.coords)
    }
}
