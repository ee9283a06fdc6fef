//! What is known of a field by its name.

use crate::{Field, Label};
use serde::{Deserialize, Serialize};

/// What a field's values are, whatever type the delivered file gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text.
    Text,
    /// A code: text, even where every code is made of digits.
    Code,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A date, kept as ISO 8601 text of the precision that was delivered: `2005`, `2005-05`, `2005-05-09`, or with a time
    /// of day `2005-05-09T13:20:00`. A column that is one of dates in the file stays one.
    Date,
    /// Yes or no.
    Boolean,
}

/// What is known of a field by its name. The register calls it by this name, whatever a city calls it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// For people.
    pub label: Label,
    /// Other names under which cities deliver it, whatever their case.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What its values are; as in the file if not said.
    #[serde(default, rename = "type")]
    pub kind: Option<FieldType>,
    /// The unit of its numbers.
    #[serde(default)]
    pub unit: Option<String>,
    /// The least and the greatest number that can be, in its unit. Others are kept and found fault with.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// Values that stand for an unknown one, besides those of the whole profile; numbers are compared as numbers.
    #[serde(default)]
    pub nulls: Vec<String>,
    /// The code list that its codes are from.
    #[serde(default)]
    pub code_list: Option<String>,
    /// How many digits a code of digits has: a number loses its leading zeros, and gets them back.
    #[serde(default)]
    pub digits: Option<u8>,
    /// Whether it says something of a person. Such values are masked as they come in.
    #[serde(default)]
    pub personal: bool,
}

impl FieldSpec {
    /// Writes what is known onto a field of a layer.
    pub fn describe(&self, field: &mut Field) {
        field.label = Some(self.label.clone());
        field.unit.clone_from(&self.unit);
        field.code_list.clone_from(&self.code_list);
        field.holds = self.kind;
        field.personal = self.personal;
    }
}
