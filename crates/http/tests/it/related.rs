//! What belongs with a feature, as a client sees it.

use crate::kit::{Place, ask, layer, row, send_to, wkb_point};
use serde_json::json;
use siseol_http::AppState;
use siseol_model::{
    DeliveryMode, Feature, Field, FieldKind, GeometryKind, Layer, Reference, ReferenceMeaning,
    Value,
};
use std::collections::BTreeMap;
use std::sync::Arc;

fn text(name: &str) -> Field {
    Field::new(name, FieldKind::Text)
}

fn names(field: &str, class: &str, means: ReferenceMeaning) -> Vec<Reference> {
    vec![Reference { fields: vec![field.to_owned()], classes: vec![class.to_owned()], means }]
}

fn record(key: &str, says: &str) -> Feature {
    row(key, None, vec![Value::text(says)])
}

/// Records that name valves.
fn repairs() -> Layer {
    let mut repairs = layer("repairs", GeometryKind::None, vec![text("VALVE")]);
    repairs.class.references = names("VALVE", "valve", ReferenceMeaning::Owner);
    repairs
}

fn town() -> Place {
    let mut valve = layer("valve", GeometryKind::Point, vec![text("WORK")]);
    valve.class.references = names("WORK", "works", ReferenceMeaning::Record);
    let works = layer("works", GeometryKind::None, vec![text("TITLE")]);
    let at = |key: &str, work: Value| row(key, Some(wkb_point(127.0, 37.0)), vec![work]);
    let layers = [
        (
            valve,
            vec![at("V1", Value::text("W7")), at("V2", Value::Null), at("V3", Value::text("W0"))],
        ),
        (works, vec![record("W7", "밸브 설치"), record("W8", "")]),
        (repairs(), vec![record("R1", "V1"), record("R2", "V2"), record("R3", "V1")]),
    ];
    let town = Place::new();
    town.deliver(DeliveryMode::Upsert, &layers, "2026-01-02T03:04:05Z".parse().unwrap());
    town
}

/// The numbers of all features, by their keys.
async fn fids(state: &Arc<AppState>) -> BTreeMap<String, i64> {
    let mut fids = BTreeMap::new();
    for layer in ["valve", "works", "repairs"] {
        let items = ask(state, &format!("/api/collections/{layer}/items")).await;
        for feature in items["features"].as_array().unwrap() {
            let key = feature["properties"]["facility_key"].as_str().unwrap().to_owned();
            fids.insert(key, feature["id"].as_i64().unwrap());
        }
    }
    fids
}

#[tokio::test]
async fn a_feature_is_shown_with_what_it_names_and_the_records_that_name_it() {
    let town = town();
    let state = town.serve();
    let fids = fids(&state).await;
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
    assert_eq!(relations[1]["label"]["ko"], "이 시설의 기록");
    for (path, status) in [
        ("/api/collections/valve/items/99/related".to_owned(), 404),
        ("/api/collections/nothing/items/1/related".to_owned(), 404),
        (format!("{}?limit=3", path("valve", "V1")), 400),
    ] {
        assert_eq!(send_to(&state, "GET", &path, &[]).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn its_page_leads_to_what_belongs_with_it() {
    let town = town();
    let state = town.serve();
    let fids = fids(&state).await;
    let address = |key: &str| format!("/api/collections/valve/items/{}?f=html", fids[key]);
    let answer = send_to(&state, "GET", &address("V1"), &[]).await;
    let (tag, present) = (answer.header("etag"), answer.text());
    for key in ["W7", "R1", "R3"] {
        let layer = if key == "W7" { "works" } else { "repairs" };
        let href = format!(r#"href="/api/collections/{layer}/items/{}?f=html""#, fids[key]);
        assert!(present.contains(&href), "{key}: {present}");
    }
    assert!(!present.contains(&format!("items/{}?", fids["R2"])), "{present}");
    let lonely = send_to(&state, "GET", &address("V3"), &[]).await;
    assert!(!lonely.text().contains("관련 시설"));

    // A record that comes is of another layer, and makes another page all the same.
    let later = "2026-02-02T03:04:05Z".parse().unwrap();
    town.deliver(DeliveryMode::Upsert, &[(repairs(), vec![record("R4", "V1")])], later);
    let state = town.serve();
    let after = send_to(&state, "GET", &address("V1"), &[("if-none-match", tag)]).await;
    assert_eq!(after.status, 200);
    assert!(after.text().contains("R4"));
    let past = format!("{}&datetime=2026-01-15", address("V1"));
    assert!(!send_to(&state, "GET", &past, &[]).await.text().contains("관련 시설"));
}
