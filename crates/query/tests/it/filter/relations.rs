//! The conformance classes of CQL2 that relate geometries, times and arrays, and those that may stand in all others, one
//! test for each requirement.

use super::town::{Views, check, shapes, valves};
use siseol_model::GeometryKind;
use siseol_query::filter::{FUNCTIONS, FilterError};

#[test]
fn basic_spatial_functions_spatial_predicate() {
    check(&[
        ("S_INTERSECTS(geometry, BBOX(126.9, 36.9, 127.005, 37.1))", &[1]),
        ("s_intersects(geometry, POINT(127.01 37))", &[2]),
        ("S_INTERSECTS(geometry, BBOX(127, 37, 127, 37))", &[1]),
        ("S_INTERSECTS(geometry, BBOX(126.9, 36.9, 0, 127.1, 37.1, 99))", &[1, 2]),
        ("S_INTERSECTS(geometry, BBOX(170, -90, 127.005, 90))", &[1]),
        ("NOT S_INTERSECTS(geometry, POINT(127 37))", &[2, 3]),
    ]);
    let error = Views::of(&valves()).refuse("S_INTERSECTS(geometry, POINT(90 180))");
    assert!(error.to_string().contains("POINT(90 180)"), "{error}");
}

#[test]
fn basic_spatial_functions_plus_spatial_data_types() {
    check(&[
        ("S_INTERSECTS(geometry, MULTIPOINT((127 37), (127.5 37.5)))", &[1, 3]),
        ("S_INTERSECTS(geometry, MULTIPOINT(127 37, 0 0))", &[1]),
        ("S_INTERSECTS(geometry, LINESTRING(126 37, 128 37))", &[1, 2]),
        ("S_INTERSECTS(geometry, LINESTRING Z (126 37 1, 128 37 2))", &[1, 2]),
        ("S_INTERSECTS(geometry, MULTILINESTRING((126 37, 128 37), (127 38, 128 37)))", &[1, 2, 3]),
        (
            "S_INTERSECTS(geometry, POLYGON((126 36, 128 36, 128 38, 126 38, 126 36), \
             (127.4 37.4, 127.6 37.4, 127.6 37.6, 127.4 37.6, 127.4 37.4)))",
            &[1, 2],
        ),
        (
            "S_INTERSECTS(geometry, MULTIPOLYGON(((126 36, 127.005 36, 127 38, 126 36)), \
             ((127.4 37.4, 127.6 37.4, 127.6 37.6, 127.4 37.4))))",
            &[1, 3],
        ),
        (
            "S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(127 37), \
             POLYGON((127.4 37.4, 127.6 37.4, 127.6 37.6, 127.4 37.4))))",
            &[1, 3],
        ),
    ]);
}

#[test]
fn spatial_functions_spatial_functions() {
    let ring: &[[f64; 2]] = &[[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0], [1.0, 1.0]];
    let beside: &[[f64; 2]] = &[[3.0, 1.0], [5.0, 1.0], [5.0, 3.0], [3.0, 3.0], [3.0, 1.0]];
    let parks = Views::of(&shapes(GeometryKind::Polygon, &[ring, beside]));
    let first = "POLYGON((1 1, 3 1, 3 3, 1 3, 1 1))";
    for (text, expected) in [
        (format!("S_EQUALS(geometry, {first})"), &[1_i64][..]),
        ("S_EQUALS(geometry, BBOX(1, 1, 3, 3))".to_owned(), &[1]),
        (format!("S_TOUCHES(geometry, {first})"), &[2]),
        (format!("S_DISJOINT(geometry, {first})"), &[]),
        ("S_DISJOINT(geometry, POINT(4 2))".to_owned(), &[1]),
        ("S_WITHIN(geometry, BBOX(0, 0, 4, 4))".to_owned(), &[1]),
        ("S_CONTAINS(geometry, POINT(4 2))".to_owned(), &[2]),
        ("S_CONTAINS(geometry, LINESTRING(2 2, 4 2))".to_owned(), &[]),
        ("S_OVERLAPS(geometry, BBOX(2, 0, 6, 4))".to_owned(), &[1]),
        ("S_CROSSES(geometry, LINESTRING(0 2, 2 2))".to_owned(), &[1]),
        ("S_TOUCHES(geometry, POINT(3 2))".to_owned(), &[1, 2]),
    ] {
        parks.find(&text, expected);
    }
    let pipes = Views::of(&shapes(
        GeometryKind::Line,
        &[&[[0.0, 0.0], [4.0, 4.0]], &[[2.0, 0.0], [4.0, 0.0]]],
    ));
    pipes.find("S_CROSSES(geometry, LINESTRING(0 4, 4 0))", &[1]);
    pipes.find("S_CROSSES(geometry, BBOX(1, -1, 3, 1.5))", &[1, 2]);
    pipes.find("S_OVERLAPS(geometry, LINESTRING(3 0, 5 0))", &[2]);
    pipes.find("S_TOUCHES(geometry, LINESTRING(4 0, 5 5))", &[2]);
    pipes.find("S_WITHIN(geometry, LINESTRING(5 0, 1 0))", &[2]);
}

