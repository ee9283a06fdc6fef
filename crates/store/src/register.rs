//! Opening a register.

use crate::StoreError;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// What a register is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Looking only.
    Read,
    /// Changing it, too.
    Write,
}

/// An open register.
#[derive(Debug)]
pub struct Register {
    connection: Connection,
    path: PathBuf,
}

impl Register {
    /// Opens a register that exists. What is not a register of this siseol is refused and never written to.
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let _ = (path, access);
        todo!()
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }
}
