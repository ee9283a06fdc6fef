//! Who changed the register, when, why and from what.

use crate::Stamp;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a person says of a change set before it is committed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Provenance {
    /// Who.
    pub author: Option<String>,
    /// Why.
    pub comment: Option<String>,
    /// From what: the delivered files, by name.
    pub source: String,
}

/// One committed change set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitInfo {
    /// The change set's number.
    pub change_set: i64,
    /// The state that it made: one more than before.
    pub generation: i64,
    /// The name of that state.
    pub stamp: Stamp,
    /// When.
    pub time: Timestamp,
    /// Who, why, from what.
    #[serde(flatten)]
    pub provenance: Provenance,
}
