//! Making a delivery part of the register.

use crate::{Staging, StoreError};
use jiff::Timestamp;
use siseol_model::{CommitInfo, Label, Provenance};
use std::path::Path;

/// Copies a delivery into the register as one change set, whole or not at all. A register that does not exist is
/// made; a notice replaces the register's own.
pub fn commit(
    register: &Path,
    staging: Staging,
    provenance: Provenance,
    notice: Option<Label>,
    now: Timestamp,
) -> Result<CommitInfo, StoreError> {
    let _ = (register, staging, provenance, notice, now);
    todo!()
}
