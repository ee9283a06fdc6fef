//! A delivery while it is being written.

use crate::StoreError;
use serde::{Deserialize, Serialize};
use siseol_model::{Feature, Field, Issue, Layer, LayerReport};
use std::path::Path;

/// What other programs need to know of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrsDefinition {
    /// Its name, such as `Korea 2000 / Central Belt 2010`.
    pub name: String,
    /// Its definition as OGC well-known text (version 1, which every reader of GeoPackage knows).
    pub wkt: String,
}

/// A delivery on its way into the register, in a temporary file that is gone when this is dropped.
#[derive(Debug)]
pub struct Staging {}

/// One layer of a delivery while its rows are written. It counts only once it is [finished](Self::finish).
#[derive(Debug)]
pub struct LayerStage<'a> {
    staging: &'a mut Staging,
}

impl Staging {
    /// A delivery for that register, in the same folder, so that a full disk shows before the register is touched.
    /// What dead processes left there is removed.
    pub fn beside(register: &Path) -> Result<Self, StoreError> {
        let _ = register;
        todo!()
    }

    /// A delivery that will not be committed (a rehearsal), in the folder for temporary files.
    pub fn temporary() -> Result<Self, StoreError> {
        todo!()
    }

    /// Begins a layer with those fields.
    pub fn begin_layer(&mut self, fields: &[Field]) -> Result<LayerStage<'_>, StoreError> {
        let _ = fields;
        Ok(LayerStage { staging: self })
    }
}

impl LayerStage<'_> {
    /// Adds a row. `row` is its number in the delivered file, for error messages.
    pub fn push(&mut self, row: u64, feature: &Feature) -> Result<(), StoreError> {
        let _ = (row, feature, &self.staging);
        todo!()
    }

    /// Keeps a row aside, with its bytes as the source had them, because of a finding.
    pub fn quarantine(&mut self, row: u64, raw: &[u8], issue: &Issue) -> Result<(), StoreError> {
        let _ = (row, raw, issue);
        todo!()
    }

    /// Keeps a finding about the file or about a row that was pushed.
    pub fn issue(&mut self, issue: &Issue) -> Result<(), StoreError> {
        let _ = issue;
        todo!()
    }

    /// Ends the layer. Its fields are those that it began with; the report accounts for every row.
    pub fn finish(
        self,
        layer: Layer,
        crs: &CrsDefinition,
        report: LayerReport,
    ) -> Result<(), StoreError> {
        let _ = (layer, crs, report);
        todo!()
    }
}
