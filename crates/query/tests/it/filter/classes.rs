//! The conformance classes of CQL2 that compare scalars, one test for each requirement, from text and from JSON, in the
//! base and beside it.

use super::town::{Views, check, valves};
use siseol_query::filter::{FilterError, Kind, queryables};

#[test]
fn basic_cql2_binary_comparison_predicate() {
    check(&[
        ("NAME = 'Straße'", &[1]),
        ("NAME <> 'Straße'", &[2, 3, 4]),
        ("NAME < 'T'", &[1, 3]),
        ("COUNT >= 4", &[1, 3]),
        ("COUNT = 9007199254740993", &[3]),
        ("COUNT = 9007199254740992", &[]),
        ("COUNT = 4.0", &[1]),
        ("DEPTH <= 1.5", &[1, 2]),
        ("OPEN = true", &[1, 3]),
        ("OPEN < TRUE", &[2]),
        ("OPEN", &[1, 3]),
        ("layer = 'valve'", &[1, 2, 3, 4]),
        ("facility_key = 'V-2'", &[2]),
    ]);
}

#[test]
fn basic_cql2_instants_are_compared_as_long_as_they_are() {
    check(&[
        ("BUILT = DATE('2005-05-09')", &[1]),
        ("BUILT > DATE('2005-05-09')", &[2, 3]),
        ("BUILT <= DATE('2005-05-10')", &[1, 3]),
        ("BUILT < TIMESTAMP('2005-05-10T00:00:00Z')", &[1]),
        ("BUILT <= TIMESTAMP('2005-05-10T00:00:00Z')", &[1, 3]),
        ("FROM = TIMESTAMP('2022-01-01T00:00:00Z')", &[1]),
        ("FROM >= TIMESTAMP('2022-02-01T09:00:00+09:00')", &[2, 3]),
        // A year is not before a day in it, nor after, nor the same.
        ("MADE < DATE('2005-05-10')", &[]),
        ("MADE > DATE('2005-05-10')", &[]),
        ("MADE = DATE('2005-05-10')", &[3]),
        ("MADE <= DATE('2005-05-10')", &[1, 2, 3]),
        ("MADE < DATE('2006-01-01')", &[1, 2, 3]),
        ("MADE = '2005'", &[1]),
        ("MADE < '2005-06'", &[2, 3]),
        ("BUILT = '2005-05-09'", &[1]),
        ("BUILT IN ('2005-05-09', '2006-01-01')", &[1, 2]),
    ]);
}

#[test]
fn basic_cql2_null_predicate() {
    check(&[
        ("COUNT IS NULL", &[4]),
        ("COUNT IS NOT NULL", &[1, 2, 3]),
        ("facility_key IS NULL", &[3, 4]),
        ("geometry IS NULL", &[4]),
        ("geometry IS NOT NULL", &[1, 2, 3]),
        ("layer IS NULL", &[]),
        ("(COUNT > 1) IS NULL", &[4]),
        ("COUNT / (COUNT - 4) IS NULL", &[1, 4]),
        ("POINT(1 2) IS NULL", &[]),
        ("INTERVAL(FROM, '..') IS NULL", &[4]),
        ("CASEI(ALIAS) IS NOT NULL", &[1, 2, 3]),
    ]);
}

#[test]
fn basic_cql2_cql2_filter_has_three_values() {
    check(&[
        ("true", &[1, 2, 3, 4]),
        ("false", &[]),
        ("COUNT > 0 AND OPEN = true", &[1, 3]),
        ("COUNT < 0 OR NAME = '미상'", &[2, 4]),
        ("NOT COUNT > 0", &[2]),
        ("NOT (COUNT > 0 AND NAME = 'x')", &[1, 2, 3, 4]),
        ("NOT (COUNT > 0 OR NAME = 'x')", &[2]),
        ("COUNT > 0 OR NOT COUNT > 0", &[1, 2, 3]),
        ("(NOT (DEPTH > 1) AND COUNT < 0) OR (OPEN = false and true)", &[2]),
    ]);
}

#[test]
fn basic_cql2_property_is_a_queryable() {
    let table = valves();
    let names: Vec<_> = queryables(&table.layer).iter().map(|q| q.name).collect();
    let all =
        "geometry layer facility_key NAME ALIAS COUNT DEPTH BUILT MADE FROM UNTIL OPEN".split(' ');
    assert_eq!(names, all.clone().collect::<Vec<_>>());
    let kinds = ["MADE", "BUILT", "NAME", "OPEN", "geometry"]
        .map(|name| queryables(&table.layer).into_iter().find(|q| q.name == name).unwrap().kind);
    assert_eq!(kinds, [Kind::Instant, Kind::Instant, Kind::Text, Kind::Boolean, Kind::Geometry]);
    let views = Views::of(&table);
    assert_eq!(
        views.refuse("NAME = 'a' OR name = 'b'"),
        FilterError::UnknownProperty {
            name: "name".into(),
            known: all.map(str::to_owned).collect()
        }
    );
}

