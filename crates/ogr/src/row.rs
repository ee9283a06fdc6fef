//! One row, as every reading gives it.

use siseol_model::{IssueKind, Value};

/// One row.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Row {
    /// The row, from 1, as the file counts them.
    pub number: u64,
    /// ISO WKB, little endian, z kept, m dropped, coordinates bit for bit; none for a row without geometry.
    pub geometry: Option<Vec<u8>>,
    /// Whether measures were dropped.
    pub had_measures: bool,
    /// One value per field.
    pub values: Vec<Value>,
    /// Values that are not what their field says.
    pub problems: Vec<CellProblem>,
    /// What GDAL said failed while it read the row.
    pub failures: Vec<String>,
}

/// A value that is not what its field says. It is null in the row.
#[derive(Debug, Clone, PartialEq)]
pub struct CellProblem {
    /// The field's place.
    pub field: usize,
    /// What is wrong.
    pub kind: IssueKind,
    /// The value as found.
    pub value: String,
}
