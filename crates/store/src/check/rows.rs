//! The rows of a layer, their spatial index and their guards.

use super::faults::Faults;
use super::row::{Room, check_box, check_content};
use crate::names::{FID, quoted, rtree};
use crate::read::{ORDERED, RawRow, select};
use crate::{LayerEntry, Register, SqlContext as _, StoreError, blob, guards};
use siseol_model::{GeometryKind, Layer};

/// Rows of a layer's table.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    all: u64,
    /// Those that are written down.
    known: u64,
    /// Those that belong into the spatial index.
    indexed: u64,
}

impl Register {
    /// Checks a layer of which `recorded` rows are written down. Returns how many rows it has.
    pub(super) fn check_layer(
        &self,
        id: i64,
        entry: &LayerEntry,
        recorded: u64,
        faults: &mut Faults,
    ) -> Result<u64, StoreError> {
        let layer = &entry.layer;
        let counted = self.check_rows(layer, id, faults);
        let Some(counts) = faults.take("rows", counted)? else { return Ok(0) };
        if entry.rows != counts.all {
            faults.add("the catalogue", || {
                format!("the catalogue has {} rows, the table {}", entry.rows, counts.all)
            });
        }
        if recorded != counts.known {
            let lost = self.lost_row(layer, id);
            if let Some(Some(fid)) = faults.take("lost", lost)? {
                let n = recorded.saturating_sub(counts.known);
                faults.add_many("lost", n, || {
                    format!("fid {fid}: it is gone from its table, and siseol has not deleted it")
                });
            }
        }
        if layer.geometry != GeometryKind::None {
            let checked = self.check_index(layer, counts.indexed, faults);
            faults.take("index", checked)?;
        }
        let checked = self.check_guards(layer, faults);
        faults.take("guards", checked)?;
        Ok(counts.all)
    }

    fn check_rows(
        &self,
        layer: &Layer,
        id: i64,
        faults: &mut Faults,
    ) -> Result<Counts, StoreError> {
        let doing = "read the rows";
        let spatial = layer.geometry != GeometryKind::None;
        let (columns, rest) = if spatial {
            let index = quoted(&rtree(layer.name.as_str(), ""));
            (
                ", i.minx, i.maxx, i.miny, i.maxy",
                format!("LEFT JOIN {index} i ON i.id = t.{FID} {ORDERED}"),
            )
        } else {
            ("", ORDERED.to_owned())
        };
        let srs_id = i32::try_from(layer.crs.code()).unwrap_or_default();
        let mut statement =
            self.connection().prepare(&select(layer, columns, &rest)).doing(self.path(), doing)?;
        let first_edge = statement.column_count().saturating_sub(4);
        let mut found = statement.query([]).doing(self.path(), doing)?;
        let mut room = Room::default();
        let mut counts = Counts::default();
        while let Some(row) = found.next().doing(self.path(), doing)? {
            counts.all += 1;
            let raw = match RawRow::of(row) {
                Ok(raw) => raw,
                Err(fault) => {
                    faults.add("row", || fault);
                    continue;
                }
            };
            let fid = raw.fid;
            counts.known += u64::from(raw.record.as_ref().is_some_and(|r| r.layer == id));
            match check_content(row, &raw, layer, id, srs_id, &mut room) {
                Ok(bounds) => {
                    counts.indexed += u64::from(bounds.is_some());
                    if spatial && let Err(fault) = check_box(row, first_edge, bounds) {
                        faults.add("box", || format!("fid {fid}: {fault}"));
                    }
                }
                Err((kind, fault)) => {
                    counts.indexed += u64::from(raw.blob.and_then(blob::bounds).is_some());
                    faults.add(kind, || format!("fid {fid}: {fault}"));
                }
            }
        }
        Ok(counts)
    }

    /// The first row that is written down and not in its table.
    fn lost_row(&self, layer: &Layer, id: i64) -> Result<Option<i64>, StoreError> {
        let sql = format!(
            "SELECT min(r.fid) FROM siseol_row r \
             WHERE r.layer = ?1 AND NOT EXISTS (SELECT 1 FROM {} t WHERE t.{FID} = r.fid)",
            quoted(layer.name.as_str())
        );
        self.connection()
            .query_row(&sql, [id], |row| row.get(0))
            .doing(self.path(), "look for lost rows")
    }

    /// SQLite's check of the index, and whether it has as many rows as the layer.
    fn check_index(
        &self,
        layer: &Layer,
        expected: u64,
        faults: &mut Faults,
    ) -> Result<(), StoreError> {
        let doing = "check the spatial index";
        let name = rtree(layer.name.as_str(), "");
        let connection = self.connection();
        let verdict: String = connection
            .query_row("SELECT rtreecheck(?1)", [&name], |row| row.get(0))
            .doing(self.path(), doing)?;
        if verdict != "ok" {
            let first = verdict.lines().next().unwrap_or_default();
            faults.add("index", || format!("the spatial index is broken: {first}"));
        }
        let count = format!("SELECT count(*) FROM {}", quoted(&name));
        let count = connection
            .query_row(&count, [], |row| row.get(0))
            .map(i64::unsigned_abs)
            .doing(self.path(), doing)?;
        if count != expected {
            faults
                .add("index size", || format!("the spatial index has {count} rows of {expected}"));
        }
        Ok(())
    }

    /// Whether the triggers that refuse other programs' writes are as they were made.
    fn check_guards(&self, layer: &Layer, faults: &mut Faults) -> Result<(), StoreError> {
        let doing = "look for the guards";
        let mut statement = self
            .connection()
            .prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND sql = ?1")
            .doing(self.path(), doing)?;
        for guard in guards::statements(layer.name.as_str()) {
            if !statement.exists([&guard]).doing(self.path(), doing)? {
                faults
                    .add("guards", || "other programs can write to it: a guard is gone".to_owned());
            }
        }
        Ok(())
    }
}
