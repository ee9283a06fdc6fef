//! What a person may say about a delivery.

use siseol_model::{Crs, DeliveryMode, LayerName};
use siseol_ogr::Reading;

/// What a person says about a delivery. A `siseol.toml` in it says the same per file; what is given here wins.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The layer's name, where the delivery has one layer.
    pub layer: Option<LayerName>,
    /// The profile, by the name of a built-in one or by its path; `kr-uis` if neither this nor the manifest names one.
    pub profile: Option<String>,
    /// The columns whose values, joined, are the facility key; the class's if none.
    pub key: Vec<String>,
    /// The text encoding, such as `cp949`.
    pub encoding: Option<String>,
    /// The grid of files that declare none that can be read.
    pub crs: Option<Crs>,
    /// The grid, whatever the files declare.
    pub force_crs: Option<Crs>,
    /// How the rows meet those that the register has.
    pub mode: DeliveryMode,
    /// How many rows of a layer `replace` may delete; a fifth of the layer if none.
    pub allow_deletes: Option<u64>,
    /// How many rows of a file may be kept aside; a hundredth of them, but at least 100, if none.
    pub allow_quarantined: Option<u64>,
    /// Bring a layer that the register has in another grid into that grid.
    pub reproject: bool,
    /// Load what says something of a person as it is, instead of masked.
    pub keep_personal: bool,
    /// Where GDAL parses what it parses: here, or apart, for files from others.
    pub reading: Reading,
    /// Load the other files where some are refused. It does not go round the guards of `mode`.
    pub skip_refused: bool,
    /// Do everything but write.
    pub dry_run: bool,
}

/// Where progress is told.
pub trait Progress {
    /// A source begins; its rows, if their number is known.
    fn start(&mut self, source: &str, total: Option<u64>);
    /// So many more rows are done.
    fn advance(&mut self, rows: u64);
    /// The source is done.
    fn finish(&mut self);
}

/// Progress that nobody looks at.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn start(&mut self, _source: &str, _total: Option<u64>) {}
    fn advance(&mut self, _rows: u64) {}
    fn finish(&mut self) {}
}
