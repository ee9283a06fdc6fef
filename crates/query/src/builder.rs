//! From rows in any order to a resident layer.

use crate::base::{Geometry, LayerBase};
use crate::column::Filling;
use crate::geodesic;
use crate::order::Rank;
use crate::sums::Sums;
use crate::tree::Tree;
use bytes::Bytes;
use siseol_model::geojson::{self, FeatureHead};
use siseol_model::{
    FacilityKey, GeometryKind, Layer, LonLatBox, Shape, ShapeKind, ToLonLat, TransformError, Value,
    WkbError,
};
use std::num::TryFromIntError;
use std::sync::Arc;

/// Why a layer cannot be made resident.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A stored geometry cannot be read.
    #[error("the geometry of fid {fid} cannot be read")]
    Geometry {
        /// The row.
        fid: i64,
        /// What is wrong with it.
        source: WkbError,
    },
    /// A stored geometry cannot be brought to longitude and latitude.
    #[error("the geometry of fid {fid} has no place on the globe")]
    Transform {
        /// The row.
        fid: i64,
        /// Why.
        source: TransformError,
    },
    /// More rows, coordinates or bytes than the arrays can count.
    #[error("the layer is too large: more than 2^32 {what}")]
    TooLarge {
        /// Of what.
        what: &'static str,
    },
}

/// Takes the rows of one layer and makes a [`LayerBase`] of them.
pub struct LayerBuilder<'t> {
    layer: Arc<Layer>,
    transform: &'t dyn ToLonLat,
    fids: Vec<i64>,
    generations: Vec<i64>,
    key_ends: Vec<usize>,
    key_bytes: Vec<u8>,
    columns: Vec<Filling>,
    boxes: Vec<LonLatBox>,
    kinds: Vec<ShapeKind>,
    measures: Vec<i64>,
    coords: Vec<[f64; 2]>,
    coord_ends: Vec<usize>,
    /// Path ends within each row.
    path_ends: Vec<u32>,
    row_paths: Vec<usize>,
    polygon_ends: Vec<u32>,
    row_polygons: Vec<usize>,
    arena: Vec<u8>,
    arena_ends: Vec<usize>,
    shape: Shape,
}

impl std::fmt::Debug for LayerBuilder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LayerBuilder")
            .field("layer", &self.layer.name)
            .field("rows", &self.fids.len())
            .finish_non_exhaustive()
    }
}

impl<'t> LayerBuilder<'t> {
    /// A builder for a layer whose stored coordinates `transform` brings to longitude and latitude.
    pub fn new(layer: Arc<Layer>, transform: &'t dyn ToLonLat) -> Self {
        let columns = layer.fields.iter().map(|f| Filling::new(f.kind)).collect();
        Self {
            layer,
            transform,
            columns,
            fids: Vec::new(),
            generations: Vec::new(),
            key_ends: Vec::new(),
            key_bytes: Vec::new(),
            boxes: Vec::new(),
            kinds: Vec::new(),
            measures: Vec::new(),
            coords: Vec::new(),
            coord_ends: Vec::new(),
            path_ends: Vec::new(),
            row_paths: Vec::new(),
            polygon_ends: Vec::new(),
            row_polygons: Vec::new(),
            arena: Vec::new(),
            arena_ends: Vec::new(),
            shape: Shape::default(),
        }
    }

