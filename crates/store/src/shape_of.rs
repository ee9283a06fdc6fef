//! What a layer's geometries turned out to be, and what its column is therefore declared as.

use crate::StoreError;
use crate::blob::{Bounds, Outline};
use siseol_model::{GeometryKind, Layer, ShapeKind};

/// What was seen among the geometries of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Seen {
    /// One bit per [`ShapeKind`].
    kinds: u8,
    with_z: bool,
    without_z: bool,
    pub(crate) bounds: Option<Bounds>,
}

/// How the geometry column is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) kind: ShapeKind,
    /// 0: no heights, 1: all have them, 2: some have.
    pub(crate) z: u8,
}

impl Seen {
    pub(crate) fn add(&mut self, outline: Outline) {
        self.kinds |= 1 << outline.kind as u8;
        self.with_z |= outline.has_z;
        self.without_z |= !outline.has_z;
        self.bounds = match (self.bounds, outline.bounds) {
            (Some(a), Some(b)) => Some(a.union(b)),
            (a, b) => a.or(b),
        };
    }

    fn has(self, kind: ShapeKind) -> bool {
        self.kinds & (1 << kind as u8) != 0
    }

    /// The column for that layer, if the layer is what its geometries are. One column holds one type: a layer with
    /// single and multi-geometries becomes one of multi-geometries.
    pub(crate) fn column(self, layer: &Layer) -> Result<Option<Column>, StoreError> {
        let wrong = |found| {
            Err(StoreError::LayerKind {
                layer: layer.name.clone(),
                declared: layer.geometry,
                found,
            })
        };
        let (single, multi) = match layer.geometry {
            GeometryKind::None if self.kinds == 0 => return Ok(None),
            GeometryKind::None => return wrong("geometries"),
            GeometryKind::Point => (ShapeKind::Point, ShapeKind::MultiPoint),
            GeometryKind::Line => (ShapeKind::LineString, ShapeKind::MultiLineString),
            GeometryKind::Polygon => (ShapeKind::Polygon, ShapeKind::MultiPolygon),
        };
        let expected = (1 << single as u8) | (1 << multi as u8);
        if self.kinds & !expected != 0 {
            return wrong("geometries of another kind");
        }
        if self.with_z && !layer.has_z {
            return wrong("heights that it does not declare");
        }
        let kind = if self.has(multi) { multi } else { single };
        let z = match (layer.has_z, self.with_z, self.without_z) {
            (false, ..) => 0,
            (true, true, false) => 1,
            (true, ..) => 2,
        };
        Ok(Some(Column { kind, z }))
    }

    /// Whether some geometries have to be promoted to fit the column.
    pub(crate) fn is_mixed(self, column: Column) -> bool {
        column.kind.is_multi() && self.kinds.count_ones() > 1
    }
}
