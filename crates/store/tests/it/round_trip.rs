//! What goes in comes out.

use crate::kit::{
    Place, aside, crs, deliver, feature, layer, line, multi, now, point, point_z, provenance, read,
    report, rows, stage, valves,
};
use siseol_model::{
    ChangeCounts, CommitInfo, DeliveryMode, Feature, Field, FieldKind, GeometryKind, Issue,
    IssueKind, Label, Layer, LayerReport, Value,
};
use siseol_store::{Staging, StoreError};

fn commit(place: &Place, staging: Staging) -> Result<CommitInfo, StoreError> {
    staging.compare(&place.register(), DeliveryMode::Upsert)?.commit(provenance(), None, now())
}

fn all_kinds() -> Vec<Field> {
    vec![
        Field::new("N", FieldKind::Integer),
        Field::new("F", FieldKind::Float),
        Field::new("T", FieldKind::Text),
        Field::new("D", FieldKind::Date),
        Field::new("B", FieldKind::Boolean),
    ]
}

fn odd_rows() -> Vec<Feature> {
    let date = |text: &str| Value::Date(text.parse().unwrap());
    vec![
        feature(
            "SA001-1",
            Some(point_z(198_765.432_109_876_5, -0.0, 12.5)),
            vec![
                Value::Integer(9_007_199_254_740_993),
                Value::Float(0.1 + 0.2),
                Value::text("똠방각하 \u{1f6b0} ' \" ; -- \\ \t\n"),
                date("1999-12-31"),
                Value::Boolean(true),
            ],
        ),
        feature(
            "",
            Some(point_z(f64::MIN_POSITIVE, 1e300, -1.0)),
            vec![
                Value::Integer(i64::MIN),
                Value::Float(5.0),
                Value::text(""),
                date("0001-01-01"),
                Value::Boolean(false),
            ],
        ),
        feature(
            "12",
            None,
            vec![Value::Null, Value::Float(-1e-310), Value::text("123"), Value::Null, Value::Null],
        ),
        feature(
            "nul",
            Some(point_z(1.0, 2.0, 3.0)),
            vec![
                Value::Integer(0),
                Value::Null,
                Value::text("a\0b"),
                date("9999-12-31"),
                Value::Null,
            ],
        ),
    ]
}

