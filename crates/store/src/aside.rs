//! Rows that are kept aside: their bytes, and what could be read of them.

use crate::StoreError;
use crate::json::json;
use serde_json::{Map, Value as Json};
use siseol_model::{FacilityKey, Field, Value};

/// A row on its way into the quarantine.
#[derive(Debug, Clone, Copy)]
pub struct AsideRow<'a> {
    /// Its number in the delivered file.
    pub row: u64,
    /// Its facility key, as far as it can be read.
    pub key: Option<&'a FacilityKey>,
    /// Its bytes as the source had them.
    pub raw: &'a [u8],
    /// What could be read of its values: one per field of the layer, in their order; there may be fewer.
    pub values: &'a [Value],
    /// Its geometry as ISO WKB in the layer's grid, if that could be read.
    pub geometry: Option<&'a [u8]>,
}

impl AsideRow<'_> {
    /// The values by the names of their fields. Those that are not known are left out.
    pub(crate) fn fields_json(&self, fields: &[Field]) -> Result<String, StoreError> {
        let named = fields.iter().zip(self.values).filter(|(_, value)| !value.is_null());
        let named: Map<String, Json> =
            named.map(|(field, value)| (field.name.clone(), as_json(value))).collect();
        json("the fields of a row", &named)
    }
}

fn as_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(v) => (*v).into(),
        Value::Float(v) => (*v).into(),
        Value::Text(v) => v.as_ref().into(),
        Value::Date(v) => v.to_string().into(),
        Value::Boolean(v) => (*v).into(),
    }
}
