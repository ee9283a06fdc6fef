//! Profiles: facility classes and code lists as data.

mod class;
mod codes;
mod field;
mod look;

pub use class::{
    DirectionRule, DisasterRole, FacilityClass, NetworkPart, NetworkRole, Reference,
    ReferenceMeaning,
};
pub use codes::{ClassCode, CodeList, Status};
pub use field::{FieldSpec, FieldType};
pub use look::Look;

use crate::{Field, Label};
use serde::Deserialize;
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

/// A profile as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    id: String,
    label: Label,
    #[serde(default)]
    nulls: Vec<String>,
    #[serde(default)]
    fields: BTreeMap<String, FieldSpec>,
    #[serde(default)]
    references: Vec<Reference>,
    #[serde(default)]
    classes: BTreeMap<String, FacilityClass>,
    #[serde(default)]
    code_lists: BTreeMap<String, CodeList>,
}

impl From<Document> for Profile {
    fn from(written: Document) -> Self {
        let named = |(id, class)| FacilityClass { id, ..class };
        Self {
            id: written.id,
            label: written.label,
            nulls: written.nulls,
            fields: written.fields,
            references: written.references,
            classes: written.classes.into_iter().map(named).collect(),
            code_lists: written.code_lists,
        }
    }
}

/// A profile that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Not TOML, or not of a profile's form.
    #[error("the profile cannot be read")]
    Parse(#[from] Box<toml::de::Error>),
    /// A field or a class names a code list that the profile does not have.
    #[error("`{place}` names the code list `{list}`, which the profile does not have")]
    NoSuchCodeList {
        /// The field or class.
        place: String,
        /// The missing list.
        list: String,
    },
    /// Two classes claim the same id or the same table.
    #[error("`{name}` is claimed by two classes")]
    Duplicate {
        /// The id or table.
        name: String,
    },
    /// A colour that is not `#rrggbb`.
    #[error("class `{class}`: colour `{color}` is not of the form #rrggbb")]
    Color {
        /// The class.
        class: String,
        /// The colour as written.
        color: String,
    },
}

impl Profile {
    /// Reads a profile and checks that what it names is there.
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let written: Document = toml::from_str(text).map_err(Box::new)?;
        let profile = Self::from(written);
        profile.check()?;
        Ok(profile)
    }

    fn check(&self) -> Result<(), ProfileError> {
        let mut names = std::collections::BTreeSet::new();
        for class in &self.classes {
            for name in std::iter::once(&class.id).chain(&class.tables) {
                if !names.insert(name) {
                    return Err(ProfileError::Duplicate { name: name.clone() });
                }
            }
            if !class.look.has_color() {
                let color = class.look.color.clone();
                return Err(ProfileError::Color { class: class.id.clone(), color });
            }
        }
        let specs = self.classes.iter().flat_map(|c| &c.fields).chain(&self.fields);
        for (name, spec) in specs {
            if let Some(list) = &spec.code_list
                && !self.code_lists.contains_key(list)
            {
                return Err(ProfileError::NoSuchCodeList {
                    place: name.clone(),
                    list: list.clone(),
                });
            }
        }
        Ok(())
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

    /// Writes what the profile knows of a field of `class` onto it.
    pub fn describe(&self, class: &FacilityClass, field: &mut Field) {
        if let Some(spec) = class.fields.get(&field.name).or_else(|| self.fields.get(&field.name)) {
            field.label = Some(spec.label.clone());
            field.unit.clone_from(&spec.unit);
            field.code_list.clone_from(&spec.code_list);
            field.holds = spec.kind;
            field.personal = spec.personal;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldKind;

    const SMALL: &str = r##"
        id = "t"
        label = { ko = "시험", en = "test" }
        [fields]
        A = { label = { ko = "가", en = "a" }, code_list = "L" }
        [classes.pipe]
        label = { ko = "관로", en = "pipe" }
        tables = ["WTL_PIPE_LM"]
        key = ["FTR_CDE", "FTR_IDN"]
        [classes.pipe.fields]
        B = { label = { ko = "나", en = "b" }, unit = "mm" }
        [code_lists.L]
        label = { ko = "목록", en = "list" }
        codes = { L1 = { ko = "하나", en = "one", status = "verified" } }
    "##;

    #[test]
    fn classes_are_found_by_table_and_describe_their_fields() {
        let profile = Profile::from_toml(SMALL).unwrap();
        let class = profile.class_of_table("wtl_pipe_lm").unwrap();
        let mut field = Field::new("B", FieldKind::Integer);
        profile.describe(class, &mut field);
        assert_eq!(field.unit.as_deref(), Some("mm"));
        let mut common = Field::new("A", FieldKind::Text);
        profile.describe(class, &mut common);
        assert_eq!(common.code_list.as_deref(), Some("L"));
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, name, like) in [
            ("WTL_PIPE_LM", "WTL_PIPE_LM", true),
            ("WTL_PIPE_LM*", "WTL_PIPE_LM-4DEP", true),
            ("*_PIPE_*", "WTL_PIPE_LM", true),
            ("*_PIPE_*M", "WTL_PIPE_LS", false),
            ("A*A", "A", false),
            ("", "A", false),
        ] {
            assert_eq!(is_like(name, pattern), like, "{name} like {pattern}");
        }
    }

    #[test]
    fn what_a_profile_names_must_be_there() {
        let missing = SMALL.replace("[code_lists.L]", "[code_lists.M]");
        assert!(matches!(
            Profile::from_toml(&missing),
            Err(ProfileError::NoSuchCodeList { list, .. }) if list == "L"
        ));
        assert!(matches!(Profile::from_toml("id = 3"), Err(ProfileError::Parse(_))));
    }
}
