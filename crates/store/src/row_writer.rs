//! Changing rows of a layer that the register has, with what the history has to keep of them.

use crate::content::HASH_BYTES;
use crate::history::Mark;
use crate::known_layer::KnownLayer;
use crate::layer_tables::Numbers;
use crate::names::{FID, GEOM, quoted, rtree};
use crate::read::{RawRow, read_values, select};
use crate::{SqlContext as _, StoreError, bind, blob, content};
use rusqlite::{Connection, Statement};
use siseol_model::{GeometryKind, Layer, Value};
use std::fmt::Write as _;
use std::path::Path;

/// The content that a row gets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewRow<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) hash: [u8; HASH_BYTES],
    /// As the layer's column keeps it.
    pub(crate) blob: Option<&'a [u8]>,
    pub(crate) values: &'a [Value],
}

/// Writes rows of one layer within a change set.
pub(crate) struct RowWriter<'c> {
    path: &'c Path,
    layer: &'c Layer,
    layer_id: i64,
    change_set: i64,
    generation: i64,
    read: Statement<'c>,
    insert: Statement<'c>,
    update: Statement<'c>,
    update_values: Option<Statement<'c>>,
    delete: Statement<'c>,
    insert_record: Statement<'c>,
    update_record: Statement<'c>,
    delete_record: Statement<'c>,
    history: Statement<'c>,
    mark_back: Statement<'c>,
    index: Option<IndexWriter<'c>>,
    // Room to work in.
    values: Vec<Value>,
    content: Vec<u8>,
    blob: Vec<u8>,
}

const DOING: &str = "change a row";

impl<'c> RowWriter<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        path: &'c Path,
        known: &'c KnownLayer,
        numbers: &Numbers,
    ) -> Result<Self, StoreError> {
        let layer = &known.layer;
        let spatial = layer.geometry != GeometryKind::None;
        let table = quoted(layer.name.as_str());
        let prepare = |sql: &str| connection.prepare(sql).doing(path, DOING);
        // The fid is ?1 everywhere, the geometry ?2, the values follow.
        let mut columns = FID.to_owned();
        let mut places = "?1".to_owned();
        let mut values = String::new();
        if spatial {
            columns = format!("{columns}, {GEOM}");
            places.push_str(", ?2");
        }
        for (i, field) in (3..).zip(&layer.fields) {
            let name = quoted(&field.name);
            let comma = if values.is_empty() { "" } else { ", " };
            // Writing to memory cannot fail.
            let _written = write!(columns, ", {name}")
                .and_then(|()| write!(places, ", ?{i}"))
                .and_then(|()| write!(values, "{comma}{name} = ?{i}"));
        }
        let assignments = match (spatial, values.is_empty()) {
            (true, true) => format!("{GEOM} = ?2"),
            (true, false) => format!("{GEOM} = ?2, {values}"),
            // A table of nothing but numbers has nothing to set.
            (false, true) => format!("{FID} = {FID}"),
            (false, false) => values.clone(),
        };
        let update_values = (spatial && !values.is_empty())
            .then(|| prepare(&format!("UPDATE {table} SET {values} WHERE {FID} = ?1")))
            .transpose()?;
        Ok(Self {
            path,
            layer,
            layer_id: known.id,
            change_set: numbers.change_set,
            generation: numbers.generation,
            read: prepare(&select(layer, ", r.born", "WHERE t.fid = ?1"))?,
            insert: prepare(&format!("INSERT INTO {table}({columns}) VALUES ({places})"))?,
            update: prepare(&format!("UPDATE {table} SET {assignments} WHERE {FID} = ?1"))?,
            update_values,
            delete: prepare(&format!("DELETE FROM {table} WHERE {FID} = ?1"))?,
            insert_record: prepare(
                "INSERT INTO siseol_row(fid, layer, facility_key, hash, born, changed) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
            )?,
            update_record: prepare("UPDATE siseol_row SET hash = ?2, changed = ?3 WHERE fid = ?1")?,
            delete_record: prepare("DELETE FROM siseol_row WHERE fid = ?1")?,
            history: prepare(
                "INSERT INTO siseol_history(change_set, generation, layer, fid, operation, born, changed, hash, content) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?,
            mark_back: prepare(
                "INSERT INTO siseol_history(change_set, generation, layer, fid, operation) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            index: spatial.then(|| IndexWriter::new(connection, path, layer)).transpose()?,
            values: Vec::new(),
            content: Vec::new(),
            blob: Vec::new(),
        })
    }

    /// A new row.
    pub(crate) fn insert(&mut self, fid: i64, row: &NewRow<'_>) -> Result<(), StoreError> {
        if let Some(index) = &mut self.index {
            index.put(fid, row.blob).doing(self.path, DOING)?;
        }
        bind_row(&mut self.insert, fid, self.index.is_some(), row)
            .and_then(|()| self.insert.raw_execute())
            .and_then(|_| {
                self.insert_record.execute((fid, self.layer_id, row.key, row.hash, self.generation))
            })
            .map(drop)
            .doing(self.path, DOING)
    }

    /// A row that was there once, under its old fid.
    pub(crate) fn bring_back(&mut self, fid: i64, row: &NewRow<'_>) -> Result<(), StoreError> {
        self.mark_back
            .execute((self.change_set, self.generation, self.layer_id, fid, Mark::Back as u8))
            .doing(self.path, DOING)?;
        self.insert(fid, row)
    }

    /// Another content for a row. Its key is the one that it has: rows are matched under it. A geometry that stays is not
    /// touched, nor is its index.
    pub(crate) fn update(&mut self, fid: i64, row: &NewRow<'_>) -> Result<(), StoreError> {
        self.archive(fid, Mark::Updated)?;
        let same_geometry = row.blob.unwrap_or_default() == self.blob;
        let statement = match &mut self.update_values {
            Some(values) if same_geometry => values,
            _ => &mut self.update,
        };
        let with_geometry = self.index.is_some() && !same_geometry;
        if let Some(index) = self.index.as_mut().filter(|_| with_geometry) {
            index.remove(fid).and_then(|()| index.put(fid, row.blob)).doing(self.path, DOING)?;
        }
        bind_row(statement, fid, with_geometry, row)
            .and_then(|()| statement.raw_execute())
            .and_then(|_| self.update_record.execute((fid, row.hash, self.generation)))
            .map(drop)
            .doing(self.path, DOING)
    }

    /// A row goes.
    pub(crate) fn delete(&mut self, fid: i64) -> Result<(), StoreError> {
        self.archive(fid, Mark::Deleted)?;
        if let Some(index) = &mut self.index {
            index.remove(fid).doing(self.path, DOING)?;
        }
        self.delete
            .execute([fid])
            .and_then(|_| self.delete_record.execute([fid]))
            .map(drop)
            .doing(self.path, DOING)
    }

    /// Keeps a row's content before it goes, and leaves its geometry in `self.blob`. What is not what siseol wrote
    /// must not become history.
    fn archive(&mut self, fid: i64, mark: Mark) -> Result<(), StoreError> {
        let damaged = |fault: &str| {
            let fault = format!("layer {}, fid {fid}: {fault}", self.layer.name);
            StoreError::damaged(self.path, fault)
        };
        let mut rows = self.read.query([fid]).doing(self.path, DOING)?;
        let row = rows.next().doing(self.path, DOING)?;
        let row = row.ok_or_else(|| damaged("the row is not there"))?;
        let raw = RawRow::of(row).map_err(|fault| damaged(&fault))?;
        let record = raw.record.as_ref().ok_or_else(|| damaged("siseol has not written it"))?;
        let wkb = raw.wkb().map_err(|fault| damaged(&fault))?;
        read_values(row, self.layer, &mut self.values).map_err(|fault| damaged(&fault))?;
        self.content.clear();
        content::write(&mut self.content, record.key, wkb, &self.values);
        if content::hash_of(&self.content) != record.hash {
            return Err(damaged("its content is not what was written"));
        }
        let born: i64 = row.get("born").doing(self.path, DOING)?;
        self.history
            .execute((
                self.change_set,
                self.generation,
                self.layer_id,
                fid,
                mark as u8,
                born,
                record.changed,
                record.hash,
                &self.content,
            ))
            .doing(self.path, DOING)?;
        self.blob.clear();
        self.blob.extend_from_slice(raw.blob.unwrap_or_default());
        Ok(())
    }
}

/// Keeps the spatial index of a layer.
struct IndexWriter<'c> {
    insert: Statement<'c>,
    delete: Statement<'c>,
}

