//! Lookups by fid, key and word, and the bytes that come out.

use crate::city::{city, snapshot};
use siseol_model::{FacilityRef, GeometryKind};
use siseol_query::ReferenceError;
use std::collections::BTreeMap;

fn reference(text: &str) -> FacilityRef {
    let Ok(reference) = text.parse();
    reference
}

#[test]
fn every_row_is_found_by_its_fid_and_its_bytes_are_a_feature() {
    let city = city(50, "pipe", GeometryKind::Polygon, 500, 100);
    for row in &city.rows {
        let at = city.view.row_of(row.fid).unwrap();
        let feature: geojson::Feature =
            std::str::from_utf8(&city.view.geojson(at..at + 1)).unwrap().parse().unwrap();
        assert_eq!(feature.id, Some(geojson::feature::Id::Number(row.fid.into())));
        assert_eq!(feature.property("facility_key").unwrap().as_str(), row.key.as_deref());
        assert_eq!(feature.property("NAME").unwrap(), &format!("이름 {}", row.fid));
        assert_eq!(feature.geometry.is_none(), row.paths.is_empty());
    }
    assert_eq!(city.view.row_of(99), None);
    assert_eq!(city.view.row_of(600), None);
}

#[test]
fn a_range_of_rows_is_one_run_of_features() {
    let city = city(51, "pipe", GeometryKind::Line, 700, 1);
    for range in [0..1, 0..700, 3..3, 256..512, 699..700] {
        let text = format!("[{}]", std::str::from_utf8(&city.view.geojson(range.clone())).unwrap());
        let features: Vec<geojson::Feature> = serde_json::from_str(&text).unwrap();
        let ids: Vec<_> = features
            .iter()
            .map(|f| match &f.id {
                Some(geojson::feature::Id::Number(n)) => n.as_i64().unwrap(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(ids, range.map(|row| city.view.fid(row)).collect::<Vec<_>>());
    }
}

#[test]
fn references_resolve_when_they_are_unique_and_name_the_candidates_when_not() {
    let pipes = city(52, "pipe", GeometryKind::Line, 400, 1);
    let valves = city(53, "valve", GeometryKind::Point, 400, 1_000);
    let mut keys: BTreeMap<String, Vec<(&str, i64)>> = BTreeMap::new();
    for (name, city) in [("pipe", &pipes), ("valve", &valves)] {
        for row in &city.rows {
            if let Some(key) = &row.key {
                keys.entry(key.clone()).or_default().push((name, row.fid));
            }
        }
    }
    let snapshot = snapshot(vec![valves, pipes]);
    assert!(keys.values().any(|v| v.len() == 1) && keys.values().any(|v| v.len() > 1));
    for (key, owners) in &keys {
        match (snapshot.resolve(&reference(key)), owners.as_slice()) {
            (Ok(place), [(name, fid)]) => {
                let view = &snapshot.layers()[place.layer];
                assert_eq!((view.layer().name.as_str(), view.fid(place.row)), (*name, *fid));
                assert_eq!(snapshot.resolve(&reference(&format!("{name}/{key}"))), Ok(place));
                assert_eq!(snapshot.resolve(&reference(&format!("fid:{fid}"))), Ok(place));
            }
            (Err(ReferenceError::Ambiguous { candidates, .. }), several) => {
                assert_eq!(candidates.len(), several.len());
            }
            other => panic!("{key}: {other:?}"),
        }
    }
    assert!(matches!(snapshot.resolve(&reference("nowhere/1")), Err(ReferenceError::NoLayer(_))));
    assert!(matches!(snapshot.resolve(&reference("fid:9999")), Err(ReferenceError::NotFound(_))));
}

#[test]
fn words_are_found_in_any_text_whatever_their_case() {
    let snapshot = snapshot(vec![city(54, "pipe", GeometryKind::Point, 300, 1)]);
    let view = &snapshot.layers()[0];
    let found: Vec<_> = snapshot.find_text("이름 12").map(|p| view.fid(p.row)).collect();
    let mut sorted = found.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [12].into_iter().chain(120..130).collect::<Vec<_>>());
    assert!(snapshot.find_text("sa001-").count() > 200);
    assert_eq!(snapshot.find_text("없는 말").count(), 0);
}
