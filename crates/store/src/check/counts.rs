//! Whether what the catalogue counts is there: changes in the history, rows, findings.

use super::faults::{Faults, Findings};
use crate::catalogue::ISSUE_COLUMNS;
use crate::{Register, SqlContext as _, StoreError};
use rusqlite::Row;
use siseol_model::LayerReport;
use std::collections::BTreeMap;

const CHECKING: &str = "check the counts of the change sets";

/// What a change set did to a layer, as the catalogue has it.
struct Counted {
    layer: i64,
    name: String,
    change_set: i64,
    generation: i64,
    /// Whether its change set made that state.
    in_its_state: bool,
    revises: bool,
    inserted: i64,
    updated: i64,
    deleted: i64,
    rows: i64,
    inserted_fids: i64,
    findings: i64,
    quarantined: i64,
    report: Option<String>,
}

impl Counted {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            layer: row.get(0)?,
            name: row.get(1)?,
            change_set: row.get(2)?,
            generation: row.get(3)?,
            in_its_state: row.get(4)?,
            revises: row.get(5)?,
            inserted: row.get(6)?,
            updated: row.get(7)?,
            deleted: row.get(8)?,
            rows: row.get(9)?,
            inserted_fids: row.get(10)?,
            findings: row.get(11)?,
            quarantined: row.get(12)?,
            report: row.get(13)?,
        })
    }
}

/// What the history tells of a change set and a layer.
struct Told {
    came_back: i64,
    updated: i64,
    deleted: i64,
    /// The first and the last state that it names.
    generations: [i64; 2],
}

impl Told {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            came_back: row.get(2)?,
            updated: row.get(3)?,
            deleted: row.get(4)?,
            generations: [row.get(5)?, row.get(6)?],
        })
    }

    fn nothing(generation: i64) -> Self {
        Self { came_back: 0, updated: 0, deleted: 0, generations: [generation; 2] }
    }
}

const COUNTED: &str = "
SELECT l.id, l.name, c.change_set, c.generation, c.generation IS s.generation, c.revises, c.inserted, c.updated,
  c.deleted, c.row_count, c.inserted_fids, c.findings, c.quarantined, c.report
FROM siseol_change c JOIN siseol_layer l ON l.id = c.layer LEFT JOIN siseol_change_set s ON s.id = c.change_set
ORDER BY c.layer, c.change_set";

/// Rows that came back, changed and went, by layer and change set; and the first and the last state that they name.
const TOLD: &str = "
SELECT layer, change_set, sum(operation = 1), sum(operation = 2), sum(operation = 3), min(generation), max(generation)
FROM siseol_history GROUP BY layer, change_set";

/// Findings and rows kept aside, by layer and change set. The original of a row that was mended is no row kept aside.
const FOUND: &str = "
SELECT l.id, i.change_set, count(*), count(q.issue) FILTER (WHERE i.quarantined)
FROM siseol_issue i LEFT JOIN siseol_layer l ON l.name = i.layer LEFT JOIN siseol_quarantine q ON q.issue = i.id
GROUP BY i.layer, i.change_set";

impl Register {
    /// Compares what `siseol_change` counts with the history and the findings, change set by change set.
    pub(super) fn check_counts(&self, findings: &mut Findings) -> Result<(), StoreError> {
        let told = self.grouped(TOLD, Told::read);
        let Some(mut told) = findings.register.take("counts", told)? else { return Ok(()) };
        let found = self.grouped(FOUND, |row| Ok([row.get(2)?, row.get(3)?]));
        let Some(mut found) = findings.register.take("counts", found)? else { return Ok(()) };
        let mut statement = self.connection().prepare(COUNTED).doing(self.path(), CHECKING)?;
        let mut rows = statement.query([]).doing(self.path(), CHECKING)?;
        let mut last = (0, 0);
        while let Some(row) = rows.next().doing(self.path(), CHECKING)? {
            let counted = Counted::read(row).doing(self.path(), CHECKING);
            let Some(counted) = findings.register.take("counts", counted)? else { continue };
            let place = (counted.layer, counted.change_set);
            let before = if last.0 == counted.layer { last.1 } else { 0 };
            last = (counted.layer, counted.rows);
            let told = told.remove(&place).unwrap_or(Told::nothing(counted.generation));
            let found = found.remove(&place).unwrap_or_default();
            self.compare(&counted, before, &told, found, findings)?;
        }
        for ((layer, change_set), _) in told {
            findings.of(layer).add("told", || {
                format!(
                    "the history has rows of change set {change_set}, which does not name the layer"
                )
            });
        }
        for ((layer, change_set), _) in found {
            findings.of(layer).add("found", || {
                format!("the file has findings of change set {change_set}, which does not name their layer")
            });
        }
        Ok(())
    }

