//! What a filter finds, by a walk over its JSON for one feature's JSON after the other: nothing of the code under test.

use crate::oracle;
use geo::Relate as _;
use serde_json::{Map, Value as Json};

/// A value of a filter for one feature.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
    /// The first and the last moment, as texts that sort as the moments do.
    Instant(String, String),
    /// Its beginning and its end; `..` sorts before all digits, `~` after them.
    Interval([(String, String); 2]),
    Geometry(geo::Geometry),
    Array(Vec<Self>),
}

/// Features as they are served, and which of their properties are dates.
pub(crate) struct Features<'f> {
    pub(crate) features: &'f [Json],
    pub(crate) dates: &'f [&'f str],
}

impl Features<'_> {
    /// The ids of the features that a filter, as CQL2 JSON, is true of.
    pub(crate) fn found(&self, filter: &Json) -> Vec<i64> {
        let is_true = |feature: &&Json| self.value(filter, feature) == Value::Boolean(true);
        let mut ids: Vec<i64> =
            self.features.iter().filter(is_true).map(|f| f["id"].as_i64().unwrap()).collect();
        ids.sort_unstable();
        ids
    }

    fn value(&self, expression: &Json, feature: &Json) -> Value {
        match expression {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Boolean(*value),
            Json::Number(number) => Value::Number(number.as_f64().unwrap()),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(members) => self.array(members, feature),
            Json::Object(object) => self.object(object, feature),
        }
    }

    fn array(&self, members: &[Json], feature: &Json) -> Value {
        let members: Vec<_> = members.iter().map(|member| self.value(member, feature)).collect();
        if members.contains(&Value::Null) { Value::Null } else { Value::Array(members) }
    }

    fn object(&self, object: &Map<String, Json>, feature: &Json) -> Value {
        if let Some(op) = object.get("op") {
            return self.operation(
                op.as_str().unwrap(),
                object["args"].as_array().unwrap(),
                feature,
            );
        }
        if let Some(name) = object.get("property") {
            return self.property(name.as_str().unwrap(), feature);
        }
        if let Some(instant) = object.get("date").or_else(|| object.get("timestamp")) {
            return instant_of(instant.as_str().unwrap());
        }
        if let Some(ends) = object.get("interval") {
            let end = |at: usize, open: &str| match &ends[at] {
                Json::String(text) if text == ".." => Value::Instant(open.into(), open.into()),
                Json::String(text) => instant_of(text),
                other => self.value(other, feature),
            };
            return match (end(0, ".."), end(1, "~")) {
                (Value::Instant(a, b), Value::Instant(c, d)) if d >= a => {
                    Value::Interval([(a, b), (c, d)])
                }
                _ => Value::Null,
            };
        }
        if let Some(bbox) = object.get("bbox") {
            let edges: Vec<f64> =
                bbox.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
            let &[west, south, east, north] = edges.as_slice() else { panic!("{bbox}") };
            let rect = geo::Rect::new((west, south), (east, north));
            return Value::Geometry(rect.to_polygon().into());
        }
        geometry(&Json::Object(object.clone()))
    }

    fn property(&self, name: &str, feature: &Json) -> Value {
        if name == "geometry" {
            return geometry(&feature["geometry"]);
        }
        match &feature["properties"][name] {
            Json::String(text) if self.dates.contains(&name) => instant_of(text),
            other => self.value(other, feature),
        }
    }

    fn operation(&self, op: &str, args: &[Json], feature: &Json) -> Value {
        if op == "isNull" {
            // What is stored counts, also a text that says no date.
            let stored = args[0]["property"].as_str().map(|name| match name {
                "geometry" => feature["geometry"].is_null(),
                _ => feature["properties"][name].is_null(),
            });
            let null = stored.unwrap_or_else(|| self.value(&args[0], feature) == Value::Null);
            return Value::Boolean(null);
        }
        if op == "S_DWITHIN" {
            return near(&feature["geometry"], args);
        }
        let values: Vec<Value> = args.iter().map(|arg| self.value(arg, feature)).collect();
        match op {
            "and" | "or" => {
                let decisive = Value::Boolean(op == "or");
                if values.contains(&decisive) {
                    decisive
                } else if values.contains(&Value::Null) {
                    Value::Null
                } else {
                    Value::Boolean(op == "and")
                }
            }
            "in" => {
                let Json::Array(members) = &args[1] else { panic!("{args:?}") };
                let equal = |member: &Json| {
                    self.operation("=", &[args[0].clone(), member.clone()], feature)
                };
                let found: Vec<Value> = members.iter().map(equal).collect();
                if found.contains(&Value::Boolean(true)) {
                    Value::Boolean(true)
                } else if found.contains(&Value::Null) {
                    Value::Null
                } else {
                    Value::Boolean(false)
                }
            }
            _ if values.contains(&Value::Null) => Value::Null,
            _ => strict(op, &values),
        }
    }
}

