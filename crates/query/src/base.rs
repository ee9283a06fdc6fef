//! The packed rows of a layer.

use crate::column::Column;
use crate::hits::{Hits, Summary};
use crate::region::Region;
use crate::section::Section;
use crate::sums::Sums;
use crate::tree::Tree;
use bytes::Bytes;
use siseol_model::{ShapeKind, ShapeRef, Value};
use std::ops::Range;

/// All rows of a layer at one state, packed, by their [rank](crate::order::Rank). A [`LayerView`](crate::LayerView)
/// answers from it.
#[derive(Debug)]
pub struct LayerBase {
    /// The register's number of each row.
    pub(crate) fids: Section<i64>,
    /// Rows in the order of their fids.
    pub(crate) by_fid: Section<u32>,
    /// The state at which each row was last changed.
    pub(crate) generations: Section<i64>,
    /// Facility keys: where each ends in `key_bytes`; a row without one is empty.
    pub(crate) key_ends: Section<u32>,
    pub(crate) key_bytes: Section<u8>,
    /// Rows that have a key, in the order of their keys.
    pub(crate) by_key: Section<u32>,
    pub(crate) tree: Tree,
    pub(crate) geometry: Geometry,
    pub(crate) columns: Vec<Column>,
    pub(crate) class_column: Option<usize>,
    pub(crate) sums: Sums,
    /// Each row's GeoJSON followed by a comma, one after the other.
    pub(crate) arena: Bytes,
    /// Where each row ends in the arena, comma included.
    pub(crate) arena_ends: Section<u64>,
}

/// The shapes of all rows. Rows without geometry come last and are not in here.
#[derive(Debug)]
pub(crate) struct Geometry {
    pub(crate) kinds: Section<ShapeKind>,
    pub(crate) coords: Section<[f64; 2]>,
    pub(crate) coord_ends: Section<u32>,
    pub(crate) path_ends: Section<u32>,
    /// For each row, where its paths end.
    pub(crate) row_paths: Section<u32>,
    pub(crate) polygon_ends: Section<u32>,
    /// For each row, where its polygons end; empty if no row is a multi-polygon.
    pub(crate) row_polygons: Section<u32>,
}

fn slot(ends: &[u32], row: usize) -> Range<usize> {
    let start = if row == 0 { 0 } else { ends[row - 1] };
    start as usize..ends[row] as usize
}

impl LayerBase {
    /// How many rows.
    pub fn len(&self) -> u32 {
        u32::try_from(self.fids.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fids.is_empty()
    }

    pub(crate) fn row_of(&self, fid: i64) -> Option<u32> {
        let at = self.by_fid.binary_search_by_key(&fid, |&row| self.fids[row as usize]).ok()?;
        Some(self.by_fid[at])
    }

    pub(crate) fn rows_with_key(&self, key: &str) -> &[u32] {
        let start = self.by_key.partition_point(|&row| self.key(row).unwrap_or("") < key);
        let end = self.by_key.partition_point(|&row| self.key(row).unwrap_or("") <= key);
        &self.by_key[start..end]
    }

    pub(crate) fn fid(&self, row: u32) -> i64 {
        self.fids[row as usize]
    }

    pub(crate) fn generation(&self, row: u32) -> i64 {
        self.generations[row as usize]
    }

    pub(crate) fn key(&self, row: u32) -> Option<&str> {
        let bytes = &self.key_bytes[slot(&self.key_ends, row as usize)];
        std::str::from_utf8(bytes).ok().filter(|key| !key.is_empty())
    }

    pub(crate) fn shape(&self, row: u32) -> Option<ShapeRef<'_>> {
        let g = &self.geometry;
        let row = row as usize;
        let &kind = g.kinds.get(row)?;
        let coords = slot(&g.coord_ends, row);
        let paths = slot(&g.row_paths, row);
        let polygons = if g.row_polygons.is_empty() { 0..0 } else { slot(&g.row_polygons, row) };
        Some(ShapeRef {
            kind,
            first_coord: u32::try_from(coords.start).unwrap_or(u32::MAX),
            first_path: u32::try_from(paths.start).unwrap_or(u32::MAX),
            coords: &g.coords[coords],
            path_ends: &g.path_ends[paths],
            polygon_ends: &g.polygon_ends[polygons],
        })
    }

    pub(crate) fn value(&self, row: u32, field: usize) -> Value {
        self.columns[field].value(row)
    }

    /// The encoded features of a range of rows, separated by commas, without copying.
    pub(crate) fn geojson(&self, rows: Range<u32>) -> Bytes {
        if rows.is_empty() {
            return Bytes::new();
        }
        let start = if rows.start == 0 { 0 } else { self.arena_ends[rows.start as usize - 1] };
        let end = self.arena_ends[rows.end as usize - 1] - 1;
        // The arena is in memory, so its places are below usize::MAX.
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        self.arena.slice(place(start)..place(end))
    }

    /// The rows that touch a region.
    pub(crate) fn search(&self, region: &dyn Region) -> Hits {
        self.tree.search(region, |row| self.shape(row).is_some_and(|shape| region.touches(shape)))
    }

    pub(crate) fn summarise(&self, hits: &Hits) -> Summary {
        self.sums.summarise(hits, self.class_column.map(|i| &self.columns[i]))
    }
}
