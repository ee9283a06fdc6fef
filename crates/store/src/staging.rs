//! A delivery while it is being written.

use crate::issue_writer::IssueWriter;
use crate::layer_stage::LayerStage;
use crate::meeting::Meeting;
use crate::scratch::{Purpose, Scratch};
use crate::shape_of::Seen;
use crate::{SqlContext as _, StoreError, names};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use siseol_model::{ChangeCounts, Field, Issue, Layer, LayerReport};
use std::path::Path;

/// What other programs need to know of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrsDefinition {
    /// Its name, such as `Korea 2000 / Central Belt 2010`.
    pub name: String,
    /// Its definition as OGC well-known text (version 1, which every reader of GeoPackage knows).
    pub wkt: String,
}

/// A delivery on its way into the register, in a temporary file that is gone when this is dropped.
///
/// The n-th layer is in the tables `rows_n`, `issues_n`, `raw_n` (quarantined rows), `answers_n` (quarantined rows of
/// earlier deliveries that this one has again) and the spatial index in `nodes_n`, `parents_n`, `leaves_n`; all of it is
/// numbered from 1, and a commit adds the numbers at which the register goes on. A [comparison](Self::compare) adds
/// `old_n` (the register's rows), `updates_n`, `inserts_n` and `missing_n`.
#[derive(Debug)]
pub struct Staging {
    // Closed before the file is removed.
    connection: Connection,
    scratch: Scratch,
    begun: u32,
    layers: Vec<StagedLayer>,
}

/// A finished layer.
#[derive(Debug)]
pub(crate) struct StagedLayer {
    /// Which tables it is in.
    pub(crate) number: u32,
    pub(crate) layer: Layer,
    pub(crate) crs: CrsDefinition,
    pub(crate) report: LayerReport,
    pub(crate) seen: Seen,
    pub(crate) rows: i64,
    pub(crate) issues: i64,
    /// Whether some of its rows stand for rows that were set aside before.
    pub(crate) answers: bool,
    /// What it was compared with; none if the register does not have the layer.
    pub(crate) meeting: Option<Meeting>,
    /// What it does to its layer.
    pub(crate) changes: ChangeCounts,
}

impl Staging {
    /// A delivery for that register, in the same folder, so that a full disk shows before the register is touched.
    /// What dead processes left there is removed.
    pub fn beside(register: &Path) -> Result<Self, StoreError> {
        Self::in_file(Scratch::beside(register, ".staging", Purpose::Private)?)
    }

    /// A delivery that will not be committed (a rehearsal), in the folder for temporary files.
    pub fn temporary() -> Result<Self, StoreError> {
        Self::in_file(Scratch::anywhere(".staging")?)
    }

    fn in_file(scratch: Scratch) -> Result<Self, StoreError> {
        let doing = "make the staging file";
        let connection = Connection::open(scratch.path()).doing(scratch.path(), doing)?;
        // What is lost with the process is meant to be lost: nothing is written twice or waited for. Tables are filled in
        // their own order, which takes few pages; what has to be sorted is sorted on the disk.
        connection
            .execute_batch(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
                 PRAGMA cache_size = -16384; PRAGMA temp_store = FILE; BEGIN",
            )
            .doing(scratch.path(), doing)?;
        Ok(Self { connection, scratch, begun: 0, layers: Vec::new() })
    }

    /// Begins a layer with those fields. It is in the delivery once it is [finished](LayerStage::finish).
    pub fn begin_layer(&mut self, fields: &[Field]) -> Result<LayerStage<'_>, StoreError> {
        names::check_fields(fields)?;
        self.begun += 1;
        let path = self.scratch.path();
        LayerStage::begin(&self.connection, path, self.begun, fields, &mut self.layers)
    }

    pub(crate) fn layers(&self) -> &[StagedLayer] {
        &self.layers
    }

    pub(crate) fn layers_mut(&mut self) -> &mut Vec<StagedLayer> {
        &mut self.layers
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(crate) fn path(&self) -> &Path {
        self.scratch.path()
    }

    /// Replaces the report of a layer and keeps further findings about it.
    pub(crate) fn amend(
        &mut self,
        report: &LayerReport,
        issues: &[Issue],
    ) -> Result<(), StoreError> {
        let path = self.scratch.path();
        let found = self.layers.iter_mut().find(|staged| staged.layer.name == report.layer);
        let Some(staged) = found else {
            return Err(StoreError::NoSuchLayer { layer: report.layer.clone() });
        };
        let mut keep = IssueWriter::new(&self.connection, path, staged.number, staged.issues)?;
        for issue in issues {
            keep.push(issue, issue.row, false, None)?;
        }
        staged.issues = keep.count();
        // What the delivery does to the layer is what the comparison has found.
        staged.report = LayerReport { changes: staged.changes, ..report.clone() };
        Ok(())
    }

    /// Ends the writing and lets others attach the file, which lives until the second value is dropped.
    pub(crate) fn close(self) -> Result<(Vec<StagedLayer>, Scratch), StoreError> {
        let doing = "end the staging file";
        let Self { connection, scratch, layers, begun: _ } = self;
        connection.execute_batch("COMMIT").doing(scratch.path(), doing)?;
        connection.close().map_err(|(_, e)| e).doing(scratch.path(), doing)?;
        Ok((layers, scratch))
    }
}
