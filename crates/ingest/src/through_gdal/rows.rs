//! The rows of a layer that GDAL reads.

use super::{kind_of, unreadable};
use crate::source::{Halt, Measures, RawGeometry, RawRow, RowSource, Visit};
use siseol_model::{Field, GeometryKind, Issue, IssueKind, Shape, Value};
use siseol_ogr::{Format, Reading, Row, Source};
use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

/// The rows of one layer, or those of one kind of geometry in it.
pub(super) struct LayerRows {
    pub path: PathBuf,
    pub format: Format,
    pub reading: Reading,
    pub index: usize,
    pub fields: Vec<Field>,
    /// Rows of that kind alone; and whether those of no kind come here, too.
    pub only: Option<(GeometryKind, bool)>,
    /// The rows without geometry by the file's own bytes, where they were looked at.
    pub truly_null: Option<Arc<HashSet<u64>>>,
    /// The rows with a NUL in a text by the file's own bytes: what follows it is not given out.
    pub with_nul: Arc<HashSet<u64>>,
}

impl RowSource for LayerRows {
    fn read(&self, visit: &mut Visit<'_>) -> Result<Vec<Issue>, Halt> {
        let mut source =
            Source::open(&self.path, self.format, &self.reading).map_err(|e| unreadable(&e))?;
        let mut rows = source.rows(self.index).map_err(|e| unreadable(&e))?;
        let mut found = Row::default();
        let mut row = RawRow::default();
        let mut measures = Measures::default();
        while rows.next(&mut found).map_err(|e| unreadable(&e))? {
            if let Some((only, others)) = self.only {
                let kind = kind_of(&found);
                if kind != only && !(others && kind == GeometryKind::None) {
                    continue;
                }
            }
            if found.had_measures {
                measures.add(found.number, true);
            }
            self.take(&mut found, &mut row);
            if !visit(&mut row)? {
                break;
            }
        }
        Ok(measures.note().into_iter().collect())
    }
}

impl LayerRows {
    fn take(&self, found: &mut Row, row: &mut RawRow) {
        row.begin(found.number);
        std::mem::swap(&mut row.values, &mut found.values);
        let number = row.number;
        if let Some(wkb) = &mut found.geometry {
            std::mem::swap(wkb, &mut row.wkb);
            row.geometry = RawGeometry::Wkb;
        }
        // GDAL says what it could not read when it opens the file or reads ahead, and not of which row.
        let looked_at = self.truly_null.as_ref();
        let lost = looked_at.is_some_and(|null| !null.contains(&number))
            && (row.geometry == RawGeometry::Null || is_empty(&row.wkb));
        if lost {
            row.geometry = RawGeometry::Corrupt;
            let text = format!("row {number}: the geometry cannot be read");
            row.issues.push(Issue::row(IssueKind::GeometryCorrupt, number, text));
        } else if let (Some(failure), None) = (found.failures.first(), looked_at) {
            row.geometry = RawGeometry::Corrupt;
            let text = format!("row {number}: {failure}");
            row.issues.push(Issue::row(IssueKind::GeometryCorrupt, number, text));
        }
        if self.with_nul.contains(&number) {
            let text = format!("row {number}: a text has a NUL inside");
            row.issues.push(Issue::row(IssueKind::TextNul, number, text));
        }
        self.note_clamped(row);
        for problem in found.problems.drain(..) {
            let name = self.fields.get(problem.field).map_or("", |f| f.name.as_str());
            let text = format!("row {number}, {name}: {}", problem.kind.label().en);
            row.issues.push(Issue::row(problem.kind, number, text).at(name, &problem.value));
        }
    }

    /// Whole numbers that no 64 bits hold are given out as the last that they do, whatever they were.
    fn note_clamped(&self, row: &mut RawRow) {
        let clamped = |value: &Value| matches!(value, Value::Integer(i64::MIN | i64::MAX));
        for (value, field) in row.values.iter_mut().zip(&self.fields).filter(|(v, _)| clamped(v)) {
            let (number, name) = (row.number, &field.name);
            let text = format!(
                "row {number}, {name}: a number beyond {value} is kept empty; deliver it as text"
            );
            row.issues.push(
                Issue::row(IssueKind::NumberOverflow, number, text).at(name, &value.to_string()),
            );
            *value = Value::Null;
        }
    }
}

/// Whether it is a geometry without coordinates.
fn is_empty(wkb: &[u8]) -> bool {
    let mut shape = Shape::default();
    shape.read_wkb(wkb).is_ok() && shape.coords.is_empty()
}
