//! Values that stand for an unknown one.

use siseol_model::Value;

/// The values that stand for an unknown one in a field.
#[derive(Debug, Clone, Default)]
pub(super) struct Nulls {
    texts: Vec<Box<str>>,
    numbers: Vec<f64>,
}

impl Nulls {
    pub(super) fn new<'a>(written: impl IntoIterator<Item = &'a String>) -> Self {
        let written = written.into_iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let texts: Vec<Box<str>> = written.map(Into::into).collect();
        let numbers = texts.iter().filter_map(|text| text.parse().ok()).collect();
        Self { texts, numbers }
    }

    /// Whether the value is one of them; a number is compared as a number, whatever its zeros.
    #[expect(clippy::cast_precision_loss, reason = "no such value has so many digits")]
    pub(super) fn contain(&self, value: &Value) -> bool {
        match value {
            Value::Text(text) => self.contain_text(text.trim()),
            Value::Integer(number) => self.contain_number(*number as f64),
            Value::Float(number) => self.contain_number(*number),
            Value::Null | Value::Date(_) | Value::Boolean(_) => false,
        }
    }

    fn contain_text(&self, text: &str) -> bool {
        if self.texts.iter().any(|null| null.eq_ignore_ascii_case(text)) {
            return true;
        }
        let numeric = text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.');
        numeric
            && !self.numbers.is_empty()
            && text.parse().is_ok_and(|number| self.contain_number(number))
    }

    fn contain_number(&self, number: f64) -> bool {
        self.numbers.contains(&number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers_and_texts_as_texts() {
        let nulls =
            Nulls::new(&["0".to_owned(), "-".to_owned(), "미상".to_owned(), "N/A".to_owned()]);
        for unknown in [
            Value::Integer(0),
            Value::Float(0.0),
            Value::text("0.00"),
            Value::text(" - "),
            Value::text("미상"),
            Value::text("n/a"),
        ] {
            assert!(nulls.contain(&unknown), "{unknown:?}");
        }
        for known in [
            Value::Integer(1),
            Value::Float(0.1),
            Value::text("미상 1"),
            Value::text("-1"),
            Value::Null,
        ] {
            assert!(!nulls.contain(&known), "{known:?}");
        }
    }
}
