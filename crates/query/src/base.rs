//! One layer, resident.

use crate::column::Column;
use crate::hits::{Hits, Summary};
use crate::region::Region;
use crate::section::Section;
use crate::sums::Sums;
use crate::tree::Tree;
use bytes::Bytes;
use jiff::Timestamp;
use siseol_model::{Label, Layer, LonLatBox, ShapeKind, ShapeRef, Stamp};
use std::ops::Range;
use std::sync::Arc;

/// What is known of a layer beside its rows.
#[derive(Debug, Clone)]
pub struct LayerState {
    /// Fields, labels, looks.
    pub layer: Arc<Layer>,
    /// The commit that last changed the layer: its name.
    pub stamp: Stamp,
    /// And its time.
    pub time: Timestamp,
    /// What must be said wherever the layer is shown, such as that it is synthetic.
    pub notice: Option<Label>,
}

/// The rows of a layer at one state: see the [crate documentation](crate).
#[derive(Debug)]
pub struct LayerBase {
    pub(crate) state: LayerState,
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
    /// Its state, labels and fields.
    pub fn state(&self) -> &LayerState {
        &self.state
    }

    /// Its fields, labels and looks.
    pub fn layer(&self) -> &Layer {
        &self.state.layer
    }

    /// How many rows.
    pub fn len(&self) -> u32 {
        u32::try_from(self.fids.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fids.is_empty()
    }

    /// The box around all geometry; [`LonLatBox::EMPTY`] if there is none.
    pub fn extent(&self) -> LonLatBox {
        self.tree.extent()
    }

    /// The row with that fid.
    pub fn row_of(&self, fid: i64) -> Option<u32> {
        let at = self.by_fid.binary_search_by_key(&fid, |&row| self.fids[row as usize]).ok()?;
        Some(self.by_fid[at])
    }

    /// The rows with that facility key; more than one if the city has given it twice.
    pub fn rows_with_key(&self, key: &str) -> &[u32] {
        let start = self.by_key.partition_point(|&row| self.key(row).unwrap_or("") < key);
        let end = self.by_key.partition_point(|&row| self.key(row).unwrap_or("") <= key);
        &self.by_key[start..end]
    }

    /// A row's fid.
    pub fn fid(&self, row: u32) -> i64 {
        self.fids[row as usize]
    }

    /// The state at which a row was last changed.
    pub fn generation(&self, row: u32) -> i64 {
        self.generations[row as usize]
    }

    /// A row's facility key.
    pub fn key(&self, row: u32) -> Option<&str> {
        let bytes = &self.key_bytes[slot(&self.key_ends, row as usize)];
        std::str::from_utf8(bytes).ok().filter(|key| !key.is_empty())
    }

    /// A row's geometry in longitude and latitude, rounded to eight decimals.
    pub fn shape(&self, row: u32) -> Option<ShapeRef<'_>> {
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

    /// The columns, in the order of the layer's fields.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The encoded features of a range of rows, separated by commas, without copying.
    pub fn geojson(&self, rows: Range<u32>) -> Bytes {
        if rows.is_empty() {
            return Bytes::new();
        }
        let start = if rows.start == 0 { 0 } else { self.arena_ends[rows.start as usize - 1] };
        let end = self.arena_ends[rows.end as usize - 1] - 1;
        // The arena is in memory, so its places are below usize::MAX.
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        self.arena.slice(place(start)..place(end))
    }

    /// The rows that touch a region; with none, all rows, also those without geometry.
    pub fn search(&self, region: Option<&dyn Region>) -> Hits {
        if let Some(region) = region {
            return self
                .tree
                .search(region, |row| self.shape(row).is_some_and(|shape| region.touches(shape)));
        }
        let mut hits = Hits::default();
        hits.push(0..self.len());
        hits
    }

    /// What some rows add up to.
    pub fn summarise(&self, hits: &Hits) -> Summary {
        self.sums.summarise(hits, self.class_column.map(|i| &self.columns[i]))
    }
}
