//! Shapefiles: shapes, attributes and row counts, all from the file's own bytes.

mod cells;
mod dbf;
mod header;
mod places;
mod rings;
mod shape;
mod text;

pub(crate) use cells::hex;

use crate::delivery::{DeliveredFile, beside};
use crate::encoding::TextEncoding;
use crate::grid::{Asked, Bounds, Said, decide};
use crate::source::{
    Grid, Halt, Measures, OpenLayer, RawGeometry, RawRow, Refusal, RowSource, Visit, settle_names,
};
use cells::Cell;
use dbf::Table;
use places::Places;
use shape::{Decoder, Found};
use siseol_model::{GeometryKind, Issue, IssueKind};
use text::find_encoding;

/// Opens a shapefile as one layer.
pub(crate) fn open(
    file: &DeliveredFile,
    asked: &Asked,
    encoding: Option<&str>,
) -> Result<OpenLayer, Refusal> {
    let shp = &file.path;
    let (places, note) = places::find(shp, beside(shp, "shx").as_deref())?;
    let Some(dbf) = beside(shp, "dbf") else {
        return Err(Refusal::new(
            IssueKind::DbfMissing,
            format!(
                "the .dbf beside the .shp is missing, so its {} shapes have no attributes",
                places.count
            ),
        )
        .send_again());
    };
    let table = Table::open(&dbf)?;
    if table.count != places.count {
        return Err(Refusal::new(
            IssueKind::RowCount,
            format!(
                "the .shp has {} shapes and the .dbf {} rows: which belongs to which is not known",
                places.count, table.count
            ),
        )
        .send_again());
    }
    let mut layer = open_table(file, table, encoding)?;
    layer.0.notes.extend(note);
    if places.geometry == GeometryKind::None {
        // A file of null shapes is a table.
        return Ok(layer.0);
    }
    let prj = match beside(shp, "prj") {
        Some(path) => Said::Text(String::from_utf8_lossy(&fs_err::read(path)?).into_owned()),
        None => Said::Nothing,
    };
    let bounds = || Some(Bounds::from(places.bounds));
    let (grid, mut notes) = decide(&prj, ".prj", asked, &file.name, bounds)?;
    layer.0.grid = grid;
    layer.0.notes.append(&mut notes);
    layer.0.geometry = places.geometry;
    layer.0.rows = Box::new(Shapes { places, table: layer.1 });
    Ok(layer.0)
}

/// Opens a table without shapes.
pub(crate) fn open_dbf(file: &DeliveredFile, encoding: Option<&str>) -> Result<OpenLayer, Refusal> {
    Ok(open_table(file, Table::open(&file.path)?, encoding)?.0)
}

fn open_table(
    file: &DeliveredFile,
    table: Table,
    encoding: Option<&str>,
) -> Result<(OpenLayer, TableRows), Refusal> {
    let chosen = find_encoding(file, &table, encoding)?;
    let mut notes = Vec::new();
    notes.extend(chosen.note);
    let mut fields = table.fields(chosen.encoding, &mut notes);
    settle_names(&mut fields, &mut notes);
    if table.count == 0 {
        notes.push(Issue::file(IssueKind::Empty, "the file has no rows"));
    }
    let names = fields.iter().map(|f| f.name.clone()).collect();
    let rows = TableRows { table, encoding: chosen.encoding, names };
    let layer = OpenLayer {
        source: file.name.clone(),
        table: stem(file),
        suffix: None,
        geometry: GeometryKind::None,
        fields,
        raw_places: Some(rows.table.columns.iter().map(|c| c.start..c.start + c.width).collect()),
        declared: Some(rows.table.count),
        grid: Grid::none("no geometry"),
        encoding: chosen.encoding.name().to_owned(),
        encoding_grade: chosen.grade,
        encoding_evidence: chosen.evidence,
        notes,
        layer: None,
        key: Vec::new(),
        rows: Box::new(rows.clone()),
    };
    Ok((layer, rows))
}

pub(crate) fn stem(file: &DeliveredFile) -> String {
    let name = file.name.rsplit('/').next().unwrap_or(&file.name);
    // `a.osm.pbf` and `a.osm` are `a`.
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.strip_suffix(".osm").unwrap_or(stem).to_owned()
}

/// The rows of a table without shapes.
#[derive(Clone)]
struct TableRows {
    table: Table,
    encoding: TextEncoding,
    names: Vec<String>,
}

