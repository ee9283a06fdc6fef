//! Making a delivery part of the register.

use crate::change_set::{OpenChangeSet, gpkg_time};
use crate::comparison::Comparison;
use crate::json::json;
use crate::register::absolute;
use crate::scratch::{Purpose, Scratch};
use crate::staging::StagedLayer;
use crate::{
    Access, Register, SqlContext as _, StoreError, existing_layer, functions, layer_tables, schema,
};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use siseol_model::{ChangeSetKind, CommitInfo, Label, Provenance};
use std::path::Path;

impl Comparison {
    /// Copies the delivery into the register as one change set, whole or not at all. A register that does not exist is
    /// made; a notice replaces the register's own. A delivery that changes nothing is a change set all the same.
    ///
    /// # Errors
    ///
    /// [`StoreError::Moved`] if somebody else has changed one of the layers since it was compared;
    /// [`StoreError::Busy`] if another process holds the register, or has just made it. The register is then as it was.
    pub fn commit(
        self,
        provenance: Provenance,
        notice: Option<Label>,
        now: Timestamp,
    ) -> Result<CommitInfo, StoreError> {
        let (register, staging) = self.into_parts();
        let path = absolute(&register)?;
        if staging.layers().is_empty() {
            return Err(StoreError::NothingToCommit);
        }
        let notice = notice.map(|label| json("the notice", &label)).transpose()?;
        let (layers, scratch) = staging.close()?;
        let delivery = Delivery { layers, scratch, provenance, notice, now };
        match path.try_exists() {
            Ok(true) => delivery.into_existing(&path),
            Ok(false) => delivery.into_new(&path),
            Err(e) => Err(StoreError::io("look at the register", e)),
        }
    }
}

/// Pages of a register that is changed. Where they are too few, SQLite writes before the commit, and from then on nobody
/// else can read.
const CHANGING_CACHE: i64 = -262_144;
/// Pages of a register that is made. Its tables are filled in their own order, which takes few.
const MAKING_CACHE: i64 = -16_384;

struct Delivery {
    layers: Vec<StagedLayer>,
    scratch: Scratch,
    provenance: Provenance,
    notice: Option<String>,
    now: Timestamp,
}

impl Delivery {
    /// One transaction; the file is locked while it lasts and no longer.
    fn into_existing(self, path: &Path) -> Result<CommitInfo, StoreError> {
        let doing = "commit the delivery";
        let mut register = Register::open(path, Access::Write)?;
        register.set_journal()?;
        self.attach(register.connection(), path, CHANGING_CACHE)?;
        let transaction = register
            .connection_mut()
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(path, doing)?;
        let info = self.apply(&transaction, path)?;
        transaction.commit().doing(path, doing)?;
        Ok(info)
    }

    /// Builds the register under another name; only the whole one gets its own.
    fn into_new(self, path: &Path) -> Result<CommitInfo, StoreError> {
        let doing = "make the register";
        let file = Scratch::beside(path, ".new", Purpose::Publish)?;
        let connection = Connection::open(file.path()).doing(path, doing)?;
        connection
            .execute_batch(
                "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
                 PRAGMA locking_mode = EXCLUSIVE",
            )
            .doing(path, doing)?;
        self.attach(&connection, path, MAKING_CACHE)?;
        connection.execute_batch("BEGIN").doing(path, doing)?;
        schema::create(&connection, &gpkg_time(self.now)).doing(path, doing)?;
        let info = self.apply(&connection, path)?;
        schema::index_rows(&connection).doing(path, doing)?;
        connection.execute_batch("COMMIT").doing(path, doing)?;
        connection.close().map_err(|(_, e)| e).doing(path, doing)?;
        // Whoever made it in the meantime was first; the delivery can be committed to that one.
        file.publish(path, StoreError::Busy { path: path.to_path_buf() })?;
        Ok(info)
    }

    /// `cache` is in the units of SQLite's pragma: KiB below zero.
    fn attach(&self, connection: &Connection, path: &Path, cache: i64) -> Result<(), StoreError> {
        let doing = "attach the staging file";
        functions::register(connection).doing(path, doing)?;
        connection.pragma_update(None, "cache_size", cache).doing(path, doing)?;
        let Some(staged) = self.scratch.path().to_str() else {
            return Err(StoreError::io(doing, std::io::ErrorKind::InvalidFilename.into()));
        };
        connection.execute("ATTACH ?1 AS staging", [staged]).doing(path, doing)?;
        // Beginning to write is beginning to write everywhere. A second file with a journal would make SQLite join the
        // two by a third one, which a kill leaves behind.
        connection.pragma_update(Some("staging"), "synchronous", "OFF").doing(path, doing)
    }

    /// Does all of the writing, in the transaction that the caller has begun.
    fn apply(&self, connection: &Connection, path: &Path) -> Result<CommitInfo, StoreError> {
        let kind = (ChangeSetKind::Delivery, None);
        let mut open =
            OpenChangeSet::begin(connection, path, kind, self.provenance.clone(), self.now)?;
        let now = open.gpkg_time();
        for staged in &self.layers {
            let numbers = &mut open.numbers;
            match staged.meeting {
                Some(meeting) => {
                    existing_layer::write(connection, path, staged, meeting, numbers, &now)?;
                }
                None => layer_tables::write(connection, path, staged, numbers, &now)?,
            }
        }
        open.end(self.notice.as_deref())
    }
}
