//! Whether the change sets lead from the first state to the present one.

use super::faults::Faults;
use crate::change_sets::COMMIT_COLUMNS;
use crate::{Head, Register, SqlContext as _, StoreError};
use jiff::Timestamp;
use rusqlite::Row;
use siseol_model::{ChangeSetKind, CommitInfo};
use std::collections::HashSet;

const CHECKING: &str = "check the change sets";

impl Register {
    /// Checks that each change set makes the state after the one before, under a name of its own and not earlier, and
    /// that the last one made the state that the register is in.
    pub(super) fn check_change_sets(
        &self,
        head: &Head,
        faults: &mut Faults,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT {COMMIT_COLUMNS}, c.kind, c.undoes, \
             EXISTS (SELECT 1 FROM siseol_change h WHERE h.change_set = c.id) \
             FROM siseol_change_set c ORDER BY c.id"
        );
        let mut statement = self.connection().prepare(&sql).doing(self.path(), CHECKING)?;
        let mut rows = statement.query([]).doing(self.path(), CHECKING)?;
        let mut stamps = HashSet::new();
        let mut last = (0, None, Timestamp::MIN);
        while let Some(row) = rows.next().doing(self.path(), CHECKING)? {
            let Some(commit) = faults.take("change set", self.commit_info(row))? else { continue };
            let id = commit.change_set;
            if commit.generation != last.0 + 1 || commit.time < last.2 {
                faults.add("order", || format!("change set {id} does not follow the one before"));
            }
            if !stamps.insert(commit.stamp) {
                faults.add("stamp", || format!("change set {id} has the stamp of another one"));
            }
            if let Some(Some(fault)) = faults.take("change set", self.odd_kind(row, &commit))? {
                faults.add("kind", || format!("change set {id} {fault}"));
            }
            last = (commit.generation, Some(commit.stamp), commit.time);
        }
        if last != (head.generation, Some(head.stamp), head.time) {
            faults.add("head", || "the last change set did not make the present state".to_owned());
        }
        Ok(())
    }

    /// What is odd about the kind of a change set.
    fn odd_kind(
        &self,
        row: &Row<'_>,
        commit: &CommitInfo,
    ) -> Result<Option<&'static str>, StoreError> {
        let (kind, undoes, named): (String, Option<i64>, bool) =
            (|| Ok((row.get(7)?, row.get(8)?, row.get(9)?)))().doing(self.path(), CHECKING)?;
        Ok(match (self.kind(&kind)?, undoes) {
            (ChangeSetKind::Delivery, Some(_)) => Some("is a delivery, but undoes another one"),
            (ChangeSetKind::Undo, None) => Some("is an undo of nothing"),
            (ChangeSetKind::Undo, Some(id)) if id >= commit.change_set => {
                Some("undoes what was not there yet")
            }
            _ if !named => Some("names no layer"),
            _ => None,
        })
    }
}
