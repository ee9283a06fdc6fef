//! CQL2 JSON.

mod geometry;
mod read;
mod write;

pub(super) use write::write;

use super::error::FilterError;
use super::expression::Expression;
use serde_json::Value;

/// Reads a whole document.
pub(super) fn read(json: &Value) -> Result<Expression, FilterError> {
    read::Reader::default().expression(json)
}
