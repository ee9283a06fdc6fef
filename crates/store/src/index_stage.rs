//! The spatial index of a layer of a delivery, built before the register is locked.

use crate::blob::Bounds;
use crate::pack::{CELL_RECORD, Cell, Node, pack};
use crate::sorter::{Sorter, word};
use crate::{SqlContext as _, StoreError};
use rusqlite::Connection;
use std::path::Path;

const DOING: &str = "build the spatial index";

/// The boxes of a layer's rows.
#[derive(Debug)]
pub(crate) struct IndexStage(Sorter<CELL_RECORD>);

impl IndexStage {
    pub(crate) fn beside(path: &Path) -> Self {
        Self(Sorter::beside(path))
    }

    pub(crate) fn add(&mut self, id: u32, bounds: Bounds) -> Result<(), StoreError> {
        self.0.push(Cell::new(id, bounds).record(bounds))
    }

    /// Writes the tree over all boxes into `nodes_n`, `parents_n` and `leaves_n`.
    pub(crate) fn write(
        self,
        connection: &Connection,
        path: &Path,
        n: u32,
    ) -> Result<(), StoreError> {
        let count = self.0.len();
        if count == 0 {
            return Ok(());
        }
        let insert = |table: &str, places: &str| {
            let sql = format!("INSERT INTO {table}_{n} VALUES ({places})");
            connection.prepare(&sql).doing(path, DOING)
        };
        let mut node_insert = insert("nodes", "?1, ?2, ?3")?;
        let mut parent_insert = insert("parents", "?1, ?2")?;
        let mut leaf_insert = insert("leaves", "?1, ?2")?;
        // Which leaf a row is in, by the row: a table is filled fastest in its own order.
        let mut leaf_of = Sorter::<8>::beside(path);
        let cells = self.0.sorted()?.map(|record| record.map(Cell::of_record));
        pack(cells, count, |Node { number, is_leaf, members, data }| {
            node_insert.execute((number, is_leaf, &data[..])).doing(path, DOING)?;
            for member in members {
                if is_leaf {
                    let mut record = [0; 8];
                    record[..4].copy_from_slice(&member.id.to_be_bytes());
                    record[4..].copy_from_slice(&number.to_be_bytes());
                    leaf_of.push(record)?;
                } else {
                    parent_insert.execute((member.id, number)).doing(path, DOING)?;
                }
            }
            Ok(())
        })?;
        for record in leaf_of.sorted()? {
            let record = record?;
            leaf_insert.execute((word(&record, 0), word(&record, 4))).doing(path, DOING)?;
        }
        Ok(())
    }
}
