//! The change sets: who changed the register, when, and what that did to each layer.

use crate::{Register, SqlContext as _, StoreError};
use jiff::Timestamp;
use rusqlite::{Params, Row};
use siseol_model::{ChangeCounts, ChangeSet, ChangeSetKind, CommitInfo, LayerChanges, Provenance};

/// The columns of `siseol_change_set c` that [`Register::commit_info`] reads.
pub(crate) const COMMIT_COLUMNS: &str =
    "c.id, c.generation, c.stamp, c.time, c.author, c.comment, c.source";

const READING: &str = "read the change sets";

impl Register {
    /// The change sets that made the states after that one, the first one first, `limit` of them at most.
    pub fn change_sets(
        &self,
        after: i64,
        limit: Option<u64>,
    ) -> Result<Vec<ChangeSet>, StoreError> {
        let limit = limit.map_or(i64::MAX, |n| i64::try_from(n).unwrap_or(i64::MAX));
        self.find_change_sets("c.generation > ?1 ORDER BY c.generation LIMIT ?2", (after, limit))
    }

    /// One change set by its number.
    pub fn change_set(&self, id: i64) -> Result<Option<ChangeSet>, StoreError> {
        Ok(self.find_change_sets("c.id = ?1", [id])?.pop())
    }

    /// The last commit at or before that time: the state that the register was in then.
    pub fn state_at(&self, time: Timestamp) -> Result<Option<CommitInfo>, StoreError> {
        // As texts, times of different precision are not in their order.
        let past = |commit: &CommitInfo| commit.time <= time;
        self.find_commit("TRUE ORDER BY c.generation DESC", [], past)
    }

    /// The commit that made that state; none if this file does not have it.
    pub fn commit_of(&self, generation: i64) -> Result<Option<CommitInfo>, StoreError> {
        self.find_commit("c.generation = ?1", [generation], |_| true)
    }

    /// The first commit of those that `filter` selects, in its order, that is `wanted`.
    fn find_commit(
        &self,
        filter: &str,
        values: impl Params,
        wanted: impl Fn(&CommitInfo) -> bool,
    ) -> Result<Option<CommitInfo>, StoreError> {
        let sql = format!("SELECT {COMMIT_COLUMNS} FROM siseol_change_set c WHERE {filter}");
        let mut statement = self.connection().prepare_cached(&sql).doing(self.path(), READING)?;
        let mut rows = statement.query(values).doing(self.path(), READING)?;
        while let Some(row) = rows.next().doing(self.path(), READING)? {
            let commit = self.commit_info(row)?;
            if wanted(&commit) {
                return Ok(Some(commit));
            }
        }
        Ok(None)
    }

    fn find_change_sets(
        &self,
        filter: &str,
        values: impl Params,
    ) -> Result<Vec<ChangeSet>, StoreError> {
        let sql = format!(
            "SELECT {COMMIT_COLUMNS}, c.kind, c.undoes FROM siseol_change_set c WHERE {filter}"
        );
        self.at_one_state(|register| {
            let path = register.path();
            let mut statement = register.connection().prepare_cached(&sql).doing(path, READING)?;
            let mut rows = statement.query(values).doing(path, READING)?;
            let mut found = Vec::new();
            while let Some(row) = rows.next().doing(path, READING)? {
                let commit = register.commit_info(row)?;
                let kind: String = row.get(7).doing(path, READING)?;
                found.push(ChangeSet {
                    kind: register.kind(&kind)?,
                    undoes: row.get(8).doing(path, READING)?,
                    layers: register.layer_changes(commit.change_set)?,
                    commit,
                });
            }
            Ok(found)
        })
    }

    /// What a change set did to each layer that it names, by the layers' names.
    fn layer_changes(&self, change_set: i64) -> Result<Vec<LayerChanges>, StoreError> {
        let mut statement = self
            .connection()
            .prepare_cached(
                "SELECT l.name, h.inserted, h.updated, h.deleted, h.unchanged, h.missing \
                 FROM siseol_change h JOIN siseol_layer l ON l.id = h.layer \
                 WHERE h.change_set = ?1 ORDER BY l.name",
            )
            .doing(self.path(), READING)?;
        let mut rows = statement.query([change_set]).doing(self.path(), READING)?;
        let mut layers = Vec::new();
        while let Some(row) = rows.next().doing(self.path(), READING)? {
            let count = |i| row.get(i).map(i64::unsigned_abs).doing(self.path(), READING);
            let name: String = row.get(0).doing(self.path(), READING)?;
            layers.push(LayerChanges {
                layer: self.parsed(&name, "layer name")?,
                changes: ChangeCounts {
                    inserted: count(1)?,
                    updated: count(2)?,
                    deleted: count(3)?,
                    unchanged: count(4)?,
                    missing: count(5)?,
                },
            });
        }
        Ok(layers)
    }

    pub(crate) fn kind(&self, word: &str) -> Result<ChangeSetKind, StoreError> {
        match word {
            "delivery" => Ok(ChangeSetKind::Delivery),
            "undo" => Ok(ChangeSetKind::Undo),
            _ => Err(StoreError::damaged(
                self.path(),
                format!("a change set of the unknown kind {word}"),
            )),
        }
    }

    /// Reads [`COMMIT_COLUMNS`], which have to be the first ones of the row.
    pub(crate) fn commit_info(&self, row: &Row<'_>) -> Result<CommitInfo, StoreError> {
        let (change_set, generation, stamp, time, author, comment, source) = (|| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get::<_, String>(2)?,
                row.get::<_, String>(3)?,
                row.get(4)?,
                row.get(5)?,
                row.get(6)?,
            ))
        })()
        .doing(self.path(), "read a change set")?;
        Ok(CommitInfo {
            change_set,
            generation,
            stamp: self.parsed(&stamp, "stamp")?,
            time: self.parsed(&time, "time")?,
            provenance: Provenance { author, comment, source },
        })
    }
}
