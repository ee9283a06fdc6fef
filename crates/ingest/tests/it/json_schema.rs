//! Whether a document is as a JSON Schema says: the part of the language that `schemas/` uses. A keyword that is not
//! known here fails the test, so that none is passed over.

use serde_json::{Map, Value};

/// What a schema of `schemas/` finds wrong with a document.
pub(crate) fn faults(schema: &Value, document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    check(schema, schema, document, "", &mut found);
    found
}

/// Keywords that say nothing about a document.
const NOTES: [&str; 8] =
    ["$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment"];

fn check(root: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = schema.as_object().unwrap();
    for (keyword, rule) in schema.iter().filter(|(keyword, _)| !NOTES.contains(&keyword.as_str())) {
        let mut hold = |holds: bool| {
            if !holds {
                found.push(format!("{at}: {keyword} {rule}, and it is {value}"));
            }
        };
        let size = |of: Option<usize>, fits: fn(usize, usize) -> bool| {
            of.is_none_or(|n| fits(n, usize::try_from(rule.as_u64().unwrap()).unwrap()))
        };
        let number = |fits: fn(&f64, &f64) -> bool| {
            value.as_f64().is_none_or(|v| fits(&v, &rule.as_f64().unwrap()))
        };
        match keyword.as_str() {
            "type" => {
                let names = rule.as_array().map_or(std::slice::from_ref(rule), Vec::as_slice);
                hold(names.iter().any(|name| is_of_type(value, name.as_str().unwrap())));
            }
            "oneOf" => {
                let fits = |rule: &&Value| {
                    let mut faults = Vec::new();
                    check(root, rule, value, at, &mut faults);
                    faults.is_empty()
                };
                hold(rule.as_array().unwrap().iter().filter(fits).count() == 1);
            }
            "allOf" => {
                for rule in rule.as_array().unwrap() {
                    check(root, rule, value, at, found);
                }
            }
            "enum" => hold(rule.as_array().unwrap().contains(value)),
            "pattern" => hold(value.as_str().is_none_or(|text| has(text, rule.as_str().unwrap()))),
            "minLength" => hold(size(value.as_str().map(|s| s.chars().count()), |n, m| n >= m)),
            "maxLength" => hold(size(value.as_str().map(|s| s.chars().count()), |n, m| n <= m)),
            "minItems" => hold(size(value.as_array().map(Vec::len), |n, m| n >= m)),
            "maxItems" => hold(size(value.as_array().map(Vec::len), |n, m| n <= m)),
            "minimum" => hold(number(f64::ge)),
            "maximum" => hold(number(f64::le)),
            "exclusiveMinimum" => hold(number(f64::gt)),
            "required" => {
                let names = rule.as_array().unwrap().iter().map(|name| name.as_str().unwrap());
                hold(value.as_object().is_none_or(|o| { names }.all(|name| o.contains_key(name))));
            }
            "$ref" => {
                let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                check(root, root.pointer(pointer).unwrap(), value, at, found);
            }
            "items" => {
                for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, rule, item, &format!("{at}/{i}"), found);
                }
            }
            "propertyNames" => {
                for name in value.as_object().into_iter().flat_map(Map::keys) {
                    check(root, rule, &Value::from(name.as_str()), at, found);
                }
            }
            "properties" => {
                for (name, rule) in rule.as_object().unwrap() {
                    if let Some(member) = value.get(name) {
                        check(root, rule, member, &format!("{at}/{name}"), found);
                    }
                }
            }
            "additionalProperties" => {
                let named = schema.get("properties").and_then(Value::as_object);
                for (name, member) in value.as_object().into_iter().flatten() {
                    let at = format!("{at}/{name}");
                    if named.is_some_and(|named| named.contains_key(name)) {
                        continue;
                    }
                    match rule {
                        Value::Bool(false) => found.push(format!("{at}: is not known")),
                        Value::Object(_) => check(root, rule, member, &at, found),
                        _ => panic!("additionalProperties {rule}"),
                    }
                }
            }
            _ => panic!("the keyword {keyword} is not known to this test"),
        }
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|v| v.fract() == 0.0),
        _ => panic!("the type {name} is not known to this test"),
    }
}

/// The patterns of `schemas/`, each by hand.
fn has(text: &str, pattern: &str) -> bool {
    match pattern {
        r"\S" => text.chars().any(|c| !c.is_whitespace()),
        "^[^a-z]+$" => !text.is_empty() && !text.bytes().any(|b| b.is_ascii_lowercase()),
        "^#[0-9a-fA-F]{6}$" => {
            text.len() == 7
                && text.starts_with('#')
                && text[1..].bytes().all(|b| b.is_ascii_hexdigit())
        }
        "^[0-9a-f]{32}$" => {
            let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            text.len() == 32 && text.bytes().all(is_hex)
        }
        "^EPSG:[0-9]+$" => text
            .strip_prefix("EPSG:")
            .is_some_and(|code| !code.is_empty() && code.bytes().all(|b| b.is_ascii_digit())),
        "^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$" => {
            let is_part = |part: &str| {
                !part.is_empty()
                    && part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            };
            text.starts_with(|c: char| c.is_ascii_uppercase()) && text.split('_').all(is_part)
        }
        _ => panic!("the pattern {pattern} is not known to this test"),
    }
}
