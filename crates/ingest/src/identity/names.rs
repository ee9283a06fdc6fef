//! Which field of the profile each delivered column is.

use siseol_model::{FacilityClass, Field, FieldSpec, Issue, IssueKind, Profile};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The fields that a class may have, by all their names in lower case.
pub(super) struct Known<'p>(HashMap<String, Meant<'p>>);

/// A field that a name means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant<'p> {
    /// Its own name.
    pub name: &'p str,
    pub spec: &'p FieldSpec,
    /// Whether it is the class's, not every layer's.
    pub own: bool,
}

impl<'p> Known<'p> {
    /// The class's fields win over those that every layer may have, and a field's own name over an alias.
    pub(super) fn new(profile: &'p Profile, class: Option<&'p FacilityClass>) -> Self {
        let mut known = HashMap::new();
        let mut add = |fields: &'p BTreeMap<String, FieldSpec>, own| {
            for (name, spec) in fields {
                known.entry(name.to_lowercase()).or_insert(Meant { name, spec, own });
            }
            for (name, spec) in fields {
                for alias in &spec.aliases {
                    known.entry(alias.to_lowercase()).or_insert(Meant { name, spec, own });
                }
            }
        };
        if let Some(class) = class {
            add(&class.fields, true);
        }
        add(&profile.fields, false);
        Self(known)
    }

    /// The field that a column's name means.
    pub(super) fn get(&self, column: &str) -> Option<Meant<'p>> {
        self.0.get(&column.to_lowercase()).copied()
    }

    /// The fields that the columns are. Of several that mean one field, that with the field's own name is it, else the
    /// first; the others keep their own names.
    pub(super) fn name(&self, columns: &[Field]) -> Vec<(Field, Option<&'p FieldSpec>)> {
        let mut taken: HashSet<String> = columns.iter().map(|c| c.name.to_lowercase()).collect();
        let mut named = Vec::new();
        for column in columns {
            let mut field = column.clone();
            let meant = self.get(&column.name);
            if let Some(meant) = meant {
                meant.spec.describe(&mut field);
                let own_name = meant.name.eq_ignore_ascii_case(&column.name);
                if column.name != meant.name
                    && (own_name || taken.insert(meant.name.to_lowercase()))
                {
                    field.delivered =
                        Some(std::mem::replace(&mut field.name, meant.name.to_owned()));
                }
            }
            named.push((field, meant.map(|meant| meant.spec)));
        }
        named
    }
}

/// Says which columns are kept under another name than the file's.
pub(super) fn tell_mapped(fields: &[Field]) -> Option<Issue> {
    let mapped = fields.iter().filter_map(|f| Some((f.delivered.as_deref()?, f.name.as_str())));
    let told: Vec<_> = mapped.map(|(delivered, name)| format!("{delivered} as {name}")).collect();
    (!told.is_empty()).then(|| {
        let text = format!("columns kept under the names of the profile: {}", told.join(", "));
        Issue::file(IssueKind::FieldMapped, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use siseol_model::FieldKind;

    const PROFILE: &str = r##"
        id = "t"
        label = { ko = "시험", en = "test" }
        [fields]
        IST_YMD = { label = { ko = "설치일자", en = "installed" }, aliases = ["FNS_YMD"] }
        [classes.pipe]
        label = { ko = "관로", en = "pipe" }
        [classes.pipe.fields]
        PIP_DIP = { label = { ko = "관경", en = "diameter" }, aliases = ["STD_DIP", "구경"] }
    "##;

    fn named(columns: &[&str]) -> Vec<(String, Option<String>)> {
        let profile = Profile::from_toml(PROFILE).unwrap();
        let fields: Vec<_> = columns.iter().map(|c| Field::new(*c, FieldKind::Text)).collect();
        let known = Known::new(&profile, profile.class("pipe"));
        known.name(&fields).into_iter().map(|(field, _)| (field.name, field.delivered)).collect()
    }

    #[test]
    fn a_column_is_kept_under_the_fields_own_name() {
        let (name, some) = (str::to_owned, |s: &str| Some(s.to_owned()));
        assert_eq!(named(&["std_dip"]), [(name("PIP_DIP"), some("std_dip"))]);
        assert_eq!(named(&["pip_dip"]), [(name("PIP_DIP"), some("pip_dip"))]);
        assert_eq!(named(&["구경", "A"]), [(name("PIP_DIP"), some("구경")), (name("A"), None)]);
        assert_eq!(named(&["FNS_YMD"]), [(name("IST_YMD"), some("FNS_YMD"))]);
        // Where both are there, the alias keeps its own.
        assert_eq!(
            named(&["STD_DIP", "PIP_DIP"]),
            [(name("STD_DIP"), None), (name("PIP_DIP"), None)]
        );
        assert_eq!(
            named(&["STD_DIP", "구경"]),
            [(name("PIP_DIP"), some("STD_DIP")), (name("구경"), None)]
        );
    }
}
