//! Code lists.

use crate::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How sure the meaning of a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Seen in a public source.
    Verified,
    /// Plausible, not confirmed.
    #[default]
    Provisional,
}

/// A list of codes. A code that is not in it is shown as it is.
///
/// An empty one says only what its codes are of, for a city to add its own: no code is wrong by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeList {
    /// For people.
    pub label: Label,
    /// The codes.
    pub codes: BTreeMap<String, ClassCode>,
}

/// One code's meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassCode {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
    /// How sure it is.
    #[serde(default)]
    pub status: Status,
}
