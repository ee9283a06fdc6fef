//! The packed rows of a layer.

use crate::column::Column;
use crate::filling::Filling;
use crate::hits::Hits;
use crate::order::Rank;
use crate::packing::Packing;
use crate::region::Region;
use crate::row::RowRef;
use crate::rows::Rows;
use crate::section::Section;
use crate::summary::Tally;
use crate::sums::Sums;
use crate::tree::Tree;
use bytes::Bytes;
use siseol_model::{Layer, LonLatBox, Value};
use std::ops::Range;

/// All rows of a layer at one state, packed in their order. A [`LayerView`](crate::LayerView) answers from it.
#[derive(Debug)]
pub struct LayerBase {
    pub(crate) rows: Rows,
    /// Rows in the order of their fids.
    pub(crate) by_fid: Section<u32>,
    /// Rows that have a key, in the order of their keys, then of their fids.
    pub(crate) by_key: Section<u32>,
    /// Over the rows that have a geometry, which are the first ones.
    pub(crate) tree: Tree,
    pub(crate) columns: Vec<Column>,
    pub(crate) class_column: Option<usize>,
    pub(crate) sums: Sums,
    /// Each row's GeoJSON followed by a comma, one after the other.
    pub(crate) arena: Bytes,
    /// Where each row ends in the arena, comma included.
    pub(crate) arena_ends: Section<u64>,
}

impl LayerBase {
    /// A base without rows.
    pub(crate) fn empty(layer: &Layer) -> Self {
        let columns = layer.fields.iter().map(|field| Filling::new(field.kind).finish());
        Packing::default().finish(layer, columns.collect())
    }

    /// How many rows.
    pub fn len(&self) -> u32 {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The memory that it holds, in bytes.
    pub fn bytes(&self) -> u64 {
        self.rows.bytes()
            + self.by_fid.bytes()
            + self.by_key.bytes()
            + self.tree.bytes()
            + self.columns.iter().map(Column::bytes).sum::<u64>()
            + self.sums.bytes()
            + self.arena.len() as u64
            + self.arena_ends.bytes()
    }

    pub(crate) fn row_of(&self, fid: i64) -> Option<u32> {
        let at = self.by_fid.binary_search_by_key(&fid, |&row| self.fid(row)).ok()?;
        Some(self.by_fid[at])
    }

    pub(crate) fn rows_with_key(&self, key: &str) -> &[u32] {
        let key = key.as_bytes();
        let start = self.by_key.partition_point(|&row| self.rows.key_text(row) < key);
        let end = self.by_key.partition_point(|&row| self.rows.key_text(row) <= key);
        &self.by_key[start..end]
    }

    pub(crate) fn fid(&self, row: u32) -> i64 {
        self.rows.fids()[row as usize]
    }

    pub(crate) fn value(&self, row: u32, field: usize) -> Value {
        self.columns[field].value(row)
    }

    /// The encoded features of a range of rows, separated by commas, without copying.
    pub(crate) fn geojson(&self, rows: Range<u32>) -> Bytes {
        if rows.is_empty() { Bytes::new() } else { self.arena.slice(self.features(rows)) }
    }

    /// Where the features of a range of rows are in the arena, the last comma left out.
    fn features(&self, rows: Range<u32>) -> Range<usize> {
        let start = if rows.start == 0 { 0 } else { self.arena_ends[rows.start as usize - 1] };
        let end = self.arena_ends[rows.end as usize - 1] - 1;
        // The arena is in memory, so its places are below usize::MAX.
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        place(start)..place(end)
    }

    /// A row in parts.
    pub(crate) fn get(&self, row: u32) -> RowRef<'_> {
        RowRef {
            fid: self.fid(row),
            generation: self.rows.generation(row),
            key: self.rows.key(row),
            shape: self.rows.shape(row),
            bounds: self.bounds(row),
            measure: self.sums.measure_of(row),
            geojson: &self.arena[self.features(row..row + 1)],
        }
    }

    /// The rows that touch a region.
    pub(crate) fn search(&self, region: &dyn Region) -> Hits {
        let touches = |row| self.rows.shape(row).is_some_and(|shape| region.touches(shape));
        self.tree.search(region, touches)
    }

    /// What some rows add up to; the ranges ascend.
    pub(crate) fn tally(&self, ranges: impl Iterator<Item = Range<u32>>) -> Tally<'_> {
        self.sums.tally(ranges, self.class_column.map(|index| &self.columns[index]))
    }

    pub(crate) fn bounds(&self, row: u32) -> LonLatBox {
        self.tree.boxes().get(row as usize).copied().unwrap_or(LonLatBox::EMPTY)
    }

    /// How many rows stand before a rank.
    pub(crate) fn rows_before(&self, rank: Rank) -> u32 {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = u32::midpoint(low, high);
            if Rank::of(&self.bounds(middle), self.fid(middle)) < rank {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}
