//! A delivered layer that the register has already: its columns, its values and its grid become the layer's.

use crate::Options;
use crate::mending;
use crate::source::{OpenLayer, RawGeometry, RawRow, Refusal};
use crate::values::EXACT;
use crate::wkb;
use siseol_crs::GridTransform;
use siseol_model::{Field, FieldKind, Issue, IssueKind, Layer, Value};
use std::collections::BTreeSet;

/// What siseol adds to each feature that it gives out. A file that was exported, mended and delivered again has them, and
/// they say nothing new: the layer is this one, and the key is made of its fields.
const OWN: [&str; 4] = ["layer", "facility_key", mending::ASIDE, mending::PROBLEM];

/// How a delivered layer becomes rows of a layer of the register.
pub(crate) struct Meeting {
    /// The register's layer.
    pub layer: Layer,
    /// For each field of the layer, its place among the delivered columns.
    columns: Vec<usize>,
    /// The delivered column that says which quarantined row a row stands for.
    aside: Option<usize>,
    /// The way into the layer's grid, where the delivery is in another.
    way: Option<GridTransform>,
}

impl Meeting {
    /// `fields` are the file's columns as the profile calls them. Refuses what cannot be rows of the layer: other columns,
    /// another kind of geometry, another key, another grid without `--reproject`. What is done instead of refusing is
    /// noted.
    pub(crate) fn new(
        open: &mut OpenLayer,
        fields: &[Field],
        layer: &Layer,
        options: &Options,
    ) -> Result<Self, Refusal> {
        if open.geometry != layer.geometry {
            return Err(Refusal::new(
                IssueKind::GeometryDiffers,
                format!(
                    "the file holds {:?} and the register's layer {} holds {:?}; give another layer name with --layer",
                    open.geometry, layer.name, layer.geometry
                ),
            ));
        }
        let columns = columns(open, fields, layer)?;
        let is_key = |name: &String| {
            let delivered =
                |f: &&Field| f.delivered.as_ref().is_some_and(|d| d.eq_ignore_ascii_case(name));
            let name = fields.iter().find(delivered).map_or(name, |f| &f.name);
            layer.class.key.iter().any(|k| k.eq_ignore_ascii_case(name))
        };
        if !open.key.is_empty()
            && (open.key.len() != layer.class.key.len() || !open.key.iter().all(is_key))
        {
            let own = match layer.class.key.as_slice() {
                [] => "none".to_owned(),
                key => key.join(" + "),
            };
            let text = format!(
                "the key of the register's layer {} is {own}, not {}",
                layer.name,
                open.key.join(" + ")
            );
            return Err(Refusal::new(IssueKind::FieldsDiffer, text));
        }
        let aside = open.fields.iter().position(|field| field.name == mending::ASIDE);
        let way = way(open, layer, options)?;
        Ok(Self { layer: layer.clone(), columns, aside, way })
    }

    /// The delivered column of a field of the layer.
    pub(crate) fn column(&self, field: usize) -> usize {
        self.columns.get(field).copied().unwrap_or(field)
    }

