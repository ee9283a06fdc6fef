//! One layer of a delivery while its rows are written.

use crate::aside::AsideRow;
use crate::index_stage::IndexStage;
use crate::issue_writer::IssueWriter;
use crate::repeated_keys::{Keys, RepeatedKeys};
use crate::shape_of::Seen;
use crate::staging::{CrsDefinition, StagedLayer};
use crate::{SqlContext as _, StoreError, bind, blob, content};
use rusqlite::{Connection, Statement};
use siseol_model::{
    ChangeCounts, FacilityKey, Feature, Field, Issue, Layer, LayerReport, Shape, Value,
};
use std::fmt::Write as _;
use std::path::Path;

/// One layer of a delivery while its rows are written. It counts only once it is [finished](Self::finish); one that
/// is dropped instead is forgotten.
#[derive(Debug)]
pub struct LayerStage<'a> {
    connection: &'a Connection,
    path: &'a Path,
    number: u32,
    fields: Vec<Field>,
    finished: &'a mut Vec<StagedLayer>,
    insert_row: Statement<'a>,
    insert_raw: Statement<'a>,
    rows: u32,
    issues: IssueWriter<'a>,
    quarantined: u64,
    answers: bool,
    /// The row that was pushed last, and its key: what is found about it is found about that facility.
    last: (u64, Option<FacilityKey>),
    seen: Seen,
    keys: Keys,
    index: IndexStage,
    // Room to work in.
    shape: Shape,
    blob: Vec<u8>,
    buffer: Vec<u8>,
}

const DOING: &str = "stage a layer";

