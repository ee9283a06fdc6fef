//! A layer of any fields, and the rows it is made of.

use crate::city::{state, wkb};
use siseol_model::{
    Crs, FacilityClass, FacilityKey, Field, FieldKind, FieldType, GeometryKind, Layer, LayerName,
    Value,
};
use siseol_query::filter::{Expression, Filter, FilterError};
use siseol_query::{LayerBuilder, LayerView, Version, VersionEncoder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableRow {
    pub(crate) fid: i64,
    pub(crate) key: Option<FacilityKey>,
    pub(crate) wkb: Option<Vec<u8>>,
    pub(crate) values: Vec<Value>,
}

/// A layer and its rows.
pub(crate) struct Table {
    pub(crate) layer: Layer,
    pub(crate) rows: Vec<TableRow>,
}

/// A field; dates as text are fields of text that hold dates.
pub(crate) fn field(name: &str, kind: FieldKind, holds: Option<FieldType>) -> Field {
    Field { holds, ..Field::new(name, kind) }
}

impl Table {
    pub(crate) fn new(name: &str, geometry: GeometryKind, fields: Vec<Field>) -> Self {
        let layer = Layer {
            name: LayerName::from_stem(name),
            class: FacilityClass::unknown(name, name),
            crs: Crs::WGS84,
            geometry,
            has_z: false,
            fields,
            code_lists: BTreeMap::new(),
        };
        Self { layer, rows: Vec::new() }
    }

    /// Adds a row; without paths it has no geometry.
    pub(crate) fn push(&mut self, key: Option<&str>, paths: &[Vec<[f64; 2]>], values: Vec<Value>) {
        let fid = i64::try_from(self.rows.len()).unwrap() + 1;
        let key = key.map(|key| FacilityKey::from(key.to_owned()));
        let wkb = (!paths.is_empty()).then(|| wkb(self.layer.geometry, paths));
        self.rows.push(TableRow { fid, key, wkb, values });
    }

    fn base(&self, rows: &[TableRow]) -> LayerView {
        let state = state(self.layer.clone());
        let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &());
        for row in rows {
            builder.push(row.fid, 1, row.key.as_ref(), row.wkb.as_deref(), &row.values).unwrap();
        }
        LayerView::new(state, builder.finish().unwrap())
    }

    /// All rows in the base.
    pub(crate) fn packed(&self) -> LayerView {
        self.base(&self.rows)
    }

    /// The same rows: a third new, a third changed after the base was built, and some gone since.
    pub(crate) fn torn(&self) -> LayerView {
        let mut before = self.rows.clone();
        let mut changed = Vec::new();
        for (i, row) in self.rows.iter().enumerate() {
            match i % 3 {
                0 => before.retain(|old| old.fid != row.fid),
                1 => {
                    let old = before.iter_mut().find(|old| old.fid == row.fid).unwrap();
                    old.values = vec![Value::Null; row.values.len()];
                    old.wkb = None;
                }
                _ => continue,
            }
            changed.push(row);
        }
        let gone = self.rows.iter().take(5).cloned();
        let gone: Vec<TableRow> =
            gone.map(|row| TableRow { fid: row.fid + 1_000_000, ..row }).collect();
        before.extend(gone.iter().cloned());
        let base = self.base(&before);
        let mut encoder = VersionEncoder::new(Arc::clone(&base.state().layer), &());
        let mut version = |row: &TableRow| {
            let (key, wkb) = (row.key.as_ref(), row.wkb.as_deref());
            encoder.encode(row.fid, 1, key, wkb, &row.values).unwrap()
        };
        let versions: Vec<(i64, Option<Version>)> = changed
            .into_iter()
            .map(|row| (row.fid, Some(version(row))))
            .chain(gone.iter().map(|row| (row.fid, None)))
            .collect();
        base.rewound(1, versions)
    }
}

/// The fids that a filter finds, in ascending order. It has to find them in the order of the layer.
pub(crate) fn found(view: &LayerView, expression: &Expression) -> Result<Vec<i64>, FilterError> {
    let filter = Filter::new(expression, view.layer())?;
    let hits = view.filtered(&filter, &view.search(None), &|| true).unwrap();
    let rows: Vec<u32> = hits.rows().collect();
    let set: BTreeSet<u32> = rows.iter().copied().collect();
    let in_order: Vec<u32> = view.rows().filter(|row| set.contains(row)).collect();
    assert_eq!(rows, in_order, "{expression}");
    let mut fids: Vec<i64> = rows.into_iter().map(|row| view.fid(row)).collect();
    fids.sort_unstable();
    Ok(fids)
}
