//! Looking for damage.

use crate::{Register, StoreError};
use serde::Serialize;
use siseol_model::LayerName;

/// What was found when the register was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Whether no fault was found.
    pub ok: bool,
    /// The state that was checked.
    pub generation: i64,
    /// One block per layer.
    pub layers: Vec<LayerCheck>,
    /// Faults of the file and of the catalogue.
    pub faults: Vec<String>,
}

/// What was found in one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LayerCheck {
    /// The layer.
    pub layer: LayerName,
    /// Rows that were checked.
    pub rows: u64,
    /// The first fault of each kind.
    pub faults: Vec<String>,
}

impl Register {
    /// Checks the file, the rows, the spatial indexes and the catalogue. Damage is in the report;
    /// an error means that it could not be checked.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        todo!()
    }
}
