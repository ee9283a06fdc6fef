//! Making a delivery part of the register.

use crate::layer_tables::{self, Numbers};
use crate::register::absolute;
use crate::scratch::{Purpose, Scratch};
use crate::staging::StagedLayer;
use crate::{Access, Register, SqlContext as _, Staging, StoreError, functions, schema};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use siseol_model::{CommitInfo, Label, Provenance, Stamp};
use std::path::Path;

/// Copies a delivery into the register as one change set, whole or not at all. A register that does not exist is
/// made; a notice replaces the register's own.
///
/// # Errors
///
/// [`StoreError::LayerTaken`] if the register has one of the layers already; [`StoreError::Busy`] if another process
/// holds the register, or has just made it. The register is then as it was.
pub fn commit(
    register: &Path,
    staging: Staging,
    provenance: Provenance,
    notice: Option<Label>,
    now: Timestamp,
) -> Result<CommitInfo, StoreError> {
    let path = absolute(register)?;
    if staging.layers().is_empty() {
        return Err(StoreError::NothingToCommit);
    }
    let notice = notice.map(|label| json("the notice", &label)).transpose()?;
    let (layers, scratch) = staging.close()?;
    let delivery = Delivery { layers, scratch, provenance, notice, now, stamp: random_stamp()? };
    match path.try_exists() {
        Ok(true) => delivery.into_existing(&path),
        Ok(false) => delivery.into_new(&path),
        Err(e) => Err(StoreError::io("look at the register", e)),
    }
}

struct Delivery {
    layers: Vec<StagedLayer>,
    scratch: Scratch,
    provenance: Provenance,
    notice: Option<String>,
    now: Timestamp,
    stamp: Stamp,
}

impl Delivery {
    /// One transaction; the file is locked while it lasts and no longer.
    fn into_existing(self, path: &Path) -> Result<CommitInfo, StoreError> {
        let doing = "commit the delivery";
        let mut register = Register::open(path, Access::Write)?;
        register.set_journal()?;
        let path = path.to_path_buf();
        self.attach(register.connection(), &path)?;
        let transaction = register
            .connection_mut()
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(&path, doing)?;
        for StagedLayer { layer, .. } in &self.layers {
            let taken = transaction
                .query_row(
                    "SELECT 1 FROM siseol_layer WHERE name = ?1",
                    [layer.name.as_str()],
                    |_| Ok(()),
                )
                .optional()
                .doing(&path, doing)?;
            if taken.is_some() {
                return Err(StoreError::LayerTaken { layer: layer.name.clone() });
            }
        }
        let info = self.apply(&transaction, &path)?;
        transaction.commit().doing(&path, doing)?;
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
        self.attach(&connection, path)?;
        connection.execute_batch("BEGIN").doing(path, doing)?;
        schema::create(&connection, &gpkg_time(self.now)).doing(path, doing)?;
        let info = self.apply(&connection, path)?;
        connection.execute_batch("COMMIT").doing(path, doing)?;
        connection.close().map_err(|(_, e)| e).doing(path, doing)?;
        // Whoever made it in the meantime was first; the delivery can be committed to that one.
        file.publish(path, StoreError::Busy { path: path.to_path_buf() })?;
        Ok(info)
    }

    fn attach(&self, connection: &Connection, path: &Path) -> Result<(), StoreError> {
        let doing = "attach the staging file";
        functions::register_copying(connection).doing(path, doing)?;
        connection.pragma_update(None, "cache_size", -262_144).doing(path, doing)?;
        let Some(staged) = self.scratch.path().to_str() else {
            return Err(StoreError::io(doing, std::io::ErrorKind::InvalidFilename.into()));
        };
        connection.execute("ATTACH ?1 AS staging", [staged]).map(drop).doing(path, doing)
    }

    /// Does all of the writing, in the transaction that the caller has begun.
    fn apply(&self, connection: &Connection, path: &Path) -> Result<CommitInfo, StoreError> {
        let doing = "commit the delivery";
        let (generation, next_fid): (i64, i64) = connection
            .query_row("SELECT generation + 1, next_fid FROM siseol_meta", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .doing(path, doing)?;
        let (stamp, time) = (self.stamp.to_string(), self.now.to_string());
        let Provenance { author, comment, source } = &self.provenance;
        connection
            .execute(
                "INSERT INTO siseol_change_set(generation, stamp, time, author, comment, source, kind) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'delivery')",
                (generation, &stamp, &time, author, comment, source),
            )
            .doing(path, doing)?;
        let change_set = connection.last_insert_rowid();
        let now = gpkg_time(self.now);
        let mut numbers = Numbers { change_set, generation, next_fid };
        for staged in &self.layers {
            layer_tables::write(connection, path, staged, &mut numbers, &now)?;
        }
        connection
            .execute(
                "UPDATE siseol_meta SET generation = ?1, stamp = ?2, time = ?3, \
                 notice = coalesce(?4, notice), next_fid = ?5",
                (generation, &stamp, &time, &self.notice, numbers.next_fid),
            )
            .and_then(|_| {
                connection.execute(
                    "UPDATE gpkg_contents SET last_change = ?1 \
                     WHERE table_name IN ('siseol_change_set', 'siseol_issue', 'layer_styles')",
                    [&now],
                )
            })
            .doing(path, doing)?;
        Ok(CommitInfo {
            change_set,
            generation,
            stamp: self.stamp,
            time: self.now,
            provenance: self.provenance.clone(),
        })
    }
}

pub(crate) fn json<T: serde::Serialize>(
    what: &'static str,
    value: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Json { what, source })
}

/// The form of a time that GeoPackage asks for: UTC, with milliseconds.
fn gpkg_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn random_stamp() -> Result<Stamp, StoreError> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|source| StoreError::Random { source })?;
    Ok(Stamp::from_bits(u128::from_le_bytes(bits)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_milliseconds() {
        let time: Timestamp = "2026-03-01T02:03:04.5678Z".parse().unwrap();
        assert_eq!(gpkg_time(time), "2026-03-01T02:03:04.567Z");
    }

    #[test]
    fn stamps_differ() {
        assert_ne!(random_stamp().unwrap(), random_stamp().unwrap());
    }
}
