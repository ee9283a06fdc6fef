//! From rows of the register to rows of a snapshot.

use super::LoadError;
use crate::transforms;
use siseol_crs::LonLatTransform;
use siseol_model::Layer;
use siseol_query::{BuildError, LayerBase, LayerBuilder, Version, VersionEncoder};
use siseol_store::{Register, StoreError};
use std::rc::Rc;
use std::sync::Arc;

/// Carries either error out of the row callback.
enum RowError {
    Store(StoreError),
    Build(BuildError),
}

impl From<StoreError> for RowError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl RowError {
    fn of(self, layer: &Layer) -> LoadError {
        match self {
            Self::Store(error) => error.into(),
            Self::Build(source) => LoadError::Build { layer: layer.name.clone(), source },
        }
    }
}

/// All rows of a layer as they were in a state.
pub(crate) fn read_base(
    register: &Register,
    layer: &Arc<Layer>,
    generation: i64,
) -> Result<LayerBase, LoadError> {
    let transform = out_of_grid(layer)?;
    let mut builder = LayerBuilder::new(Arc::clone(layer), &*transform);
    register
        .read_layer_at(layer, generation, &mut |row| {
            builder
                .push(row.fid, row.generation, row.key, row.geometry, row.values)
                .map_err(RowError::Build)
        })
        .map_err(|error: RowError| error.of(layer))?;
    builder.finish().map_err(|source| LoadError::Build { layer: layer.name.clone(), source })
}

/// The rows that differ between two states of a layer, by fid: as they are in the state `to`, or none if they are not
/// there.
pub(crate) fn read_versions(
    register: &Register,
    layer: &Arc<Layer>,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, Option<Version>)>, LoadError> {
    let transform = out_of_grid(layer)?;
    let mut encoder = VersionEncoder::new(Arc::clone(layer), &*transform);
    let mut versions = Vec::new();
    register
        .read_difference(layer, from, to, &mut |fid, row| {
            let version = row.map(|row| {
                encoder.encode(row.fid, row.generation, row.key, row.geometry, row.values)
            });
            versions.push((fid, version.transpose().map_err(RowError::Build)?));
            Ok(())
        })
        .map_err(|error: RowError| error.of(layer))?;
    Ok(versions)
}

pub(crate) fn out_of_grid(layer: &Layer) -> Result<Rc<LonLatTransform>, LoadError> {
    transforms::out_of(layer.crs)
        .map_err(|source| LoadError::Grid { layer: layer.name.clone(), source })
}
