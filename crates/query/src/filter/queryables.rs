//! What a filter can ask of a layer.

use super::kind::Kind;
use siseol_model::{Field, FieldKind, FieldType, GeometryKind, Layer};

/// The geometry of a feature.
pub const GEOMETRY: &str = "geometry";
/// The name of a feature's layer.
pub const LAYER: &str = "layer";
/// The city's own id of a feature.
pub const FACILITY_KEY: &str = "facility_key";

/// A property of a layer's features that a filter can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queryable<'l> {
    /// Its name.
    pub name: &'l str,
    /// What it is. Text of a field that holds dates by the profile is a date.
    pub kind: Kind,
    /// The field's place in the layer; none for [`GEOMETRY`], [`LAYER`] and [`FACILITY_KEY`].
    pub field: Option<usize>,
}

/// All that a filter can name: the properties of a served feature, in their order, after its geometry if the layer has
/// any. A feature's id is no property. A field that is called as one of siseol's own properties hides it, as in the
/// features themselves; the geometry is never hidden.
pub fn queryables(layer: &Layer) -> Vec<Queryable<'_>> {
    let has_geometry = layer.geometry != GeometryKind::None;
    let geometry =
        has_geometry.then_some(Queryable { name: GEOMETRY, kind: Kind::Geometry, field: None });
    let own = [LAYER, FACILITY_KEY].map(|name| Queryable { name, kind: Kind::Text, field: None });
    let is_free = |own: &Queryable<'_>| layer.field_index(own.name).is_none();
    let fields = layer.fields.iter().enumerate().map(|(at, field)| Queryable {
        name: &field.name,
        kind: kind(field),
        field: Some(at),
    });
    let is_shown = |field: &Queryable<'_>| !(has_geometry && field.name == GEOMETRY);
    geometry
        .into_iter()
        .chain(own.into_iter().filter(is_free))
        .chain(fields.filter(is_shown))
        .collect()
}

fn kind(field: &Field) -> Kind {
    match (field.kind, field.holds) {
        (FieldKind::Text, Some(FieldType::Date)) | (FieldKind::Date, _) => Kind::Instant,
        (FieldKind::Text, _) => Kind::Text,
        (FieldKind::Integer | FieldKind::Float, _) => Kind::Number,
        (FieldKind::Boolean, _) => Kind::Boolean,
    }
}