#[test]
fn temporal_functions_temporal_functions() {
    check(&[
        ("T_AFTER(BUILT, DATE('2005-05-09'))", &[2, 3]),
        ("T_BEFORE(BUILT, INTERVAL('2005-05-10', '..'))", &[1]),
        ("T_DISJOINT(MADE, DATE('2005-05-09'))", &[3]),
        ("T_INTERSECTS(MADE, DATE('2005-05-09'))", &[1, 2]),
        ("T_EQUALS(BUILT, INTERVAL('2005-05-10', '2005-05-10'))", &[3]),
        ("T_CONTAINS(INTERVAL(FROM, UNTIL), INTERVAL('2022-02-01', '2022-03-01'))", &[1]),
        ("T_DURING(INTERVAL(FROM, UNTIL), INTERVAL('2021-12-31', '2022-07-01'))", &[1, 3]),
        ("T_FINISHES(INTERVAL(FROM, UNTIL), INTERVAL('..', '2022-03-01T00:00:00Z'))", &[3]),
        (
            "T_FINISHEDBY(INTERVAL(FROM, UNTIL), \
             INTERVAL('2022-05-01T00:00:00Z', '2022-06-30T00:00:00Z'))",
            &[1],
        ),
        ("T_MEETS(INTERVAL(FROM, UNTIL), INTERVAL('2022-06-30T00:00:00Z', '..'))", &[1]),
        ("T_METBY(INTERVAL(FROM, UNTIL), INTERVAL('..', '2022-06-30T00:00:00Z'))", &[2]),
        ("T_OVERLAPS(INTERVAL(FROM, UNTIL), INTERVAL('2022-03-31', '2022-12-31'))", &[1]),
        ("T_OVERLAPPEDBY(INTERVAL(FROM, UNTIL), INTERVAL('..', '2022-02-15'))", &[1, 3]),
        (
            "T_STARTEDBY(INTERVAL(FROM, UNTIL), \
             INTERVAL('2022-01-01T00:00:00Z', '2022-02-01T00:00:00Z'))",
            &[1],
        ),
        ("T_STARTS(INTERVAL(FROM, UNTIL), INTERVAL('2022-02-01T00:00:00Z', '..'))", &[3]),
    ]);
}

#[test]
fn temporal_functions_temporal_predicates_refuse_instants_where_only_intervals_have_a_meaning() {
    let views = Views::of(&valves());
    let error = views.refuse("T_DURING(BUILT, INTERVAL('2005-01-01', '2005-12-31'))");
    assert_eq!(error.to_string(), "in `BUILT`: expected an interval, found a date or timestamp");
    let error = views.refuse("T_AFTER(BUILT, INTERVAL('2005-01-02', '2005-01-01'))");
    assert!(error.to_string().contains("ends before it begins"), "{error}");
    views.find("NOT T_AFTER(BUILT, DATE('2005-05-09'))", &[1]);
}

#[test]
fn array_functions_array_predicates() {
    check(&[
        ("A_EQUALS((NAME, 'x'), ('x', '미상', 'x'))", &[4]),
        ("A_CONTAINS((1, COUNT, 'a'), (4, 'a'))", &[1]),
        ("A_CONTAINEDBY((COUNT), (4, -7.0, true))", &[1, 2]),
        ("A_OVERLAPS((DEPTH, OPEN), (3, false))", &[2, 3]),
        ("A_EQUALS((), ())", &[1, 2, 3, 4]),
        ("A_OVERLAPS((COUNT), ())", &[]),
        ("A_CONTAINS(((1, COUNT), 2), ((4, 1)))", &[1]),
        ("A_OVERLAPS((BUILT, geometry), (DATE('2005-05-10'), POINT(127 37)))", &[1, 3]),
        ("NOT A_OVERLAPS((COUNT), (4))", &[2, 3]),
    ]);
}

