//! The kinds of values in a filter.

/// What a part of a filter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// True, false or unknown.
    Boolean,
    /// A number.
    Number,
    /// Text.
    Text,
    /// A date or a timestamp.
    Instant,
    /// The time from one instant to another.
    Interval,
    /// A geometry.
    Geometry,
    /// A list of values.
    Array,
}

impl Kind {
    /// What it is called, with its article.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Instant => "a date or timestamp",
            Self::Interval => "an interval",
            Self::Geometry => "a geometry",
            Self::Array => "an array",
        }
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
