//! One row on its way into a layer.

use crate::build_error::BuildError;
use crate::geodesic;
use crate::order::Rank;
use siseol_model::geojson::{self, FeatureHead};
use siseol_model::{FacilityKey, GeometryKind, Layer, LonLatBox, Shape, ShapeRef, ToLonLat, Value};
use std::sync::Arc;

/// All parts of a row but its values, as they are kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowRef<'a> {
    pub(crate) fid: i64,
    /// The generation of the commit that last changed it.
    pub(crate) generation: i64,
    pub(crate) key: Option<&'a str>,
    pub(crate) shape: Option<ShapeRef<'a>>,
    /// Around the shape; empty without one.
    pub(crate) bounds: LonLatBox,
    /// Micrometres or square millimetres; 0 if the layer is not measured.
    pub(crate) measure: i64,
    /// The encoded feature.
    pub(crate) geojson: &'a [u8],
}

impl RowRef<'_> {
    pub(crate) fn rank(&self) -> Rank {
        Rank::of(&self.bounds, self.fid)
    }
}

/// Makes rows as they are kept of rows as they are stored.
pub(crate) struct RowEncoder<'t> {
    layer: Arc<Layer>,
    transform: &'t dyn ToLonLat,
    shape: Shape,
    geojson: Vec<u8>,
}

impl std::fmt::Debug for RowEncoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowEncoder").field("layer", &self.layer.name).finish_non_exhaustive()
    }
}

impl<'t> RowEncoder<'t> {
    pub(crate) fn new(layer: Arc<Layer>, transform: &'t dyn ToLonLat) -> Self {
        Self { layer, transform, shape: Shape::default(), geojson: Vec::new() }
    }

    /// The row of these parts. `wkb` is in the layer's grid.
    pub(crate) fn encode<'a>(
        &'a mut self,
        fid: i64,
        generation: i64,
        key: Option<&'a FacilityKey>,
        wkb: Option<&[u8]>,
        values: &[Value],
    ) -> Result<RowRef<'a>, BuildError> {
        self.read_shape(fid, wkb)?;
        let bounds = self.shape.as_ref().bounds();
        let shape = (!bounds.is_empty()).then(|| self.shape.as_ref());
        self.geojson.clear();
        let head = FeatureHead { fid, layer: &self.layer.name, key };
        geojson::write_feature(&mut self.geojson, head, shape, &self.layer.fields, values);
        Ok(RowRef {
            fid,
            generation,
            key: key.map(FacilityKey::as_str).filter(|key| !key.is_empty()),
            shape,
            bounds,
            measure: shape.filter(|_| is_measured(&self.layer)).map_or(0, measure),
            geojson: &self.geojson,
        })
    }

    /// Reads, transforms and rounds a geometry into the shape at hand, which is empty if there is none.
    fn read_shape(&mut self, fid: i64, wkb: Option<&[u8]>) -> Result<(), BuildError> {
        self.shape.clear();
        let Some(wkb) = wkb else { return Ok(()) };
        self.shape.read_wkb(wkb).map_err(|source| BuildError::Geometry { fid, source })?;
        self.transform
            .to_lon_lat(&mut self.shape.coords)
            .map_err(|source| BuildError::Transform { fid, source })?;
        for coord in &mut self.shape.coords {
            *coord = coord.map(geojson::round_coordinate);
        }
        Ok(())
    }
}

/// Whether the rows of a layer have lengths or areas.
pub(crate) fn is_measured(layer: &Layer) -> bool {
    matches!(layer.geometry, GeometryKind::Line | GeometryKind::Polygon)
}

fn measure(shape: ShapeRef<'_>) -> i64 {
    match shape.kind.layer_kind() {
        GeometryKind::Line => geodesic::length_um(shape),
        GeometryKind::Polygon => geodesic::area_mm2(shape),
        GeometryKind::Point | GeometryKind::None => 0,
    }
}