impl<'c> IndexWriter<'c> {
    fn new(connection: &'c Connection, path: &Path, layer: &Layer) -> Result<Self, StoreError> {
        let table = quoted(&rtree(layer.name.as_str(), ""));
        let prepare = |sql: &str| connection.prepare(sql).doing(path, DOING);
        Ok(Self {
            insert: prepare(&format!("INSERT INTO {table} VALUES (?1, ?2, ?3, ?4, ?5)"))?,
            delete: prepare(&format!("DELETE FROM {table} WHERE id = ?1"))?,
        })
    }

    /// Adds a row that has a box; empty geometries have none.
    fn put(&mut self, fid: i64, geometry: Option<&[u8]>) -> rusqlite::Result<()> {
        match geometry.and_then(blob::bounds) {
            None => Ok(()),
            Some(b) => self.insert.execute((fid, b.min_x, b.max_x, b.min_y, b.max_y)).map(drop),
        }
    }

    fn remove(&mut self, fid: i64) -> rusqlite::Result<()> {
        self.delete.execute([fid]).map(drop)
    }
}

/// Binds a row as [`RowWriter::new`] numbers its parameters.
fn bind_row(
    statement: &mut Statement<'_>,
    fid: i64,
    with_geometry: bool,
    row: &NewRow<'_>,
) -> rusqlite::Result<()> {
    statement.raw_bind_parameter(1, fid)?;
    if with_geometry {
        statement.raw_bind_parameter(2, row.blob)?;
    }
    for (i, value) in (3..).zip(row.values) {
        bind::value(statement, i, value)?;
    }
    Ok(())
}
