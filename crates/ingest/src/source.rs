//! What every reader gives: layers to be, and their rows.

use crate::IngestError;
use siseol_model::{Crs, Field, GeometryKind, Grade, Issue, IssueKind, Value};

/// A file that is turned away: why, and what to do.
#[derive(Debug)]
pub(crate) struct Refusal(pub Issue);

impl Refusal {
    pub(crate) fn new(kind: IssueKind, text: impl Into<String>) -> Self {
        Self(Issue::file(kind, text))
    }

    /// The same, with the advice to have the file sent again, where nothing else helps.
    #[must_use]
    pub(crate) fn send_again(mut self) -> Self {
        self.0.text.push_str("; have all parts of the file sent again");
        self
    }

    /// For what the file system says of a file that was there a moment ago.
    pub(crate) fn io(error: &std::io::Error) -> Self {
        Self::new(IssueKind::Unreadable, error.to_string())
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::io(&error)
    }
}

/// Why reading a file's rows ended early.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The file is turned away.
    Refused(Refusal),
    /// Nothing more can be done.
    Failed(IngestError),
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A file whose rows are only looked at is turned away whatever ended that.
impl From<Halt> for Refusal {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Refused(refusal) => refusal,
            Halt::Failed(error) => Self::new(IssueKind::Unreadable, error.to_string()),
        }
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl From<siseol_store::StoreError> for Halt {
    fn from(error: siseol_store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// A row's geometry before it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum RawGeometry {
    /// The row has none.
    #[default]
    Null,
    /// The bytes are in the row's `wkb`.
    Wkb,
    /// There is one, but it cannot be read; an issue says why.
    Corrupt,
}

/// One row as read, before it is checked. It is filled again for each row.
#[derive(Debug, Default)]
pub(crate) struct RawRow {
    /// The row, from 1, as the file counts them.
    pub number: u64,
    /// Whether the file has flagged it as deleted.
    pub deleted: bool,
    pub geometry: RawGeometry,
    /// ISO WKB, little endian, without measures.
    pub wkb: Vec<u8>,
    pub values: Vec<Value>,
    /// What the reader found.
    pub issues: Vec<Issue>,
    /// The row's bytes as the file has them (of a shapefile: those of its table), for the quarantine.
    pub raw: Vec<u8>,
    /// The bytes of its geometry as the file has them, where they are not WKB.
    pub raw_geometry: Vec<u8>,
}

/// What a buffer keeps for the next row, so that many of them are not as large as the largest rows they held.
const KEPT_BYTES: usize = 1 << 11;

impl RawRow {
    pub(crate) fn begin(&mut self, number: u64) {
        self.number = number;
        self.deleted = false;
        self.geometry = RawGeometry::Null;
        self.values.clear();
        self.issues.clear();
        for buffer in [&mut self.wkb, &mut self.raw, &mut self.raw_geometry] {
            buffer.clear();
            buffer.shrink_to(KEPT_BYTES);
        }
    }

    /// The bytes that it holds of its geometry, of the file and of texts.
    pub(crate) fn bytes(&self) -> usize {
        let text = |value: &Value| match value {
            Value::Text(text) => text.len(),
            _ => 0,
        };
        let texts: usize = self.values.iter().map(text).sum();
        self.wkb.len() + self.raw.len() + self.raw_geometry.len() + texts
    }

    /// The geometry's bytes as the file has them, as far as the reader can reach them.
    pub(crate) fn original_geometry(&self) -> &[u8] {
        if self.raw_geometry.is_empty() && self.geometry == RawGeometry::Wkb {
            &self.wkb
        } else {
            &self.raw_geometry
        }
    }
}

/// Sees each row; false ends the reading.
pub(crate) type Visit<'a> = dyn FnMut(&mut RawRow) -> Result<bool, Halt> + 'a;

/// The rows of a layer to be. They may be read more than once.
pub(crate) trait RowSource: Send + Sync {
    /// Shows each row, in the file's order. Returns what only the reading of all rows tells about the file.
    fn read(&self, visit: &mut Visit<'_>) -> Result<Vec<Issue>, Halt>;
}

/// Rows whose measures (M) are not kept: said once, as most files have them in all rows or in none.
#[derive(Debug, Default)]
pub(crate) struct Measures {
    /// How many rows have measures, and the first of them.
    rows: u64,
    first: Option<u64>,
    /// The same of those that only say no data, as programs write them that know no measures.
    empty: u64,
    first_empty: Option<u64>,
}

impl Measures {
    /// Counts a row that has measures, and whether they say anything.
    pub(crate) fn add(&mut self, row: u64, says_something: bool) {
        let (rows, first) = if says_something {
            (&mut self.rows, &mut self.first)
        } else {
            (&mut self.empty, &mut self.first_empty)
        };
        *rows += 1;
        first.get_or_insert(row);
    }

    pub(crate) fn note(&self) -> Option<Issue> {
        let Self { rows, empty, .. } = self;
        let row = self.first.or(self.first_empty)?;
        let text = match (rows, empty) {
            (0, _) => format!("{empty} rows have measures (M) that say no data, and are not kept"),
            (_, 0) => format!("{rows} rows have measures (M), which are not kept"),
            _ => format!(
                "{rows} rows have measures (M), which are not kept; those of {empty} others say no data"
            ),
        };
        Some(Issue { row: Some(row), ..Issue::file(IssueKind::MeasuresDropped, text) })
    }
}

/// The grid of a layer to be.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub crs: Crs,
    pub grade: Grade,
    pub evidence: String,
}

impl Grid {
    /// That of a layer without geometry, which stands in no grid.
    pub(crate) fn none(evidence: &str) -> Self {
        Self { crs: Crs::WGS84, grade: Grade::Proven, evidence: evidence.to_owned() }
    }
}

/// A layer to be: a file, or a part of one.
pub(crate) struct OpenLayer {
    /// The file, by its name in the delivery.
    pub source: String,
    /// The name by which a profile knows the table, and the layer's own name where none does.
    pub table: String,
    /// What tells several layers of one file apart.
    pub suffix: Option<&'static str>,
    pub geometry: GeometryKind,
    /// As in the file; unique and free of names that the register uses.
    pub fields: Vec<Field>,
    /// Where the columns stand in a row's `raw` bytes, where they stand at one place in all rows.
    pub raw_places: Option<Vec<std::ops::Range<usize>>>,
    /// Rows by the file's own bytes; none where only reading tells.
    pub declared: Option<u64>,
    pub grid: Grid,
    pub encoding: String,
    pub encoding_grade: Grade,
    pub encoding_evidence: String,
    /// What was found about the file.
    pub notes: Vec<Issue>,
    /// The layer's name by the manifest or the command line.
    pub layer: Option<siseol_model::LayerName>,
    /// The key by the manifest or the command line.
    pub key: Vec<String>,
    pub rows: Box<dyn RowSource>,
}

/// Makes field names unique and free of those that the register uses itself, and says so.
pub(crate) fn settle_names(fields: &mut [Field], notes: &mut Vec<Issue>) {
    let mut seen = std::collections::BTreeSet::from(["fid".to_owned(), "geom".to_owned()]);
    for (place, field) in fields.iter_mut().enumerate() {
        let cleaned: String =
            field.name.trim().chars().map(|c| if c.is_control() { '_' } else { c }).collect();
        let base = if cleaned.is_empty() { format!("field_{}", place + 1) } else { cleaned };
        let mut name = base.clone();
        let mut n = 1;
        while !seen.insert(name.to_lowercase()) {
            name = format!("{base}_{n}");
            n += 1;
        }
        if name != field.name {
            let text = format!("column {} `{}` is kept as `{name}`", place + 1, field.name);
            notes.push(Issue::file(IssueKind::FieldRenamed, text).at(&name, &field.name));
            field.name = name;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use siseol_model::FieldKind;

    #[test]
    fn names_become_unique_whatever_their_case() {
        let mut fields: Vec<_> = ["A", "a", "A_1", "fid", "", "b\u{1}"]
            .iter()
            .map(|n| Field::new(*n, FieldKind::Text))
            .collect();
        let mut notes = Vec::new();
        settle_names(&mut fields, &mut notes);
        let names: Vec<_> = fields.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["A", "a_1", "A_1_1", "fid_1", "field_5", "b_"]);
        assert_eq!(notes.len(), 5);
    }
}
