//! The parts of many rows, one array for each.

use crate::build_error::{BuildError, count};
use crate::row::RowRef;
use crate::section::Section;
use siseol_model::{ShapeKind, ShapeRef};
use std::ops::Range;

/// Rows in parts: who they are, and their shapes.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The register's number of each row.
    fids: Section<i64>,
    /// The generation of the commit that last changed each row.
    generations: Section<i64>,
    /// Facility keys: where each ends in `key_bytes`; a row without one is empty.
    key_ends: Section<u32>,
    key_bytes: Section<u8>,
    kinds: Section<ShapeKind>,
    coords: Section<[f64; 2]>,
    /// For each row, where its coordinates end; a row without geometry has none.
    coord_ends: Section<u32>,
    path_ends: Section<u32>,
    /// For each row, where its paths end.
    row_paths: Section<u32>,
    polygon_ends: Section<u32>,
    /// For each row, where its polygons end; empty if no row is a multi-polygon.
    row_polygons: Section<u32>,
}

impl Rows {
    /// Adds a row after all others.
    pub(crate) fn push(&mut self, row: &RowRef<'_>) -> Result<(), BuildError> {
        self.fids.push(row.fid);
        count(self.fids.len(), "rows")?;
        self.generations.push(row.generation);
        self.key_bytes.extend_from_slice(row.key.unwrap_or("").as_bytes());
        self.key_ends.push(count(self.key_bytes.len(), "bytes of keys")?);
        let shape = row.shape.unwrap_or(NO_SHAPE);
        let last = |ends: &[u32]| ends.last().copied().unwrap_or(0);
        let (coord, path) = (last(&self.coord_ends), last(&self.row_paths));
        self.kinds.push(shape.kind);
        self.coords.extend_from_slice(shape.coords);
        self.coord_ends.push(count(self.coords.len(), "coordinates")?);
        self.path_ends.extend(shape.path_ends.iter().map(|end| end - shape.first_coord + coord));
        self.row_paths.push(count(self.path_ends.len(), "paths")?);
        self.polygon_ends
            .extend(shape.polygon_ends.iter().map(|end| end - shape.first_path + path));
        self.row_polygons.push(count(self.polygon_ends.len(), "polygons")?);
        Ok(())
    }

    /// Says that no more rows come.
    pub(crate) fn seal(&mut self) {
        if self.polygon_ends.is_empty() {
            self.row_polygons = Section::default();
        }
        self.fids.seal();
        self.generations.seal();
        self.key_ends.seal();
        self.key_bytes.seal();
        self.kinds.seal();
        self.coords.seal();
        self.coord_ends.seal();
        self.path_ends.seal();
        self.row_paths.seal();
        self.polygon_ends.seal();
        self.row_polygons.seal();
    }

    /// The rows in the order of their fids.
    pub(crate) fn by_fid(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.len()).collect();
        rows.sort_unstable_by_key(|&row| self.fids[row as usize]);
        rows
    }

    /// The rows that have a key, in the order of their keys, then of their fids.
    pub(crate) fn by_key(&self) -> Vec<u32> {
        let has_key = |&row: &u32| !self.key_text(row).is_empty();
        let mut rows: Vec<u32> = (0..self.len()).filter(has_key).collect();
        rows.sort_unstable_by_key(|&row| (self.key_text(row), self.fids[row as usize]));
        rows
    }

    pub(crate) fn len(&self) -> u32 {
        // No more can be pushed.
        u32::try_from(self.fids.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn fids(&self) -> &[i64] {
        &self.fids
    }

    pub(crate) fn generation(&self, row: u32) -> i64 {
        self.generations[row as usize]
    }

    pub(crate) fn key(&self, row: u32) -> Option<&str> {
        std::str::from_utf8(self.key_text(row)).ok().filter(|key| !key.is_empty())
    }

    /// The bytes of a row's key, which sort as its text does; none if it has no key.
    pub(crate) fn key_text(&self, row: u32) -> &[u8] {
        &self.key_bytes[slot(&self.key_ends, row as usize)]
    }

    pub(crate) fn shape(&self, row: u32) -> Option<ShapeRef<'_>> {
        let row = row as usize;
        let coords = slot(&self.coord_ends, row);
        if coords.is_empty() {
            return None;
        }
        let paths = slot(&self.row_paths, row);
        let polygons =
            if self.row_polygons.is_empty() { 0..0 } else { slot(&self.row_polygons, row) };
        Some(ShapeRef {
            kind: self.kinds[row],
            // Both are the end of another row, which is a u32.
            first_coord: u32::try_from(coords.start).unwrap_or(u32::MAX),
            first_path: u32::try_from(paths.start).unwrap_or(u32::MAX),
            coords: &self.coords[coords],
            path_ends: &self.path_ends[paths],
            polygon_ends: &self.polygon_ends[polygons],
        })
    }

    /// The memory that they hold, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.fids.bytes()
            + self.generations.bytes()
            + self.key_ends.bytes()
            + self.key_bytes.bytes()
            + self.kinds.bytes()
            + self.coords.bytes()
            + self.coord_ends.bytes()
            + self.path_ends.bytes()
            + self.row_paths.bytes()
            + self.polygon_ends.bytes()
            + self.row_polygons.bytes()
    }
}

/// What a row without geometry has in the arrays.
const NO_SHAPE: ShapeRef<'static> = ShapeRef {
    kind: ShapeKind::Point,
    coords: &[],
    path_ends: &[],
    first_coord: 0,
    polygon_ends: &[],
    first_path: 0,
};

fn slot(ends: &[u32], row: usize) -> Range<usize> {
    let start = if row == 0 { 0 } else { ends[row - 1] };
    start as usize..ends[row] as usize
}