#[test]
fn property_property_withdraw_permissions() {
    check(&[
        ("'Straße' = NAME", &[1]),
        ("4 < COUNT", &[3]),
        ("NAME = ALIAS", &[2]),
        ("COUNT > DEPTH", &[1, 3]),
        ("FROM < UNTIL", &[1, 2, 3]),
        ("1 = 1", &[1, 2, 3, 4]),
        ("'a' <> 'a'", &[]),
        ("'Straße' LIKE 'Str%'", &[1, 2, 3, 4]),
        ("S_CONTAINS(BBOX(126.9, 36.9, 127.005, 37.1), geometry)", &[1]),
        ("S_WITHIN(POINT(127 37), geometry)", &[1]),
        ("S_EQUALS(geometry, geometry)", &[1, 2, 3]),
        ("S_TOUCHES(geometry, geometry)", &[]),
        ("S_CROSSES(LINESTRING(0 0, 2 2), LINESTRING(0 2, 2 0))", &[1, 2, 3, 4]),
        ("T_AFTER(DATE('2005-05-10'), BUILT)", &[1]),
        ("T_AFTER(DATE('2005-05-10'), DATE('2005-05-09'))", &[1, 2, 3, 4]),
    ]);
}

#[test]
fn functions_functions() {
    check(&[
        ("S_DWITHIN(geometry, POINT(127 37), 100)", &[1]),
        ("s_dwithin(POINT(127 37), geometry, 900)", &[1, 2]),
        ("S_DWITHIN(geometry, POINT(127 37), 100) = FALSE", &[2, 3]),
        ("NOT S_DWITHIN(geometry, POINT(127 37), 800 + 100)", &[3]),
    ]);
    let pipes = Views::of(&shapes(
        GeometryKind::Line,
        &[&[[127.0, 37.0], [127.0, 37.001]], &[[0.0, 0.0], [1.0, 0.0]]],
    ));
    // A thousandth of a degree on a meridian here is 110.98 m.
    pipes.find("S_LENGTH(geometry) BETWEEN 110.9 AND 111.0", &[1]);
    pipes.find("s_length(geometry) / 1000 > 111", &[2]);
    let error = pipes.refuse("S_AREA(geometry) > 1");
    assert!(error.to_string().contains("has no polygons"), "{error}");
    let views = Views::of(&valves());
    let known = FUNCTIONS.iter().map(|function| function.name.to_owned()).collect();
    assert_eq!(
        views.refuse("BUFFER(geometry, 10) IS NULL"),
        FilterError::UnknownFunction { name: "BUFFER".into(), known }
    );
    for (text, part) in [
        ("S_DWITHIN(geometry, LINESTRING(0 0, 1 1), 5)", "the other one a point"),
        ("S_DWITHIN(geometry, geometry, 5)", "the other one a point"),
        ("S_DWITHIN(geometry, POINT(127 37), COUNT)", "the same for all features"),
        ("S_DWITHIN(geometry, POINT(127 37), -5)", "negative"),
        ("S_DWITHIN(geometry, POINT(127 37), 1000000)", "at most 100000"),
        ("S_DWITHIN(geometry, POINT(127 37))", "expected 3 arguments, found 2"),
        ("S_DWITHIN(NAME, POINT(127 37), 5)", "expected a geometry, found a text"),
    ] {
        let error = views.refuse(text);
        assert!(error.to_string().contains(part), "{text}: {error}");
    }
}

#[test]
fn arithmetic_arithmetic() {
    check(&[
        ("COUNT = 2 + 2 * 1", &[1]),
        ("COUNT = -14 / 2", &[2]),
        ("COUNT div 2 = -3", &[2]),
        ("COUNT % 2 = -1", &[2]),
        ("COUNT - 1 = 9007199254740992", &[3]),
        ("COUNT / 8 = 0.5", &[1]),
        ("DEPTH ^ 2 = 2.25", &[1]),
        ("-COUNT > DEPTH", &[2]),
        ("2 - 1 - 1 = 0 AND COUNT = (8 - 2) - 2", &[1]),
        ("8 / (COUNT - 4) > 0 OR 8 / (COUNT - 4) <= 0", &[2, 3]),
        ("0 - COUNT ^ 2 < -10", &[1, 2, 3]),
    ]);
}
