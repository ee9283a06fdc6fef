//! A staged layer becomes rows of a layer that the register has.

use crate::blob::{self, Bounds};
use crate::change_set::{LayerChange, record};
use crate::content::HASH_BYTES;
use crate::json::json;
use crate::known_layer::KnownLayer;
use crate::layer_tables::{Numbers, type_name, write_findings};
use crate::meeting::Meeting;
use crate::names::{GEOM, quoted};
use crate::read::value;
use crate::row_writer::{NewRow, RowWriter};
use crate::shape_of::Column;
use crate::staging::StagedLayer;
use crate::{SqlContext as _, StoreError, schema};
use rusqlite::{Connection, Row};
use siseol_model::{LayerName, ShapeKind, Value};
use std::path::Path;

const DOING: &str = "change the layer";

/// Writes what the comparison has found, from the attached database `staging`.
pub(crate) fn write(
    connection: &Connection,
    path: &Path,
    staged: &StagedLayer,
    meeting: Meeting,
    numbers: &mut Numbers,
    now: &str,
) -> Result<(), StoreError> {
    let moved = || StoreError::Moved { layer: staged.layer.name.clone() };
    let mut known = KnownLayer::find(connection, path, &staged.layer.name)?.ok_or_else(moved)?;
    if known.last != meeting.last {
        return Err(moved());
    }
    known.refuse_another(&staged.layer)?;
    let first_fid = numbers.next_fid;
    let redefined = match staged.seen.column(&staged.layer)? {
        Some(column) => Column::adopt(connection, path, &mut known, column)?,
        None => false,
    };
    write_rows(connection, path, staged, meeting, &known, numbers)?;
    let changes = staged.changes;
    let revises = redefined || changes.inserted + changes.updated + changes.deleted > 0;
    let report = json("the ingest report", &staged.report)?;
    let quarantined = staged.report.rows.quarantined.cast_signed();
    let change = LayerChange {
        layer_id: known.id,
        revises,
        changes,
        rows: known.rows + changes.inserted.cast_signed() - changes.deleted.cast_signed(),
        fids: (first_fid, changes.inserted.cast_signed()),
        report: Some((&report, quarantined, staged.issues)),
    };
    record(connection, numbers, &change).doing(path, DOING)?;
    write_findings(connection, path, staged, numbers)?;
    describe(connection, &staged.layer.name, staged.seen.bounds, revises, now).doing(path, DOING)
}

fn write_rows(
    connection: &Connection,
    path: &Path,
    staged: &StagedLayer,
    meeting: Meeting,
    known: &KnownLayer,
    numbers: &mut Numbers,
) -> Result<(), StoreError> {
    let n = staged.number;
    let mut writer = RowWriter::new(connection, path, known, numbers)?;
    let mut room = Room::default();
    let prepare = |sql: String| connection.prepare(&sql).doing(path, DOING);

    let mut updates = prepare(format!(
        "SELECT r.*, u.fid AS at FROM staging.updates_{n} u JOIN staging.rows_{n} r ON r.id = u.id ORDER BY u.fid"
    ))?;
    let mut rows = updates.query([]).doing(path, DOING)?;
    while let Some(row) = rows.next().doing(path, DOING)? {
        let fid = row.get("at").doing(path, DOING)?;
        writer.update(fid, &room.read(row, known).doing(path, DOING)?)?;
    }
    if meeting.deletes {
        let mut missing = prepare(format!("SELECT fid FROM staging.missing_{n} ORDER BY fid"))?;
        let mut rows = missing.query([]).doing(path, DOING)?;
        while let Some(row) = rows.next().doing(path, DOING)? {
            writer.delete(row.get(0).doing(path, DOING)?)?;
        }
    }
    let mut inserts = prepare(format!(
        "SELECT r.* FROM staging.inserts_{n} i JOIN staging.rows_{n} r ON r.id = i.id ORDER BY i.id"
    ))?;
    let mut rows = inserts.query([]).doing(path, DOING)?;
    while let Some(row) = rows.next().doing(path, DOING)? {
        writer.insert(numbers.next_fid, &room.read(row, known).doing(path, DOING)?)?;
        numbers.next_fid += 1;
    }
    Ok(())
}

/// Room for one staged row.
#[derive(Default)]
struct Room {
    key: Option<String>,
    blob: Option<Vec<u8>>,
    values: Vec<Value>,
}

