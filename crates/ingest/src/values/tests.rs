//! Whole rows through the rules of their columns.

use super::*;
use siseol_model::{FieldKind, FieldSpec, IssueKind, Label, Value};

fn spec(text: &str) -> FieldSpec {
    let with_label = format!("label = {{ ko = \"가\", en = \"a\" }}\n{text}");
    toml::from_str(&with_label).unwrap()
}

fn rule(column: &str, delivered: FieldKind, known: Option<&str>) -> Rule {
    listed(column, delivered, known, Lists::default())
}

fn listed(column: &str, delivered: FieldKind, known: Option<&str>, lists: Lists) -> Rule {
    let nulls = ["-".to_owned(), "미상".to_owned()];
    Rule::new(column, delivered, known.map(spec).as_ref(), &nulls, lists, false)
}

/// What becomes of values, one a row, and what is found.
fn cleaned(rule: Rule, values: &[Value]) -> (Vec<Value>, Vec<(IssueKind, u64)>) {
    let rules = Rules { columns: vec![rule], places: None };
    let mut cleaner = Cleaner::new(&rules);
    let mut clean = Vec::new();
    let mut found: Vec<(IssueKind, u64)> = Vec::new();
    for (number, value) in (1..).zip(values) {
        let mut row = RawRow { number, values: vec![value.clone()], ..RawRow::default() };
        cleaner.clean(&mut row);
        for issue in &row.issues {
            let original = value.to_string();
            assert!(issue.text.contains(&original), "{issue:?}");
            match found.iter_mut().find(|(kind, _)| *kind == issue.kind) {
                Some((_, count)) => *count += 1,
                None => found.push((issue.kind, 1)),
            }
        }
        clean.append(&mut row.values);
    }
    for value in &clean {
        assert!(value.fits(rules.columns[0].kind()), "{value:?}");
    }
    found.extend(cleaner.found().iter().map(|(issue, count)| (issue.kind, *count)));
    (clean, found)
}

#[test]
fn unknown_values_become_null_and_are_counted() {
    let depth = rule("LOW_DEP", FieldKind::Float, Some("nulls = [\"0\"]\nrange = [0.1, 50.0]"));
    let (values, found) = cleaned(
        depth,
        &[
            Value::Float(0.0),
            Value::Float(1.2),
            Value::Null,
            Value::Float(120.0),
            Value::Float(0.0),
        ],
    );
    assert_eq!(
        values,
        [Value::Null, Value::Float(1.2), Value::Null, Value::Float(120.0), Value::Null]
    );
    assert_eq!(
        found,
        [(IssueKind::ValueBlank, 1), (IssueKind::ValueNulled, 2), (IssueKind::ValueRange, 1)]
    );
    // The whole profile's are so in any field; blanks are counted in those that it knows.
    let (values, found) = cleaned(
        rule("비고", FieldKind::Text, None),
        &[Value::text("-"), Value::text(""), Value::Null, Value::text("a")],
    );
    assert_eq!(values, [Value::Null, Value::text(""), Value::Null, Value::text("a")]);
    assert_eq!(found, [(IssueKind::ValueNulled, 1)]);
}

#[test]
fn dates_become_iso_text_of_their_precision() {
    let (values, found) = cleaned(
        rule("IST_YMD", FieldKind::Text, Some("type = \"date\"")),
        &[
            Value::text("20050509"),
            Value::text("2005-05-09"),
            Value::text("20050500"),
            Value::text("19000101"),
            Value::text("20230231"),
            Value::text("미상"),
        ],
    );
    let text = |t: &str| Value::text(t);
    assert_eq!(
        values,
        [
            text("2005-05-09"),
            text("2005-05-09"),
            text("2005-05"),
            Value::Null,
            Value::Null,
            Value::Null
        ]
    );
    assert_eq!(
        found,
        [(IssueKind::DateInvalid, 1), (IssueKind::ValueNulled, 2), (IssueKind::DatePartial, 1)]
    );
    let numbers = rule("IST_YMD", FieldKind::Float, Some("type = \"date\""));
    let (values, found) = cleaned(numbers, &[Value::Float(20_050_509.0), Value::Float(0.0)]);
    assert_eq!(values, [text("2005-05-09"), Value::Null]);
    assert_eq!(found, [(IssueKind::ValueNulled, 1)]);
    let day = Value::Date(jiff::civil::date(2005, 5, 9));
    let dates = rule("ECN_YMD", FieldKind::Date, Some("type = \"date\""));
    assert_eq!(cleaned(dates, std::slice::from_ref(&day)).0, [day]);
}

