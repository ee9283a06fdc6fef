//! Whether what a profile says agrees with itself.

use super::ReferenceMeaning::{End, Start};
use super::{DirectionRule, FacilityClass, FieldSpec, FieldType, Profile, Reference, is_like};
use crate::LayerName;
use std::collections::BTreeMap;

/// A place and what is wrong there.
type Found = (String, String);

/// The farthest zoom that maps know.
const MAX_ZOOM: f64 = 24.0;
/// Wider lines and larger points cover what they are to show.
const MAX_PIXELS: f64 = 100.0;
/// Longer codes are no numbers that lost their zeros.
const MAX_DIGITS: u8 = 30;

/// All that is wrong, in the order of the profile.
pub(super) fn check(profile: &Profile) -> Vec<Found> {
    let mut found = Vec::new();
    for (name, spec) in &profile.fields {
        check_field(profile, &format!("fields.{name}"), spec, &mut found);
    }
    check_names("fields", &profile.fields, &BTreeMap::new(), &mut found);
    for (i, reference) in profile.references.iter().enumerate() {
        let spec_of = |name: &str| profile.field_of_any(name);
        check_reference(profile, &format!("references[{i}]"), reference, spec_of, &mut found);
    }
    for class in &profile.classes {
        let place = format!("classes.{}", class.id);
        check_class(profile, &place, class, &mut found);
        for (name, spec) in &class.fields {
            check_field(profile, &format!("{place}.fields.{name}"), spec, &mut found);
        }
        check_names(&format!("{place}.fields"), &class.fields, &profile.fields, &mut found);
        check_look(&format!("{place}.look"), class, &mut found);
    }
    check_tables(profile, &mut found);
    found
}

fn check_field(profile: &Profile, place: &str, spec: &FieldSpec, found: &mut Vec<Found>) {
    let mut wrong = |text: String| found.push((place.to_owned(), text));
    let is = |kinds: &[FieldType]| spec.kind.is_none_or(|kind| kinds.contains(&kind));
    if let Some(list) = &spec.code_list {
        if !profile.code_lists.contains_key(list) {
            wrong(format!("names the code list `{list}`, which the profile does not have"));
        }
        if !is(&[FieldType::Code]) {
            wrong("has a code list and is no code".to_owned());
        }
    }
    if let Some([least, greatest]) = spec.range {
        // Not `least > greatest`: neither may be no number.
        let in_order = least <= greatest;
        if !in_order {
            wrong(format!("the range begins at {least} and ends at {greatest}"));
        }
        if !is(&[FieldType::Integer, FieldType::Number]) {
            wrong("has a range and is no number".to_owned());
        }
    }
    if let Some(digits) = spec.digits {
        if !(1..=MAX_DIGITS).contains(&digits) {
            wrong(format!("a code has 1 to {MAX_DIGITS} digits, not {digits}"));
        }
        if !is(&[FieldType::Code]) {
            wrong("has a number of digits and is no code".to_owned());
        }
    }
    if spec.unit.as_deref().is_some_and(|unit| unit.trim().is_empty()) {
        wrong("the unit is empty".to_owned());
    }
}

/// Whether each name and alias is of one field. Those of the profile hold beside those of a class, unless the class
/// says the field itself; what is wrong among them alone is said once, not with each class.
fn check_names(
    place: &str,
    fields: &BTreeMap<String, FieldSpec>,
    common: &BTreeMap<String, FieldSpec>,
    found: &mut Vec<Found>,
) {
    let common = common.iter().filter(|(name, _)| !fields.contains_key(*name));
    let all: Vec<_> = common.map(|f| (f, false)).chain(fields.iter().map(|f| (f, true))).collect();
    let mut owners: BTreeMap<String, (&str, bool)> = BTreeMap::new();
    let mut wrong = |name: &str, text: String| found.push((format!("{place}.{name}"), text));
    for &((name, _), own) in &all {
        let other = owners.insert(name.to_lowercase(), (name, own));
        if let Some((other, _)) = other
            && own
        {
            wrong(name, format!("differs from the field `{other}` by its case only"));
        }
    }
    for &((name, spec), own) in &all {
        for alias in &spec.aliases {
            match owners.get(alias.to_lowercase().as_str()) {
                Some((other, _)) if own => {
                    wrong(
                        name,
                        format!("the alias `{alias}` is also a name of the field `{other}`"),
                    );
                }
                Some((other, true)) => {
                    wrong(other, format!("is also an alias of the field `{name}`"));
                }
                Some(_) => {}
                None => {
                    owners.insert(alias.to_lowercase(), (name, own));
                }
            }
        }
    }
}

