//! Why a file cannot be opened or read.

use crate::Format;
use std::path::PathBuf;

/// Why a file cannot be opened or read on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OgrError {
    /// A name that is not a plain file on this machine.
    #[error("{} is not a file that can be opened: {reason}", path.display())]
    Path {
        /// The name.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// This build of GDAL lacks the driver.
    #[error("this GDAL has no driver for {format}")]
    NoDriver {
        /// The format.
        format: Format,
    },
    /// GDAL does not take it for a file of that format.
    #[error("{} is not a readable {format} file: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The format that it was opened as.
        format: Format,
        /// What GDAL said.
        reason: String,
    },
    /// The file has no such layer.
    #[error("{} has no layer number {index}", path.display())]
    NoLayer {
        /// The file.
        path: PathBuf,
        /// Counted from 0.
        index: usize,
    },
    /// Reading stopped inside the file.
    #[error("{} cannot be read after row {row}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The last row that was read.
        row: u64,
        /// What GDAL said.
        reason: String,
    },
    /// The process that read the file apart has died, or said what no reader says and was ended.
    #[error("the process that read {} {how}", path.display())]
    Died {
        /// The file.
        path: PathBuf,
        /// How it ended, as the rest of a sentence about it.
        how: String,
    },
    /// Files cannot be read apart on this machine.
    #[error("files from others cannot be read safely here: {reason}")]
    Unconfined {
        /// What is missing.
        reason: String,
    },
}