#[test]
fn codes_are_text_and_held_against_their_lists() {
    let lists = Lists {
        codes: vec!["SA001".into(), "SA200".into()],
        other_classes: [("SA200".into(), "water_valve".to_owned())].into(),
    };
    let (values, found) = cleaned(
        listed("FTR_CDE", FieldKind::Text, Some("type = \"code\"\ncode_list = \"FTR\""), lists),
        &[Value::text("SA001"), Value::text("SA200"), Value::text("XX001 ")],
    );
    assert_eq!(values[2], Value::text("XX001"));
    assert_eq!(found, [(IssueKind::CodeUnknown, 1), (IssueKind::ClassMixed, 1)]);
    let (values, _) = cleaned(
        rule("HJD_CDE", FieldKind::Integer, Some("type = \"code\"\ndigits = 10")),
        &[Value::Integer(4_141_051_000), Value::Integer(7)],
    );
    assert_eq!(values, [Value::text("4141051000"), Value::text("0000000007")]);
}

#[test]
fn numbers_in_text_become_numbers_and_the_original_of_others_is_kept() {
    let (values, found) = cleaned(
        rule("PIP_DIP", FieldKind::Text, Some("type = \"integer\"\nrange = [10, 3000]")),
        &[
            Value::text("150"),
            Value::text("1,500.0"),
            Value::text("150mm"),
            Value::text("-"),
            Value::text("5"),
        ],
    );
    assert_eq!(
        values,
        [Value::Integer(150), Value::Integer(1500), Value::Null, Value::Null, Value::Integer(5)]
    );
    assert_eq!(
        found,
        [(IssueKind::ValueType, 1), (IssueKind::ValueNulled, 1), (IssueKind::ValueRange, 1)]
    );
    let (values, found) = cleaned(
        rule("PIP_LEN", FieldKind::Integer, Some("type = \"number\"")),
        &[Value::Integer(12), Value::Integer(i64::MAX)],
    );
    assert_eq!(values[0], Value::Float(12.0));
    assert_eq!(found, [(IssueKind::DigitsLost, 1)]);
    // What a format has lost does not come back as text, nor as a code.
    for holds in ["text", "code"] {
        let ids = rule("SHT_NUM", FieldKind::Float, Some(&format!("type = \"{holds}\"")));
        let (values, found) = cleaned(ids, &[Value::Float(1e17), Value::Float(12.0)]);
        assert_eq!(values, [Value::text("100000000000000000"), Value::text("12")]);
        assert_eq!(found, [(IssueKind::DigitsLost, 1)]);
    }
    let diameters = rule("PIP_DIP", FieldKind::Float, Some("type = \"integer\""));
    assert_eq!(cleaned(diameters, &[Value::Float(12.5)]).0, [Value::Float(12.5)]);
    let flags = rule("응급실", FieldKind::Text, Some("type = \"boolean\""));
    assert_eq!(cleaned(flags, &[Value::text("예")]).0, [Value::Boolean(true)]);
    let ids = rule("FTR_IDN", FieldKind::Integer, Some("type = \"text\""));
    assert_eq!(cleaned(ids, &[Value::Integer(12)]).0, [Value::text("12")]);
}

#[test]
fn personal_values_are_all_the_same() {
    let names = || rule("HOM_NAM", FieldKind::Text, Some("personal = true"));
    let (values, found) = cleaned(
        names(),
        &[Value::text("김 아무개"), Value::Null, Value::text("-"), Value::text("이")],
    );
    assert_eq!(values, [Value::text("***"), Value::Null, Value::Null, Value::text("***")]);
    assert_eq!(
        found,
        [(IssueKind::ValueBlank, 1), (IssueKind::ValueNulled, 1), (IssueKind::PersonalMasked, 2)]
    );
    let masked = Rules { columns: vec![names()], places: None };
    let mut cleaner = Cleaner::new(&masked);
    let mut row = RawRow {
        number: 1,
        values: vec![Value::text("김")],
        raw: b"Kim".to_vec(),
        ..RawRow::default()
    };
    cleaner.clean(&mut row);
    assert!(row.raw.is_empty());
    let told = cleaner.found().remove(0).0.text;
    assert!(told.contains("--keep-personal") && !told.contains("김"), "{told}");
    let spec = FieldSpec { personal: true, ..spec("") };
    let kept = Rule::new("HOM_NAM", FieldKind::Text, Some(&spec), &[], Lists::default(), true);
    assert_eq!(cleaned(kept, &[Value::text("김")]), (vec![Value::text("김")], vec![]));
    assert_eq!(spec.label, Label::new("가", "a"));
}
