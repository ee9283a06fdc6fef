//! The examples of the standard, where they are at hand: `SISEOL_CORPORA` names the folder.

use serde_json::Value;
use siseol_query::filter::Expression;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A folder of the standard's files, or a line that says that it is not there.
pub(crate) fn standard(path: &str) -> Option<PathBuf> {
    if let Some(root) = std::env::var_os("SISEOL_CORPORA") {
        return Some(Path::new(&root).join("cql2/ogcapi-features/standard").join(path));
    }
    println!("left out: SISEOL_CORPORA is not set, so the standard's {path} is not tested");
    None
}

/// The files of a folder, by their names without the ending.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs_err::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let stem = |path: &PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
    entries.map(|path| (stem(&path), fs_err::read_to_string(&path).unwrap())).collect()
}

/// Numbers as floating ones, because text and JSON of an example need not agree whether a coordinate has a fraction.
pub(crate) fn floats(json: &Value) -> Value {
    match json {
        Value::Number(number) => number.as_f64().unwrap().into(),
        Value::Array(items) => items.iter().map(floats).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), floats(value))).collect()
        }
        other => other.clone(),
    }
}

#[test]
fn all_examples_of_the_standard_read_from_text_and_json_as_the_same_and_are_written_back() {
    let Some(folder) = standard("schema/examples") else { return };
    let (texts, jsons) = (files(&folder.join("text")), files(&folder.join("json")));
    assert!(texts.len() >= 120 && jsons.len() >= 109, "{} and {}", texts.len(), jsons.len());
    for (name, json) in &jsons {
        let json: Value = serde_json::from_str(json).unwrap();
        let from_json = Expression::from_json(&json).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(floats(&from_json.to_json()), floats(&json), "{name}");
        assert_eq!(
            Expression::from_text(&from_json.to_string()).as_ref(),
            Ok(&from_json),
            "{name}"
        );
    }
    for (name, text) in &texts {
        let from_text = Expression::from_text(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(Expression::from_json(&from_text.to_json()).as_ref(), Ok(&from_text), "{name}");
        assert_eq!(
            Expression::from_text(&from_text.to_string()).as_ref(),
            Ok(&from_text),
            "{name}"
        );
        // Other spellings of an example are called `exampleNN-altMM`.
        let example = name.split("-alt").next().unwrap();
        let json: Value = serde_json::from_str(&jsons[example]).unwrap();
        assert_eq!(floats(&from_text.to_json()), floats(&json), "{name}");
    }
}
