//! A change set while it is written, in the transaction that the caller has begun.

use crate::layer_tables::Numbers;
use crate::{SqlContext as _, StoreError};
use jiff::Timestamp;
use rusqlite::Connection;
use siseol_model::{ChangeCounts, ChangeSetKind, CommitInfo, Provenance, Stamp};
use std::path::Path;

const DOING: &str = "write the change set";

/// A change set that has begun.
pub(crate) struct OpenChangeSet<'c> {
    connection: &'c Connection,
    path: &'c Path,
    pub(crate) numbers: Numbers,
    info: CommitInfo,
}

impl<'c> OpenChangeSet<'c> {
    /// Begins a change set. Its time is never before that of the last one, so that a time names one state.
    pub(crate) fn begin(
        connection: &'c Connection,
        path: &'c Path,
        (kind, undoes): (ChangeSetKind, Option<i64>),
        provenance: Provenance,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let (generation, next_fid, last): (i64, i64, String) = connection
            .query_row("SELECT generation + 1, next_fid, time FROM siseol_meta", [], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .doing(path, DOING)?;
        // Only a register that is just being made has no time yet.
        let time = last.parse().map_or(now, |last: Timestamp| now.max(last));
        let stamp = random_stamp()?;
        let kind = match kind {
            ChangeSetKind::Delivery => "delivery",
            ChangeSetKind::Undo => "undo",
        };
        let Provenance { author, comment, source } = &provenance;
        connection
            .execute(
                "INSERT INTO siseol_change_set(generation, stamp, time, author, comment, source, kind, undoes) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                (
                    generation,
                    stamp.to_string(),
                    time.to_string(),
                    author,
                    comment,
                    source,
                    kind,
                    undoes,
                ),
            )
            .doing(path, DOING)?;
        let change_set = connection.last_insert_rowid();
        Ok(Self {
            connection,
            path,
            numbers: Numbers { change_set, generation, next_fid },
            info: CommitInfo { change_set, generation, stamp, time, provenance },
        })
    }

    /// The time of the commit in the form that GeoPackage asks for: UTC, with milliseconds.
    pub(crate) fn gpkg_time(&self) -> String {
        gpkg_time(self.info.time)
    }

    /// Makes GDAL count the rows of a layer anew: its triggers, where it has made some, do not see what siseol writes.
    fn forget_counts(&self) -> Result<(), StoreError> {
        let counted = self
            .connection
            .prepare_cached(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'gpkg_ogr_contents'",
            )
            .and_then(|mut statement| statement.exists([]))
            .doing(self.path, DOING)?;
        if counted {
            let forget = "UPDATE gpkg_ogr_contents SET feature_count = NULL";
            self.connection.execute(forget, []).doing(self.path, DOING)?;
        }
        Ok(())
    }

    /// Makes the state the register's.
    pub(crate) fn end(self, notice: Option<&str>) -> Result<CommitInfo, StoreError> {
        self.forget_counts()?;
        self.connection
            .execute(
                "UPDATE siseol_meta SET generation = ?1, stamp = ?2, time = ?3, \
                 notice = coalesce(?4, notice), next_fid = ?5",
                (
                    self.numbers.generation,
                    self.info.stamp.to_string(),
                    self.info.time.to_string(),
                    notice,
                    self.numbers.next_fid,
                ),
            )
            .and_then(|_| {
                self.connection.execute(
                    "UPDATE gpkg_contents SET last_change = ?1 \
                     WHERE table_name IN ('siseol_change_set', 'siseol_issue', 'layer_styles')",
                    [self.gpkg_time()],
                )
            })
            .doing(self.path, DOING)?;
        Ok(self.info)
    }
}

/// What a change set did to one layer, as the catalogue keeps it.
#[derive(Debug)]
pub(crate) struct LayerChange<'a> {
    pub(crate) layer_id: i64,
    /// Whether it is a new state of the layer.
    pub(crate) revises: bool,
    pub(crate) changes: ChangeCounts,
    /// How many rows the layer has since.
    pub(crate) rows: i64,
    /// The fids that new rows got: the first one and how many.
    pub(crate) fids: (i64, i64),
    /// The report of a delivery as JSON, with how many rows it set aside and how many findings it has.
    pub(crate) report: Option<(&'a str, i64, i64)>,
}

/// Writes down what a change set did to a layer.
pub(crate) fn record(
    connection: &Connection,
    numbers: &Numbers,
    change: &LayerChange<'_>,
) -> rusqlite::Result<()> {
    let ChangeCounts { inserted, updated, deleted, unchanged, missing } = change.changes;
    let counts = [inserted, updated, deleted, unchanged, missing].map(u64::cast_signed);
    let (report, quarantined, findings) = match change.report {
        Some((report, quarantined, findings)) => (Some(report), quarantined, findings),
        None => (None, 0, 0),
    };
    let mut statement = connection.prepare_cached(
        "INSERT INTO siseol_change(layer, change_set, generation, revises, inserted, updated, deleted, unchanged, missing, \
         row_count, first_fid, inserted_fids, quarantined, findings, report) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
    )?;
    statement
        .execute((
            change.layer_id,
            numbers.change_set,
            numbers.generation,
            change.revises,
            counts[0],
            counts[1],
            counts[2],
            counts[3],
            counts[4],
            change.rows,
            change.fids.0,
            change.fids.1,
            quarantined,
            findings,
            report,
        ))
        .map(drop)
}

/// The form of a time that GeoPackage asks for: UTC, with milliseconds.
pub(crate) fn gpkg_time(time: Timestamp) -> String {
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
