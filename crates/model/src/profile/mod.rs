//! Profiles: facility classes and code lists as data.

mod check;
mod class;
mod codes;
mod draft;
mod field;
mod look;
mod problem;
mod summary;
#[cfg(test)]
mod tests;

pub use class::{
    DirectionRule, DisasterRole, FacilityClass, NetworkPart, NetworkRole, Reference,
    ReferenceMeaning,
};
pub use codes::{ClassCode, CodeList, Status};
pub use draft::Draft;
pub use field::{FieldSpec, FieldType};
pub use look::Look;
pub use problem::{Problem, ProfileError};
pub use summary::{ClassSummary, CodeListSummary, ProfileSummary};

use crate::Label;
use std::collections::BTreeMap;

/// A named set of facility classes and code lists, such as `kr-uis`.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name.
    pub id: String,
    /// For people.
    pub label: Label,
    /// Texts that stand for an unknown value in any field.
    pub nulls: Vec<String>,
    /// Fields that every class may have, by name.
    pub fields: BTreeMap<String, FieldSpec>,
    /// References of every class that has their fields.
    pub references: Vec<Reference>,
    /// The classes, by id.
    pub classes: Vec<FacilityClass>,
    /// The code lists, by name.
    pub code_lists: BTreeMap<String, CodeList>,
}

impl Profile {
    /// Reads a profile that is one text, and checks it.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        match Draft::read([("profile.toml", text)]).finish() {
            (profile, problems) if problems.is_empty() => Ok(profile),
            (_, problems) => Err(ProfileError { problems }),
        }
    }

    /// The class that holds the table of that name, whatever its case.
    pub fn class_of_table(&self, table: &str) -> Option<&FacilityClass> {
        let table = table.to_uppercase();
        self.classes.iter().find(|c| c.tables.iter().any(|pattern| is_like(&table, pattern)))
    }

    /// The class with that id.
    pub fn class(&self, id: &str) -> Option<&FacilityClass> {
        self.classes.iter().find(|c| c.id == id)
    }

    /// What is known of a field of `class`: what the class says of it, or else the profile.
    pub fn field<'a>(&'a self, class: &'a FacilityClass, name: &str) -> Option<&'a FieldSpec> {
        class.fields.get(name).or_else(|| self.fields.get(name))
    }

    /// What the profile says of a field, or else the first class that has it.
    fn field_of_any(&self, name: &str) -> Option<&FieldSpec> {
        let of_classes = || self.classes.iter().find_map(|class| class.fields.get(name));
        self.fields.get(name).or_else(of_classes)
    }

    /// The references of `class`: its own, and those of the profile that are of other fields and do not lead back to it.
    pub fn references<'a>(
        &'a self,
        class: &'a FacilityClass,
    ) -> impl Iterator<Item = &'a Reference> {
        let own = &class.references;
        let common = self.references.iter().filter(move |common| {
            !common.classes.contains(&class.id) && own.iter().all(|o| o.fields != common.fields)
        });
        own.iter().chain(common)
    }
}

/// Whether a name is of the pattern, in which each `*` stands for any characters.
fn is_like(name: &str, pattern: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return name == pattern };
    let Some(mut left) = name.strip_prefix(head) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let tail = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = left.find(piece) else { return false };
        left = &left[at + piece.len()..];
    }
    left.ends_with(tail)
}
