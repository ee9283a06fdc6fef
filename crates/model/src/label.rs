//! Words for people, in both languages of the product.

use serde::{Deserialize, Serialize};

/// A name for people to read: Korean and English.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

impl Label {
    /// A label of the two texts.
    pub fn new(ko: impl Into<String>, en: impl Into<String>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }

    /// A label that reads the same in both languages, for names that come from a file.
    pub fn same(text: impl Into<String>) -> Self {
        let ko = text.into();
        Self { en: ko.clone(), ko }
    }
}

impl std::fmt::Display for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.ko == self.en {
            f.write_str(&self.ko)
        } else {
            write!(f, "{} / {}", self.ko, self.en)
        }
    }
}