impl Room {
    /// Reads a row of `rows_n`: its number, key, hash, geometry, values.
    fn read(&mut self, row: &Row<'_>, known: &KnownLayer) -> rusqlite::Result<NewRow<'_>> {
        self.key = row.get(1)?;
        let hash: [u8; HASH_BYTES] = row.get(2)?;
        let staged = row.get_ref(3)?.as_blob_or_null()?;
        self.blob = staged
            .map(|staged| {
                let srs_id = i32::try_from(known.layer.crs.code()).unwrap_or_default();
                blob::place(staged, srs_id, known.is_multi()).ok_or_else(|| unreadable("geometry"))
            })
            .transpose()?;
        self.values.clear();
        for (i, field) in (4..).zip(&known.layer.fields) {
            let value = value(row.get_ref(i)?, field.kind).ok_or_else(|| unreadable("value"))?;
            self.values.push(value);
        }
        Ok(NewRow {
            key: self.key.as_deref(),
            hash,
            blob: self.blob.as_deref(),
            values: &self.values,
        })
    }
}

fn unreadable(what: &str) -> rusqlite::Error {
    rusqlite::Error::UserFunctionError(format!("a staged {what} cannot be read").into())
}

impl Column {
    /// Makes room in a layer for geometries of this column: for heights, and for multi-geometries. Returns whether the
    /// layer's definition has changed.
    fn adopt(
        connection: &Connection,
        path: &Path,
        known: &mut KnownLayer,
        column: Self,
    ) -> Result<bool, StoreError> {
        if column.kind.is_multi() && !known.is_multi() {
            promote(connection, known, column.kind).doing(path, "make the layer multi")?;
        }
        let has_heights = column.z > 0;
        if has_heights || known.layer.has_z {
            // Some rows have them and some do not, unless all of both sides have.
            connection
                .execute(
                    "UPDATE gpkg_geometry_columns SET z = 2 WHERE table_name = ?1 AND z <> ?2",
                    (known.layer.name.as_str(), column.z),
                )
                .doing(path, DOING)?;
        }
        if !has_heights || known.layer.has_z {
            return Ok(false);
        }
        known.layer.has_z = true;
        let definition = json("the layer", &known.layer)?;
        connection
            .execute(
                "UPDATE siseol_layer SET definition = ?1 WHERE id = ?2",
                (&definition, known.id),
            )
            .doing(path, DOING)?;
        Ok(true)
    }
}

/// Makes a column of single geometries one of multi-geometries. Rows keep their content: whoever reads them takes a
/// multi-geometry of one part for that part.
fn promote(
    connection: &Connection,
    known: &mut KnownLayer,
    kind: ShapeKind,
) -> rusqlite::Result<()> {
    let (name, type_name) = (known.layer.name.as_str(), type_name(kind));
    let table = quoted(name);
    let srs_id = known.layer.crs.code();
    connection.execute(
        &format!("UPDATE {table} SET {GEOM} = siseol_place({GEOM}, ?1, 1) WHERE {GEOM} NOT NULL"),
        [srs_id],
    )?;
    connection.execute(
        "UPDATE gpkg_geometry_columns SET geometry_type_name = ?1 WHERE table_name = ?2",
        (type_name, name),
    )?;
    // A layer that never had a row has no single geometries either.
    connection.execute(
        "UPDATE siseol_layer SET geometry_type = ?1, promoted = \
         EXISTS (SELECT 1 FROM siseol_change WHERE layer = ?2 AND inserted > 0) WHERE id = ?2",
        (type_name, known.id),
    )?;
    // GeoPackage wants the same word in the table's own declaration, which SQLite can only be given here. The
    // declaration is ours from the first letter to the last, so that it can be written anew.
    known.geometry_type = Some(type_name.to_owned());
    let declaration = schema::layer_table(&known.layer, Some(type_name));
    let version: i64 = connection.pragma_query_value(None, "schema_version", |row| row.get(0))?;
    connection.pragma_update(None, "writable_schema", true)?;
    connection.execute(
        "UPDATE sqlite_schema SET sql = ?1 WHERE type = 'table' AND name = ?2",
        (declaration, name),
    )?;
    connection.pragma_update(None, "schema_version", version + 1)?;
    connection.pragma_update(None, "writable_schema", false)
}

/// The layer's extent, which grows, and the time of its last change.
fn describe(
    connection: &Connection,
    layer: &LayerName,
    bounds: Option<Bounds>,
    revises: bool,
    now: &str,
) -> rusqlite::Result<()> {
    if revises {
        connection.execute(
            "UPDATE gpkg_contents SET last_change = ?1 WHERE table_name = ?2",
            (now, layer.as_str()),
        )?;
    }
    let Some(bounds) = bounds else { return Ok(()) };
    connection
        .execute(
            "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, ?2), ?2), min_y = min(coalesce(min_y, ?3), ?3), \
             max_x = max(coalesce(max_x, ?4), ?4), max_y = max(coalesce(max_y, ?5), ?5) WHERE table_name = ?1",
            (layer.as_str(), bounds.min_x, bounds.min_y, bounds.max_x, bounds.max_y),
        )
        .map(drop)
}
