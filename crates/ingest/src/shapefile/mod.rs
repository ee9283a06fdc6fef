//! Shapefiles: shapes through GDAL, attributes from the table's own bytes, row counts from all three parts.

mod cells;
mod dbf;
mod shp;
mod text;

pub(crate) use cells::hex;

use crate::delivery::{DeliveredFile, beside};
use crate::encoding::TextEncoding;
use crate::grid::{Asked, Bounds, Said, decide};
use crate::source::{
    Grid, Halt, OpenLayer, RawGeometry, RawRow, Refusal, RowSource, Visit, settle_names,
};
use cells::Cell;
use dbf::Table;
use shp::{Records, ShpInfo};
use siseol_model::{Crs, GeometryKind, Issue, IssueKind};
use siseol_ogr::{Format, Row, Source};
use std::path::PathBuf;
use text::find_encoding;

/// Opens a shapefile as one layer.
pub(crate) fn open(
    file: &DeliveredFile,
    asked: &Asked,
    encoding: Option<&str>,
) -> Result<OpenLayer, Refusal> {
    let shp = &file.path;
    // What is no shapefile at all is said to be that first.
    let Some(shx) = beside(shp, "shx") else {
        first_bytes(shp)?;
        return Err(Refusal::new(
            IssueKind::ShxMissing,
            "the .shx beside the .shp is missing; deliver all parts (or rebuild it with QGIS's `Repair Shapefile`)",
        ));
    };
    let info = shp::check(shp, &shx)?;
    let Some(dbf) = beside(shp, "dbf") else {
        return Err(Refusal::new(
            IssueKind::DbfMissing,
            format!(
                "the .dbf beside the .shp is missing, so its {} shapes have no attributes",
                info.count
            ),
        ));
    };
    let table = Table::open(&dbf)?;
    if table.count != info.count {
        return Err(Refusal::new(
            IssueKind::RowCount,
            format!(
                "the .shp has {} shapes and the .dbf {} rows: which belongs to which is not known",
                info.count, table.count
            ),
        ));
    }
    let mut layer = open_table(file, table, encoding)?;
    if info.geometry == GeometryKind::None {
        // A file of null shapes is a table.
        return Ok(layer.0);
    }
    let prj = match beside(shp, "prj") {
        Some(path) => Said::Text(String::from_utf8_lossy(&fs_err::read(path)?).into_owned()),
        None => Said::Nothing,
    };
    let bounds = || Some(Bounds::from(info.bounds));
    let (grid, mut notes) = decide(&prj, ".prj", asked, &file.name, bounds)?;
    layer.0.grid = grid;
    layer.0.notes.append(&mut notes);
    layer.0.geometry = info.geometry;
    layer.0.rows = Box::new(Shapes { shp: shp.clone(), shx, info, table: layer.1 });
    Ok(layer.0)
}

/// Opens a table without shapes.
pub(crate) fn open_dbf(file: &DeliveredFile, encoding: Option<&str>) -> Result<OpenLayer, Refusal> {
    Ok(open_table(file, Table::open(&file.path)?, encoding)?.0)
}

/// Reads a .shp's first bytes alone, so that what is none is not said to lack its parts.
fn first_bytes(shp: &std::path::Path) -> Result<(), Refusal> {
    match shp::check(shp, shp) {
        Err(refusal) if refusal.0.kind == IssueKind::NotThisFormat => Err(refusal),
        Err(refusal) if fs_err::metadata(shp)?.len() < 100 => Err(refusal),
        _ => Ok(()),
    }
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
        declared: Some(rows.table.count),
        grid: Grid { crs: Crs::WGS84, evidence: "no geometry".to_owned() },
        encoding: chosen.encoding.name().to_owned(),
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
    fn read(&self, visit: &mut Visit<'_>) -> Result<(), Halt> {
        let mut records = self.table.records()?;
        let mut row = RawRow::default();
        for number in 1.. {
            let Some(record) = records.next()? else { break };
            self.fill(record, number, &mut row);
            if !visit(&mut row)? {
                break;
            }
        }
        Ok(())
    }
}

/// The rows of a shapefile.
struct Shapes {
    shp: PathBuf,
    shx: PathBuf,
    info: ShpInfo,
    table: TableRows,
}

impl RowSource for Shapes {
    fn read(&self, visit: &mut Visit<'_>) -> Result<(), Halt> {
        let unreadable =
            |e: siseol_ogr::OgrError| Refusal::new(IssueKind::Unreadable, e.to_string());
        let mut source = Source::open(&self.shp, Format::Shapefile).map_err(unreadable)?;
        let mut shapes = source.rows(0).map_err(unreadable)?;
        let mut shape = Row::default();
        let mut second_look = Records::open(&self.shp, &self.shx)?;
        let mut records = self.table.table.records()?;
        let mut row = RawRow::default();
        for number in 1..=self.info.count {
            let Some(record) = records.next()? else { break };
            self.table.fill(record, number, &mut row);
            // GDAL passes over rows that are flagged as deleted.
            if !row.deleted {
                let there = shapes.next(&mut shape).map_err(unreadable)?;
                if !there || shape.number != number {
                    let found =
                        if there { format!("row {}", shape.number) } else { "the end".to_owned() };
                    return Err(Refusal::new(
                        IssueKind::RowCount,
                        format!("at row {number} the shapes are at {found}"),
                    )
                    .into());
                }
                self.take_shape(&mut shape, &mut second_look, &mut row)?;
            }
            if !visit(&mut row)? {
                break;
            }
        }
        Ok(())
    }
}

impl Shapes {
    fn take_shape(
        &self,
        shape: &mut Row,
        second_look: &mut Records,
        row: &mut RawRow,
    ) -> Result<(), Refusal> {
        let corrupt = |number: u64, why: &str| {
            Issue::row(IssueKind::GeometryCorrupt, number, format!("row {number}: {why}"))
        };
        if let (Some(wkb), true) = (&mut shape.geometry, shape.failures.is_empty()) {
            std::mem::swap(wkb, &mut row.wkb);
            row.geometry = RawGeometry::Wkb;
            if shape.had_measures && self.info.measured {
                row.issues.push(Issue::row(
                    IssueKind::MeasuresDropped,
                    row.number,
                    "the shape's measures (M) are not kept",
                ));
            }
            if is_empty_point(&row.wkb) {
                row.geometry = RawGeometry::Corrupt;
                let text = format!("row {}: x or y is not a number", row.number);
                row.issues.push(Issue::row(IssueKind::CoordinateNan, row.number, text));
                row.raw.extend(second_look.content(row.number)?);
            }
            return Ok(());
        }
        let content = second_look.content(row.number)?;
        if content.get(..4) == Some(&[0; 4]) {
            return Ok(());
        }
        row.geometry = RawGeometry::Corrupt;
        let why = shape.failures.first().map_or("the shape has no parts", String::as_str);
        row.issues.push(corrupt(row.number, why));
        row.raw.extend(content);
        Ok(())
    }
}

/// GDAL gives a point without numbers for one whose numbers are NaN.
fn is_empty_point(wkb: &[u8]) -> bool {
    let is_point = wkb
        .get(1..5)
        .is_some_and(|t| matches!(u32::from_le_bytes([t[0], t[1], t[2], t[3]]), 1 | 1001));
    is_point
        && wkb.get(5..13).is_some_and(|x| {
            f64::from_le_bytes([x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]]).is_nan()
        })
}
