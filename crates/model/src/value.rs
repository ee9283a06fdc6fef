//! What an attribute holds.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The type of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldKind {
    /// Whole numbers that fit 64 bits.
    Integer,
    /// Floating point numbers.
    Float,
    /// Text.
    Text,
    /// Calendar dates.
    Date,
    /// True or false.
    Boolean,
}

/// One attribute of one feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing is known.
    Null,
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Float(f64),
    /// Text, without the padding of its file.
    Text(Box<str>),
    /// A calendar date.
    Date(Date),
    /// True or false.
    Boolean(bool),
}

impl Value {
    /// Text of `text`.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }

    /// Whether nothing is known.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value may stand in a field of that kind (null may in any).
    pub const fn fits(&self, kind: FieldKind) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _)
                | (Self::Integer(_), FieldKind::Integer)
                | (Self::Float(_), FieldKind::Float)
                | (Self::Text(_), FieldKind::Text)
                | (Self::Date(_), FieldKind::Date)
                | (Self::Boolean(_), FieldKind::Boolean)
        )
    }
}

impl std::fmt::Display for Value {
    /// As a person reads it; null is the empty text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Integer(v) => write!(f, "{v}"),
            Self::Float(v) => write!(f, "{v}"),
            Self::Text(v) => f.write_str(v),
            Self::Date(v) => write!(f, "{v}"),
            Self::Boolean(v) => write!(f, "{v}"),
        }
    }
}
