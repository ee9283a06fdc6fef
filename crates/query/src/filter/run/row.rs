//! What a row holds.

use crate::base::LayerBase;
use crate::column::{Column, date_of};
use crate::filter::number::Number;
use crate::filter::time::Extent;
use crate::version::Version;
use siseol_model::{GeometryKind, LonLatBox, ShapeRef, Value};

/// A row, wherever it lies.
#[derive(Clone, Copy)]
pub(super) enum Row<'v> {
    /// One of the base.
    Packed(&'v LayerBase, u32),
    /// One of the delta.
    Version(&'v Version),
}

impl<'v> Row<'v> {
    pub(super) fn is_missing(self, field: usize) -> bool {
        match self {
            Self::Packed(base, row) => base.columns.get(field).is_none_or(|c| c.is_null(row)),
            Self::Version(version) => version.values.get(field).is_none_or(Value::is_null),
        }
    }

    pub(super) fn boolean(self, field: usize) -> Option<bool> {
        match self {
            Self::Packed(base, row) => match base.columns.get(field)? {
                Column::Boolean(values) if values[row as usize] < 2 => {
                    Some(values[row as usize] == 1)
                }
                _ => None,
            },
            Self::Version(version) => match version.values.get(field)? {
                Value::Boolean(value) => Some(*value),
                _ => None,
            },
        }
    }

    pub(super) fn number(self, field: usize) -> Option<Number> {
        match self {
            Self::Packed(base, row) => match base.columns.get(field)? {
                column if column.is_null(row) => None,
                Column::Integer(values, _) => Some(Number::Integer(values[row as usize])),
                Column::Float(values) => Number::finite(values[row as usize]),
                _ => None,
            },
            Self::Version(version) => match version.values.get(field)? {
                Value::Integer(value) => Some(Number::Integer(*value)),
                Value::Float(value) => Number::finite(*value),
                _ => None,
            },
        }
    }

    pub(super) fn text(self, field: usize) -> Option<&'v str> {
        match self {
            Self::Packed(base, row) => match base.columns.get(field)? {
                Column::Text(codes, texts) => {
                    let code = codes[row as usize];
                    (code != Column::NULL_TEXT).then(|| texts.text(code))
                }
                _ => None,
            },
            Self::Version(version) => match version.values.get(field)? {
                Value::Text(text) => Some(text),
                _ => None,
            },
        }
    }

    /// The code of a text within the base; none for a version.
    pub(super) fn code(self, field: usize) -> Option<u32> {
        let Self::Packed(base, row) = self else { return None };
        match base.columns.get(field)? {
            Column::Text(codes, _) => Some(codes[row as usize]),
            _ => None,
        }
    }

    /// The instant in a field of dates, or of dates as text.
    pub(super) fn instant(self, field: usize) -> Option<Extent> {
        match self {
            Self::Packed(base, row) => match base.columns.get(field)? {
                Column::Date(days) => date_of(days[row as usize]).map(Extent::day),
                _ => self.text(field).and_then(Extent::from_text),
            },
            Self::Version(version) => match version.values.get(field)? {
                Value::Date(date) => Some(Extent::day(*date)),
                _ => self.text(field).and_then(Extent::from_text),
            },
        }
    }

    pub(super) fn key(self) -> Option<&'v str> {
        match self {
            Self::Packed(base, row) => base.rows.key(row),
            Self::Version(version) => version.key(),
        }
    }

    pub(super) fn shape(self) -> Option<ShapeRef<'v>> {
        match self {
            Self::Packed(base, row) => base.rows.shape(row),
            Self::Version(version) => version.shape(),
        }
    }

    /// The box around its shape.
    pub(super) fn bounds(self) -> LonLatBox {
        match self {
            Self::Packed(base, row) => base.bounds(row),
            Self::Version(version) => version.bounds,
        }
    }

    /// Metres or square metres of its shape.
    pub(super) fn measure(self) -> Option<f64> {
        let (measure, shape) = match self {
            Self::Packed(base, row) => (base.sums.measure_of(row), base.rows.shape(row)?),
            Self::Version(version) => (version.measure, version.shape()?),
        };
        let micro = measure as f64;
        // Micrometres of a line, square millimetres of a polygon: a millionth either way.
        (shape.kind.layer_kind() != GeometryKind::Point).then_some(micro / 1e6)
    }
}