fn check_class(profile: &Profile, place: &str, class: &FacilityClass, found: &mut Vec<Found>) {
    if let Err(error) = class.id.parse::<LayerName>() {
        found.push((place.to_owned(), format!("cannot be the name of a layer: {error}")));
    }
    let mut needed: Vec<(&str, &str)> = Vec::new();
    needed.extend(class.key.iter().map(|name| ("key", name.as_str())));
    needed.extend(class.class_field.iter().map(|name| ("class_field", name.as_str())));
    needed.extend(class.look.label_field.iter().map(|name| ("look.label_field", name.as_str())));
    if let Some(network) = &class.network {
        let levels = network.levels.iter().flatten();
        needed.extend(levels.map(|name| ("network.levels", name.as_str())));
    }
    for (member, name) in needed {
        match profile.field(class, name) {
            None => {
                found.push((format!("{place}.{member}"), unsaid(name)));
            }
            Some(spec) if spec.personal && member == "key" => {
                let text = format!("the personal field `{name}` is masked and cannot be a key");
                found.push((format!("{place}.{member}"), text));
            }
            Some(_) => {}
        }
    }
    for (i, reference) in class.references.iter().enumerate() {
        let place = format!("{place}.references[{i}]");
        check_reference(profile, &place, reference, |name| profile.field(class, name), found);
    }
    check_network(place, class, found);
}

fn check_network(place: &str, class: &FacilityClass, found: &mut Vec<Found>) {
    let Some(network) = &class.network else { return };
    let mut wrong = |text: &str| found.push((format!("{place}.network"), text.to_owned()));
    if network.utility.trim().is_empty() {
        wrong("the utility is empty");
    }
    if !network.by_code.is_empty() && class.class_field.is_none() {
        wrong("`by_code` needs a class field");
    }
    let refers = |means| class.references.iter().any(|r| r.means == means);
    for rule in &network.direction {
        match rule {
            DirectionRule::Nodes if !(refers(Start) && refers(End)) => {
                wrong("the direction `nodes` needs a reference to the start and one to the end");
            }
            DirectionRule::Levels if network.levels.is_none() => {
                wrong("the direction `levels` needs the fields of the levels");
            }
            DirectionRule::Nodes | DirectionRule::Levels | DirectionRule::Digitised => {}
        }
    }
}

/// Whether a reference's fields and classes are there and agree; `spec_of` knows the fields.
fn check_reference<'a>(
    profile: &Profile,
    place: &str,
    reference: &Reference,
    spec_of: impl Fn(&str) -> Option<&'a FieldSpec>,
    found: &mut Vec<Found>,
) {
    let mut wrong = |text: String| found.push((place.to_owned(), text));
    if reference.fields.is_empty() || reference.classes.is_empty() {
        wrong("names no field, or no class".to_owned());
    }
    for name in &reference.fields {
        match spec_of(name) {
            None => wrong(unsaid(name)),
            Some(spec) if spec.personal => wrong(format!(
                "the personal field `{name}` is masked and leads to no row of another class"
            )),
            Some(_) => {}
        }
    }
    for id in &reference.classes {
        match profile.class(id) {
            None => wrong(format!("names the class `{id}`, which the profile does not have")),
            Some(target) if target.key.len() != reference.fields.len() => wrong(format!(
                "is of {} fields, and the key of `{id}` of {}",
                reference.fields.len(),
                target.key.len()
            )),
            Some(_) => {}
        }
    }
}

fn unsaid(field: &str) -> String {
    format!("names the field `{field}`, of which nothing is said")
}

fn check_look(place: &str, class: &FacilityClass, found: &mut Vec<Found>) {
    let look = &class.look;
    let mut wrong = |text: String| found.push((place.to_owned(), text));
    if !look.has_color() {
        wrong(format!("the colour `{}` is not of the form #rrggbb", look.color));
    }
    let is_length = |length: &f64| length.is_finite() && *length >= 0.0;
    if !look.dash.len().is_multiple_of(2) || !look.dash.iter().all(is_length) {
        wrong("`dash` is pairs of a dash and a gap, none below 0".to_owned());
    } else if !look.dash.is_empty() && look.dash.iter().sum::<f64>() <= 0.0 {
        wrong("`dash` has no length".to_owned());
    }
    for (name, size) in [("width", look.width), ("radius", look.radius)] {
        if size.is_some_and(|size| !(size > 0.0 && size <= MAX_PIXELS)) {
            wrong(format!("`{name}` is above 0 and at most {MAX_PIXELS} pixels"));
        }
    }
    if look.minzoom.is_some_and(|zoom| !(0.0..=MAX_ZOOM).contains(&zoom)) {
        wrong(format!("`minzoom` is from 0 to {MAX_ZOOM}"));
    }
}

/// Whether each table is of one class. A pattern is also held against those of other classes, as if it were a name.
fn check_tables(profile: &Profile, found: &mut Vec<Found>) {
    for class in &profile.classes {
        for table in &class.tables {
            let mut wrong =
                |text: String| found.push((format!("classes.{}.tables", class.id), text));
            if table.is_empty() || *table != table.to_uppercase() {
                wrong(format!("`{table}` is not of the form of a table: upper case, not empty"));
            }
            for other in profile.classes.iter().filter(|other| other.id != class.id) {
                for claimed in other.tables.iter().filter(|claimed| is_like(table, claimed)) {
                    // Two that are equal are found twice, once from each.
                    if table != claimed || class.id > other.id {
                        wrong(format!("`{table}` is also of `{}`, as `{claimed}`", other.id));
                    }
                }
            }
        }
    }
}
