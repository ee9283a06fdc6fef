//! Numbers for people.

/// The middle one, or the mean of the two in the middle; not a number if there are none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

/// Three digits, or all before the point.
pub fn short(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// The least and the greatest; infinite if there are none.
pub fn range(values: &[f64]) -> [f64; 2] {
    let all = values.iter().copied();
    [all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max)]
}

/// A value, and from where to where it went in the passes.
pub fn with_range(value: f64, [least, greatest]: [f64; 2]) -> String {
    format!("{} ({} to {})", short(value), short(least), short(greatest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!(median(&[]).is_nan());
    }

    #[test]
    fn three_digits_are_shown_and_all_before_the_point() {
        assert_eq!([1.234, 12.34, 1234.5].map(short), ["1.23", "12.3", "1234"]);
    }

    #[test]
    fn a_value_is_shown_with_its_range() {
        assert_eq!(with_range(2.0, range(&[2.0, 1.0, 30.0])), "2.00 (1.00 to 30.0)");
    }
}
