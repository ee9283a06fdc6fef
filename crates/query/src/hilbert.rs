//! The Hilbert curve, which keeps neighbours in the plane neighbours in a list.

/// The place of a cell along a Hilbert curve of order 32: a walk over the quadrants, largest first, each turned so
/// that it begins where the one before has ended.
pub(crate) fn along_curve(mut x: u32, mut y: u32) -> u64 {
    let mut distance = 0;
    let mut size = 1_u32 << 31;
    while size > 0 {
        let right = u64::from(x & size != 0);
        let upper = u64::from(y & size != 0);
        distance += u64::from(size).pow(2) * ((3 * right) ^ upper);
        if upper == 0 {
            if right == 1 {
                x = !x;
                y = !y;
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

    #[test]
    fn quadrants_are_walked_through_whole() {
        let half = 1 << 31;
        let quadrants = [(0, 0), (0, half), (half, half), (half, 0)];
        assert_eq!(quadrants.map(|(x, y)| along_curve(x + 7, y + 9) >> 62), [0, 1, 2, 3]);
        assert_eq!(along_curve(u32::MAX, 0), u64::MAX);
    }
}
