//! From stored rows to a packed layer.

use crate::base::LayerBase;
use crate::build_error::BuildError;
use crate::filling::Filling;
use crate::packing::Packing;
use crate::row::RowEncoder;
use siseol_model::{FacilityKey, Layer, ToLonLat, Value};
use std::sync::Arc;

/// Takes the rows of one layer, in any order, and makes a [`LayerBase`] of them.
#[derive(Debug)]
pub struct LayerBuilder<'t> {
    layer: Arc<Layer>,
    encoder: RowEncoder<'t>,
    packing: Packing,
    columns: Vec<Filling>,
}

impl<'t> LayerBuilder<'t> {
    /// A builder for a layer whose stored coordinates `transform` brings to longitude and latitude.
    pub fn new(layer: Arc<Layer>, transform: &'t dyn ToLonLat) -> Self {
        Self {
            columns: layer.fields.iter().map(|field| Filling::new(field.kind)).collect(),
            packing: Packing::default(),
            encoder: RowEncoder::new(Arc::clone(&layer), transform),
            layer,
        }
    }

    /// Adds one row. `wkb` is in the layer's grid; `generation` is that of the commit that last changed the row;
    /// `values` are in the order of the layer's fields.
    pub fn push(
        &mut self,
        fid: i64,
        generation: i64,
        key: Option<&FacilityKey>,
        wkb: Option<&[u8]>,
        values: &[Value],
    ) -> Result<(), BuildError> {
        self.packing.push(&self.encoder.encode(fid, generation, key, wkb, values)?)?;
        self.columns.iter_mut().zip(values).try_for_each(|(column, value)| column.push(value))
    }

    /// The finished layer.
    pub fn finish(self) -> Result<LayerBase, BuildError> {
        let order = self.packing.order()?;
        let columns = self.columns.into_iter().map(|c| c.finish().reordered(&order)).collect();
        Ok(self.packing.reordered(&order)?.finish(&self.layer, columns))
    }
}
