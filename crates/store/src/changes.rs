//! What a change set did, row by row.

use crate::history::{Event, Versions};
use crate::{Register, SqlContext as _, StoreError};
use rusqlite::Row;
use siseol_model::{Change, Layer};
use std::collections::BTreeMap;

const READING: &str = "read the changes of a change set";

/// What a change set did to one layer.
struct Block {
    layer_id: i64,
    layer: Layer,
    generation: i64,
    first_fid: i64,
    /// The fid after the last inserted one.
    end_fid: i64,
}

impl Register {
    /// The changes of one change set after the first `after` ones, `limit` of them at most, each row as it was before
    /// and after that change set. There are none if there is no such change set.
    ///
    /// Their order is for good: the rows that changed, went or came back, in the order in which history has them, then
    /// the new ones by fid.
    pub fn changes(
        &self,
        change_set: i64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Change>, StoreError> {
        self.at_one_state(|register| {
            let blocks = register.blocks(change_set)?;
            let mut layers = BTreeMap::new();
            for block in &blocks {
                layers.insert(block.layer_id, (block, Versions::new(register, &block.layer)?));
            }
            let mut events = register.told_events(change_set, after, limit)?;
            let told = register.count_told(change_set)?;
            let mut skipped = i64::try_from(after.saturating_sub(told)).unwrap_or(i64::MAX);
            for block in &blocks {
                let inserted = block.end_fid - block.first_fid;
                let first = block.first_fid + skipped.min(inserted);
                skipped -= skipped.min(inserted);
                let fids = (first..block.end_fid).take(limit - events.len());
                events.extend(fids.map(|fid| (block.layer_id, Event::first_insert(fid))));
            }
            let changes = (after + 1..).zip(events).map(|(number, (layer, event))| {
                let (block, versions) = layers.get(&layer).ok_or_else(|| {
                    let fault = format!(
                        "change set {change_set} does not name the layer of fid {}",
                        event.fid
                    );
                    StoreError::damaged(register.path(), fault)
                })?;
                let (before, after) = versions.around(event, block.generation)?;
                let Event { fid, operation, .. } = event;
                Ok(Change {
                    number,
                    layer: block.layer.name.clone(),
                    fid,
                    operation,
                    before,
                    after,
                })
            });
            changes.collect()
        })
    }

    fn blocks(&self, change_set: i64) -> Result<Vec<Block>, StoreError> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT l.id, l.definition, c.generation, c.first_fid, c.first_fid + c.inserted_fids \
                 FROM siseol_change c JOIN siseol_layer l ON l.id = c.layer \
                 WHERE c.change_set = ?1 ORDER BY c.first_fid, l.id",
            )
            .doing(self.path(), READING)?;
        let mut rows = statement.query([change_set]).doing(self.path(), READING)?;
        let mut blocks = Vec::new();
        while let Some(row) = rows.next().doing(self.path(), READING)? {
            let number = |i| row.get::<_, i64>(i).doing(self.path(), READING);
            let definition: String = row.get(1).doing(self.path(), READING)?;
            blocks.push(Block {
                layer_id: number(0)?,
                layer: self.json(&definition, "a layer")?,
                generation: number(2)?,
                first_fid: number(3)?,
                end_fid: number(4)?,
            });
        }
        Ok(blocks)
    }

    /// How many changes of a change set history tells.
    fn count_told(&self, change_set: i64) -> Result<u64, StoreError> {
        self.connection()
            .prepare_cached("SELECT count(*) FROM siseol_history WHERE change_set = ?1")
            .and_then(|mut statement| statement.query_row([change_set], |row| row.get(0)))
            .map(i64::unsigned_abs)
            .doing(self.path(), READING)
    }

    /// Changes that history tells, with their layers.
    fn told_events(
        &self,
        change_set: i64,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(i64, Event)>, StoreError> {
        let [after, limit] = [after, limit as u64].map(|n| i64::try_from(n).unwrap_or(i64::MAX));
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT layer, fid, operation, id FROM siseol_history \
                 WHERE change_set = ?1 ORDER BY id LIMIT ?2 OFFSET ?3",
            )
            .doing(self.path(), READING)?;
        let read = |row: &Row<'_>| {
            let kept: i64 = row.get(3)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, kept))
        };
        let rows = statement.query_map((change_set, limit, after), read);
        let rows = rows.doing(self.path(), READING)?;
        rows.map(|row| {
            let (layer, fid, code, kept) = row.doing(self.path(), READING)?;
            Ok((layer, self.event(fid, code, kept)?))
        })
        .collect()
    }
}
