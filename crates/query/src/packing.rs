//! From rows in any order to a packed layer.

use crate::base::LayerBase;
use crate::build_error::{BuildError, count};
use crate::column::Column;
use crate::order::Rank;
use crate::row::{RowRef, is_measured};
use crate::rows::Rows;
use crate::section::Section;
use crate::sums::Sums;
use crate::tree::Tree;
use siseol_model::{Layer, LonLatBox};

/// Rows that are being gathered: everything but their values.
#[derive(Debug, Default)]
pub(crate) struct Packing {
    rows: Rows,
    boxes: Vec<LonLatBox>,
    measures: Vec<i64>,
    /// Each row's GeoJSON followed by a comma, one after the other.
    arena: Vec<u8>,
    /// Where each row ends in the arena, comma included.
    arena_ends: Section<u64>,
}

impl Packing {
    /// Adds a row after all others.
    pub(crate) fn push(&mut self, row: &RowRef<'_>) -> Result<(), BuildError> {
        self.rows.push(row)?;
        self.boxes.push(row.bounds);
        self.measures.push(row.measure);
        self.arena.extend_from_slice(row.geojson);
        self.arena.push(b',');
        self.arena_ends.push(self.arena.len() as u64);
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.boxes.len()
    }

    /// The rows in their order.
    pub(crate) fn order(&self) -> Result<Vec<u32>, BuildError> {
        count(self.len(), "rows")?;
        let parts = self.boxes.iter().zip(self.rows.fids());
        let mut ranked: Vec<(Rank, u32)> =
            parts.map(|(bounds, &fid)| Rank::of(bounds, fid)).zip(0..).collect();
        ranked.sort_unstable();
        Ok(ranked.into_iter().map(|(_, row)| row).collect())
    }

    /// The same rows in another order.
    pub(crate) fn reordered(self, order: &[u32]) -> Result<Self, BuildError> {
        if order.is_sorted() {
            return Ok(self);
        }
        let mut packing = Self { arena: Vec::with_capacity(self.arena.len()), ..Self::default() };
        for &row in order {
            packing.push(&self.get(row))?;
        }
        Ok(packing)
    }

    fn get(&self, row: u32) -> RowRef<'_> {
        let at = row as usize;
        let start = if at == 0 { 0 } else { self.arena_ends[at - 1] };
        RowRef {
            fid: self.rows.fids()[at],
            generation: self.rows.generation(row),
            key: self.rows.key(row),
            shape: self.rows.shape(row),
            bounds: self.boxes[at],
            measure: self.measures[at],
            geojson: &self.arena[place(start)..place(self.arena_ends[at]) - 1],
        }
    }

    /// The packed layer. The rows are in their order, and so are the columns.
    pub(crate) fn finish(mut self, layer: &Layer, columns: Vec<Column>) -> LayerBase {
        self.rows.seal();
        self.arena_ends.seal();
        self.arena.shrink_to_fit();
        let class_column = layer.class_field().map(|(index, _)| index);
        let class = class_column.map(|index| &columns[index]);
        let measures = if is_measured(layer) { self.measures } else { Vec::new() };
        let sums = Sums::build(self.boxes.len(), measures, class);
        // Rows without geometry are the last ones.
        self.boxes.truncate(self.boxes.partition_point(|bounds| !bounds.is_empty()));
        LayerBase {
            by_fid: self.rows.by_fid().into(),
            by_key: self.rows.by_key().into(),
            rows: self.rows,
            tree: Tree::build(self.boxes),
            columns,
            class_column,
            sums,
            arena: self.arena.into(),
            arena_ends: self.arena_ends,
        }
    }
}

/// The arena is in memory, so its places are below `usize::MAX`.
fn place(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}
