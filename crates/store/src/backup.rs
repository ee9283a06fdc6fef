//! Copying the register while it is in use.

use crate::{Register, StoreError};
use serde::Serialize;
use siseol_model::Stamp;
use std::path::{Path, PathBuf};

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// The new file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The state that it holds.
    pub generation: i64,
    /// The name of that state.
    pub stamp: Stamp,
    /// Layers in it.
    pub layers: u64,
    /// Rows in it.
    pub rows: u64,
}

impl Register {
    /// Writes a copy of the present state to a new file and checks it. An existing file is never replaced.
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        let _ = to;
        todo!()
    }
}