impl TableRows {
    /// Fills in a row's values from its bytes.
    fn fill(&self, record: &[u8], number: u64, row: &mut RawRow) {
        row.begin(number);
        row.deleted = record[0] == b'*';
        if row.deleted {
            return;
        }
        row.raw.extend_from_slice(record);
        for (column, name) in self.table.columns.iter().zip(&self.names) {
            let bytes = &record[column.start..column.start + column.width];
            let cell = Cell { column, name, row: number, bytes };
            row.values.push(cell.value(self.encoding, &mut row.issues));
        }
    }
}

impl RowSource for TableRows {
    fn read(&self, visit: &mut Visit<'_>) -> Result<Vec<Issue>, Halt> {
        let mut records = self.table.records()?;
        let mut row = RawRow::default();
        for number in 1.. {
            let Some(record) = records.next()? else { break };
            self.fill(record, number, &mut row);
            if !visit(&mut row)? {
                break;
            }
        }
        Ok(Vec::new())
    }
}

/// The rows of a shapefile.
struct Shapes {
    places: Places,
    table: TableRows,
}

impl RowSource for Shapes {
    fn read(&self, visit: &mut Visit<'_>) -> Result<Vec<Issue>, Halt> {
        let mut shapes = self.places.records()?;
        let mut records = self.table.table.records()?;
        let mut decoder = Decoder::new(self.places.geometry);
        let mut seen = Seen::default();
        let mut row = RawRow::default();
        for number in 1..=self.places.count {
            let Some(record) = records.next()? else { break };
            self.table.fill(record, number, &mut row);
            shapes.next(&mut row.raw_geometry)?;
            if row.deleted {
                seen.incomplete = true;
            } else {
                take_shape(&mut decoder, &mut row);
                seen.add(&decoder, &row);
            }
            if !visit(&mut row)? {
                break;
            }
        }
        Ok(seen.notes(&self.places, &decoder))
    }
}

/// Reads the row's shape from its bytes.
fn take_shape(decoder: &mut Decoder, row: &mut RawRow) {
    let number = row.number;
    match decoder.read(&row.raw_geometry) {
        Found::Null => {}
        Found::Shape => {
            std::mem::swap(&mut decoder.wkb, &mut row.wkb);
            row.geometry = RawGeometry::Wkb;
            if decoder.hole_like_outer {
                let text = format!(
                    "row {number}: a hole goes round like an outer ring; it lies inside one, so it was kept as a hole"
                );
                row.issues.push(Issue::row(IssueKind::HoleOrder, number, text));
            }
        }
        Found::Bad(kind, text) => {
            row.geometry = RawGeometry::Corrupt;
            row.issues.push(Issue::row(kind, number, format!("row {number}: {text}")));
        }
    }
}

/// What is said once of all shapes.
#[derive(Default)]
struct Seen {
    measures: Measures,
    /// Rows whose outer rings were turned, and the first of them.
    turned: u64,
    first_turned: Option<u64>,
    /// Whether there are shapes whose vertices are not known: deleted ones, and those that cannot be read.
    incomplete: bool,
}

impl Seen {
    fn add(&mut self, decoder: &Decoder, row: &RawRow) {
        self.incomplete |= row.geometry == RawGeometry::Corrupt;
        if let Some(says_something) = decoder.measured {
            self.measures.add(row.number, says_something);
        }
        if decoder.outer_backwards {
            self.turned += 1;
            self.first_turned.get_or_insert(row.number);
        }
    }

    fn notes(&self, places: &Places, decoder: &Decoder) -> Vec<Issue> {
        let mut notes: Vec<_> = self.measures.note().into_iter().collect();
        if let Some(first) = self.first_turned {
            let text = format!(
                "the outer rings of {} rows go counter-clockwise, as holes do in a shapefile; they were turned",
                self.turned
            );
            notes.push(Issue { row: Some(first), ..Issue::file(IssueKind::RingOrder, text) });
        }
        notes.extend(self.extent_note(places.bounds, decoder.bounds));
        notes
    }

    /// Says so if the header's box is not the one of the shapes. Shapes whose vertices are not known may reach further.
    fn extent_note(&self, header: [f64; 4], found: [f64; 4]) -> Option<Issue> {
        if found[0] > found[2] {
            return None;
        }
        let shown = |b: [f64; 4]| format!("x {} to {}, y {} to {}", b[0], b[2], b[1], b[3]);
        let near = |(a, b): (f64, f64)| (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0);
        let same = header.into_iter().zip(found).all(near);
        let around =
            (0..2).all(|axis| header[axis] <= found[axis] && found[axis + 2] <= header[axis + 2]);
        if same || (self.incomplete && around) {
            return None;
        }
        let text = format!(
            "the header says {}; the shapes reach over {}, which is what counts",
            shown(header),
            shown(found)
        );
        Some(Issue::file(IssueKind::ExtentWrong, text))
    }
}
