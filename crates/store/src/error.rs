//! What can go wrong with a register, one variant per thing that a caller may want to tell apart.

use crate::GeometryError;
use rusqlite::ErrorCode;
use siseol_model::{Crs, FieldKind, GeometryKind, LayerName};
use std::path::{Path, PathBuf};

/// Why the register could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no file of that name.
    #[error("there is no register at {}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A folder, a device or the like.
    #[error("{} is not a file", path.display())]
    NotAFile {
        /// What was given.
        path: PathBuf,
    },
    /// The file is not even an SQLite database.
    #[error("{} is not a register: it is no GeoPackage", path.display())]
    NotAGeoPackage {
        /// The file.
        path: PathBuf,
    },
    /// A GeoPackage, or another SQLite database, that siseol did not make.
    #[error(
        "{} is a database, but not a register of siseol; load it into one with `siseol ingest`",
        path.display()
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A register of a siseol that came after this one.
    #[error(
        "the register {} has format {version}, and this siseol reads up to {known}; use a newer siseol",
        path.display()
    )]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        version: i64,
        /// The newest format that this program knows.
        known: i64,
    },
    /// A register of a siseol from before the first release.
    #[error(
        "the register {} has format {version}, of a siseol before the first release; load its files anew",
        path.display()
    )]
    OlderFormat {
        /// The file.
        path: PathBuf,
        /// Its format.
        version: i64,
    },
    /// Another process holds the file; nothing was changed, and trying again later may work.
    #[error("the register {} is in use by another process, try again", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// Another register has taken the place of this one while it was read.
    #[error("the register {} was replaced while it was read, try again", path.display())]
    Replaced {
        /// The file.
        path: PathBuf,
    },
    /// No room on the disk; nothing was changed.
    #[error("no room is left to write {}", path.display())]
    DiskFull {
        /// The file that was being written.
        path: PathBuf,
    },
    /// The file, or its folder, may not be written.
    #[error("{} may not be written", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The register contradicts itself.
    #[error("the register {} is damaged: {fault}; run `siseol check`", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        fault: String,
    },
    /// The layer is in the register, or twice in one delivery.
    #[error("the layer {layer} is there already")]
    LayerTaken {
        /// Its name.
        layer: LayerName,
    },
    /// The register has no such layer.
    #[error("the register has no layer {layer}")]
    NoSuchLayer {
        /// The name asked for.
        layer: LayerName,
    },
    /// A field cannot be a column.
    #[error("`{field}` cannot be the name of a field: {problem}")]
    FieldName {
        /// The field's name.
        field: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// More fields than a table can have.
    #[error("{count} fields are more than a layer can have ({max})")]
    TooManyFields {
        /// Fields given.
        count: usize,
        /// The most that fit.
        max: usize,
    },
    /// More rows than one delivery of a layer can have (4 billion).
    #[error("a layer cannot have more rows")]
    TooManyRows,
    /// A row with another number of values than the layer has fields.
    #[error("row {row} has {found} values for {expected} fields")]
    ValueCount {
        /// The row.
        row: u64,
        /// Values given.
        found: usize,
        /// Fields of the layer.
        expected: usize,
    },
    /// A value that its field does not take, or a number that is not finite.
    #[error("row {row}: the value `{value}` does not fit the {kind:?} field `{field}`")]
    ValueKind {
        /// The row.
        row: u64,
        /// The field's name.
        field: String,
        /// The field's kind.
        kind: FieldKind,
        /// The value as people read it.
        value: String,
    },
    /// A geometry that the register does not keep.
    #[error("row {row}: the geometry cannot be kept")]
    Geometry {
        /// The row.
        row: u64,
        /// Why.
        #[source]
        source: GeometryError,
    },
    /// A layer whose features are not what it says they are.
    #[error("the layer {layer} is declared as {declared:?}, but has {found}")]
    LayerKind {
        /// The layer.
        layer: LayerName,
        /// What it says.
        declared: GeometryKind,
        /// What was found among its features.
        found: &'static str,
    },
    /// A layer that ends with other fields than it began with.
    #[error("the fields of the layer {layer} are not those that its rows were written with")]
    LayerFields {
        /// The layer.
        layer: LayerName,
    },
    /// A layer in another grid than the register has it in.
    #[error("the layer {layer} is in {expected} in the register, and the delivery in {found}")]
    LayerGrid {
        /// The layer.
        layer: LayerName,
        /// The register's grid.
        expected: Crs,
        /// The delivery's.
        found: Crs,
    },
    /// Somebody else has changed the layer since it was compared; nothing was changed, and comparing again will work.
    #[error("the layer {layer} was changed by somebody else meanwhile, try again")]
    Moved {
        /// The layer.
        layer: LayerName,
    },
    /// The register has no such change set.
    #[error("the register has no change set {change_set}; `siseol history` lists them")]
    NoSuchChangeSet {
        /// The number asked for.
        change_set: i64,
    },
    /// A report that does not account for the rows that were written.
    #[error(
        "the report of the layer {layer} accounts for {reported} kept and {reported_aside} quarantined rows, but {kept} and {aside} were written"
    )]
    RowsUnaccounted {
        /// The layer.
        layer: LayerName,
        /// Accepted and repaired rows by the report.
        reported: u64,
        /// Quarantined rows by the report.
        reported_aside: u64,
        /// Rows written to the layer.
        kept: u64,
        /// Rows written to the quarantine.
        aside: u64,
    },
    /// A delivery without a layer.
    #[error("the delivery has no layer")]
    NothingToCommit,
    /// The target of a backup exists.
    #[error("{} exists already; a backup never replaces a file", path.display())]
    TargetExists {
        /// The target.
        path: PathBuf,
    },
    /// A fresh backup that is not what it was copied from.
    #[error("the backup of {} did not verify: {fault}", path.display())]
    BackupFaulty {
        /// The register.
        path: PathBuf,
        /// What was found.
        fault: String,
    },
    /// What the register's catalogue should hold cannot be written as JSON.
    #[error("cannot write {what} as JSON")]
    Json {
        /// What.
        what: &'static str,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The file system refused.
    #[error("cannot {doing}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// What it said.
        #[source]
        source: std::io::Error,
    },
    /// The operating system gave no random numbers.
    #[error("no random numbers for the name of the new state")]
    Random {
        /// What it said.
        #[source]
        source: getrandom::Error,
    },
    /// SQLite refused.
    #[error("cannot {doing} in {}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What it said.
        #[source]
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Sorts what SQLite said into the variants that callers tell apart.
    pub(crate) fn sql(path: &Path, doing: &'static str, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { path },
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::ReadOnly)
                if source.sqlite_error().is_some_and(|e| e.extended_code < 256) =>
            {
                Self::ReadOnly { path }
            }
            Some(ErrorCode::NotADatabase) => Self::NotAGeoPackage { path },
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, fault: source.to_string() },
            _ => Self::Sql { path, doing, source },
        }
    }

    pub(crate) fn io(doing: &'static str, source: std::io::Error) -> Self {
        Self::Io { doing, source }
    }

    pub(crate) fn damaged(path: &Path, fault: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), fault: fault.into() }
    }
}

/// Adds to what SQLite said which file it was and what was tried.
pub(crate) trait SqlContext<T> {
    fn doing(self, path: &Path, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> SqlContext<T> for Result<T, rusqlite::Error> {
    fn doing(self, path: &Path, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::sql(path, doing, source))
    }
}
