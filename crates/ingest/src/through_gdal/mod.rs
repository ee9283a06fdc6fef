//! The formats that GDAL reads whole: GeoPackage, GeoJSON, FlatGeobuf, OpenStreetMap, DXF.

mod feature_count;
mod rows;

use crate::check::bounds;
use crate::delivery::DeliveredFile;
use crate::grid::{Asked, Bounds, Said, decide};
use crate::shapefile::stem;
use crate::source::{Grid, OpenLayer, Refusal, settle_names};
use feature_count::Features;
use rows::LayerRows;
use siseol_model::{Crs, GeometryKind, Grade, Issue, IssueKind, Shape};
use siseol_ogr::{Format, LayerInfo, OgrError, Reading, Row, Source};
use std::collections::HashSet;
use std::sync::Arc;

/// Rows that are looked at to see where a file without a grid could be.
const SAMPLE: u64 = 1_000;

fn unreadable(error: &OgrError) -> Refusal {
    let kind = match error {
        OgrError::Open { .. } => IssueKind::NotThisFormat,
        OgrError::Died { .. } => IssueKind::ReaderDied,
        _ => IssueKind::Unreadable,
    };
    // The report names the file already, by its name in the delivery.
    let text = match error {
        OgrError::Open { reason, format, .. } => format!("no readable {format} file: {reason}"),
        OgrError::Read { row, reason, .. } => {
            format!("it cannot be read after row {row}: {reason}")
        }
        OgrError::Path { reason, .. } => reason.clone(),
        OgrError::Died { how, .. } => {
            format!("the process that read it {how}; nothing of it was loaded")
        }
        other => other.to_string(),
    };
    Refusal::new(kind, text)
}

/// Opens a file as its layers.
pub(crate) fn open(
    file: &DeliveredFile,
    format: Format,
    asked: &Asked,
    reading: &Reading,
) -> Result<Vec<OpenLayer>, Refusal> {
    let declared = match format {
        Format::GeoJson => Some(feature_count::count(&file.path)?),
        _ => None,
    };
    let mut source = Source::open(&file.path, format, reading).map_err(|e| unreadable(&e))?;
    let mut layers = Vec::new();
    let mut left_out = Vec::new();
    for (index, info) in source.layers().into_iter().enumerate() {
        if format == Format::Osm && info.name == "other_relations" {
            let count = kinds(&mut source, index)?.total;
            if count > 0 {
                let text =
                    format!("{count} relations that are neither areas nor routes were not read");
                left_out.push(Issue::file(IssueKind::PartLeftOut, text));
            }
            continue;
        }
        let place = Place { file, format, index, asked, reading };
        layers.append(&mut place.open(&mut source, &info, declared.as_ref())?);
    }
    match layers.first_mut() {
        Some(first) => first.notes.append(&mut left_out),
        None => return Err(Refusal::new(IssueKind::Unreadable, "the file holds no layer")),
    }
    Ok(layers)
}

/// What was seen of a layer's rows.
#[derive(Default)]
struct Kinds {
    points: u64,
    lines: u64,
    polygons: u64,
    /// Without geometry, or with one that belongs in no layer.
    other: u64,
    total: u64,
}

impl Kinds {
    fn of(&self, kind: GeometryKind) -> u64 {
        match kind {
            GeometryKind::Point => self.points,
            GeometryKind::Line => self.lines,
            GeometryKind::Polygon => self.polygons,
            GeometryKind::None => self.other,
        }
    }
}

fn kinds(source: &mut Source, layer: usize) -> Result<Kinds, Refusal> {
    let mut rows = source.rows(layer).map_err(|e| unreadable(&e))?;
    let mut row = Row::default();
    let mut seen = Kinds::default();
    while rows.next(&mut row).map_err(|e| unreadable(&e))? {
        seen.total += 1;
        *match kind_of(&row) {
            GeometryKind::Point => &mut seen.points,
            GeometryKind::Line => &mut seen.lines,
            GeometryKind::Polygon => &mut seen.polygons,
            GeometryKind::None => &mut seen.other,
        } += 1;
    }
    Ok(seen)
}

fn kind_of(row: &Row) -> GeometryKind {
    let code = row.geometry.as_deref().and_then(|w| w.get(1..5));
    match code.map(|t| u32::from_le_bytes([t[0], t[1], t[2], t[3]]) % 1000) {
        Some(1 | 4) => GeometryKind::Point,
        Some(2 | 5) => GeometryKind::Line,
        Some(3 | 6) => GeometryKind::Polygon,
        _ => GeometryKind::None,
    }
}

/// One layer of a file.
struct Place<'a> {
    file: &'a DeliveredFile,
    format: Format,
    index: usize,
    asked: &'a Asked,
    reading: &'a Reading,
}

