//! The Hilbert curve, which keeps neighbours in the plane neighbours in a list.

use siseol_model::LonLatBox;

/// Cells along each edge of the grid that the curve runs through.
const CELLS: f64 = 65_535.0;

/// The place along the curve of the middle of `bounds`, within `extent`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "0 to 65535 by clamping"
)]
pub(crate) fn position(extent: &LonLatBox, bounds: &LonLatBox) -> u32 {
    let cell = |middle: f64, low: f64, high: f64| {
        let width = high - low;
        if width > 0.0 { ((middle - low) / width * CELLS).clamp(0.0, CELLS) as u32 } else { 0 }
    };
    let x = cell(f64::midpoint(bounds.west, bounds.east), extent.west, extent.east);
    let y = cell(f64::midpoint(bounds.south, bounds.north), extent.south, extent.north);
    along_curve(x, y)
}

/// Distance along a Hilbert curve of order 16: a walk over the quadrants, largest first, each turned so that it begins
/// where the one before has ended.
fn along_curve(mut x: u32, mut y: u32) -> u32 {
    let mut distance = 0;
    let mut size = 1 << 15;
    while size > 0 {
        let right = u32::from(x & size != 0);
        let upper = u32::from(y & size != 0);
        distance += size * size * ((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                x = 0xffff - x;
                y = 0xffff - y;
            }
            std::mem::swap(&mut x, &mut y);
        }
        size >>= 1;
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consecutive_places_on_the_curve_are_neighbours_in_the_plane() {
        // A 16 by 16 corner of the grid is the beginning of the curve (in one orientation or the other).
        let mut cells: Vec<_> = (0..16).flat_map(|x| (0..16).map(move |y| (x, y))).collect();
        cells.sort_by_key(|&(x, y)| along_curve(x, y));
        for pair in cells.windows(2) {
            let step = pair[0].0.abs_diff(pair[1].0) + pair[0].1.abs_diff(pair[1].1);
            assert_eq!(step, 1, "{pair:?}");
        }
    }
}
