//! Attributes by column.

use crate::section::Section;
use jiff::civil::Date;
use siseol_model::Value;

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
    pub(crate) ends: Section<u32>,
    pub(crate) bytes: Section<u8>,
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
            Self::Integer(_, nulls) if is_null(nulls, row) => Value::Null,
            Self::Integer(values, _) => Value::Integer(values[row]),
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

    /// Whether a row holds nothing.
    pub(crate) fn is_null(&self, row: u32) -> bool {
        let row = row as usize;
        match self {
            Self::Integer(_, nulls) => is_null(nulls, row),
            Self::Float(values) => values[row].is_nan(),
            Self::Text(codes, _) => codes[row] == Self::NULL_TEXT,
            Self::Date(days) => days[row] == i32::MIN,
            Self::Boolean(values) => values[row] > 1,
        }
    }

    /// The same rows in another order.
    pub(crate) fn reordered(self, order: &[u32]) -> Self {
        fn pick<T: Copy>(values: &[T], order: &[u32]) -> Section<T> {
            order.iter().map(|&row| values[row as usize]).collect::<Vec<_>>().into()
        }
        match self {
            Self::Integer(values, nulls) => {
                let mut picked = vec![0_u64; nulls.len()];
                for (at, &row) in order.iter().enumerate() {
                    picked[at / 64] |= u64::from(is_null(&nulls, row as usize)) << (at % 64);
                }
                Self::Integer(pick(&values, order), picked.into())
            }
            Self::Float(values) => Self::Float(pick(&values, order)),
            Self::Text(codes, texts) => Self::Text(pick(&codes, order), texts),
            Self::Date(days) => Self::Date(pick(&days, order)),
            Self::Boolean(values) => Self::Boolean(pick(&values, order)),
        }
    }

    /// The memory that it holds, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::Integer(values, nulls) => values.bytes() + nulls.bytes(),
            Self::Float(values) => values.bytes(),
            Self::Text(codes, texts) => codes.bytes() + texts.ends.bytes() + texts.bytes.bytes(),
            Self::Date(days) => days.bytes(),
            Self::Boolean(values) => values.bytes(),
        }
    }
}

/// Whether the bit of a row is set.
pub(crate) fn is_null(nulls: &[u64], row: usize) -> bool {
    nulls[row / 64] >> (row % 64) & 1 == 1
}

pub(crate) fn date_of(days: i32) -> Option<Date> {
    if days == i32::MIN {
        return None;
    }
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

pub(crate) fn days_of(date: Date) -> i32 {
    let since = date.duration_since(jiff::civil::date(1970, 1, 1)).as_hours() / 24;
    i32::try_from(since).unwrap_or(i32::MIN)
}
