//! What the register says about itself: its state, its layers, its commits, its findings.

use crate::change_sets::COMMIT_COLUMNS;
use crate::form::Form;
use crate::{Register, SqlContext as _, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row};
use siseol_model::{
    CommitInfo, FacilityKey, Issue, IssueKind, Label, Layer, LayerName, LayerReport, Revision,
    Stamp,
};

/// The state that the register is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// How many commits made it.
    pub generation: i64,
    /// Its name, for good.
    pub stamp: Stamp,
    /// When it was made.
    pub time: Timestamp,
    /// What has to stand beside everything shown from it, such as that the data are synthetic.
    pub notice: Option<Label>,
    /// How many change sets the register has.
    pub change_sets: i64,
}

/// One layer as the catalogue has it.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerEntry {
    /// What it is.
    pub layer: Layer,
    /// Rows in it.
    pub rows: u64,
    /// Rows kept aside that no later delivery has brought again.
    pub quarantined: u64,
    /// Findings about it that nothing has settled yet, those of quarantined rows included.
    pub findings: u64,
    /// What became of the rows of its last delivery.
    pub report: LayerReport,
    /// The change set of that delivery.
    pub delivery: i64,
    /// The last commit that named it.
    pub last: CommitInfo,
    /// The commits that changed it, the first one first.
    pub revisions: Vec<Revision>,
}

/// What is written down of a layer beside its definition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerRecord {
    pub(crate) id: i64,
    pub(crate) form: Form,
}

/// One finding as the register keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredIssue {
    /// Its number; also that of the row kept aside, if it is about one.
    pub id: i64,
    /// The change set of the delivery in which it was found.
    pub change_set: i64,
    /// The change set that has settled it: a later delivery that has the row again, or the whole layer; or an undo.
    pub cleared: Option<i64>,
    /// The facility key of its row, as far as it could be read.
    pub facility_key: Option<FacilityKey>,
    /// The layer it is about.
    pub layer: LayerName,
    /// The delivered file.
    pub source: String,
    /// What was found.
    pub issue: Issue,
    /// Whether its row is kept aside.
    pub quarantined: bool,
}

/// The columns of `siseol_issue` that [`Register::issue`] reads.
pub(crate) const ISSUE_COLUMNS: &str = "layer, source, kind, \"row\", \"column\", value, text, quarantined, id, change_set, cleared, facility_key";

/// Whether a finding `i` was there and not settled in the state of the generation ?1.
const OPEN_AT: &str = "i.change_set <= (SELECT max(id) FROM siseol_change_set WHERE generation <= ?1) AND \
     (i.cleared IS NULL OR i.cleared > (SELECT max(id) FROM siseol_change_set WHERE generation <= ?1))";

impl Register {
    /// The state that the register is in.
    pub fn head(&self) -> Result<Head, StoreError> {
        let (generation, stamp, time, notice, change_sets) = self
            .connection()
            .prepare_cached(
                "SELECT generation, stamp, time, notice, \
                 (SELECT count(*) FROM siseol_change_set) FROM siseol_meta",
            )
            .and_then(|mut statement| {
                statement.query_row([], |row| {
                    Ok((
                        row.get(0)?,
                        row.get::<_, String>(1)?,
                        row.get::<_, String>(2)?,
                        row.get::<_, Option<String>>(3)?,
                        row.get(4)?,
                    ))
                })
            })
            .doing(self.path(), "read the state")?;
        Ok(Head {
            generation,
            stamp: self.parsed(&stamp, "stamp")?,
            time: self.parsed(&time, "time")?,
            notice: notice.map(|json| self.json(&json, "the notice")).transpose()?,
            change_sets,
        })
    }

    /// The layers, by name.
    pub fn layers(&self) -> Result<Vec<LayerEntry>, StoreError> {
        self.layers_at(i64::MAX)
    }

    /// The layers that there were in that state, as they were (their fields and labels are today's).
    pub fn layers_at(&self, generation: i64) -> Result<Vec<LayerEntry>, StoreError> {
        let sql = format!(
            "SELECT {COMMIT_COLUMNS}, l.id, l.definition, last.row_count, \
             coalesce(open.quarantined, 0), coalesce(open.findings, 0), d.report, d.change_set \
             FROM siseol_layer l \
             LEFT JOIN (SELECT layer, count(*) AS findings, count(*) FILTER (WHERE i.quarantined) AS quarantined \
               FROM siseol_issue i WHERE {OPEN_AT} GROUP BY layer) open ON open.layer = l.name \
             JOIN siseol_change last ON last.layer = l.id AND last.change_set = \
               (SELECT max(change_set) FROM siseol_change WHERE layer = l.id AND generation <= ?1) \
             JOIN siseol_change d ON d.layer = l.id AND d.change_set = \
               (SELECT max(change_set) FROM siseol_change WHERE layer = l.id AND generation <= ?1 AND report NOT NULL) \
             JOIN siseol_change_set c ON c.id = last.change_set ORDER BY l.name"
        );
        let doing = "read the catalogue";
        let mut statement = self.connection().prepare(&sql).doing(self.path(), doing)?;
        let mut rows = statement.query([generation]).doing(self.path(), doing)?;
        let mut layers = Vec::new();
        while let Some(row) = rows.next().doing(self.path(), doing)? {
            let text = |i| row.get::<_, String>(i).doing(self.path(), doing);
            let count = |i| row.get::<_, i64>(i).map(i64::unsigned_abs).doing(self.path(), doing);
            let id = row.get(7).doing(self.path(), doing)?;
            layers.push(LayerEntry {
                layer: self.json(&text(8)?, "a layer")?,
                rows: count(9)?,
                quarantined: count(10)?,
                findings: count(11)?,
                report: self.json(&text(12)?, "an ingest report")?,
                delivery: row.get(13).doing(self.path(), doing)?,
                last: self.commit_info(row)?,
                revisions: self.revisions(id, generation)?,
            });
        }
        Ok(layers)
    }

