//! Writing a staged layer into the register: its table, its place in the catalogues.

use crate::change_set::{LayerChange, record};
use crate::json::json;
use crate::known_layer::KnownLayer;
use crate::names::{FID, GEOM, quoted};
use crate::shape_of::Column;
use crate::staging::StagedLayer;
use crate::{
    SqlContext as _, StoreError, clearing, columns, guards, schema, spatial_index, styles,
};
use rusqlite::Connection;
use siseol_model::{Layer, ShapeKind};
use std::path::Path;

/// The numbers that a commit gives out.
#[derive(Debug)]
pub(crate) struct Numbers {
    pub(crate) change_set: i64,
    pub(crate) generation: i64,
    pub(crate) next_fid: i64,
}

/// Copies the findings of a delivery and the rows that it set aside; what it settles of earlier ones is cleared.
pub(crate) fn write_findings(
    connection: &Connection,
    path: &Path,
    staged: &StagedLayer,
    numbers: &Numbers,
) -> Result<(), StoreError> {
    let n = staged.number;
    clearing::clear(connection, staged, numbers.change_set).doing(path, "clear the findings")?;
    let write = || {
        let base: i64 =
            connection
                .query_row("SELECT coalesce(max(id), 0) FROM siseol_issue", [], |row| row.get(0))?;
        connection.execute(
            &format!(
                "INSERT INTO siseol_issue \
                 SELECT id + ?1, ?2, ?3, ?4, severity, kind, \"row\", \"column\", value, text, quarantined, \
                 facility_key, NULL FROM staging.issues_{n} ORDER BY id"
            ),
            (base, numbers.change_set, staged.layer.name.as_str(), &staged.report.source),
        )?;
        connection.execute(
            &format!(
                "INSERT INTO siseol_quarantine SELECT issue + ?1, raw, fields, geometry \
                 FROM staging.raw_{n} ORDER BY issue"
            ),
            [base],
        )
    };
    write().map(drop).doing(path, "write the findings")
}

/// Writes the layer from the attached database `staging`, and takes its fids from `numbers`.
pub(crate) fn write(
    connection: &Connection,
    path: &Path,
    staged: &StagedLayer,
    numbers: &mut Numbers,
    now: &str,
) -> Result<(), StoreError> {
    if KnownLayer::find(connection, path, &staged.layer.name)?.is_some() {
        return Err(StoreError::Moved { layer: staged.layer.name.clone() });
    }
    let column = staged.seen.column(&staged.layer)?;
    let writer = Writer { connection, staged, column, base: numbers.next_fid - 1, now };
    writer.catalogue(path, numbers)?;
    write_findings(connection, path, staged, numbers)?;
    writer.create().doing(path, "make the layer's table")?;
    writer.describe().doing(path, "describe the layer")?;
    writer.copy(numbers).doing(path, "copy the layer")?;
    if let Some(column) = column {
        spatial_index::write(connection, path, staged, column, writer.base)?;
    }
    for guard in guards::statements(writer.name()) {
        connection.execute_batch(&guard).doing(path, "make the layer's guards")?;
    }
    numbers.next_fid += staged.rows;
    Ok(())
}

struct Writer<'a> {
    connection: &'a Connection,
    staged: &'a StagedLayer,
    column: Option<Column>,
    /// Added to the staged row numbers, which begin at 1.
    base: i64,
    now: &'a str,
}

