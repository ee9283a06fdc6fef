//! Why a delivery could not be handled at all.

use siseol_model::{IngestReport, LayerName, ProfileError};
use siseol_ogr::OgrError;
use siseol_store::StoreError;
use std::path::PathBuf;

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// One or more files were refused; the report says which and why.
    #[error("{} of the delivery's files refused; nothing was written", report.refused.len())]
    Refused {
        /// What was found.
        report: Box<IngestReport>,
    },
    /// A source that does not exist or cannot be looked into.
    #[error("cannot read the source {}", path.display())]
    Source {
        /// What was given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// No source was given, or there is nothing in them.
    #[error("nothing to read: the sources hold no file that siseol knows")]
    NothingToRead,
    /// The delivery's `siseol.toml` is not of the manifest's form.
    #[error("{file}: {reason}")]
    Manifest {
        /// The manifest, by its name in the delivery.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No profile of that name, and nothing at that path.
    #[error("there is no profile `{name}`, and no file or folder; the built-in ones are {known}")]
    NoSuchProfile {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// A profile that cannot be used.
    #[error("the profile `{name}` cannot be used; `siseol profile check` says the same")]
    Profile {
        /// Its name, or its path.
        name: String,
        /// What is wrong with it.
        #[source]
        source: ProfileError,
    },
    /// One name was given for several layers.
    #[error(
        "--layer {layer} names one layer, but the delivery has {count}; give one file, or names in siseol.toml"
    )]
    OneNameForMany {
        /// The name.
        layer: LayerName,
        /// Layers in the delivery.
        count: usize,
    },
    /// A key column that a file does not have.
    #[error("{file} has no column `{column}` for the key; it has {columns}")]
    NoKeyColumn {
        /// The file, by its name in the delivery.
        file: String,
        /// The column asked for.
        column: String,
        /// The columns there are.
        columns: String,
    },
    /// The register or its staging file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Files cannot be read as the options say.
    #[error(transparent)]
    Reading(#[from] OgrError),
    /// A folder for the files of an archive could not be made or written.
    #[error("cannot unpack an archive")]
    Unpack {
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}