/// The operators that are unknown where an operand is.
fn strict(op: &str, values: &[Value]) -> Value {
    match (op, values) {
        ("not", [Value::Boolean(value)]) => Value::Boolean(!value),
        ("between", [value, low, high]) => Value::Boolean(
            compare(">=", value, low) == Some(true) && compare("<=", value, high) == Some(true),
        ),
        ("like", [Value::Text(text), Value::Text(pattern)]) => {
            let (text, pattern): (Vec<_>, Vec<_>) =
                (text.chars().collect(), pattern.chars().collect());
            Value::Boolean(like(&text, &pattern))
        }
        ("casei", [Value::Text(text)]) => {
            Value::Text(text.to_lowercase().replace('ß', "ss").replace('ς', "σ"))
        }
        ("accenti", [Value::Text(text)]) => {
            let bare = |c| match c {
                'é' => 'e',
                'É' => 'E',
                'ü' => 'u',
                'Ü' => 'U',
                'ș' => 's',
                'ă' => 'a',
                other => other,
            };
            Value::Text(text.chars().map(bare).collect())
        }
        ("+" | "-" | "*" | "/" | "%" | "div" | "^", [Value::Number(a), Value::Number(b)]) => {
            let result = match op {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "%" => a % b,
                "div" => (a / b).trunc(),
                _ => a.powf(*b),
            };
            if result.is_finite() { Value::Number(result) } else { Value::Null }
        }
        _ if op.starts_with("s_") => {
            let [Value::Geometry(a), Value::Geometry(b)] = values else { panic!("{op}") };
            let matrix = a.relate(b);
            Value::Boolean(match op {
                "s_contains" => matrix.is_contains(),
                "s_crosses" => matrix.is_crosses(),
                "s_disjoint" => matrix.is_disjoint(),
                "s_equals" => matrix.is_equal_topo(),
                "s_intersects" => matrix.is_intersects(),
                "s_overlaps" => matrix.is_overlaps(),
                "s_touches" => matrix.is_touches(),
                "s_within" => matrix.is_within(),
                _ => panic!("{op}"),
            })
        }
        _ if op.starts_with("t_") => {
            let [first, second] = values else { panic!("{op}") };
            Value::Boolean(temporal(op, &interval_of(first), &interval_of(second)))
        }
        _ if op.starts_with("a_") => {
            let [Value::Array(a), Value::Array(b)] = values else { panic!("{op}") };
            let within = |some: &[Value], all: &[Value]| some.iter().all(|one| all.contains(one));
            Value::Boolean(match op {
                "a_equals" => within(a, b) && within(b, a),
                "a_contains" => within(b, a),
                "a_containedBy" => within(a, b),
                _ => a.iter().any(|one| b.contains(one)),
            })
        }
        (_, [a, b]) => compare(op, a, b).map_or(Value::Null, Value::Boolean),
        _ => panic!("{op} {values:?}"),
    }
}

fn compare(op: &str, a: &Value, b: &Value) -> Option<bool> {
    let ordering = match (a, b) {
        (Value::Instant(..), Value::Text(text)) => return compare(op, a, &instant_of(text)),
        (Value::Text(text), Value::Instant(..)) => return compare(op, &instant_of(text), b),
        (Value::Instant(first, last), Value::Instant(other_first, other_last)) => {
            let (before, after) = (last < other_first, other_last < first);
            return Some(match op {
                "=" => a == b,
                "<>" => a != b,
                "<" => before,
                ">" => after,
                "<=" => !after,
                _ => !before,
            });
        }
        (Value::Number(a), Value::Number(b)) => a.partial_cmp(b),
        (Value::Text(a), Value::Text(b)) => Some(a.chars().cmp(b.chars())),
        (Value::Boolean(a), Value::Boolean(b)) => Some(a.cmp(b)),
        _ => None,
    }?;
    Some(match op {
        "=" => ordering.is_eq(),
        "<>" => ordering.is_ne(),
        "<" => ordering.is_lt(),
        ">" => ordering.is_gt(),
        "<=" => ordering.is_le(),
        ">=" => ordering.is_ge(),
        _ => panic!("{op}"),
    })
}

