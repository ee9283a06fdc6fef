//! Attributes by column.

use crate::section::Section;
use jiff::civil::Date;
use siseol_model::{FieldKind, Value};
use std::collections::HashMap;

/// The values of one field, row by row.
#[derive(Debug)]
pub(crate) enum Column {
    /// Whole numbers; a row is null where the bit in the second section is set.
    Integer(Section<i64>, Section<u64>),
    /// Numbers; null is NaN.
    Float(Section<f64>),
    /// Codes into a dictionary of the distinct texts; null is [`Column::NULL_TEXT`].
    Text(Section<u32>, Dictionary),
    /// Days since 1970-01-01; null is [`i32::MIN`].
    Date(Section<i32>),
    /// 0, 1, and 2 for null.
    Boolean(Section<u8>),
}

/// The distinct texts of a column, by code, in the order of their first row.
#[derive(Debug, Default)]
pub(crate) struct Dictionary {
    ends: Section<u32>,
    bytes: Section<u8>,
}

impl Dictionary {
    /// How many texts.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The text of a code; empty for one that is not in the dictionary.
    pub(crate) fn text(&self, code: u32) -> &str {
        let code = code as usize;
        let Some(&end) = self.ends.get(code) else { return "" };
        let start = if code == 0 { 0 } else { self.ends[code - 1] };
        std::str::from_utf8(&self.bytes[start as usize..end as usize]).unwrap_or("")
    }

    /// All texts in the order of their codes.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|code| self.text(u32::try_from(code).unwrap_or(u32::MAX)))
    }
}

impl Column {
    /// The code of a null text.
    pub(crate) const NULL_TEXT: u32 = u32::MAX;

    /// The value in a row.
    pub(crate) fn value(&self, row: u32) -> Value {
        let row = row as usize;
        match self {
            Self::Integer(values, nulls) => {
                if nulls[row / 64] >> (row % 64) & 1 == 1 {
                    Value::Null
                } else {
                    Value::Integer(values[row])
                }
            }
            Self::Float(values) if values[row].is_nan() => Value::Null,
            Self::Float(values) => Value::Float(values[row]),
            Self::Text(codes, _) if codes[row] == Self::NULL_TEXT => Value::Null,
            Self::Text(codes, texts) => Value::text(texts.text(codes[row])),
            Self::Date(days) => date_of(days[row]).map_or(Value::Null, Value::Date),
            Self::Boolean(values) => match values[row] {
                0 => Value::Boolean(false),
                1 => Value::Boolean(true),
                _ => Value::Null,
            },
        }
    }
}

fn date_of(days: i32) -> Option<Date> {
    if days == i32::MIN {
        return None;
    }
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

fn days_of(date: Date) -> i32 {
    let since = date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
    i32::try_from(since).unwrap_or(i32::MIN)
}

/// A column that is being filled, in the order in which rows arrive.
#[derive(Debug)]
pub(crate) enum Filling {
    Integer(Vec<Option<i64>>),
    Float(Vec<f64>),
    Text { codes: Vec<u32>, known: HashMap<Box<str>, u32>, ends: Vec<u32>, bytes: Vec<u8> },
    Date(Vec<i32>),
    Boolean(Vec<u8>),
}

impl Filling {
    pub(crate) fn new(kind: FieldKind) -> Self {
        match kind {
            FieldKind::Integer => Self::Integer(Vec::new()),
            FieldKind::Float => Self::Float(Vec::new()),
            FieldKind::Text => Self::Text {
                codes: Vec::new(),
                known: HashMap::new(),
                ends: Vec::new(),
                bytes: Vec::new(),
            },
            FieldKind::Date => Self::Date(Vec::new()),
            FieldKind::Boolean => Self::Boolean(Vec::new()),
        }
    }

    /// Adds a value; one of another kind than the column's counts as null.
    pub(crate) fn push(&mut self, value: &Value) {
        match (self, value) {
            (Self::Integer(values), Value::Integer(v)) => values.push(Some(*v)),
            (Self::Integer(values), _) => values.push(None),
            (Self::Float(values), Value::Float(v)) => values.push(*v),
            (Self::Float(values), _) => values.push(f64::NAN),
            (Self::Text { codes, known, ends, bytes }, Value::Text(text)) => {
                let code = known.get(text).copied().unwrap_or_else(|| {
                    let code = u32::try_from(ends.len()).unwrap_or(Column::NULL_TEXT);
                    bytes.extend_from_slice(text.as_bytes());
                    ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
                    known.insert(text.clone(), code);
                    code
                });
                codes.push(code);
            }
            (Self::Text { codes, .. }, _) => codes.push(Column::NULL_TEXT),
            (Self::Date(days), Value::Date(v)) => days.push(days_of(*v)),
            (Self::Date(days), _) => days.push(i32::MIN),
            (Self::Boolean(values), Value::Boolean(v)) => values.push(u8::from(*v)),
            (Self::Boolean(values), _) => values.push(2),
        }
    }

    /// How many bytes of text there are, which the offsets must be able to hold.
    pub(crate) fn text_bytes(&self) -> usize {
        if let Self::Text { bytes, .. } = self { bytes.len() } else { 0 }
    }

    /// The finished column, with its rows in the given order.
    pub(crate) fn finish(self, order: &[u32]) -> Column {
        fn reorder<T: Copy>(values: &[T], order: &[u32]) -> Section<T> {
            order.iter().map(|&row| values[row as usize]).collect::<Vec<_>>().into()
        }
        match self {
            Self::Integer(values) => {
                let mut nulls = vec![0_u64; order.len().div_ceil(64)];
                let mut numbers = Vec::with_capacity(order.len());
                for (at, &row) in order.iter().enumerate() {
                    let value = values[row as usize];
                    if value.is_none() {
                        nulls[at / 64] |= 1 << (at % 64);
                    }
                    numbers.push(value.unwrap_or(0));
                }
                Column::Integer(numbers.into(), nulls.into())
            }
            Self::Float(values) => Column::Float(reorder(&values, order)),
            Self::Text { codes, ends, bytes, .. } => Column::Text(
                reorder(&codes, order),
                Dictionary { ends: ends.into(), bytes: bytes.into() },
            ),
            Self::Date(days) => Column::Date(reorder(&days, order)),
            Self::Boolean(values) => Column::Boolean(reorder(&values, order)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_as_they_went_in_in_the_new_order() {
        let date = jiff::civil::date(1894, 7, 27);
        let cases = [
            (FieldKind::Integer, vec![Value::Integer(i64::MIN), Value::Null, Value::Integer(7)]),
            (FieldKind::Float, vec![Value::Float(0.5), Value::Null, Value::Float(-1e30)]),
            (FieldKind::Text, vec![Value::text("가"), Value::Null, Value::text("")]),
            (FieldKind::Date, vec![Value::Date(date), Value::Null, Value::Date(Date::MIN)]),
            (FieldKind::Boolean, vec![Value::Boolean(true), Value::Null, Value::Boolean(false)]),
        ];
        for (kind, values) in cases {
            let mut filling = Filling::new(kind);
            for value in &values {
                filling.push(value);
            }
            let column = filling.finish(&[2, 0, 1]);
            let back: Vec<_> = (0..3).map(|row| column.value(row)).collect();
            assert_eq!(back, [values[2].clone(), values[0].clone(), values[1].clone()], "{kind:?}");
        }
    }
}
