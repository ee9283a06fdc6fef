//! Codes: text, even where a file has them as numbers.

use siseol_model::Value;

/// Writes a code as its list does: trimmed, without the decimals of a column of numbers, and with the leading zeros that a
/// number has lost, `digits` in all. A text that is one already is left alone.
pub(super) fn write(value: &mut Value, digits: Option<u8>) {
    let width = usize::from(digits.unwrap_or(0));
    let written = match &*value {
        Value::Text(text) => {
            let plain = without_decimals(text.trim());
            let short = plain.len() < width && plain.bytes().all(|b| b.is_ascii_digit());
            if !short && plain.len() == text.len() {
                return;
            }
            if short { format!("{plain:0>width$}") } else { plain.to_owned() }
        }
        Value::Integer(number) if *number >= 0 => format!("{number:0>width$}"),
        Value::Float(number) if number.fract() == 0.0 && *number >= 0.0 => {
            format!("{number:0>width$}")
        }
        Value::Null => return,
        other => other.to_string(),
    };
    *value = Value::text(written);
}

/// `4141051000` of `4141051000.0`.
fn without_decimals(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && !zeros.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && zeros.bytes().all(|b| b == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_get_back_what_a_column_of_numbers_took() {
        for (value, digits, expected) in [
            (Value::Integer(9001), Some(5), "09001"),
            (Value::Float(9001.0), Some(5), "09001"),
            (Value::Float(4_141_051_000.0), Some(10), "4141051000"),
            (Value::text("4141051000.0"), Some(10), "4141051000"),
            (Value::text(" MOP001 "), None, "MOP001"),
            (Value::text("9001"), Some(5), "09001"),
            (Value::text("SA1"), Some(5), "SA1"),
            (Value::text("1.5"), None, "1.5"),
            (Value::Integer(7), None, "7"),
            (Value::Integer(-7), Some(3), "-7"),
            (Value::Float(1.5), Some(5), "1.5"),
        ] {
            let mut code = value.clone();
            write(&mut code, digits);
            assert_eq!(code, Value::text(expected), "{value:?}");
        }
    }
}
