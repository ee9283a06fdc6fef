//! Opening and reading vector files; the only crate that knows GDAL.
//!
//! A [`Source`] is one file, opened with exactly the driver that its [`Format`] names: GDAL is never asked to guess,
//! because some of its drivers read other files or the network. It has layers, and a layer is read row by row
//! ([`Rows`]), one row in memory at a time. What GDAL complains of is returned, never printed.
//!
//! Where GDAL parses the file is the caller's choice ([`Reading`]): in this process, or for files that come from
//! others in a child process that can do no harm ([`apart`]). The answers are the same.

pub mod apart;
mod error;
mod ffi;
mod format;
mod here;
mod row;
mod source;

pub use error::OgrError;
pub use format::Format;
pub use row::{CellProblem, Row};
pub use source::{Attributes, LayerInfo, Reading, Rows, Source};
