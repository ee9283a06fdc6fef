//! Reading a layer row by row.

use crate::{Register, StoreError};
use siseol_model::{FacilityKey, Layer, Value};

/// One row of a layer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredRow<'a> {
    /// The register's number for it.
    pub fid: i64,
    /// The city's own id, if it has one.
    pub key: Option<&'a FacilityKey>,
    /// The state in which the row got its present content.
    pub generation: i64,
    /// ISO WKB, bit for bit as delivered (but that a single geometry in a layer of multi-geometries is a multi-geometry of one part).
    pub geometry: Option<&'a [u8]>,
    /// One value per field of the layer.
    pub values: &'a [Value],
}

impl Register {
    /// Reads a layer in the order of its fids. The first error of `visit` ends it and is passed on.
    pub fn read_layer<E: From<StoreError>>(
        &self,
        layer: &Layer,
        visit: &mut dyn FnMut(StoredRow<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let _ = (layer, visit);
        todo!()
    }
}