/// The abstract tests that go over all queryables, each with the predicates of its type.
#[test]
fn every_queryable_takes_the_predicates_of_its_type() {
    let table = valves();
    let views = Views::of(&table);
    for queryable in queryables(&table.layer) {
        let name = queryable.name;
        let found = |text: String| views.found(&text);
        let (null, not_null) =
            (found(format!("{name} IS NULL")), found(format!("{name} is not null")));
        let mut both = [null, not_null.clone()].concat();
        both.sort_unstable();
        assert_eq!(both, [1, 2, 3, 4], "{name}");
        let value = match queryable.kind {
            Kind::Boolean => "true",
            Kind::Number => "3.14",
            Kind::Text => "'foo'",
            Kind::Instant => "DATE('2005-05-10')",
            _ => continue,
        };
        for (one, other) in [("=", "<>"), (">", "<="), ("<", ">=")] {
            for (left, right) in [(name, value), (value, name)] {
                let sets = [one, other].map(|op| found(format!("{left} {op} {right}")));
                let mut both = sets.concat();
                both.sort_unstable();
                assert_eq!(both, not_null, "{left} {one} {other} {right}");
            }
            assert_eq!(found(format!("{name} {one} {name}")).is_empty(), one != "=", "{name}");
        }
        assert_eq!(found(format!("{name} <= {name}")), not_null);
        assert_eq!(found(format!("{name} IN ({value}, {name})")), not_null);
    }
}

#[test]
fn advanced_comparison_operators_like_predicate() {
    check(&[
        ("NAME LIKE '강남%'", &[2]),
        (r"NAME LIKE '%\%'", &[2]),
        ("NAME LIKE '__'", &[4]),
        ("NAME LIKE 'C_f_ d''Or'", &[3]),
        ("NAME NOT LIKE '%a%'", &[2, 4]),
        ("ALIAS NOT LIKE 'x%'", &[1, 2, 3]),
        ("facility_key LIKE 'V-_'", &[1, 2]),
    ]);
}

#[test]
fn advanced_comparison_operators_between_predicate() {
    check(&[
        ("COUNT BETWEEN -7 AND 4", &[1, 2]),
        ("COUNT NOT BETWEEN -7 AND 4", &[3]),
        ("2 BETWEEN DEPTH AND COUNT", &[1]),
        ("BUILT BETWEEN DATE('2005-05-09') AND DATE('2005-12-31')", &[1, 3]),
        ("NAME BETWEEN 'A' AND 'D'", &[3]),
        // Unknown whatever the other end is.
        ("NOT 5 BETWEEN COUNT AND 1", &[1, 2, 3]),
    ]);
}

#[test]
fn advanced_comparison_operators_in_predicate() {
    check(&[
        ("NAME IN ('미상', 'Straße', 'x')", &[1, 4]),
        ("COUNT IN (4, -7.0)", &[1, 2]),
        ("COUNT NOT IN (4, 5)", &[2, 3]),
        ("DEPTH IN (COUNT - 2.5, 3)", &[1, 3]),
        ("OPEN IN (true)", &[1, 3]),
        ("BUILT IN (DATE('2006-01-01'), DATE('2005-05-10'))", &[2, 3]),
    ]);
}

#[test]
fn case_insensitive_comparison_casei_function() {
    check(&[
        ("CASEI(NAME) = CASEI('STRASSE')", &[1]),
        ("CASEI(NAME) = CASEI(ALIAS)", &[1, 2]),
        ("CASEI(NAME) LIKE CASEI('CAFÉ%')", &[3]),
        ("CASEI(NAME) IN (CASEI('straSSe'), CASEI('미상'))", &[1, 4]),
        ("NAME = 'strasse'", &[]),
    ]);
}

#[test]
fn accent_insensitive_comparison_accenti_function() {
    check(&[
        ("ACCENTI(NAME) = ACCENTI(ALIAS)", &[2, 3]),
        ("ACCENTI(CASEI(NAME)) LIKE ACCENTI(CASEI('CAFE%'))", &[3]),
        ("ACCENTI(NAME) LIKE ACCENTI('__ 50%')", &[2]),
        ("ACCENTI(ALIAS) IS NULL", &[4]),
    ]);
}