    /// Adds one row. `wkb` is in the layer's grid; `generation` is the state at which the row was last changed.
    pub fn push(
        &mut self,
        fid: i64,
        generation: i64,
        key: Option<&FacilityKey>,
        wkb: Option<&[u8]>,
        values: &[Value],
    ) -> Result<(), BuildError> {
        let has_shape = match wkb {
            Some(wkb) => self.read_shape(fid, wkb)?,
            None => false,
        };
        let shape = self.shape.as_ref();
        let head = FeatureHead { fid, layer: &self.layer.name, key };
        let fields = &self.layer.fields;
        geojson::write_feature(&mut self.arena, head, has_shape.then_some(shape), fields, values);
        self.arena.push(b',');
        self.arena_ends.push(self.arena.len());

        self.fids.push(fid);
        self.generations.push(generation);
        if let Some(key) = key {
            self.key_bytes.extend_from_slice(key.as_str().as_bytes());
        }
        self.key_ends.push(self.key_bytes.len());
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(value);
        }
        if has_shape {
            self.boxes.push(shape.bounds());
            self.kinds.push(shape.kind);
            self.measures.push(match shape.kind.layer_kind() {
                GeometryKind::Line => geodesic::length_um(shape),
                GeometryKind::Polygon => geodesic::area_mm2(shape),
                GeometryKind::Point | GeometryKind::None => 0,
            });
            self.coords.extend_from_slice(shape.coords);
            self.path_ends.extend_from_slice(shape.path_ends);
            self.polygon_ends.extend_from_slice(shape.polygon_ends);
        } else {
            self.boxes.push(LonLatBox::EMPTY);
            self.kinds.push(ShapeKind::Point);
            self.measures.push(0);
        }
        self.coord_ends.push(self.coords.len());
        self.row_paths.push(self.path_ends.len());
        self.row_polygons.push(self.polygon_ends.len());
        Ok(())
    }

    /// Reads, transforms and rounds a geometry into the shape at hand; false if it is empty.
    fn read_shape(&mut self, fid: i64, wkb: &[u8]) -> Result<bool, BuildError> {
        self.shape.read_wkb(wkb).map_err(|source| BuildError::Geometry { fid, source })?;
        self.transform
            .to_lon_lat(&mut self.shape.coords)
            .map_err(|source| BuildError::Transform { fid, source })?;
        for coord in &mut self.shape.coords {
            *coord = coord.map(geojson::round_coordinate);
        }
        Ok(!self.shape.coords.is_empty())
    }

    /// The finished layer.
    pub fn finish(self) -> Result<LayerBase, BuildError> {
        let order = self.order()?;
        let shapes = order.iter().filter(|&&row| !self.boxes[row as usize].is_empty()).count();
        let layer = &self.layer;
        let class_column = layer.class_field().map(|(index, _)| index);
        let measured = matches!(layer.geometry, GeometryKind::Line | GeometryKind::Polygon);

        let geometry = self.geometry(&order[..shapes])?;
        let tree =
            Tree::build(order[..shapes].iter().map(|&row| self.boxes[row as usize]).collect());
        let (arena, arena_ends) = self.arena(&order);
        let pick = |values: &[i64]| -> Vec<i64> {
            order.iter().map(|&row| values[row as usize]).collect()
        };
        let fids = pick(&self.fids);
        let generations = pick(&self.generations);
        let measures = if measured { pick(&self.measures) } else { Vec::new() };
        let (key_ends, key_bytes) = self.keys(&order)?;

        if self.columns.iter().any(|c| u32::try_from(c.text_bytes()).is_err()) {
            return Err(BuildError::TooLarge { what: "bytes of text in a column" });
        }
        let columns: Vec<_> = self.columns.into_iter().map(|c| c.finish(&order)).collect();
        let sums = Sums::build(fids.len(), measures, class_column.map(|i| &columns[i]));

        let mut by_fid: Vec<u32> = (0..u32::try_from(fids.len()).unwrap_or(u32::MAX)).collect();
        by_fid.sort_unstable_by_key(|&row| fids[row as usize]);
        let mut base = LayerBase {
            fids: fids.into(),
            by_fid: by_fid.into(),
            generations: generations.into(),
            key_ends: key_ends.into(),
            key_bytes: key_bytes.into(),
            by_key: Vec::new().into(),
            tree,
            geometry,
            columns,
            class_column,
            sums,
            arena,
            arena_ends: arena_ends.into(),
        };
        let mut by_key: Vec<u32> = (0..base.len()).filter(|&row| base.key(row).is_some()).collect();
        by_key.sort_unstable_by_key(|&row| (base.key(row).unwrap_or(""), base.fid(row)));
        base.by_key = by_key.into();
        Ok(base)
    }

    /// The rows by their ranks.
    fn order(&self) -> Result<Vec<u32>, BuildError> {
        let rows = u32::try_from(self.fids.len()).map_err(too_large("rows"))?;
        let mut ranked: Vec<(Rank, u32)> = (0..rows)
            .map(|row| (Rank::of(&self.boxes[row as usize], self.fids[row as usize]), row))
            .collect();
        ranked.sort_unstable();
        Ok(ranked.into_iter().map(|(_, row)| row).collect())
    }

    fn geometry(&self, order: &[u32]) -> Result<Geometry, BuildError> {
        u32::try_from(self.coords.len()).map_err(too_large("coordinates"))?;
        let mut g = GeometryArrays {
            coords: Vec::with_capacity(self.coords.len()),
            path_ends: Vec::with_capacity(self.path_ends.len()),
            polygon_ends: Vec::with_capacity(self.polygon_ends.len()),
            ..GeometryArrays::default()
        };
        let has_polygons = !self.polygon_ends.is_empty();
        // Every length below is at most that of the coordinates, which fits.
        let end = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        for &row in order {
            let row = row as usize;
            let (first_coord, first_path) = (end(g.coords.len()), end(g.path_ends.len()));
            g.kinds.push(self.kinds[row]);
            g.coords.extend_from_slice(&self.coords[slot(&self.coord_ends, row)]);
            g.coord_ends.push(end(g.coords.len()));
            let paths = &self.path_ends[slot(&self.row_paths, row)];
            g.path_ends.extend(paths.iter().map(|end| first_coord + end));
            g.row_paths.push(end(g.path_ends.len()));
            if has_polygons {
                let polygons = &self.polygon_ends[slot(&self.row_polygons, row)];
                g.polygon_ends.extend(polygons.iter().map(|end| first_path + end));
                g.row_polygons.push(end(g.polygon_ends.len()));
            }
        }
        Ok(Geometry {
            kinds: g.kinds.into(),
            coords: g.coords.into(),
            coord_ends: g.coord_ends.into(),
            path_ends: g.path_ends.into(),
            row_paths: g.row_paths.into(),
            polygon_ends: g.polygon_ends.into(),
            row_polygons: g.row_polygons.into(),
        })
    }

    fn arena(&self, order: &[u32]) -> (Bytes, Vec<u64>) {
        let mut arena = Vec::with_capacity(self.arena.len());
        let mut ends = Vec::with_capacity(order.len());
        for &row in order {
            arena.extend_from_slice(&self.arena[slot(&self.arena_ends, row as usize)]);
            ends.push(arena.len() as u64);
        }
        (arena.into(), ends)
    }

    fn keys(&self, order: &[u32]) -> Result<(Vec<u32>, Vec<u8>), BuildError> {
        let mut bytes = Vec::with_capacity(self.key_bytes.len());
        let mut ends = Vec::with_capacity(order.len());
        for &row in order {
            bytes.extend_from_slice(&self.key_bytes[slot(&self.key_ends, row as usize)]);
            ends.push(u32::try_from(bytes.len()).map_err(too_large("bytes of keys"))?);
        }
        Ok((ends, bytes))
    }
}

#[derive(Default)]
struct GeometryArrays {
    kinds: Vec<ShapeKind>,
    coords: Vec<[f64; 2]>,
    coord_ends: Vec<u32>,
    path_ends: Vec<u32>,
    row_paths: Vec<u32>,
    polygon_ends: Vec<u32>,
    row_polygons: Vec<u32>,
}

fn slot(ends: &[usize], row: usize) -> std::ops::Range<usize> {
    (if row == 0 { 0 } else { ends[row - 1] })..ends[row]
}

fn too_large(what: &'static str) -> impl Fn(TryFromIntError) -> BuildError {
    move |_| BuildError::TooLarge { what }
}
