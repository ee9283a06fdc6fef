//! What a check finds, as it goes from row to row.

use crate::view::LayerView;
use siseol_model::{Check, Fault, IssueKind, Label, LonLat};

/// So many faults of one check are kept one by one; the others are only counted, so that a layer in which everything is
/// at fault does not fill the memory with them.
pub const MAX_FAULTS: usize = 10_000;

/// A check while it runs.
pub(super) struct Findings(Check);

/// What a fault says beside whose it is.
pub(super) struct Found {
    /// The fid of the other row that it is about.
    pub(super) other: Option<i64>,
    /// Where, if not at the first vertex of the row.
    pub(super) place: Option<[f64; 2]>,
    /// Metres.
    pub(super) distance: Option<f64>,
    pub(super) text: Label,
}

impl Findings {
    pub(super) fn new(kind: IssueKind) -> Self {
        Self(Check::new(kind))
    }

    /// Counts more rows that the check is asked of.
    pub(super) fn checked(&mut self, rows: usize) {
        self.0.checked += rows as u64;
    }

    /// Counts one more fault; `describe` is asked only if it is kept.
    pub(super) fn fault(&mut self, view: &LayerView, row: u32, describe: impl FnOnce() -> Found) {
        self.0.found += 1;
        if self.0.examples.len() >= MAX_FAULTS {
            return;
        }
        let Found { other, place, distance, text } = describe();
        let first = || view.shape(row).and_then(|shape| shape.coords.first().copied());
        self.0.examples.push(Fault {
            fid: view.fid(row),
            facility_key: view.key(row).map(str::to_owned),
            other,
            place: place.or_else(first).map(|[lon, lat]| LonLat { lon, lat }),
            // Tenths of a millimetre: below that the coordinates say nothing.
            distance_m: distance.map(|metres| (metres * 1e4).round() / 1e4),
            text,
        });
    }

    pub(super) fn finish(self) -> Check {
        self.0
    }
}
