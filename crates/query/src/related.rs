//! What belongs with a facility: the rows that it names, and the records that name it.

use crate::snapshot::{Place, Snapshot};
use crate::view::LayerView;
use siseol_model::{FacilityKey, GeometryKind, Label, Layer, Reference, ReferenceMeaning, Value};
use std::collections::BTreeMap;

/// A row that belongs with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Related {
    /// Where it is.
    pub place: Place,
    /// What the row that is named is to the one that names it.
    pub means: ReferenceMeaning,
    /// Whether this is the row that names the other, and not the one that is named.
    pub names: bool,
}

impl Related {
    /// What it is to the other one, for people.
    pub fn label(&self) -> Label {
        if self.names {
            Label::new("이 시설의 기록", "record of this facility")
        } else {
            self.means.label()
        }
    }
}

/// The records of a table without geometry, by the keys that they name: one map per reference of their class.
#[derive(Debug)]
pub(crate) struct Naming(Vec<BTreeMap<FacilityKey, Vec<u32>>>);

impl Naming {
    /// Reads every row of the table once.
    pub(crate) fn of(view: &LayerView) -> Self {
        let layer = view.layer();
        let index = |reference: &Reference| {
            let mut records: BTreeMap<FacilityKey, Vec<u32>> = BTreeMap::new();
            for row in view.rows() {
                if let Some(key) = named(view, row, reference) {
                    records.entry(key).or_default().push(row);
                }
            }
            records
        };
        Self(layer.class.references.iter().map(index).collect())
    }
}

impl Snapshot {
    /// What belongs with a facility: the rows that its references name, and the records, in tables without geometry,
    /// whose references name it. The order is that of the references, then of the layers, then of the fids.
    ///
    /// A row that is named costs a look-up. The first question after a table has changed reads that table once.
    pub fn related(&self, place: Place) -> Vec<Related> {
        let mut related = Vec::new();
        let Some(view) = self.layers().get(place.layer) else { return related };
        for reference in &view.layer().class.references {
            let Some(key) = named(view, place.row, reference) else { continue };
            for (layer, other) in self.layers().iter().enumerate() {
                if is_meant(reference, other.layer()) {
                    let rows = other.rows_with_key(key.as_str()).into_iter();
                    related.extend(rows.map(|row| Related {
                        place: Place { layer, row },
                        means: reference.means,
                        names: false,
                    }));
                }
            }
        }
        let Some(key) = view.key(place.row) else { return related };
        let key = FacilityKey::from(key.to_owned());
        for (layer, table) in self.layers().iter().enumerate() {
            if table.layer().geometry != GeometryKind::None {
                continue;
            }
            let references = table.layer().class.references.iter().enumerate();
            for (at, reference) in references.filter(|(_, r)| is_meant(r, view.layer())) {
                let rows = table.naming().0.get(at).and_then(|records| records.get(&key));
                related.extend(rows.into_iter().flatten().map(|&row| Related {
                    place: Place { layer, row },
                    means: reference.means,
                    names: true,
                }));
            }
        }
        related
    }
}

/// Whether a reference may mean rows of that layer.
fn is_meant(reference: &Reference, layer: &Layer) -> bool {
    reference.classes.contains(&layer.class.id)
}

/// The facility key that a row's reference names; none if a part of it is unknown.
pub(crate) fn named(view: &LayerView, row: u32, reference: &Reference) -> Option<FacilityKey> {
    let layer = view.layer();
    let value = |name: &String| Some(view.value(row, layer.field_index(name)?));
    let values: Option<Vec<Value>> = reference.fields.iter().map(value).collect();
    FacilityKey::from_values(&values?)
}