impl Place<'_> {
    /// The layer as one layer of ours, or as several where it mixes kinds of geometry.
    fn open(
        &self,
        source: &mut Source,
        info: &LayerInfo,
        declared: Option<&Features>,
    ) -> Result<Vec<OpenLayer>, Refusal> {
        let needs_look =
            info.geometry.is_none() || declared.is_some() || self.format == Format::Osm;
        let seen = if needs_look { Some(kinds(source, self.index)?) } else { None };
        if let (Some(declared), Some(seen)) = (declared, &seen)
            && declared.count != seen.total
        {
            return Err(Refusal::new(
                IssueKind::RowCount,
                format!(
                    "the file holds {} features and {} of them can be read; check it with a GeoJSON validator",
                    declared.count, seen.total
                ),
            ));
        }
        if self.format == Format::Osm && seen.as_ref().is_some_and(|s| s.total == 0) {
            return Ok(Vec::new());
        }
        let parts: Vec<GeometryKind> = match (info.geometry, &seen) {
            (Some(kind), _) => vec![kind],
            (None, Some(seen)) => [GeometryKind::Point, GeometryKind::Line, GeometryKind::Polygon]
                .into_iter()
                .filter(|kind| seen.of(*kind) > 0)
                .collect(),
            (None, None) => Vec::new(),
        };
        let parts = if parts.is_empty() { vec![GeometryKind::None] } else { parts };
        let mut notes = Vec::new();
        let mut fields = info.fields.clone();
        settle_names(&mut fields, &mut notes);
        let grid = if parts == [GeometryKind::None] {
            Grid::none("no geometry")
        } else {
            let (grid, mut more) = self.grid(source, info, declared)?;
            notes.append(&mut more);
            grid
        };
        let mixed = parts.len() > 1;
        let truly_null: Option<Arc<HashSet<u64>>> = declared.map(|d| Arc::clone(&d.null));
        let with_nul = declared.map(|d| Arc::clone(&d.nul)).unwrap_or_default();
        let mut layers = Vec::new();
        for (n, &kind) in parts.iter().enumerate() {
            let count = match &seen {
                Some(seen) if mixed => Some(seen.of(kind) + if n == 0 { seen.other } else { 0 }),
                Some(seen) => Some(seen.total),
                None => info.count,
            };
            let mut notes = if n == 0 { std::mem::take(&mut notes) } else { Vec::new() };
            if count == Some(0) {
                notes.push(Issue::file(IssueKind::Empty, "the layer has no rows"));
            }
            layers.push(OpenLayer {
                source: self.source_name(info),
                table: self.table_name(info),
                suffix: self.suffix(info, mixed.then_some(kind)),
                geometry: kind,
                fields: fields.clone(),
                raw_places: None,
                declared: count,
                grid: grid.clone(),
                encoding: "UTF-8".to_owned(),
                encoding_grade: Grade::Proven,
                encoding_evidence: "by its format".to_owned(),
                notes,
                layer: None,
                key: Vec::new(),
                rows: Box::new(LayerRows {
                    path: self.file.path.clone(),
                    format: self.format,
                    reading: self.reading.clone(),
                    index: self.index,
                    fields: fields.clone(),
                    only: mixed.then_some((kind, n == 0)),
                    truly_null: truly_null.clone(),
                    with_nul: Arc::clone(&with_nul),
                }),
            });
        }
        Ok(layers)
    }

    fn grid(
        &self,
        source: &mut Source,
        info: &LayerInfo,
        declared: Option<&Features>,
    ) -> Result<(Grid, Vec<Issue>), Refusal> {
        let address = declared.and_then(|features| features.grid_address.as_ref());
        let said = match (self.format, &info.srs_wkt) {
            // GDAL takes the file for one in degrees if it cannot go there.
            _ if let Some(address) = address => Said::Text(address.clone()),
            (Format::Osm, _) => Said::Fixed(Crs::WGS84, "OpenStreetMap is longitude and latitude"),
            // What GeoPackage writes for "undefined" is no grid.
            (_, Some(wkt)) if !wkt.starts_with("LOCAL_CS") && !wkt.starts_with("ENGCRS") => {
                Said::Text(wkt.clone())
            }
            _ => Said::Nothing,
        };
        let whose = match self.format {
            Format::GeoPackage => "GeoPackage's grid",
            Format::GeoJson => "GeoJSON's grid",
            Format::FlatGeobuf => "FlatGeobuf's grid",
            _ => "declaration",
        };
        let extent = match &said {
            Said::Nothing => sample_extent(source, self.index)?,
            _ => None,
        };
        decide(&said, whose, self.asked, &self.file.name, || extent)
    }

    /// The file, and which of its layers where it has several.
    fn source_name(&self, info: &LayerInfo) -> String {
        match self.format {
            Format::GeoPackage | Format::Osm => format!("{} ({})", self.file.name, info.name),
            _ => self.file.name.clone(),
        }
    }

    fn table_name(&self, info: &LayerInfo) -> String {
        match self.format {
            Format::GeoPackage => info.name.clone(),
            _ => stem(self.file),
        }
    }

    fn suffix(&self, info: &LayerInfo, kind: Option<GeometryKind>) -> Option<&'static str> {
        if self.format == Format::Osm {
            return Some(match info.name.as_str() {
                "points" => "points",
                "lines" => "lines",
                "multilinestrings" => "multilines",
                _ => "polygons",
            });
        }
        kind.map(|kind| match kind {
            GeometryKind::Point => "points",
            GeometryKind::Line => "lines",
            GeometryKind::Polygon => "polygons",
            GeometryKind::None => "table",
        })
    }
}

fn sample_extent(source: &mut Source, layer: usize) -> Result<Option<Bounds>, Refusal> {
    let mut rows = source.rows(layer).map_err(|e| unreadable(&e))?;
    let (mut row, mut shape, mut coords) = (Row::default(), Shape::default(), Vec::new());
    for _ in 0..SAMPLE {
        if !rows.next(&mut row).map_err(|e| unreadable(&e))? {
            break;
        }
        if row.geometry.as_deref().is_some_and(|wkb| shape.read_wkb(wkb).is_ok()) {
            coords.extend_from_slice(&shape.coords);
        }
    }
    Ok((!coords.is_empty()).then(|| Bounds(bounds(&coords))))
}
