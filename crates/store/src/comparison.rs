//! A staged delivery compared with the register: what it will do to each layer.

use crate::{Staging, StoreError};
use siseol_model::{ChangeCounts, FacilityKey, Issue, LayerName, LayerReport};
use std::path::PathBuf;

/// A delivery that has been compared with the register and can be committed to it.
#[derive(Debug)]
pub struct Comparison {
    register: PathBuf,
    staging: Staging,
    differences: Vec<Difference>,
}

/// What a delivery does to a layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The layer.
    pub layer: LayerName,
    /// Whether the register does not have it yet.
    pub is_new: bool,
    /// Rows that the register has of it.
    pub rows_before: u64,
    /// How many rows come, change, go, stay, and are missing but kept.
    pub changes: ChangeCounts,
    /// The rows of the register that the delivery no longer has, whether they go or are kept, by fid. They are not named
    /// where an upsert brings less than half as many rows as the layer has: it is a part of the layer, and costs what
    /// it brings.
    pub missing: Vec<MissingRow>,
    /// How many keys of rows that are to be appended the layer has already.
    pub taken: u64,
    /// The first few of them.
    pub taken_examples: Vec<FacilityKey>,
}

/// A row of the register that a delivery no longer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRow {
    /// The register's number for it.
    pub fid: i64,
    /// The city's own id.
    pub key: Option<FacilityKey>,
}

impl Comparison {
    pub(crate) fn new(register: PathBuf, staging: Staging, differences: Vec<Difference>) -> Self {
        Self { register, staging, differences }
    }

    /// What the delivery does to each layer.
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// Replaces the report of a layer and keeps further findings about it.
    pub fn amend(&mut self, report: &LayerReport, issues: &[Issue]) -> Result<(), StoreError> {
        self.staging.amend(report, issues)
    }

    /// The register that it was compared with, and the delivery.
    pub(crate) fn into_parts(self) -> (PathBuf, Staging) {
        (self.register, self.staging)
    }
}
