//! What belongs with a feature, as a client sees it.

use crate::kit::{Place, ask, layer, row, send_to, wkb_point};
use serde_json::json;
use siseol_model::{
    DeliveryMode, Field, FieldKind, GeometryKind, Reference, ReferenceMeaning, Value,
};
use std::collections::BTreeMap;

fn town() -> Place {
    let text = |name: &str| Field::new(name, FieldKind::Text);
    let names = |field: &str, class: &str, means| Reference {
        fields: vec![field.to_owned()],
        classes: vec![class.to_owned()],
        means,
    };
    let mut valve = layer("valve", GeometryKind::Point, vec![text("WORK")]);
    valve.class.references = vec![names("WORK", "works", ReferenceMeaning::Record)];
    let works = layer("works", GeometryKind::None, vec![text("TITLE")]);
    let mut repairs = layer("repairs", GeometryKind::None, vec![text("VALVE")]);
    repairs.class.references = vec![names("VALVE", "valve", ReferenceMeaning::Owner)];
    let at = |key: &str, work: Value| row(key, Some(wkb_point(127.0, 37.0)), vec![work]);
    let record = |key: &str, says: &str| row(key, None, vec![Value::text(says)]);
    let layers = [
        (
            valve,
            vec![at("V1", Value::text("W7")), at("V2", Value::Null), at("V3", Value::text("W0"))],
        ),
        (works, vec![record("W7", "밸브 설치"), record("W8", "")]),
        (repairs, vec![record("R1", "V1"), record("R2", "V2"), record("R3", "V1")]),
    ];
    let town = Place::new();
    town.deliver(DeliveryMode::Upsert, &layers, "2026-01-02T03:04:05Z".parse().unwrap());
    town
}

#[tokio::test]
async fn a_feature_is_shown_with_what_it_names_and_the_records_that_name_it() {
    let town = town();
    let state = town.serve();
    let mut fids = BTreeMap::new();
    for layer in ["valve", "works", "repairs"] {
        let items = ask(&state, &format!("/api/collections/{layer}/items")).await;
        for feature in items["features"].as_array().unwrap() {
            let key = feature["properties"]["facility_key"].as_str().unwrap().to_owned();
            fids.insert(key, feature["id"].as_i64().unwrap());
        }
    }
    let path =
        |layer: &str, key: &str| format!("/api/collections/{layer}/items/{}/related", fids[key]);
    let document = ask(&state, &path("valve", "V1")).await;
    let keys: Vec<_> = document["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["properties"]["facility_key"].clone())
        .collect();
    assert_eq!(keys, ["W7", "R1", "R3"]);
    let relations = document["relations"].as_array().unwrap();
    assert_eq!(relations[0]["means"], "record");
    assert_eq!(relations[0]["names"], false);
    assert_eq!(relations[0]["label"]["ko"], "관련 대장");
    assert_eq!(relations[1]["fid"], json!(fids["R1"]));
    assert_eq!(relations[1]["means"], "owner");
    assert_eq!(relations[2]["names"], true);
    assert_eq!(document["numberMatched"], 3);
    for (layer, key, expected) in [("valve", "V3", 0), ("works", "W7", 0), ("repairs", "R2", 1)] {
        let document = ask(&state, &path(layer, key)).await;
        assert_eq!(document["numberReturned"], expected, "{layer} {key}");
    }
    for (path, status) in [
        ("/api/collections/valve/items/99/related".to_owned(), 404),
        ("/api/collections/nothing/items/1/related".to_owned(), 404),
        (format!("{}?limit=3", path("valve", "V1")), 400),
    ] {
        assert_eq!(send_to(&state, "GET", &path, &[]).await.status, status, "{path}");
    }
}
