//! One row, the city's own name for it, and the ways to point at it.

use crate::{LayerName, Value};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The city's own id of a facility, such as `SA001-1234` (its class code and its number).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FacilityKey(String);

impl FacilityKey {
    /// The key made of the key fields' values, joined by `-`; none if one of them is unknown or empty.
    pub fn from_values<'a>(values: impl IntoIterator<Item = &'a Value>) -> Option<Self> {
        let mut key = String::new();
        for value in values {
            let text = value.to_string();
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            if !key.is_empty() {
                key.push('-');
            }
            key.push_str(text);
        }
        (!key.is_empty()).then_some(Self(key))
    }

    /// The key as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for FacilityKey {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for FacilityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One row on its way into the register.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// The city's own id, if the row has one.
    pub key: Option<FacilityKey>,
    /// ISO WKB, little endian, x and y in the layer's grid, z kept, m dropped; none for a row without geometry.
    pub geometry: Option<Vec<u8>>,
    /// One value per field of the layer, in their order.
    pub values: Vec<Value>,
}

/// A way to point at a feature: `KEY` while it is unique in the register, `LAYER/KEY`, or `fid:7`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FacilityRef {
    /// The register's own number.
    Fid(i64),
    /// A facility key, perhaps in a layer.
    Key {
        /// The layer to look in; all of them if none.
        layer: Option<LayerName>,
        /// The key.
        key: FacilityKey,
    },
}

impl FromStr for FacilityRef {
    type Err = std::convert::Infallible;

    /// Any text is a reference: what is neither `fid:N` nor begins with a layer's name is a key.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Some(Ok(fid)) = text.strip_prefix("fid:").map(str::parse) {
            return Ok(Self::Fid(fid));
        }
        if let Some((layer, key)) = text.split_once('/')
            && let Ok(layer) = layer.parse()
        {
            return Ok(Self::Key { layer: Some(layer), key: FacilityKey(key.to_owned()) });
        }
        Ok(Self::Key { layer: None, key: FacilityKey(text.to_owned()) })
    }
}

impl std::fmt::Display for FacilityRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fid(fid) => write!(f, "fid:{fid}"),
            Self::Key { layer: Some(layer), key } => write!(f, "{layer}/{key}"),
            Self::Key { layer: None, key } => write!(f, "{key}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_read_as_written() {
        for text in ["fid:7", "water_pipe/SA001-12", "SA001-12", "행정동/4141051000"] {
            let Ok(parsed) = text.parse::<FacilityRef>();
            assert_eq!(parsed.to_string(), text);
        }
    }

    #[test]
    fn a_key_needs_every_part() {
        let parts = [Value::text("SA001"), Value::Integer(12)];
        assert_eq!(FacilityKey::from_values(&parts), Some(FacilityKey("SA001-12".into())));
        assert_eq!(FacilityKey::from_values(&[Value::text("SA001"), Value::Null]), None);
        assert_eq!(FacilityKey::from_values(&[Value::text(" ")]), None);
    }
}