/// By the definition of a pattern.
fn like(text: &[char], pattern: &[char]) -> bool {
    match (pattern, text) {
        ([], []) => true,
        (['%', rest @ ..], _) => (0..=text.len()).any(|taken| like(&text[taken..], rest)),
        (['_', rest @ ..], [_, left @ ..]) => like(left, rest),
        (['\\', wanted, rest @ ..] | [wanted, rest @ ..], [c, left @ ..]) => {
            c == wanted && like(left, rest)
        }
        _ => false,
    }
}

/// The first and last moment of `2005`, `2005-05`, `2005-05-09` or a date and time; texts that are none are unknown.
fn instant_of(text: &str) -> Value {
    let (first, last) = ("0000-01-01T00:00:00.000000000", "9999-12-31T23:59:59.999999999");
    let cut = text.trim_end_matches('Z');
    let length = cut.len();
    if !matches!(length, 4 | 7 | 10 | 19) || !cut.starts_with(|c: char| c.is_ascii_digit()) {
        return Value::Null;
    }
    // A date and time is a moment; what is less precise lasts until the last one that begins so.
    let rest = if length == 19 { first } else { last };
    Value::Instant(format!("{cut}{}", &first[length..]), format!("{cut}{}", &rest[length..]))
}

fn interval_of(value: &Value) -> [(String, String); 2] {
    match value {
        Value::Interval(ends) => ends.clone(),
        Value::Instant(first, last) => {
            [(first.clone(), last.clone()), (first.clone(), last.clone())]
        }
        other => panic!("{other:?}"),
    }
}

/// By the table of the standard.
fn temporal(op: &str, a: &[(String, String); 2], b: &[(String, String); 2]) -> bool {
    let before = |a: &(String, String), b: &(String, String)| a.1 < b.0;
    let ([a1, a2], [b1, b2]) = (a, b);
    match op {
        "t_after" => before(b2, a1),
        "t_before" => before(a2, b1),
        "t_contains" => before(a1, b1) && before(b2, a2),
        "t_disjoint" => before(a2, b1) || before(b2, a1),
        "t_during" => before(b1, a1) && before(a2, b2),
        "t_equals" => a1 == b1 && a2 == b2,
        "t_finishedBy" => before(a1, b1) && a2 == b2,
        "t_finishes" => before(b1, a1) && a2 == b2,
        "t_intersects" => !before(a2, b1) && !before(b2, a1),
        "t_meets" => a2 == b1,
        "t_metBy" => a1 == b2,
        "t_overlappedBy" => before(b1, a1) && before(a1, b2) && before(b2, a2),
        "t_overlaps" => before(a1, b1) && before(b1, a2) && before(a2, b2),
        "t_startedBy" => a1 == b1 && before(b2, a2),
        "t_starts" => a1 == b1 && before(a2, b2),
        _ => panic!("{op}"),
    }
}

fn geometry(json: &Json) -> Value {
    if json.is_null() {
        return Value::Null;
    }
    let read: geojson::Geometry = serde_json::from_value(json.clone()).unwrap();
    Value::Geometry(geo::Geometry::try_from(read).unwrap())
}

/// Whether a feature's geometry is near the one argument that is a point.
fn near(geometry: &Json, args: &[Json]) -> Value {
    if geometry.is_null() {
        return Value::Null;
    }
    let point = args.iter().find(|arg| arg["type"] == "Point").unwrap();
    let from = [0, 1].map(|axis| point["coordinates"][axis].as_f64().unwrap());
    let mut paths = Vec::new();
    collect_paths(&geometry["coordinates"], &mut paths);
    let area = geometry["type"].as_str().unwrap().ends_with("Polygon");
    Value::Boolean(oracle::distance(from, &paths, area) <= args[2].as_f64().unwrap())
}

/// The lists of positions in coordinates of any depth; a position alone is a list of one.
fn collect_paths(coordinates: &Json, paths: &mut Vec<Vec<[f64; 2]>>) {
    let position = |json: &Json| [0, 1].map(|axis| json[axis].as_f64().unwrap());
    if coordinates[0].is_number() {
        paths.push(vec![position(coordinates)]);
    } else if coordinates[0][0].is_number() {
        paths.push(coordinates.as_array().unwrap().iter().map(position).collect());
    } else {
        coordinates.as_array().unwrap().iter().for_each(|inner| collect_paths(inner, paths));
    }
}
