//! Change sets: the one way in which a register changes.

use crate::{ChangeCounts, CommitInfo, Feature, LayerName, Stamp};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// One commit that changed a layer: a state of that layer begins with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// The state of the register that the commit made.
    pub generation: i64,
    /// The name of that state.
    pub stamp: Stamp,
    /// When.
    pub time: Timestamp,
}

/// What kind of change set it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChangeSetKind {
    /// Files that a city handed over.
    Delivery,
    /// The reverse of another change set.
    Undo,
}

/// How the rows of a delivery meet those that the register has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryMode {
    /// New rows are inserted, changed ones updated; rows that the delivery no longer has stay and are listed.
    #[default]
    Upsert,
    /// As upsert, and rows that the delivery no longer has are deleted.
    Replace,
    /// All rows are new.
    Append,
}

/// A word that is no delivery mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the mode is upsert, replace or append")]
pub struct DeliveryModeError;

impl FromStr for DeliveryMode {
    type Err = DeliveryModeError;

    fn from_str(text: &str) -> Result<Self, DeliveryModeError> {
        match text {
            "upsert" => Ok(Self::Upsert),
            "replace" => Ok(Self::Replace),
            "append" => Ok(Self::Append),
            _ => Err(DeliveryModeError),
        }
    }
}

/// What became of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// It came, or came back.
    Insert,
    /// It has another content.
    Update,
    /// It went.
    Delete,
}

/// One change set, and what it did to each layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSet {
    /// Who, when, why, and the state that it made.
    #[serde(flatten)]
    pub commit: CommitInfo,
    /// What kind it is.
    pub kind: ChangeSetKind,
    /// The change set that it reverses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<i64>,
    /// The layers that it names, in the order of their names.
    pub layers: Vec<LayerChanges>,
}

/// What a change set did to one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerChanges {
    /// The layer.
    pub layer: LayerName,
    /// How many rows came, changed, went, stayed, and were missed.
    #[serde(flatten)]
    pub changes: ChangeCounts,
}

/// One row before and after a change set.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The place among the changes of its change set, from 1.
    pub number: u64,
    /// The layer.
    pub layer: LayerName,
    /// The row.
    pub fid: i64,
    /// What became of it.
    pub operation: Operation,
    /// Its content before; none if it came.
    pub before: Option<Feature>,
    /// Its content after; none if it went.
    pub after: Option<Feature>,
}