impl<'a> LayerStage<'a> {
    pub(crate) fn begin(
        connection: &'a Connection,
        path: &'a Path,
        number: u32,
        fields: &[Field],
        finished: &'a mut Vec<StagedLayer>,
    ) -> Result<Self, StoreError> {
        let mut columns = String::new();
        let mut places = String::new();
        for i in 0..fields.len() {
            // Writing to memory cannot fail.
            let _written = write!(columns, ", c{i}").and_then(|()| write!(places, ", ?{}", i + 5));
        }
        // No types: values are kept exactly as they are bound.
        let tables = format!(
            "CREATE TABLE rows_{number}(id INTEGER PRIMARY KEY, facility_key, hash, geom{columns});
             CREATE TABLE issues_{number}(id INTEGER PRIMARY KEY, severity, kind, \"row\", \"column\", value, text, quarantined, facility_key);
             CREATE TABLE raw_{number}(issue INTEGER PRIMARY KEY, facility_key, raw, fields, geometry);
             CREATE TABLE answers_{number}(issue INTEGER PRIMARY KEY);
             CREATE TABLE nodes_{number}(nodeno INTEGER PRIMARY KEY, is_leaf, data);
             CREATE TABLE parents_{number}(nodeno INTEGER PRIMARY KEY, parentnode);
             CREATE TABLE leaves_{number}(id INTEGER PRIMARY KEY, nodeno);"
        );
        connection.execute_batch(&tables).doing(path, DOING)?;
        let prepare = |sql: &str| connection.prepare(sql).doing(path, DOING);
        Ok(Self {
            connection,
            path,
            number,
            fields: fields.to_vec(),
            finished,
            insert_row: prepare(&format!(
                "INSERT INTO rows_{number} VALUES (?1, ?2, ?3, ?4{places})"
            ))?,
            insert_raw: prepare(&format!("INSERT INTO raw_{number} VALUES (?1, ?2, ?3, ?4, ?5)"))?,
            rows: 0,
            issues: IssueWriter::new(connection, path, number, 0)?,
            quarantined: 0,
            answers: false,
            last: (0, None),
            seen: Seen::default(),
            keys: Keys::beside(path),
            index: IndexStage::beside(path),
            shape: Shape::default(),
            blob: Vec::new(),
            buffer: Vec::new(),
        })
    }

    /// Adds a row. `row` is its number in the delivered file, for error messages.
    pub fn push(&mut self, row: u64, feature: &Feature) -> Result<(), StoreError> {
        self.check_values(row, &feature.values)?;
        let Some(id) = self.rows.checked_add(1) else {
            return Err(StoreError::TooManyRows);
        };
        let geometry = feature.geometry.as_deref();
        self.blob.clear();
        if let Some(wkb) = geometry {
            let outline = blob::outline(&mut self.shape, wkb)
                .map_err(|source| StoreError::Geometry { row, source })?;
            self.seen.add(outline);
            if let Some(bounds) = outline.bounds {
                self.index.add(id, bounds)?;
            }
            blob::write(&mut self.blob, 0, outline, wkb);
        }
        if let Some(key) = &feature.key {
            self.keys.add(key, id, row)?;
        }
        let key = feature.key.as_ref().map(FacilityKey::as_str);
        let hash = content::content_hash(&mut self.buffer, key, geometry, &feature.values);
        self.bind(id, key, &hash, geometry.is_some(), &feature.values).doing(self.path, DOING)?;
        self.rows = id;
        self.last.0 = row;
        self.last.1.clone_from(&feature.key);
        Ok(())
    }

    fn bind(
        &mut self,
        id: u32,
        key: Option<&str>,
        hash: &[u8],
        has_geometry: bool,
        values: &[Value],
    ) -> rusqlite::Result<()> {
        let insert = &mut self.insert_row;
        insert.raw_bind_parameter(1, id)?;
        insert.raw_bind_parameter(2, key)?;
        insert.raw_bind_parameter(3, hash)?;
        insert.raw_bind_parameter(4, has_geometry.then_some(&*self.blob))?;
        for (i, value) in (5..).zip(values) {
            bind::value(insert, i, value)?;
        }
        insert.raw_execute().map(drop)
    }

    fn check_values(&self, row: u64, values: &[Value]) -> Result<(), StoreError> {
        if values.len() != self.fields.len() {
            let (found, expected) = (values.len(), self.fields.len());
            return Err(StoreError::ValueCount { row, found, expected });
        }
        for (value, field) in values.iter().zip(&self.fields) {
            let finite = !matches!(value, Value::Float(v) if !v.is_finite());
            if !finite || !value.fits(field.kind) {
                let (field, kind) = (field.name.clone(), field.kind);
                let value = value.to_string().chars().take(80).collect();
                return Err(StoreError::ValueKind { row, field, kind, value });
            }
        }
        Ok(())
    }

    /// Keeps a row aside because of a finding. The register's row of its key, if the row has one, is not missing from the
    /// delivery: it stays as it is.
    pub fn quarantine(&mut self, aside: &AsideRow<'_>, issue: &Issue) -> Result<(), StoreError> {
        let key = aside.key.map(FacilityKey::as_str);
        self.issues.push(issue, issue.row.or(Some(aside.row)), true, key)?;
        let fields = aside.fields_json(&self.fields)?;
        let kept = (self.issues.count(), key, aside.raw, fields, aside.geometry);
        self.insert_raw.execute(kept).doing(self.path, DOING)?;
        self.quarantined += 1;
        Ok(())
    }

    /// Says that a row of this delivery stands for the one that is kept aside in the register under that number, and
    /// settles it, whatever becomes of the row.
    pub fn answer(&mut self, aside: i64) -> Result<(), StoreError> {
        self.answers = true;
        let sql = format!("INSERT OR IGNORE INTO answers_{} VALUES (?1)", self.number);
        let inserted =
            self.connection.prepare_cached(&sql).and_then(|mut insert| insert.execute([aside]));
        inserted.map(drop).doing(self.path, DOING)
    }

    /// Keeps the bytes that the source had for a row that was pushed with something mended, beside the finding that says
    /// what was.
    pub fn keep_original(&mut self, issue: &Issue, raw: &[u8]) -> Result<(), StoreError> {
        self.issue(issue)?;
        let none = None::<&str>;
        self.insert_raw
            .execute((self.issues.count(), none, raw, none, none))
            .doing(self.path, DOING)?;
        Ok(())
    }

    /// Keeps a finding about the file or about a row that was pushed.
    pub fn issue(&mut self, issue: &Issue) -> Result<(), StoreError> {
        let (row, key) = &self.last;
        let key = key.as_ref().filter(|_| issue.row == Some(*row)).map(FacilityKey::as_str);
        self.issues.push(issue, issue.row, false, key)
    }

    /// Keeps a finding about a row that was pushed earlier, whose key that is.
    pub fn issue_of(&mut self, key: &FacilityKey, issue: &Issue) -> Result<(), StoreError> {
        self.issues.push(issue, issue.row, false, Some(key.as_str()))
    }

    /// The rows pushed since it was last called whose key an earlier one of them has.
    pub fn repeated_keys(&mut self) -> Result<RepeatedKeys<'a>, StoreError> {
        let keys = std::mem::replace(&mut self.keys, Keys::beside(self.path));
        RepeatedKeys::new(self.connection, self.path, self.number, keys)
    }

    /// Ends the layer. Its fields are those that it began with; the report accounts for every row.
    pub fn finish(
        self,
        layer: Layer,
        crs: &CrsDefinition,
        report: LayerReport,
    ) -> Result<(), StoreError> {
        let same = |(a, b): (&Field, &Field)| a.name == b.name && a.kind == b.kind;
        let fields = &layer.fields;
        if fields.len() != self.fields.len() || !fields.iter().zip(&self.fields).all(same) {
            return Err(StoreError::LayerFields { layer: layer.name });
        }
        if self.finished.iter().any(|other| other.layer.name == layer.name) {
            return Err(StoreError::LayerTaken { layer: layer.name });
        }
        let rows = &report.rows;
        let reported = rows.accepted + rows.repaired;
        let accounted = reported == u64::from(self.rows) && rows.quarantined == self.quarantined;
        if !accounted || !rows.adds_up() {
            return Err(StoreError::RowsUnaccounted {
                layer: layer.name,
                reported,
                reported_aside: rows.quarantined,
                kept: u64::from(self.rows),
                aside: self.quarantined,
            });
        }
        self.seen.column(&layer)?;
        self.index.write(self.connection, self.path, self.number)?;
        self.finished.push(StagedLayer {
            number: self.number,
            layer,
            crs: crs.clone(),
            report,
            seen: self.seen,
            rows: i64::from(self.rows),
            issues: self.issues.count(),
            answers: self.answers,
            meeting: None,
            changes: ChangeCounts::default(),
        });
        Ok(())
    }
}
