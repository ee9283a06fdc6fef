//! What a profile holds, counted.

use super::{FacilityClass, Profile, Status};
use crate::{GeometryKind, Label};
use serde::Serialize;

/// What a profile holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileSummary {
    /// The profile's name.
    pub id: String,
    /// For people.
    pub label: Label,
    /// How many fields every class may have.
    pub fields: usize,
    /// The classes, by id.
    pub classes: Vec<ClassSummary>,
    /// The code lists, by name.
    pub code_lists: Vec<CodeListSummary>,
}

/// What a class holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassSummary {
    /// The layer's name.
    pub id: String,
    /// For people.
    pub label: Label,
    /// What its features are, if it is known beforehand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geometry: Option<GeometryKind>,
    /// The names of its tables.
    pub tables: Vec<String>,
    /// How many fields are its own.
    pub fields: usize,
}

/// What a code list holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeListSummary {
    /// Its name.
    pub id: String,
    /// For people.
    pub label: Label,
    /// How many of its codes were seen in a public source.
    pub verified: usize,
    /// How many are plausible.
    pub provisional: usize,
}

impl Profile {
    /// What it holds, counted.
    pub fn summary(&self) -> ProfileSummary {
        let class = |class: &FacilityClass| ClassSummary {
            id: class.id.clone(),
            label: class.label.clone(),
            geometry: class.geometry,
            tables: class.tables.clone(),
            fields: class.fields.len(),
        };
        let code_lists = self.code_lists.iter().map(|(id, list)| {
            let verified = list.codes.values().filter(|c| c.status == Status::Verified).count();
            CodeListSummary {
                id: id.clone(),
                label: list.label.clone(),
                verified,
                provisional: list.codes.len() - verified,
            }
        });
        ProfileSummary {
            id: self.id.clone(),
            label: self.label.clone(),
            fields: self.fields.len(),
            classes: self.classes.iter().map(class).collect(),
            code_lists: code_lists.collect(),
        }
    }
}