impl Writer<'_> {
    fn layer(&self) -> &Layer {
        &self.staged.layer
    }

    fn name(&self) -> &str {
        self.layer().name.as_str()
    }

    fn srs_id(&self) -> Option<u32> {
        self.column.map(|_| self.layer().crs.code())
    }

    /// siseol's own catalogue.
    fn catalogue(&self, path: &Path, numbers: &Numbers) -> Result<(), StoreError> {
        let StagedLayer { layer, report, rows, issues, .. } = self.staged;
        let definition = json("the layer", layer)?;
        let report_json = json("the ingest report", report)?;
        let write = || {
            self.connection.execute(
                "INSERT INTO siseol_layer(name, definition, geometry_type, srs_id, promoted) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                (
                    self.name(),
                    &definition,
                    self.column.map(|c| type_name(c.kind)),
                    self.srs_id(),
                    self.column.is_some_and(|c| self.staged.seen.is_mixed(c)),
                ),
            )?;
            let change = LayerChange {
                layer_id: self.connection.last_insert_rowid(),
                revises: true,
                changes: self.staged.changes,
                rows: *rows,
                fids: (numbers.next_fid, *rows),
                report: Some((&report_json, report.rows.quarantined.cast_signed(), *issues)),
            };
            record(self.connection, numbers, &change)
        };
        write().doing(path, "write the catalogue")
    }

    fn create(&self) -> rusqlite::Result<()> {
        let column = self.column.map(|column| type_name(column.kind));
        self.connection.execute_batch(&schema::layer_table(self.layer(), column))
    }

    /// The grid, the contents, what the columns mean and how the layer is drawn.
    fn describe(&self) -> rusqlite::Result<()> {
        let layer = self.layer();
        let connection = self.connection;
        if let Some(code) = self.srs_id() {
            let crs = &self.staged.crs;
            connection.execute(
                "INSERT OR IGNORE INTO gpkg_spatial_ref_sys VALUES (?1, ?2, 'EPSG', ?2, ?3, NULL)",
                (&crs.name, code, &crs.wkt),
            )?;
        }
        let bounds = self.staged.seen.bounds;
        connection.execute(
            "INSERT INTO gpkg_contents VALUES (?1, ?2, ?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            (
                self.name(),
                if self.column.is_some() { "features" } else { "attributes" },
                layer.class.label.to_string(),
                self.now,
                bounds.map(|b| b.min_x),
                bounds.map(|b| b.min_y),
                bounds.map(|b| b.max_x),
                bounds.map(|b| b.max_y),
                self.srs_id(),
            ),
        )?;
        columns::describe(connection, layer)?;
        if let Some(qml) = styles::qml(layer) {
            connection.execute(
                "INSERT INTO layer_styles(f_table_catalog, f_table_schema, f_table_name, f_geometry_column, \
                 styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time) \
                 VALUES ('', '', ?1, ?2, ?3, ?4, '', 1, ?5, '', ?6)",
                (
                    self.name(),
                    GEOM,
                    self.name().chars().take(30).collect::<String>(),
                    qml,
                    layer.class.label.to_string(),
                    self.now,
                ),
            )?;
        }
        Ok(())
    }

    fn copy(&self, numbers: &Numbers) -> rusqlite::Result<()> {
        let n = self.staged.number;
        let mut into = FID.to_owned();
        let mut from = "id + ?1".to_owned();
        if let Some(column) = self.column {
            into = format!("{into}, {GEOM}");
            let multi = u8::from(self.staged.seen.is_mixed(column));
            from = format!("{from}, siseol_place(geom, {}, {multi})", self.layer().crs.code());
        }
        for (i, field) in self.layer().fields.iter().enumerate() {
            into = format!("{into}, {}", quoted(&field.name));
            from = format!("{from}, c{i}");
        }
        let table = quoted(self.name());
        self.connection.execute(
            &format!(
                "INSERT INTO main.{table}({into}) SELECT {from} FROM staging.rows_{n} ORDER BY id"
            ),
            [self.base],
        )?;
        self.connection.execute(
            &format!(
                "INSERT INTO siseol_row(fid, layer, facility_key, hash, born, changed) \
                 SELECT id + ?1, (SELECT id FROM siseol_layer WHERE name = ?2), facility_key, hash, ?3, ?3 \
                 FROM staging.rows_{n} ORDER BY id"
            ),
            (self.base, self.name(), numbers.generation),
        )?;
        Ok(())
    }
}

pub(crate) const fn type_name(kind: ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Point => "POINT",
        ShapeKind::MultiPoint => "MULTIPOINT",
        ShapeKind::LineString => "LINESTRING",
        ShapeKind::MultiLineString => "MULTILINESTRING",
        ShapeKind::Polygon => "POLYGON",
        ShapeKind::MultiPolygon => "MULTIPOLYGON",
    }
}