    /// The number of the quarantined row that a row stands for.
    pub(crate) fn answered(&self, row: &RawRow) -> Option<i64> {
        match row.values.get(self.aside?)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The values of a row as the layer's fields have them, as far as they can.
    pub(crate) fn values_of(&self, row: &RawRow) -> Vec<Value> {
        let fields = self.layer.fields.iter().zip(&self.columns);
        let value = |(field, &column): (&Field, &usize)| {
            let value = row.values.get(column).cloned().unwrap_or(Value::Null);
            as_kind(value, field.kind).unwrap_or_else(|value| value)
        };
        fields.map(value).collect()
    }

    /// A geometry in the layer's grid, if it can be brought there.
    pub(crate) fn brought(&self, mut wkb: Vec<u8>) -> Option<Vec<u8>> {
        let Some(way) = &self.way else { return Some(wkb) };
        wkb::map_places(&mut wkb, |place| way.convert(place)).ok()?;
        Some(wkb)
    }

    /// Makes a checked row one of the layer's. `room` is there to be used again.
    pub(crate) fn adapt(&self, row: &mut RawRow, room: &mut Vec<Value>) -> Result<(), Refusal> {
        room.clear();
        for (field, &column) in self.layer.fields.iter().zip(&self.columns) {
            let value = row
                .values
                .get_mut(column)
                .map_or(Value::Null, |v| std::mem::replace(v, Value::Null));
            match as_kind(value, field.kind) {
                Ok(value) => room.push(value),
                Err(value) => {
                    let shown: String = value.to_string().chars().take(80).collect();
                    let text = format!(
                        "row {}: `{shown}` cannot stand in the field {} of the register's layer {}, which holds {:?}",
                        row.number, field.name, self.layer.name, field.kind
                    );
                    let issue = Issue::row(IssueKind::FieldsDiffer, row.number, text);
                    return Err(Refusal(issue.at(&field.name, &shown)));
                }
            }
        }
        std::mem::swap(&mut row.values, room);
        let Some(way) = self.way.as_ref().filter(|_| row.geometry == RawGeometry::Wkb) else {
            return Ok(());
        };
        wkb::map_places(&mut row.wkb, |place| way.convert(place)).map_err(|error| {
            let text = format!("row {}: {error}", row.number);
            Refusal(Issue::row(IssueKind::GridDiffers, row.number, text))
        })
    }
}

/// Whether a column is that field.
type Same<'a> = &'a dyn Fn(usize, &Field) -> bool;

/// For each field of the layer its column: by the name that the profile gives it, else by the name in the file, where the
/// layer has the field from a file that called it so. Both have to have all of them.
fn columns(open: &OpenLayer, fields: &[Field], layer: &Layer) -> Result<Vec<usize>, Refusal> {
    let mut used = BTreeSet::new();
    let mut places = vec![None; layer.fields.len()];
    let rounds: [Same<'_>; 4] = [
        &|column, field| fields[column].name == field.name,
        &|column, field| fields[column].name.eq_ignore_ascii_case(&field.name),
        &|column, field| open.fields[column].name.eq_ignore_ascii_case(&field.name),
        &|column, field| field.delivered.as_ref() == Some(&open.fields[column].name),
    ];
    for is_it in rounds {
        for (place, field) in places.iter_mut().zip(&layer.fields).filter(|(p, _)| p.is_none()) {
            *place = (0..fields.len()).find(|&i| !used.contains(&i) && is_it(i, field));
            used.extend(*place);
        }
    }
    let lacking = layer.fields.iter().zip(&places).filter(|(_, p)| p.is_none());
    let lacking: Vec<&str> = lacking.map(|(f, _)| f.name.as_str()).collect();
    let unknown = open.fields.iter().enumerate().filter(|(i, _)| !used.contains(i));
    let unknown = unknown.map(|(_, f)| f.name.as_str()).filter(|name| !OWN.contains(name));
    let unknown: Vec<&str> = unknown.collect();
    if lacking.is_empty() && unknown.is_empty() {
        return Ok(places.into_iter().flatten().collect());
    }
    let mut text = format!("the register has the layer {} with other columns:", layer.name);
    for (what, names) in [("the file lacks", lacking), ("the layer does not have", unknown)] {
        if !names.is_empty() {
            text = format!("{text} {what} {};", names.join(", "));
        }
    }
    Err(Refusal::new(
        IssueKind::FieldsDiffer,
        format!("{text} deliver the same columns, or give another layer name with --layer"),
    ))
}

fn way(
    open: &mut OpenLayer,
    layer: &Layer,
    options: &Options,
) -> Result<Option<GridTransform>, Refusal> {
    if open.grid.crs == layer.crs || layer.geometry == siseol_model::GeometryKind::None {
        return Ok(None);
    }
    let text = format!(
        "the file is in {} ({}), the register's layer {} in {}",
        open.grid.crs, open.grid.evidence, layer.name, layer.crs
    );
    if !options.reproject {
        return Err(Refusal::new(
            IssueKind::GridDiffers,
            format!("{text}; --reproject brings its coordinates into the layer's grid"),
        ));
    }
    let way = GridTransform::new(open.grid.crs, layer.crs)
        .map_err(|e| Refusal::new(IssueKind::GridDiffers, format!("{text}; {e}")))?;
    open.notes.push(Issue::file(
        IssueKind::Reprojected,
        format!("{text}: its coordinates were brought into that grid"),
    ));
    Ok(Some(way))
}

/// The value in a field of that kind, if it says there exactly what it said before. Files of other formats tell types
/// apart differently: a GeoJSON writes 150.0 as 150, and dates as text.
#[expect(clippy::cast_possible_truncation, reason = "the number was found to be whole and small")]
#[expect(clippy::cast_precision_loss, reason = "the number was found to be small")]
fn as_kind(value: Value, kind: FieldKind) -> Result<Value, Value> {
    match (value, kind) {
        (value, kind) if value.fits(kind) => Ok(value),
        (Value::Integer(v), FieldKind::Float) if (v as f64).abs() < EXACT => {
            Ok(Value::Float(v as f64))
        }
        (Value::Float(v), FieldKind::Integer) if v.fract() == 0.0 && v.abs() < EXACT => {
            Ok(Value::Integer(v as i64))
        }
        (Value::Text(v), FieldKind::Date) => match v.parse() {
            Ok(date) => Ok(Value::Date(date)),
            Err(_) => Err(Value::Text(v)),
        },
        (value @ (Value::Integer(_) | Value::Date(_)), FieldKind::Text) => {
            Ok(Value::text(value.to_string()))
        }
        (value, _) => Err(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_change_their_type_only_where_nothing_is_lost() {
        let date = jiff::civil::date(2020, 2, 29);
        for (value, kind, expected) in [
            (Value::Integer(150), FieldKind::Float, Some(Value::Float(150.0))),
            (Value::Float(150.0), FieldKind::Integer, Some(Value::Integer(150))),
            (Value::Float(150.5), FieldKind::Integer, None),
            (Value::Integer(i64::MAX), FieldKind::Float, None),
            (Value::text("2020-02-29"), FieldKind::Date, Some(Value::Date(date))),
            (Value::text("2020-02-30"), FieldKind::Date, None),
            (Value::Integer(7), FieldKind::Text, Some(Value::text("7"))),
            (Value::text("7"), FieldKind::Integer, None),
            (Value::Null, FieldKind::Boolean, Some(Value::Null)),
            (Value::Boolean(true), FieldKind::Integer, None),
        ] {
            assert_eq!(as_kind(value.clone(), kind).ok(), expected, "{value:?} as {kind:?}");
        }
    }
}
