//! A profile as it is written: files joined into one, over the profile that it extends.

use super::check::check;
use super::{CodeList, FacilityClass, FieldSpec, Problem, Profile, Reference};
use crate::Label;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use toml::{Table, Value};

/// The parts that have entries, each of which one file says.
const SECTIONS: [&str; 3] = ["fields", "classes", "code_lists"];
/// The parts that one file says as a whole.
const MEMBERS: [&str; 5] = ["id", "label", "extends", "nulls", "references"];

/// A text that is not empty.
#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.trim().is_empty() { Err("is empty") } else { Ok(Self(text)) }
    }
}

/// A profile as it is written, not yet checked. What is wrong with it comes out in [`Draft::finish`].
#[derive(Debug, Default)]
pub struct Draft {
    written: Table,
    /// The file that says a place, for each table.
    origins: BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Draft {
    /// Joins the files of a profile, each a name and its text. Any file may hold any part; what two of them say is a
    /// problem.
    pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut draft = Self::default();
        for (file, text) in files {
            match text.parse::<Table>() {
                Ok(table) => draft.join(file, table),
                Err(error) => draft.problems.push(syntax(file, text, &error)),
            }
        }
        draft
    }

    /// The built-in profile that it starts from.
    pub fn extends(&self) -> Option<&str> {
        self.written.get("extends").and_then(Value::as_str)
    }

    /// The same over the profile that it extends: tables merge, arrays and values replace those of `base`. Its name and
    /// label are its own.
    #[must_use]
    pub fn over(mut self, mut base: Self) -> Self {
        for own in ["id", "label", "extends"] {
            base.written.remove(own);
        }
        merge(&mut base.written, std::mem::take(&mut self.written));
        base.origins.append(&mut self.origins);
        base.problems.append(&mut self.problems);
        base
    }

    /// The profile, of all that can be read, and what is wrong with it.
    pub fn finish(mut self) -> (Profile, Vec<Problem>) {
        let mut written = std::mem::take(&mut self.written);
        let mut profile = Profile {
            id: self.member::<Name>(&mut written, "id", true).unwrap_or_default().0,
            label: self.member::<Label>(&mut written, "label", true).unwrap_or_default(),
            nulls: self.member(&mut written, "nulls", false).unwrap_or_default(),
            fields: BTreeMap::new(),
            references: self
                .member::<Vec<Reference>>(&mut written, "references", false)
                .unwrap_or_default(),
            classes: Vec::new(),
            code_lists: BTreeMap::new(),
        };
        profile.fields = self.entries::<FieldSpec>(written.remove("fields"), "fields");
        profile.code_lists = self.entries::<CodeList>(written.remove("code_lists"), "code_lists");
        for (id, value) in self.tables(written.remove("classes"), "classes") {
            let place = format!("classes.{id}");
            let mut class = value;
            if class.remove("id").is_some() {
                self.problem(
                    place.clone(),
                    "has its id as its key, and no `id` beside it".to_owned(),
                );
            }
            let fields = class.remove("fields");
            let fields = self.entries(fields, &format!("{place}.fields"));
            if let Some(class) = self.typed::<FacilityClass>(Value::Table(class), &place) {
                profile.classes.push(FacilityClass { id, fields, ..class });
            }
        }
        for (place, text) in check(&profile) {
            self.problem(place, text);
        }
        (profile, self.problems)
    }

    /// Adds a file's parts.
    fn join(&mut self, file: &str, table: Table) {
        for (part, value) in table {
            match value {
                Value::Table(entries) if SECTIONS.contains(&part.as_str()) => {
                    for (name, entry) in entries {
                        let place = format!("{part}.{name}");
                        if self.claim(file, &place, &entry) {
                            let section = self
                                .written
                                .entry(part.as_str())
                                .or_insert_with(|| Value::Table(Table::new()));
                            if let Value::Table(section) = section {
                                section.insert(name, entry);
                            }
                        }
                    }
                }
                value if MEMBERS.contains(&part.as_str()) => {
                    if self.claim(file, &part, &value) {
                        self.written.insert(part, value);
                    }
                }
                _ => {
                    let known = SECTIONS.iter().chain(&MEMBERS);
                    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
                    let text = format!(
                        "is not a part of a profile; those are {} (the first three are tables)",
                        known.join(", ")
                    );
                    self.problems.push(Problem { file: Some(file.to_owned()), place: part, text });
                }
            }
        }
    }

    /// Whether the place is this file's to say.
    fn claim(&mut self, file: &str, place: &str, value: &Value) -> bool {
        if let Some(other) = self.origins.get(place) {
            let text = format!("is also in {other}");
            let place = place.to_owned();
            self.problems.push(Problem { file: Some(file.to_owned()), place, text });
            return false;
        }
        self.remember(file, place.to_owned(), value);
        true
    }

    fn remember(&mut self, file: &str, place: String, value: &Value) {
        if let Value::Table(table) = value {
            for (name, value) in table.iter().filter(|(_, value)| value.is_table()) {
                self.remember(file, format!("{place}.{name}"), value);
            }
        }
        self.origins.insert(place, file.to_owned());
    }

    fn member<T: DeserializeOwned>(
        &mut self,
        written: &mut Table,
        name: &str,
        required: bool,
    ) -> Option<T> {
        let value = written.remove(name);
        if required && value.is_none() {
            self.problem(name.to_owned(), "is missing".to_owned());
        }
        self.typed(value?, name)
    }

    fn entries<T: DeserializeOwned>(
        &mut self,
        section: Option<Value>,
        place: &str,
    ) -> BTreeMap<String, T> {
        let mut entries = BTreeMap::new();
        for (name, table) in self.tables(section, place) {
            if let Some(entry) = self.typed(Value::Table(table), &format!("{place}.{name}")) {
                entries.insert(name, entry);
            }
        }
        entries
    }

    fn tables(&mut self, section: Option<Value>, place: &str) -> Vec<(String, Table)> {
        let entries = match section {
            None => return Vec::new(),
            Some(Value::Table(entries)) => entries,
            Some(_) => {
                self.problem(place.to_owned(), "is no table".to_owned());
                return Vec::new();
            }
        };
        let mut tables = Vec::new();
        for (name, value) in entries {
            match value {
                Value::Table(table) => tables.push((name, table)),
                _ => self.problem(format!("{place}.{name}"), "is no table".to_owned()),
            }
        }
        tables
    }

    fn typed<T: DeserializeOwned>(&mut self, value: Value, place: &str) -> Option<T> {
        match T::deserialize(value) {
            Ok(read) => Some(read),
            Err(error) => {
                self.problem(place.to_owned(), error.message().trim_end().to_owned());
                None
            }
        }
    }

    fn problem(&mut self, place: String, text: String) {
        // The file of the place, or of the table around it.
        let around = std::iter::successors(Some(place.as_str()), |place| {
            place.rsplit_once(['.', '[']).map(|(around, _)| around)
        });
        let file = { around }.find_map(|place| self.origins.get(place)).cloned();
        self.problems.push(Problem { file, place, text });
    }
}

/// Puts `over` on `base`.
fn merge(base: &mut Table, over: Table) {
    for (name, value) in over {
        match (base.get_mut(&name), value) {
            (Some(Value::Table(below)), Value::Table(above)) => merge(below, above),
            (_, value) => {
                base.insert(name, value);
            }
        }
    }
}

/// What the parser says, and where.
fn syntax(file: &str, text: &str, error: &toml::de::Error) -> Problem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Problem {
        file: Some(file.to_owned()),
        place: format!("line {line}, column {column}"),
        text: error.message().trim_end().to_owned(),
    }
}
