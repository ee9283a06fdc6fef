//! The order of a layer's rows.

use crate::hilbert;
use siseol_model::LonLatBox;

/// Where a row stands among the rows of its layer: along a Hilbert curve by the middle of its box, then by fid; rows
/// without geometry after all others.
///
/// It depends on the row alone, never on the rows around it: a state has the same order however it came about, and
/// a change that is undone leaves no trace in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    without_geometry: bool,
    /// Along the curve over the whole globe.
    position: u64,
    fid: i64,
}

impl Rank {
    /// The rank of a row with that box, which is empty if the row has no geometry.
    pub(crate) fn of(bounds: &LonLatBox, fid: i64) -> Self {
        let without_geometry = bounds.is_empty();
        let position = if without_geometry {
            0
        } else {
            let x = cell(f64::midpoint(bounds.west, bounds.east), 180.0);
            let y = cell(f64::midpoint(bounds.south, bounds.north), 90.0);
            hilbert::along_curve(x, y)
        };
        Self { without_geometry, position, fid }
    }
}

/// The cell of a coordinate between `-limit` and `limit` on a grid of 2^32 cells, which are a centimetre wide or less.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast to an integer ends at the ends of its range"
)]
fn cell(degrees: f64, limit: f64) -> u32 {
    ((degrees + limit) / (2.0 * limit) * 2.0_f64.powi(32)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(lon: f64, lat: f64, fid: i64) -> Rank {
        Rank::of(&LonLatBox::around(&[[lon, lat]]), fid)
    }

    #[test]
    fn fids_decide_at_the_same_place_and_rows_without_geometry_come_last() {
        let nowhere = Rank::of(&LonLatBox::EMPTY, 1);
        assert!(rank(127.0, 37.0, 1) < rank(127.0, 37.0, 2));
        assert!(nowhere < Rank::of(&LonLatBox::EMPTY, 2));
        for (lon, lat) in [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0)] {
            assert!(rank(lon, lat, 2) < nowhere, "{lon} {lat}");
        }
    }

    #[test]
    fn cells_cover_the_globe_and_what_is_beyond_counts_as_its_edge() {
        let places = [(-200.0, 0), (-180.0, 0), (0.0, 1 << 31), (180.0, u32::MAX)];
        for (degrees, expected) in places {
            assert_eq!(cell(degrees, 180.0), expected, "{degrees}");
        }
    }
}
