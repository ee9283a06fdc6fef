//! The register of a city: one GeoPackage file with its layers, its change sets and its findings.
//!
//! This crate alone knows SQL. A delivery is written to a [`Staging`] file first and [compared](Staging::compare) with
//! the register; the [`Comparison`] is then committed in one transaction, whole or not at all, and makes the register if
//! there is none. [`undo`] commits the reverse of a change set. A [`Register`] reads: the catalogue, the findings, a layer
//! row by row as it is or as it was in any state, what differs between two states, the change sets row by row, the life of
//! one feature; it also makes a backup and checks itself.
//!
//! Whoever opens the file with another program finds plain GeoPackage layers, with the spatial index, the titles and
//! the looks that QGIS reads. siseol's own tables begin with `siseol_`.

mod aside;
mod backup;
mod bind;
mod blob;
mod catalogue;
mod change_set;
mod change_sets;
mod changes;
mod check;
mod clearing;
mod columns;
mod commit;
mod comparison;
mod content;
mod diff;
mod error;
mod existing_layer;
mod form;
mod functions;
mod guards;
mod history;
mod index_stage;
mod issue_writer;
mod json;
mod keyed;
mod known_layer;
mod layer_stage;
mod layer_tables;
mod life;
mod meeting;
mod mending_file;
mod names;
mod pack;
mod past;
mod read;
mod register;
mod repeated_keys;
mod reversal;
mod row_writer;
mod schema;
mod scratch;
mod shape_of;
mod sorter;
mod spatial_index;
mod staging;
mod styles;
mod undo;

pub use aside::AsideRow;
pub use backup::BackupReport;
pub use blob::GeometryError;
pub use catalogue::{Head, LayerEntry, StoredIssue};
pub use check::{CheckReport, LayerCheck};
pub use comparison::{Comparison, Difference, MissingRow};
pub use error::StoreError;
pub use layer_stage::LayerStage;
pub use life::{Life, LifeEvent};
pub use mending_file::{
    ASIDE_COLUMN, ASIDE_TABLES, FINDINGS_TABLE, FindingRow, MendingFile, PROBLEM_COLUMN,
};
pub use read::StoredRow;
pub use register::{Access, Register};
pub use repeated_keys::RepeatedKeys;
pub use staging::{CrsDefinition, Staging};
pub use undo::{KeptReason, KeptRow, UndoReport, undo};

use error::SqlContext;
