//! Reading one layer row by row.

use super::{Opened, field_kind};
use crate::ffi::{FeatureHandle, catching, field_types, next_of_dataset, next_of_layer, rewind};
use crate::{CellProblem, Format, OgrError, Row};
use gdal::vector::{Layer, LayerAccess as _};
use siseol_model::{FieldKind, IssueKind, Value};
use std::ffi::c_int;

/// The rows of a layer. It belongs to the thread that made it, as GDAL's objects do.
pub(crate) struct Rows<'s> {
    source: &'s Opened,
    layer: Layer<'s>,
    kinds: Vec<FieldKind>,
    read: u64,
}

impl std::fmt::Debug for Rows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rows").field("source", self.source).field("read", &self.read).finish()
    }
}

impl<'s> Rows<'s> {
    pub(super) fn new(source: &'s Opened, index: usize) -> Result<Self, OgrError> {
        let (layer, _messages) = catching(|| source.dataset.layer(index).ok());
        let Some(mut layer) = layer else {
            return Err(OgrError::NoLayer { path: source.path.clone(), index });
        };
        rewind(&source.dataset);
        layer.reset_feature_reading();
        let kinds = if source.skip_attributes {
            Vec::new()
        } else {
            field_types(&layer).into_iter().map(|(k, s)| field_kind(k, s)).collect()
        };
        Ok(Self { source, layer, kinds, read: 0 })
    }

    /// Reads the next row into `row`; false after the last one.
    pub(crate) fn next(&mut self, row: &mut Row) -> Result<bool, OgrError> {
        let (feature, messages) = catching(|| self.next_feature());
        let mut failures = messages.into_iter().filter(|m| m.failure).map(|m| m.text);
        let Some(feature) = feature else {
            return match failures.next() {
                None => Ok(false),
                Some(reason) => {
                    Err(OgrError::Read { path: self.source.path.clone(), row: self.read, reason })
                }
            };
        };
        self.read += 1;
        row.failures.clear();
        row.failures.extend(failures);
        row.number = match self.source.format {
            // A shapefile's rows are numbered by their place; elsewhere the number is anyone's.
            Format::Shapefile => u64::try_from(feature.fid()).map_or(self.read, |fid| fid + 1),
            _ => self.read,
        };
        let mut wkb = row.geometry.take().unwrap_or_default();
        let (measured, messages) = catching(|| feature.wkb(&mut wkb));
        row.failures.extend(messages.into_iter().filter(|m| m.failure).map(|m| m.text));
        row.had_measures = measured.unwrap_or(false);
        row.geometry = measured.map(|_| wkb);
        row.values.clear();
        row.problems.clear();
        for (field, &kind) in self.kinds.iter().enumerate() {
            let value = match value(&feature, field, kind) {
                Ok(value) => value,
                Err(problem) => {
                    row.problems.push(problem);
                    Value::Null
                }
            };
            row.values.push(value);
        }
        Ok(true)
    }

    fn next_feature(&self) -> Option<FeatureHandle> {
        if self.source.format != Format::Osm {
            return next_of_layer(&self.layer);
        }
        loop {
            let (feature, ours) = next_of_dataset(&self.source.dataset, &self.layer)?;
            if ours {
                return Some(feature);
            }
        }
    }
}

fn value(feature: &FeatureHandle, field: usize, kind: FieldKind) -> Result<Value, CellProblem> {
    let index = c_int::try_from(field).unwrap_or(c_int::MAX);
    if !feature.is_set(index) {
        return Ok(Value::Null);
    }
    let problem = |kind, value: String| CellProblem { field, kind, value };
    match kind {
        FieldKind::Integer => Ok(Value::Integer(feature.integer(index))),
        FieldKind::Boolean => Ok(Value::Boolean(feature.integer(index) != 0)),
        FieldKind::Float => {
            let number = feature.float(index);
            if number.is_finite() {
                Ok(Value::Float(number))
            } else {
                Err(problem(IssueKind::NumberRange, number.to_string()))
            }
        }
        FieldKind::Date => {
            let date = feature.date(index).and_then(|[year, month, day]| {
                jiff::civil::Date::new(
                    i16::try_from(year).ok()?,
                    i8::try_from(month).ok()?,
                    i8::try_from(day).ok()?,
                )
                .ok()
            });
            date.map(Value::Date).ok_or_else(|| {
                let text = String::from_utf8_lossy(&feature.bytes(index)).into_owned();
                problem(IssueKind::DateInvalid, text)
            })
        }
        FieldKind::Text => match String::from_utf8(feature.bytes(index)) {
            Ok(text) => Ok(Value::text(text)),
            Err(error) => {
                let hex = String::from_utf8_lossy(error.as_bytes()).into_owned();
                Err(problem(IssueKind::TextUndecodable, hex))
            }
        },
    }
}
