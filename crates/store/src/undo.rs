//! The reverse of a change set, as a new change set.

use crate::change_set::{LayerChange, OpenChangeSet, record};
use crate::known_layer::KnownLayer;
use crate::reversal::{Reversal, Undone};
use crate::row_writer::RowWriter;
use crate::{Access, Register, SqlContext as _, StoreError, clearing};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use serde::Serialize;
use siseol_model::{
    ChangeCounts, ChangeSetKind, CommitInfo, FacilityKey, LayerChanges, LayerName, Provenance,
};
use std::path::Path;

/// What an undo did, or would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UndoReport {
    /// The change set that is reversed.
    pub undoes: i64,
    /// The change set that reverses it; none if this was a rehearsal, or if nothing was left to undo.
    pub commit: Option<CommitInfo>,
    /// What it does to each layer.
    pub layers: Vec<LayerChanges>,
    /// Rows that are left as they are.
    pub kept: Vec<KeptRow>,
}

/// A row that an undo leaves as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptRow {
    /// Its layer.
    pub layer: LayerName,
    /// The register's number for it.
    pub fid: i64,
    /// The city's own id, as it is now or was last.
    pub facility_key: Option<FacilityKey>,
    /// Why.
    #[serde(flatten)]
    pub reason: KeptReason,
}

/// Why an undo leaves a row as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum KeptReason {
    /// A later change set has changed, deleted or brought back the row.
    ChangedSince {
        /// Which one.
        change_set: i64,
    },
    /// The row is gone, and another one has been given its key since.
    KeyTaken {
        /// Which one.
        fid: i64,
    },
}

const DOING: &str = "undo the change set";

/// Commits the reverse of a change set: rows that came go, rows that changed get their content back, rows that went come
/// back under their old fid. What was changed since is left alone and named. A rehearsal only reads.
///
/// # Errors
///
/// [`StoreError::NoSuchChangeSet`]; [`StoreError::Busy`] if another process holds the register. The register is then as
/// it was.
pub fn undo(
    register: &Path,
    change_set: i64,
    provenance: Provenance,
    now: Timestamp,
    rehearse: bool,
) -> Result<UndoReport, StoreError> {
    if rehearse {
        return Register::open(register, Access::Read)?.at_one_state(|register| {
            let (connection, path) = (register.connection(), register.path());
            let undone = Undone::find(connection, path, change_set)?;
            let mut report = UndoReport::new(change_set);
            report.reverse(connection, path, undone, None)?;
            Ok(report)
        });
    }
    let mut register = Register::open(register, Access::Write)?;
    let path = register.path().to_path_buf();
    register.set_journal()?;
    let transaction = register
        .connection_mut()
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .doing(&path, DOING)?;
    let undone = Undone::find(&transaction, &path, change_set)?;
    let kind = (ChangeSetKind::Undo, Some(change_set));
    let open = OpenChangeSet::begin(&transaction, &path, kind, provenance, now)?;
    let mut report = UndoReport::new(change_set);
    report.reverse(&transaction, &path, undone, Some(&open))?;
    if report.layers.iter().any(|layer| touches(&layer.changes)) {
        clearing::undo(&transaction, change_set, open.numbers.change_set).doing(&path, DOING)?;
        let info = open.end(None)?;
        transaction.commit().doing(&path, DOING)?;
        report.commit = Some(info);
    } else {
        transaction.rollback().doing(&path, DOING)?;
    }
    Ok(report)
}

/// Whether any row comes, changes or goes.
fn touches(changes: &ChangeCounts) -> bool {
    changes.inserted + changes.updated + changes.deleted > 0
}

impl UndoReport {
    fn new(undoes: i64) -> Self {
        Self { undoes, commit: None, layers: Vec::new(), kept: Vec::new() }
    }

    /// Reverses the change set layer by layer, within the new one; only finds out what that does if there is none.
    fn reverse(
        &mut self,
        connection: &Connection,
        path: &Path,
        undone: Undone,
        open: Option<&OpenChangeSet<'_>>,
    ) -> Result<(), StoreError> {
        for (name, touched) in undone.layers(connection, path)? {
            let known = KnownLayer::find(connection, path, &name)?.ok_or_else(|| {
                StoreError::damaged(path, format!("a change of the unknown layer {name}"))
            })?;
            let writer = open.map(|open| RowWriter::new(connection, path, &known, &open.numbers));
            let writer = writer.transpose()?;
            let reversal = Reversal::new(connection, path, &known, undone, writer)?;
            let (changes, kept) = reversal.run(touched)?;
            if let Some(open) = open {
                write_down(connection, open, &known, changes).doing(path, DOING)?;
            }
            self.layers.push(LayerChanges { layer: name, changes });
            self.kept.extend(kept);
        }
        Ok(())
    }
}

/// Writes down what the undo did to a layer.
fn write_down(
    connection: &Connection,
    open: &OpenChangeSet<'_>,
    known: &KnownLayer,
    changes: ChangeCounts,
) -> rusqlite::Result<()> {
    let change = LayerChange {
        layer_id: known.id,
        revises: touches(&changes),
        changes,
        rows: known.rows + changes.inserted.cast_signed() - changes.deleted.cast_signed(),
        fids: (open.numbers.next_fid, 0),
        report: None,
    };
    record(connection, &open.numbers, &change)?;
    if change.revises {
        let sql = "UPDATE gpkg_contents SET last_change = ?1 WHERE table_name = ?2";
        connection.execute(sql, (open.gpkg_time(), known.layer.name.as_str()))?;
    }
    Ok(())
}
