//! A layer: one kind of facility, one kind of geometry, one grid, one set of fields.

use crate::{CodeList, Crs, FacilityClass, FieldKind, FieldType, GeometryKind, Label, LayerName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A layer of the register. It says all that is needed to read, label and draw it, so that a register can be
/// served without the profile that it was loaded with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// Table name and collection id.
    pub name: LayerName,
    /// What kind of facility it holds: labels, key fields, looks.
    pub class: FacilityClass,
    /// The grid of the stored coordinates.
    pub crs: Crs,
    /// What its features are.
    pub geometry: GeometryKind,
    /// Whether vertices carry heights.
    pub has_z: bool,
    /// The attributes, in the order of the delivered file.
    pub fields: Vec<Field>,
    /// The code lists that the fields name.
    pub code_lists: BTreeMap<String, CodeList>,
}

impl Layer {
    /// The place of the field with that name.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// The places of the fields that make the facility key; none if a field is absent or the class has no key.
    pub fn key_fields(&self) -> Option<Vec<usize>> {
        if self.class.key.is_empty() {
            return None;
        }
        self.class.key.iter().map(|name| self.field_index(name)).collect()
    }

    /// The field whose code tells the kinds within the layer apart, and its code list if there is one.
    pub fn class_field(&self) -> Option<(usize, Option<&CodeList>)> {
        let index = self.field_index(self.class.class_field.as_deref()?)?;
        Some((index, self.code_list(index)))
    }

    /// The code list of a field.
    pub fn code_list(&self, field: usize) -> Option<&CodeList> {
        self.code_lists.get(self.fields.get(field)?.code_list.as_deref()?)
    }
}

/// One attribute of a layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// As the profile calls it, or as it was delivered where the profile does not know it.
    pub name: String,
    /// Its type.
    pub kind: FieldKind,
    /// What it means, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// The unit of its numbers, such as `mm`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The code list that its codes are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_list: Option<String>,
    /// What its values are by the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holds: Option<FieldType>,
    /// What the delivered file calls it, if it is another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<String>,
    /// Whether it says something of a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
}

impl Field {
    /// A field that nothing more is known of.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            name: name.into(),
            kind,
            label: None,
            unit: None,
            code_list: None,
            holds: None,
            delivered: None,
            personal: false,
        }
    }
}
