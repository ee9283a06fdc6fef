//! The name of a layer: a table name, a collection id and a word in messages at once.

use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A layer's name: 1 to 63 characters, letters (of any script, lower case), digits, `_` and `-`.
///
/// What begins like a table of SQLite, of GeoPackage or of siseol itself is refused, so that a layer can
/// never stand in their way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct LayerName(String);

/// A text that is no layer name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a layer name: 1 to 63 lower-case letters, digits, _ or -, and no prefix that the register uses itself"
)]
pub struct LayerNameError {
    /// The text, cut to 80 characters.
    pub text: String,
}

const RESERVED: [&str; 4] = ["siseol_", "gpkg_", "rtree_", "sqlite_"];
const MAX_CHARS: usize = 63;

impl LayerName {
    /// The name made of a file's stem: lower case, what is not allowed replaced by `_`.
    pub fn from_stem(stem: &str) -> Self {
        let mut name: String = stem
            .trim()
            .to_lowercase()
            .chars()
            .map(|c| if is_allowed(c) { c } else { '_' })
            .take(MAX_CHARS)
            .collect();
        if name.is_empty() || RESERVED.iter().any(|r| name.starts_with(r)) || name == "layer_styles"
        {
            name = format!("layer_{name}").chars().take(MAX_CHARS).collect();
            if name == "layer_layer_styles" || name == "layer_" {
                name.push('1');
            }
        }
        Self(name)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(c: char) -> bool {
    (c.is_alphanumeric() && !c.is_uppercase()) || c == '_' || c == '-'
}

impl FromStr for LayerName {
    type Err = LayerNameError;

    fn from_str(text: &str) -> Result<Self, LayerNameError> {
        let ok = !text.is_empty()
            && text.chars().count() <= MAX_CHARS
            && text.chars().all(is_allowed)
            && text != "layer_styles"
            && !RESERVED.iter().any(|r| text.starts_with(r));
        if ok {
            Ok(Self(text.to_owned()))
        } else {
            Err(LayerNameError { text: text.chars().take(80).collect() })
        }
    }
}

impl TryFrom<String> for LayerName {
    type Error = LayerNameError;

    fn try_from(text: String) -> Result<Self, LayerNameError> {
        text.parse()
    }
}

impl From<LayerName> for String {
    fn from(name: LayerName) -> Self {
        name.0
    }
}

impl std::fmt::Display for LayerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for LayerName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stem_always_becomes_a_name_that_can_be_read_back() {
        for (stem, name) in [
            ("WTL_PIPE_LM", "wtl_pipe_lm"),
            ("01. 열배관", "01__열배관"),
            ("gpkg_contents", "layer_gpkg_contents"),
            ("layer_styles", "layer_layer_styles1"),
            ("", "layer_1"),
            ("a\"; DROP TABLE x", "a___drop_table_x"),
        ] {
            let made = LayerName::from_stem(stem);
            assert_eq!(made.as_str(), name);
            assert_eq!(made.as_str().parse(), Ok(made.clone()));
        }
    }

    #[test]
    fn names_that_could_be_paths_sql_or_our_own_tables_are_refused() {
        for bad in
            ["", "Pipes", "a b", "../x", "siseol_meta", "rtree_x_geom", "a/b", "layer_styles"]
        {
            assert!(bad.parse::<LayerName>().is_err(), "{bad}");
        }
    }
}
