//! Copying the register while it is in use.

use crate::register::absolute;
use crate::scratch::{Purpose, Scratch};
use crate::{Access, Head, Register, SqlContext as _, StoreError};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
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
    /// Writes a copy of the present state to a new file. The copy is checked as by [`check`](Self::check) before it
    /// gets its name; an existing file is never replaced.
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        let to = absolute(to)?;
        let taken = || StoreError::TargetExists { path: to.clone() };
        if fs_err::symlink_metadata(&to).is_ok() {
            return Err(taken());
        }
        let file = Scratch::beside(&to, ".backup", Purpose::Publish)?;
        let head = self.at_one_state(|register| {
            let head = register.head()?;
            register.copy_to(file.path()).map(|()| head)
        })?;
        let report = self.verify(file.path(), &head, &to)?;
        file.publish(&to, taken())?;
        Ok(report)
    }

    fn copy_to(&self, path: &Path) -> Result<(), StoreError> {
        let doing = "copy the register";
        let mut target = Connection::open(path).doing(path, doing)?;
        target
            .execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            .doing(path, doing)?;
        let backup = Backup::new(self.connection(), &mut target).doing(path, doing)?;
        // All pages in one step: the copy is of one state.
        let result = backup.step(-1).doing(path, doing)?;
        drop(backup);
        if result != StepResult::Done {
            return Err(StoreError::Busy { path: self.path().to_path_buf() });
        }
        // The copy of a file that another program has set to write-ahead logging stays a single file.
        target.execute_batch("PRAGMA journal_mode = DELETE").doing(path, doing)?;
        target.close().map_err(|(_, e)| e).doing(path, doing)
    }

    fn verify(&self, copy: &Path, head: &Head, to: &Path) -> Result<BackupReport, StoreError> {
        let faulty = |fault: String| StoreError::BackupFaulty { path: self.path().into(), fault };
        let copy = Self::open(copy, Access::Read)?;
        let check = copy.check()?;
        let layer_faults = check.layers.iter().flat_map(|l| &l.faults);
        if let Some(fault) = check.faults.iter().chain(layer_faults).next() {
            return Err(faulty(fault.clone()));
        }
        if copy.head()? != *head {
            return Err(faulty("it holds another state".to_owned()));
        }
        let bytes = fs_err::metadata(copy.path())
            .map_err(|e| StoreError::io("look at the backup", e))?
            .len();
        Ok(BackupReport {
            path: to.to_path_buf(),
            bytes,
            generation: head.generation,
            stamp: head.stamp,
            layers: check.layers.len() as u64,
            rows: check.layers.iter().map(|l| l.rows).sum(),
        })
    }
}