    /// Reads every finding.
    pub(super) fn check_findings(&self, faults: &mut Faults) -> Result<(), StoreError> {
        let doing = "check the findings";
        let sql = format!("SELECT {ISSUE_COLUMNS} FROM siseol_issue ORDER BY id");
        let mut statement = self.connection().prepare(&sql).doing(self.path(), doing)?;
        let mut rows = statement.query([]).doing(self.path(), doing)?;
        while let Some(row) = rows.next().doing(self.path(), doing)? {
            faults.take("finding", self.issue(row))?;
        }
        let alone = "SELECT count(*) FROM siseol_quarantine WHERE issue NOT IN (SELECT id FROM siseol_issue)";
        let alone: i64 =
            self.connection().query_row(alone, [], |row| row.get(0)).doing(self.path(), doing)?;
        if alone > 0 {
            faults.add("quarantine", || format!("{alone} quarantined rows have no finding"));
        }
        Ok(())
    }

    /// Reads groups: layer, change set, and what is counted in them. A layer that there is not has the number 0.
    fn grouped<T>(
        &self,
        sql: &str,
        counts: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<BTreeMap<(i64, i64), T>, StoreError> {
        let run = || {
            let mut statement = self.connection().prepare(sql)?;
            let groups = statement.query_map([], |row| {
                let layer: Option<i64> = row.get(0)?;
                Ok(((layer.unwrap_or_default(), row.get(1)?), counts(row)?))
            })?;
            groups.collect::<rusqlite::Result<_>>()
        };
        run().doing(self.path(), CHECKING)
    }

    fn compare(
        &self,
        counted: &Counted,
        rows_before: i64,
        told: &Told,
        [found, aside]: [i64; 2],
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        let faults = findings.of(counted.layer);
        let id = counted.change_set;
        if !counted.in_its_state || told.generations != [counted.generation; 2] {
            faults.add("state", || {
                format!("change set {id} has the layer or its history in another state")
            });
        }
        for (what, listed, n) in [
            ("inserted", counted.inserted, counted.inserted_fids + told.came_back),
            ("updated", counted.updated, told.updated),
            ("deleted", counted.deleted, told.deleted),
        ] {
            if listed != n {
                faults.add(what, || {
                    format!("change set {id} counts {listed} rows as {what}, the history {n}")
                });
            }
        }
        if counted.rows != rows_before + counted.inserted - counted.deleted {
            faults.add("row count", || {
                format!(
                    "the number of rows after change set {id} does not follow from the one before"
                )
            });
        }
        if !counted.revises && counted.inserted + counted.updated + counted.deleted > 0 {
            faults.add("revises", || {
                format!("change set {id} says that it left the layer as it was")
            });
        }
        for (what, listed, found) in [
            ("findings", counted.findings, found),
            ("quarantined rows", counted.quarantined, aside),
        ] {
            if listed != found {
                faults.add(what, || {
                    format!("change set {id} counts {listed} {what}, the file has {found}")
                });
            }
        }
        if let Some(json) = &counted.report {
            let report: Result<LayerReport, _> = self.json(json, "an ingest report");
            if faults
                .take("report", report)?
                .is_some_and(|report| *report.layer.as_str() != *counted.name)
            {
                faults
                    .add("report", || format!("the report of change set {id} is of another layer"));
            }
        }
        Ok(())
    }
}
