//! Numbers, and what is true or not, that a file has as text.

/// From here on not every whole number is one of a float (2^53).
pub(crate) const EXACT: f64 = 9_007_199_254_740_992.0;

/// A whole number: `150`, `150.0` or `1,500`.
pub(super) fn whole(text: &str) -> Option<i64> {
    let plain = ungrouped(text.trim())?;
    let whole = match plain.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => &plain,
    };
    whole.parse().ok()
}

/// A number that is finite.
pub(super) fn number(text: &str) -> Option<f64> {
    let plain = ungrouped(text.trim())?;
    let numeric = plain.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let number: f64 = if numeric { plain.parse().ok()? } else { return None };
    number.is_finite().then_some(number)
}

/// Whether a number has so many digits before its point that the last ones are not certain.
pub(crate) fn is_inexact(number: f64) -> bool {
    number.abs() >= EXACT && number.abs() < 1e40
}

/// Yes or no, in the words of tables.
pub(super) fn truth(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text.trim()));
    if is(&["y", "yes", "t", "true", "1", "예"]) {
        Some(true)
    } else if is(&["n", "no", "f", "false", "0", "아니오"]) {
        Some(false)
    } else {
        None
    }
}

/// The text without commas between groups of three digits; none if they stand elsewhere.
fn ungrouped(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !text.contains(',') {
        return Some(text.into());
    }
    let whole = text.split('.').next().unwrap_or(text);
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next().unwrap_or_default();
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let grouped = (1..=3).contains(&first.len())
        && digits(first)
        && groups.all(|group| group.len() == 3 && digits(group))
        && !text[whole.len()..].contains(',');
    grouped.then(|| text.replace(',', "").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them_and_nothing_else_is() {
        for (text, expected) in [
            ("150", Some(150)),
            (" 150.00 ", Some(150)),
            ("-3", Some(-3)),
            ("1,234,567", Some(1_234_567)),
            ("12,34", None),
            ("150.5", None),
            ("150mm", None),
            ("99999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
        for (text, expected) in [
            ("0.5", Some(0.5)),
            ("1,234.5", Some(1234.5)),
            ("1.5e3", Some(1500.0)),
            ("1.234,5", None),
            ("inf", None),
            ("NaN", None),
            ("1e999", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
        assert_eq!((truth("Y"), truth("아니오"), truth("2")), (Some(true), Some(false), None));
        assert!(is_inexact(1e16) && !is_inexact(4_141_051_000.0));
    }
}
