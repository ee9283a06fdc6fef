//! Opening and reading vector files; the only crate that knows GDAL.
//!
//! A [`Source`] is one file, opened with exactly the driver that its [`Format`] names: GDAL is never asked to guess,
//! because some of its drivers read other files or the network. It has layers, and a layer is read row by row
//! ([`Rows`]), one row in memory at a time. What GDAL complains of is returned, never printed.

mod error;
mod ffi;
mod format;
mod rows;
mod setup;
mod source;

pub use error::OgrError;
pub use format::Format;
pub use rows::{CellProblem, Row, Rows};
pub use source::{Attributes, LayerInfo, Source};