#[test]
fn rows_come_back_bit_for_bit() {
    let place = Place::new();
    let layer = Layer { has_z: true, ..layer("odd", GeometryKind::Point, all_kinds()) };
    deliver(&place.register(), &[(layer.clone(), odd_rows())]).unwrap();
    let register = read(&place.register());
    let back = rows(&register, &layer);
    assert_eq!(back.iter().map(|(fid, _)| *fid).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let back: Vec<_> = back.into_iter().map(|(_, feature)| feature).collect();
    assert_eq!(back, odd_rows());
    assert!(register.check().unwrap().ok);
}

#[test]
fn the_catalogue_says_what_was_delivered() {
    let place = Place::new();
    let (valve, valve_rows) = valves(60);
    let table = layer("code", GeometryKind::None, vec![Field::new("이름", FieldKind::Text)]);
    let code_rows = vec![feature("", None, vec![Value::text("가")])];
    let first = deliver(&place.register(), &[(valve.clone(), valve_rows)]).unwrap();
    let second = deliver(&place.register(), &[(table.clone(), code_rows)]).unwrap();
    assert_eq!((first.generation, second.generation), (1, 2));
    assert_ne!(first.stamp, second.stamp);

    let register = read(&place.register());
    let head = register.head().unwrap();
    assert_eq!((head.generation, head.stamp, head.change_sets), (2, second.stamp, 2));
    assert_eq!((head.time, head.notice), (now(), Some(Label::new("가상 자료", "synthetic"))));
    let commits = register.change_sets(0, None).unwrap().into_iter().map(|set| set.commit);
    assert_eq!(commits.collect::<Vec<_>>(), [first.clone(), second.clone()]);
    let layers = register.layers().unwrap();
    assert_eq!(layers.iter().map(|l| &l.layer).collect::<Vec<_>>(), [&table, &valve]);
    assert_eq!((layers[1].rows, &layers[1].last), (60, &first));
    let changes = ChangeCounts { inserted: 60, ..ChangeCounts::default() };
    assert_eq!(layers[1].report, LayerReport { changes, ..report(&valve, 60, 0) });
    // One counter for the whole register.
    assert_eq!(rows(&register, &table)[0].0, 61);
    assert!(register.check().unwrap().ok);
    assert_eq!(place.files(), ["city.gpkg"]);
}

#[test]
fn singles_among_multis_are_served_as_singles() {
    let place = Place::new();
    let one = line(&[1.0, 2.0, 3.0, 4.5]);
    let two = line(&[7.0, 8.0, 9.0, 10.0]);
    let both = multi(5, &[one.clone(), two.clone()]);
    let pipes = layer("pipe", GeometryKind::Line, Vec::new());
    let points = layer("spot", GeometryKind::Point, Vec::new());
    let spot = point(5.0, 6.0);
    let delivery = [
        (
            pipes.clone(),
            vec![feature("", Some(one.clone()), vec![]), feature("", Some(both.clone()), vec![])],
        ),
        (
            points.clone(),
            vec![
                feature("", Some(spot.clone()), vec![]),
                feature("", Some(multi(4, std::slice::from_ref(&spot))), vec![]),
            ],
        ),
    ];
    deliver(&place.register(), &delivery).unwrap();
    let register = read(&place.register());
    let geometries = |layer| {
        rows(&register, layer).into_iter().map(|(_, f)| f.geometry.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(geometries(&pipes), [one, both]);
    assert_eq!(geometries(&points), [spot.clone(), spot]);
    let check = register.check().unwrap();
    assert!(check.ok, "{check:?}");
}

#[test]
fn findings_and_quarantined_rows_are_kept() {
    let place = Place::new();
    let (layer, features) = valves(2);
    let mut staging = Staging::beside(&place.register()).unwrap();
    // A layer that is begun and given up leaves nothing.
    let mut given_up = staging.begin_layer(&layer.fields).unwrap();
    given_up.issue(&Issue::file(IssueKind::Truncated, "cut")).unwrap();
    drop(given_up);
    let mut stage = staging.begin_layer(&layer.fields).unwrap();
    let odd = Issue::row(IssueKind::KeyDuplicate, 2, "두 번").at("FTR_IDN", "1");
    let bad = Issue::row(IssueKind::TextNul, 3, "NUL");
    let file = Issue::file(IssueKind::EncodingDetected, "CP949");
    stage.push(1, &features[0]).unwrap();
    stage.push(2, &features[1]).unwrap();
    stage.issue(&odd).unwrap();
    stage.quarantine(&aside(3, None, b"\xb0\x00\xff"), &bad).unwrap();
    stage.issue(&file).unwrap();
    stage.finish(layer.clone(), &crs(), report(&layer, 2, 1)).unwrap();
    commit(&place, staging).unwrap();

    let register = read(&place.register());
    let entry = register.layers().unwrap().remove(0);
    assert_eq!((entry.rows, entry.quarantined, entry.findings), (2, 1, 3));
    let issues = register.issues(Some(&layer.name)).unwrap();
    assert_eq!(issues, register.issues(None).unwrap());
    let told: Vec<_> = issues.iter().map(|i| (&i.issue, i.quarantined)).collect();
    assert_eq!(told, [(&file, false), (&odd, false), (&bad, true)]);
    assert_eq!((&issues[0].layer, issues[0].source.as_str()), (&layer.name, "valve.shp"));
    assert!(register.issues(Some(&"other".parse().unwrap())).unwrap().is_empty());
    let raw: Vec<u8> = crate::kit::sql(&place.register())
        .query_row("SELECT raw FROM siseol_quarantine", [], |r| r.get(0))
        .unwrap();
    assert_eq!(raw, b"\xb0\x00\xff");
    assert!(register.check().unwrap().ok);
}

#[test]
fn a_report_that_loses_rows_is_refused() {
    let place = Place::new();
    let (layer, features) = valves(2);
    let mut staging = Staging::beside(&place.register()).unwrap();
    let mut stage = staging.begin_layer(&layer.fields).unwrap();
    stage.push(1, &features[0]).unwrap();
    let refused = stage.finish(layer.clone(), &crs(), report(&layer, 2, 0));
    assert!(matches!(refused, Err(StoreError::RowsUnaccounted { .. })), "{refused:?}");
    let nothing = commit(&place, staging);
    assert!(matches!(nothing, Err(StoreError::NothingToCommit)));
    assert!(place.files().is_empty());
}

#[test]
fn what_does_not_fit_its_layer_is_refused() {
    let place = Place::new();
    let mut staging = Staging::beside(&place.register()).unwrap();
    let (valve, good) = valves(1);
    let mut push = |values: Vec<Value>, geometry: Vec<u8>| {
        let mut stage = staging.begin_layer(&valve.fields).unwrap();
        stage.push(7, &feature("", Some(geometry), values)).unwrap_err()
    };
    let at = point(1.0, 2.0);
    let error = push(vec![Value::Null], at.clone());
    assert!(matches!(error, StoreError::ValueCount { row: 7, found: 1, expected: 2 }));
    let error = push(vec![Value::text("x"), Value::Null], at);
    assert!(matches!(error, StoreError::ValueKind { row: 7, .. }), "{error:?}");
    let error = push(good[0].values.clone(), point(f64::NAN, 1.0));
    assert!(matches!(error, StoreError::Geometry { row: 7, .. }), "{error:?}");

    let mut finish = |layer: &Layer, geometry: Vec<u8>| {
        let rows = [feature("", Some(geometry), good[0].values.clone())];
        stage(&mut staging, layer, &rows).unwrap_err()
    };
    let as_line = Layer { geometry: GeometryKind::Line, ..valve.clone() };
    assert!(matches!(finish(&as_line, point(1.0, 2.0)), StoreError::LayerKind { .. }));
    let as_table = Layer { geometry: GeometryKind::None, ..valve.clone() };
    assert!(matches!(finish(&as_table, point(1.0, 2.0)), StoreError::LayerKind { .. }));
    assert!(matches!(finish(&valve, point_z(1.0, 2.0, 3.0)), StoreError::LayerKind { .. }));
}

#[test]
fn a_layer_without_rows_and_an_empty_geometry_are_kept() {
    let place = Place::new();
    let empty = layer("empty", GeometryKind::Polygon, all_kinds());
    let spots = layer("spot", GeometryKind::Point, Vec::new());
    let nowhere = point(f64::NAN, f64::NAN);
    let spot_rows = vec![feature("", Some(nowhere.clone()), vec![])];
    deliver(&place.register(), &[(empty.clone(), vec![]), (spots.clone(), spot_rows)]).unwrap();
    let register = read(&place.register());
    assert!(rows(&register, &empty).is_empty());
    assert_eq!(rows(&register, &spots)[0].1.geometry, Some(nowhere));
    let check = register.check().unwrap();
    assert!(check.ok, "{check:?}");
}
