//! Tables of text, with coordinates in two of their columns or with none.

mod columns;
mod csv_file;
mod xlsx_file;

pub(crate) use csv_file::open as open_csv;
pub(crate) use xlsx_file::open as open_xlsx;

use crate::delivery::DeliveredFile;
use crate::grid::{Asked, Bounds, Said, decide};
use crate::shapefile::stem;
use crate::source::{
    Grid, Halt, OpenLayer, RawGeometry, RawRow, Refusal, RowSource, Visit, settle_names,
};
use crate::wkb;
use columns::{Coordinates, Guess, coordinates};
use siseol_crs::Extent;
use siseol_model::{Crs, Field, GeometryKind, Grade, Issue, IssueKind, Value};
use std::borrow::Cow;
use std::sync::Arc;

/// One cell of a row.
pub(super) enum CellText<'a> {
    Text(Cow<'a, str>),
    /// Bytes that are not in the file's encoding, as hexadecimal digits.
    Undecodable(String),
}

/// Sees each row: its number from 1, its cells, its bytes.
pub(super) type VisitCells<'a> = dyn FnMut(u64, &[CellText<'_>], &[u8]) -> Result<bool, Halt> + 'a;

/// The rows below the header.
pub(super) trait CellSource: Send + Sync {
    fn each(&self, visit: &mut VisitCells<'_>) -> Result<(), Halt>;
}

/// How a table's text was read.
pub(super) struct TextFacts {
    pub encoding: String,
    pub grade: Grade,
    pub evidence: String,
    pub notes: Vec<Issue>,
}

/// Makes a layer of a table.
pub(super) fn open_table(
    file: &DeliveredFile,
    header: &[String],
    cells: Arc<dyn CellSource>,
    facts: TextFacts,
    asked: &Asked,
) -> Result<OpenLayer, Refusal> {
    let TextFacts { encoding, grade, evidence, mut notes } = facts;
    let mut guesses: Vec<Guess> = header.iter().map(|name| Guess::new(name)).collect();
    let place = coordinates(header);
    let mut extent: Option<Extent> = None;
    let mut count = 0;
    cells.each(&mut |_, row, _| {
        count += 1;
        for (guess, cell) in guesses.iter_mut().zip(row) {
            if let CellText::Text(text) = cell {
                guess.add(text.trim());
            }
        }
        if let Some(place) = &place
            && let Ok(Some([x, y])) = place.of(row)
        {
            let e = extent.get_or_insert(Extent { min_x: x, min_y: y, max_x: x, max_y: y });
            *e = Extent {
                min_x: e.min_x.min(x),
                min_y: e.min_y.min(y),
                max_x: e.max_x.max(x),
                max_y: e.max_y.max(y),
            };
        }
        Ok(true)
    })?;
    let mut fields: Vec<Field> =
        header.iter().zip(&guesses).map(|(name, g)| Field::new(name.as_str(), g.kind())).collect();
    settle_names(&mut fields, &mut notes);
    if count == 0 {
        notes.push(Issue::file(IssueKind::Empty, "the table has no rows"));
    }
    let (geometry, grid) = match &place {
        None => (GeometryKind::None, Grid::none("no columns of coordinates")),
        Some(place) => {
            let said = if place.degrees {
                Said::Fixed(Crs::WGS84, "its columns are longitude and latitude")
            } else {
                Said::Nothing
            };
            let (grid, mut more) =
                decide(&said, "declaration", asked, &file.name, || extent.map(Bounds))?;
            notes.append(&mut more);
            (GeometryKind::Point, grid)
        }
    };
    let rows = TableRows { fields: fields.clone(), place, cells };
    Ok(OpenLayer {
        source: file.name.clone(),
        table: stem(file),
        suffix: None,
        geometry,
        fields,
        raw_places: None,
        declared: Some(count),
        grid,
        encoding,
        encoding_grade: grade,
        encoding_evidence: evidence,
        notes,
        layer: None,
        key: Vec::new(),
        rows: Box::new(rows),
    })
}

struct TableRows {
    fields: Vec<Field>,
    place: Option<Coordinates>,
    cells: Arc<dyn CellSource>,
}

impl RowSource for TableRows {
    fn read(&self, visit: &mut Visit<'_>) -> Result<Vec<Issue>, Halt> {
        let mut row = RawRow::default();
        self.cells.each(&mut |number, cells, raw| {
            row.begin(number);
            row.raw.extend_from_slice(raw);
            self.fill(cells, &mut row);
            visit(&mut row)
        })?;
        Ok(Vec::new())
    }
}

impl TableRows {
    fn fill(&self, cells: &[CellText<'_>], row: &mut RawRow) {
        let number = row.number;
        if cells.len() != self.fields.len() {
            let text =
                format!("row {number} has {} cells for {} columns", cells.len(), self.fields.len());
            row.issues.push(Issue::row(IssueKind::RowMalformed, number, text));
        }
        for (index, field) in self.fields.iter().enumerate() {
            row.values.push(match cells.get(index) {
                None => Value::Null,
                Some(CellText::Text(text)) if text.contains('\0') => {
                    let name = &field.name;
                    let told = format!("row {number}, {name}: the text has a NUL inside");
                    row.issues.push(Issue::row(IssueKind::TextNul, number, told).at(name, text));
                    Value::Null
                }
                Some(CellText::Text(text)) => columns::value(text, field.kind),
                Some(CellText::Undecodable(hex)) => {
                    let text = format!(
                        "row {number}, {}: the bytes are not in the file's encoding",
                        field.name
                    );
                    row.issues.push(
                        Issue::row(IssueKind::TextUndecodable, number, text).at(&field.name, hex),
                    );
                    Value::Null
                }
            });
        }
        let Some(place) = &self.place else { return };
        match place.of(cells) {
            Ok(None) => {}
            Ok(Some([x, y])) => {
                wkb::point(&mut row.wkb, x, y);
                row.geometry = RawGeometry::Wkb;
            }
            Err((column, value)) => {
                row.geometry = RawGeometry::Corrupt;
                let name = self.fields.get(column).map_or("", |f| f.name.as_str());
                let text = format!("row {number}, {name}: it is not a coordinate");
                row.issues
                    .push(Issue::row(IssueKind::NumberInvalid, number, text).at(name, &value));
            }
        }
    }
}
