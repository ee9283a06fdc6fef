//! How a class is drawn.

use serde::{Deserialize, Serialize};

/// How a class is drawn on a map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Look {
    /// `#rrggbb`.
    pub color: String,
    /// Lengths of dash and gap, in line widths; a full line if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dash: Vec<f64>,
    /// Line width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// Point radius in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius: Option<f64>,
    /// The map zoom from which it is drawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minzoom: Option<f64>,
    /// Drawn later (above) if higher.
    pub order: i32,
    /// The field whose text labels the feature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_field: Option<String>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            color: "#5f6b7a".to_owned(),
            dash: Vec::new(),
            width: None,
            radius: None,
            minzoom: None,
            order: 50,
            label_field: None,
        }
    }
}

impl Look {
    /// Whether the colour is of the form `#rrggbb`.
    pub(super) fn has_color(&self) -> bool {
        self.color.strip_prefix('#').is_some_and(|digits| {
            digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit())
        })
    }
}
