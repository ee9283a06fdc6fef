//! CQL2 text.

mod cursor;
mod geometry;
mod lexer;
mod parser;
mod write;

pub(super) use write::write;

use super::error::FilterError;
use super::expression::Expression;
use super::limits::MAX_LENGTH;

/// Words that are never a property without quotes.
const RESERVED: [&str; 11] =
    ["and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div"];

/// Words that mean something other than a function when a bracket follows.
const CONSTRUCTORS: [&str; 11] = [
    "date",
    "timestamp",
    "interval",
    "bbox",
    "point",
    "linestring",
    "polygon",
    "multipoint",
    "multilinestring",
    "multipolygon",
    "geometrycollection",
];

/// Whether a name with a bracket after it is read as a function.
pub(super) fn is_function_name(name: &str) -> bool {
    let mut chars = name.chars();
    let is_name = chars.next().is_some_and(lexer::begins_name) && chars.all(lexer::continues_name);
    is_name && !RESERVED.iter().chain(&CONSTRUCTORS).any(|word| name.eq_ignore_ascii_case(word))
}

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<Expression, FilterError> {
    if text.len() > MAX_LENGTH {
        return Err(FilterError::TooLarge { what: "bytes", limit: MAX_LENGTH });
    }
    cursor::Parser::new(text)?.whole()
}