    /// The commits up to a state that changed a layer.
    fn revisions(&self, layer: i64, generation: i64) -> Result<Vec<Revision>, StoreError> {
        let doing = "read a layer's changes";
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT c.generation, c.stamp, c.time FROM siseol_change h \
                 JOIN siseol_change_set c ON c.id = h.change_set \
                 WHERE h.layer = ?1 AND h.generation <= ?2 AND h.revises ORDER BY h.change_set",
            )
            .doing(self.path(), doing)?;
        let mut rows = statement.query([layer, generation]).doing(self.path(), doing)?;
        let mut revisions = Vec::new();
        while let Some(row) = rows.next().doing(self.path(), doing)? {
            let text = |i| row.get::<_, String>(i).doing(self.path(), doing);
            revisions.push(Revision {
                generation: row.get(0).doing(self.path(), doing)?,
                stamp: self.parsed(&text(1)?, "stamp")?,
                time: self.parsed(&text(2)?, "time")?,
            });
        }
        Ok(revisions)
    }

    /// The findings of one layer, or of all, that nothing has settled yet: by layer, those about whole files first, then
    /// by row.
    pub fn issues(&self, layer: Option<&LayerName>) -> Result<Vec<StoredIssue>, StoreError> {
        self.issues_where(layer, "cleared IS NULL")
    }

    /// All findings of one layer, or of all, that there ever were: in the same order.
    pub fn all_issues(&self, layer: Option<&LayerName>) -> Result<Vec<StoredIssue>, StoreError> {
        self.issues_where(layer, "true")
    }

    fn issues_where(
        &self,
        layer: Option<&LayerName>,
        filter: &str,
    ) -> Result<Vec<StoredIssue>, StoreError> {
        let doing = "read the findings";
        let mut statement = self
            .connection()
            .prepare(&format!(
                "SELECT {ISSUE_COLUMNS} FROM siseol_issue WHERE (?1 IS NULL OR layer = ?1) AND {filter} \
                 ORDER BY layer, \"row\", id"
            ))
            .doing(self.path(), doing)?;
        let mut rows = statement.query([layer.map(LayerName::as_str)]).doing(self.path(), doing)?;
        let mut issues = Vec::new();
        while let Some(row) = rows.next().doing(self.path(), doing)? {
            issues.push(self.issue(row)?);
        }
        Ok(issues)
    }

    /// What the catalogue knows of a layer beside its definition.
    pub(crate) fn layer_record(&self, layer: &Layer) -> Result<LayerRecord, StoreError> {
        self.connection()
            .prepare_cached("SELECT id, geometry_type, promoted FROM siseol_layer WHERE name = ?1")
            .and_then(|mut statement| {
                let read = |row: &Row<'_>| {
                    let kind: Option<String> = row.get(1)?;
                    let form = Form::new(kind.as_deref(), row.get(2)?);
                    Ok(LayerRecord { id: row.get(0)?, form })
                };
                statement.query_row([layer.name.as_str()], read).optional()
            })
            .doing(self.path(), "read the catalogue")?
            .ok_or_else(|| StoreError::NoSuchLayer { layer: layer.name.clone() })
    }

    /// Reads [`ISSUE_COLUMNS`].
    pub(crate) fn issue(&self, row: &Row<'_>) -> Result<StoredIssue, StoreError> {
        let found = (|| {
            Ok((
                row.get::<_, String>(0)?,
                row.get(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, Option<i64>>(3)?.map(i64::unsigned_abs),
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
                row.get(7)?,
                (row.get(8)?, row.get(9)?, row.get(10)?, row.get::<_, Option<String>>(11)?),
            ))
        })();
        let (layer, source, kind, at, column, value, text, quarantined, rest) =
            found.doing(self.path(), "read a finding")?;
        let (id, change_set, cleared, key) = rest;
        let kind = IssueKind::ALL.iter().copied().find(|k| k.code() == kind).ok_or_else(|| {
            StoreError::damaged(self.path(), format!("a finding of the unknown kind {kind}"))
        })?;
        Ok(StoredIssue {
            id,
            change_set,
            cleared,
            facility_key: key.map(FacilityKey::from),
            layer: self.parsed(&layer, "layer name")?,
            source,
            issue: Issue { kind, row: at, column, value, text },
            quarantined,
        })
    }

    pub(crate) fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        text: &str,
        what: &str,
    ) -> Result<T, StoreError> {
        text.parse()
            .map_err(|e| StoreError::damaged(self.path(), format!("bad {what} `{text}`: {e}")))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        json: &str,
        what: &str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(json)
            .map_err(|e| StoreError::damaged(self.path(), format!("{what} cannot be read: {e}")))
    }
}
