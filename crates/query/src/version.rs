//! One row as a change set left it.

use crate::build_error::BuildError;
use crate::order::Rank;
use crate::region::Region;
use crate::row::{RowEncoder, RowRef};
use bytes::Bytes;
use siseol_model::{FacilityKey, Layer, LonLatBox, Shape, ShapeRef, ToLonLat, Value};
use std::sync::Arc;

/// A row as it was from one change to the next. A [`VersionEncoder`] makes it.
#[derive(Debug, Clone)]
pub struct Version {
    pub(crate) fid: i64,
    /// The generation of the commit that made it.
    pub(crate) generation: i64,
    pub(crate) rank: Rank,
    key: Option<Box<str>>,
    shape: Option<Shape>,
    pub(crate) bounds: LonLatBox,
    pub(crate) measure: i64,
    /// One for each field of the layer.
    pub(crate) values: Box<[Value]>,
    /// The encoded feature.
    pub(crate) geojson: Bytes,
}

impl Version {
    fn new(row: &RowRef<'_>, layer: &Layer, values: &[Value]) -> Self {
        // As in a column: a value of another kind than the field's counts as null, and so does one that is missing.
        let fitting = |(at, field): (usize, &siseol_model::Field)| {
            values.get(at).filter(|value| value.fits(field.kind)).cloned().unwrap_or(Value::Null)
        };
        Self {
            fid: row.fid,
            generation: row.generation,
            rank: row.rank(),
            key: row.key.map(Into::into),
            shape: row.shape.map(own),
            bounds: row.bounds,
            measure: row.measure,
            values: layer.fields.iter().enumerate().map(fitting).collect(),
            geojson: Bytes::copy_from_slice(row.geojson),
        }
    }

    /// The encoded feature.
    pub fn geojson(&self) -> &Bytes {
        &self.geojson
    }

    /// Whether the row touches a region.
    pub fn touches(&self, region: &dyn Region) -> bool {
        let near = |_: &ShapeRef<'_>| region.may_touch(&self.bounds);
        self.shape().filter(near).is_some_and(|shape| region.touches(shape))
    }

    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    pub(crate) fn shape(&self) -> Option<ShapeRef<'_>> {
        self.shape.as_ref().map(Shape::as_ref)
    }

    /// The text in a field, if there is one.
    pub(crate) fn text(&self, field: usize) -> Option<&str> {
        if let Value::Text(text) = &self.values[field] { Some(text) } else { None }
    }

    /// The row in parts.
    pub(crate) fn row(&self) -> RowRef<'_> {
        RowRef {
            fid: self.fid,
            generation: self.generation,
            key: self.key(),
            shape: self.shape(),
            bounds: self.bounds,
            measure: self.measure,
            geojson: &self.geojson,
        }
    }

    /// The memory that it holds, in bytes.
    pub fn bytes(&self) -> u64 {
        let shape = self.shape().map_or(0, |shape| size_of_val(shape.coords));
        let text = |value: &Value| if let Value::Text(text) = value { text.len() } else { 0 };
        let values = size_of_val(&*self.values) + self.values.iter().map(text).sum::<usize>();
        (size_of::<Self>() + shape + values + self.geojson.len()) as u64
    }
}

/// The shape with arrays of its own.
fn own(shape: ShapeRef<'_>) -> Shape {
    Shape {
        kind: shape.kind,
        coords: shape.coords.to_vec(),
        path_ends: shape.path_ends.iter().map(|end| end - shape.first_coord).collect(),
        polygon_ends: shape.polygon_ends.iter().map(|end| end - shape.first_path).collect(),
    }
}

/// Makes a [`Version`] of a stored row: what [`LayerBuilder`](crate::LayerBuilder) does for a whole layer.
#[derive(Debug)]
pub struct VersionEncoder<'t> {
    layer: Arc<Layer>,
    encoder: RowEncoder<'t>,
}

impl<'t> VersionEncoder<'t> {
    /// An encoder for a layer whose stored coordinates `transform` brings to longitude and latitude.
    pub fn new(layer: Arc<Layer>, transform: &'t dyn ToLonLat) -> Self {
        Self { layer: Arc::clone(&layer), encoder: RowEncoder::new(layer, transform) }
    }

    /// The version of a row. `wkb` is in the layer's grid; `generation` is that of the commit that last changed the
    /// row; `values` are in the order of the layer's fields.
    pub fn encode(
        &mut self,
        fid: i64,
        generation: i64,
        key: Option<&FacilityKey>,
        wkb: Option<&[u8]>,
        values: &[Value],
    ) -> Result<Version, BuildError> {
        let row = self.encoder.encode(fid, generation, key, wkb, values)?;
        Ok(Version::new(&row, &self.layer, values))
    }
}
