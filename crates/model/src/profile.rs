//! Profiles: facility classes and code lists as data.

use crate::{Field, GeometryKind, Label};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A named set of facility classes and code lists, such as `kr-uis`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub id: String,
    /// For people.
    pub label: Label,
    /// Fields that every class may have, by name.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldSpec>,
    /// The classes.
    #[serde(default)]
    pub classes: Vec<FacilityClass>,
    /// The code lists, by name.
    #[serde(default)]
    pub code_lists: BTreeMap<String, CodeList>,
}

/// One kind of facility: how its tables are called, what identifies a row, how it is drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilityClass {
    /// The layer's name, such as `water_pipe`.
    pub id: String,
    /// For people.
    pub label: Label,
    /// Table names that hold it, upper case, without a file's extension.
    #[serde(default)]
    pub tables: Vec<String>,
    /// What its features are, if it is known beforehand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geometry: Option<GeometryKind>,
    /// The fields whose values, joined, are the facility key.
    #[serde(default)]
    pub key: Vec<String>,
    /// The field that tells kinds within the class apart (`FTR_CDE`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_field: Option<String>,
    /// What it is in a disaster: `hospital`, `shelter`, `city_office` and so on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Fields of this class, by name; they win over the profile's.
    #[serde(default)]
    pub fields: BTreeMap<String, FieldSpec>,
    /// How it is drawn.
    #[serde(default)]
    pub look: Look,
}

impl FacilityClass {
    /// The class of a table that no profile knows: labelled by its own name.
    pub fn unknown(id: &str, label: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: Label::same(label),
            tables: Vec::new(),
            geometry: None,
            key: Vec::new(),
            class_field: None,
            role: None,
            fields: BTreeMap::new(),
            look: Look::default(),
        }
    }
}

/// What is known of a field by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// For people.
    pub label: Label,
    /// The unit of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The code list that its codes are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_list: Option<String>,
}

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

/// A list of codes.
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
        let profile: Self = toml::from_str(text).map_err(Box::new)?;
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
            let color = &class.look.color;
            if color.len() != 7
                || !color.starts_with('#')
                || !color[1..].bytes().all(|b| b.is_ascii_hexdigit())
            {
                return Err(ProfileError::Color { class: class.id.clone(), color: color.clone() });
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
        self.classes.iter().find(|c| c.tables.contains(&table))
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
        }
    }
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
        [[classes]]
        id = "pipe"
        label = { ko = "관로", en = "pipe" }
        tables = ["WTL_PIPE_LM"]
        key = ["FTR_CDE", "FTR_IDN"]
        [classes.fields]
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
    fn what_a_profile_names_must_be_there() {
        let missing = SMALL.replace("[code_lists.L]", "[code_lists.M]");
        assert!(matches!(
            Profile::from_toml(&missing),
            Err(ProfileError::NoSuchCodeList { list, .. }) if list == "L"
        ));
        assert!(matches!(Profile::from_toml("id = 3"), Err(ProfileError::Parse(_))));
    }
}
