//! Looking for damage.
//!
//! SQLite's own check sees a broken file, not a flipped bit inside a value; the content hash of every row sees that.

use crate::check_row::{Room, check_box, check_content};
use crate::names::{FID, quoted, rtree};
use crate::read::{ORDERED, RawRow, select};
use crate::{LayerEntry, Register, SqlContext as _, StoreError, blob};
use rusqlite::Row;
use serde::Serialize;
use siseol_model::{GeometryKind, Layer, LayerName};
use std::collections::BTreeMap;

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
    /// The first fault of each kind, with how many more there are.
    pub faults: Vec<String>,
}

/// How many faults of the file itself are listed.
const MAX_FILE_FAULTS: usize = 20;

impl Register {
    /// Checks the file, the rows, the spatial indexes and the catalogue, all of one state. Damage is in the report;
    /// an error means that it could not be checked, except that a catalogue that cannot be read is an error, too.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        self.at_one_state(|register| {
            let generation = register.head()?.generation;
            let mut faults = register.file_faults()?;
            let entries = register.layers()?;
            let records = register.records_by_layer(&mut faults)?;
            let mut layers = Vec::with_capacity(entries.len());
            for entry in &entries {
                layers.push(register.check_layer(entry, &records)?);
            }
            let ok = faults.is_empty() && layers.iter().all(|l| l.faults.is_empty());
            Ok(CheckReport { ok, generation, layers, faults })
        })
    }

    /// What SQLite finds, and rows of the bookkeeping that belong to no layer.
    fn file_faults(&self) -> Result<Vec<String>, StoreError> {
        let mut faults = Vec::new();
        let integrity = format!("PRAGMA integrity_check({MAX_FILE_FAULTS})");
        self.collect(&integrity, &mut faults, |row| {
            let text: String = row.get(0)?;
            Ok((text != "ok").then_some(text))
        })?;
        self.collect("PRAGMA foreign_key_check", &mut faults, |row| {
            let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
            Ok(Some(format!("a row of {table} points to nothing in {parent}")))
        })?;
        self.collect(
            "SELECT count(*) FROM siseol_row WHERE layer NOT IN (SELECT id FROM siseol_layer) \
             OR fid >= (SELECT next_fid FROM siseol_meta)",
            &mut faults,
            |row| match row.get(0)? {
                0_i64 => Ok(None),
                n => Ok(Some(format!("{n} rows of the bookkeeping belong to no layer"))),
            },
        )?;
        Ok(faults)
    }

    /// Runs one query; that the file is too broken for it is a fault like others.
    fn collect(
        &self,
        sql: &str,
        faults: &mut Vec<String>,
        fault: impl Fn(&Row<'_>) -> rusqlite::Result<Option<String>>,
    ) -> Result<(), StoreError> {
        let run = || {
            let mut statement = self.connection().prepare(sql)?;
            let mut rows = statement.query([])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.extend(fault(row)?);
            }
            Ok(found)
        };
        match run().doing(self.path(), "check the file") {
            Ok(found) => faults.extend(found),
            Err(StoreError::Damaged { fault, .. }) => faults.push(fault),
            Err(StoreError::Sql { source, .. }) => faults.push(source.to_string()),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// How many rows the bookkeeping has per layer.
    fn records_by_layer(&self, faults: &mut Vec<String>) -> Result<Vec<(i64, u64)>, StoreError> {
        let records = std::cell::RefCell::new(Vec::new());
        let sql = "SELECT layer, count(*) FROM siseol_row GROUP BY layer";
        self.collect(sql, faults, |row| {
            let count: i64 = row.get(1)?;
            records.borrow_mut().push((row.get(0)?, count.unsigned_abs()));
            Ok(None)
        })?;
        Ok(records.into_inner())
    }

    fn check_layer(
        &self,
        entry: &LayerEntry,
        records: &[(i64, u64)],
    ) -> Result<LayerCheck, StoreError> {
        let layer = &entry.layer;
        let mut faults = Faults::default();
        let id = self.layer_record(layer)?.id;
        let (rows, indexed) = match self.check_rows(layer, id, &mut faults) {
            Ok(counts) => counts,
            Err(StoreError::Damaged { fault, .. }) => {
                faults.add("rows", || format!("the rows cannot be read: {fault}"));
                (0, 0)
            }
            Err(StoreError::Sql { source, .. }) => {
                faults.add("rows", || format!("the rows cannot be read: {source}"));
                (0, 0)
            }
            Err(error) => return Err(error),
        };
        let recorded = records.iter().find(|(layer, _)| *layer == id).map_or(0, |(_, n)| *n);
        for (what, n) in [("the catalogue", entry.rows), ("the bookkeeping", recorded)] {
            if n != rows {
                faults.add(what, || format!("{what} has {n} rows, the table {rows}"));
            }
        }
        let mut plain = faults.into_list();
        if layer.geometry != GeometryKind::None {
            self.check_index(layer, indexed, &mut plain)?;
        }
        self.check_findings(entry, &mut plain)?;
        Ok(LayerCheck { layer: layer.name.clone(), rows, faults: plain })
    }

    /// Checks every row; returns how many there are, and how many of them belong into the spatial index.
    fn check_rows(
        &self,
        layer: &Layer,
        id: i64,
        faults: &mut Faults,
    ) -> Result<(u64, u64), StoreError> {
        let doing = "check the rows";
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
        let (mut rows, mut indexed) = (0, 0);
        while let Some(row) = found.next().doing(self.path(), doing)? {
            rows += 1;
            let raw = match RawRow::of(row) {
                Ok(raw) => raw,
                Err(fault) => {
                    faults.add("row", || fault);
                    continue;
                }
            };
            let fid = raw.fid;
            match check_content(row, &raw, layer, id, srs_id, &mut room) {
                Ok(bounds) => {
                    indexed += u64::from(bounds.is_some());
                    if spatial && let Err(fault) = check_box(row, first_edge, bounds) {
                        faults.add("box", || format!("fid {fid}: {fault}"));
                    }
                }
                Err((kind, fault)) => {
                    indexed += u64::from(raw.blob.and_then(blob::bounds).is_some());
                    faults.add(kind, || format!("fid {fid}: {fault}"));
                }
            }
        }
        Ok((rows, indexed))
    }

    /// SQLite's check of the index, and whether it has as many rows as the layer.
    fn check_index(
        &self,
        layer: &Layer,
        expected: u64,
        faults: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        let name = rtree(layer.name.as_str(), "");
        let run = || {
            let connection = self.connection();
            let verdict: String =
                connection.query_row("SELECT rtreecheck(?1)", [&name], |row| row.get(0))?;
            let count = format!("SELECT count(*) FROM {}", quoted(&name));
            let count: i64 = connection.query_row(&count, [], |row| row.get(0))?;
            Ok((verdict, count.unsigned_abs()))
        };
        match run().doing(self.path(), "check the spatial index") {
            Ok((verdict, count)) => {
                if verdict != "ok" {
                    let first = verdict.lines().next().unwrap_or_default();
                    faults.push(format!("the spatial index is broken: {first}"));
                }
                if count != expected {
                    faults.push(format!("the spatial index has {count} rows of {expected}"));
                }
            }
            Err(StoreError::Damaged { fault, .. }) => faults.push(fault),
            Err(StoreError::Sql { source, .. }) => faults.push(source.to_string()),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn check_findings(
        &self,
        entry: &LayerEntry,
        faults: &mut Vec<String>,
    ) -> Result<(), StoreError> {
        let (findings, aside): (i64, i64) = self
            .connection()
            .query_row(
                "SELECT count(*), count(q.issue) FROM siseol_issue i \
                 LEFT JOIN siseol_quarantine q ON q.issue = i.id WHERE i.layer = ?1 AND i.change_set = ?2",
                (entry.layer.name.as_str(), entry.delivery),
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .doing(self.path(), "check the findings")?;
        for (what, listed, found) in
            [("findings", entry.findings, findings), ("quarantined rows", entry.quarantined, aside)]
        {
            if listed != found.unsigned_abs() {
                faults.push(format!("the catalogue has {listed} {what}, the file {found}"));
            }
        }
        Ok(())
    }
}

/// The first fault of each kind and how many there were.
#[derive(Default)]
struct Faults {
    kinds: BTreeMap<&'static str, (String, u64)>,
}

impl Faults {
    fn add(&mut self, kind: &'static str, text: impl FnOnce() -> String) {
        self.kinds.entry(kind).or_insert_with(|| (text(), 0)).1 += 1;
    }

    fn into_list(self) -> Vec<String> {
        let told = |(text, n)| match n {
            1 => text,
            n => format!("{text} (and {} more)", n - 1),
        };
        self.kinds.into_values().map(told).collect()
    }
}
