//! The quality reports: what came in, and how it stands now.

use crate::kit::{Answer, Place, ask, layer, link, row, send_to, wkb_line, wkb_point};
use serde_json::Value as Json;
use siseol_http::{AppState, Settings};
use siseol_model::{
    DeliveryMode, Feature, Field, FieldKind, GeometryKind, Layer, NetworkPart, NetworkRole, Value,
};
use std::sync::Arc;

fn member(name: &str, geometry: GeometryKind, part: NetworkPart) -> Layer {
    let mut layer = layer(name, geometry, vec![Field::new("NAME", FieldKind::Text)]);
    layer.class.key = vec!["NAME".to_owned()];
    layer.class.network = Some(NetworkRole {
        utility: "water".to_owned(),
        part,
        by_code: std::collections::BTreeMap::new(),
        levels: None,
        direction: Vec::new(),
    });
    layer
}

fn pipes() -> Layer {
    member("pipe", GeometryKind::Line, NetworkPart::Pipe)
}

fn valves() -> Layer {
    member("valve", GeometryKind::Point, NetworkPart::IsolatingValve)
}

fn pipe(name: &str, lat: f64) -> Feature {
    let line = wkb_line(&[[127.0, lat], [127.001, lat]]);
    row(name, Some(line), vec![Value::text(name)])
}

fn valve(name: &str, lat: f64) -> Feature {
    row(name, Some(wkb_point(127.0005, lat)), vec![Value::Null])
}

/// One pipe, a valve on it, and one 2 m beside it.
fn network() -> Place {
    let place = Place::new();
    let layers = [
        (pipes(), vec![pipe("P1", 37.0)]),
        (valves(), vec![valve("V1", 37.0), valve("V2", 37.0 + 2.0 / 111_000.0)]),
    ];
    place.deliver(DeliveryMode::Upsert, &layers, "2026-01-02T03:04:05Z".parse().unwrap());
    place
}

fn check<'j>(report: &'j Json, kind: &str) -> &'j Json {
    let checks = report["checks"].as_array().unwrap();
    checks.iter().find(|check| check["kind"] == kind).unwrap()
}

async fn get(state: &Arc<AppState>, uri: &str, tag: &str) -> Answer {
    send_to(state, "GET", uri, &[("if-none-match", tag)]).await
}

#[tokio::test]
async fn a_report_tells_what_came_in_and_how_the_layer_stands() {
    let place = network();
    let state = place.open(Settings::default());
    let report = ask(&state, "/api/quality/valve").await;
    assert_eq!(report["layer"], "valve");
    assert_eq!(report["source"], "valve.shp");
    assert_eq!(report["rows"]["accepted"], 2);
    assert_eq!(report["features"], 2);
    assert_eq!(report["open"]["quarantined"], 0);
    assert_eq!(report["completeness"][0]["field"], "NAME");
    assert_eq!(report["completeness"][0]["filled"], 0);
    let off = check(&report, "OFF_PIPE");
    assert_eq!((&off["checked"], &off["found"]), (&2.into(), &1.into()));
    let fault = &off["examples"][0];
    assert_eq!(fault["facility_key"], "V2");
    assert_eq!(fault["other"], 1);
    assert!((fault["distance_m"].as_f64().unwrap() - 2.0).abs() < 0.01, "{fault}");
    assert!((fault["place"]["lon"].as_f64().unwrap() - 127.0005).abs() < 1e-8, "{fault}");
    assert!(fault["text"]["ko"].as_str().unwrap().contains("pipe/P1"), "{fault}");
}

#[tokio::test]
async fn the_overview_counts_every_layer_and_leads_to_its_report() {
    let place = network();
    let state = place.open(Settings::default());
    let overview = ask(&state, "/api/quality").await;
    let layers = overview["layers"].as_array().unwrap();
    assert_eq!(layers.len(), 2);
    assert_eq!(layers[1]["layer"], "valve");
    assert_eq!(layers[1]["rows"]["read"], 2);
    assert_eq!(check(&layers[1], "OFF_PIPE")["found"], 1);
    assert_eq!(check(&layers[0], "END_NEAR")["found"], 0);
    let whole = ask(&state, &link(&layers[1], "item").unwrap()).await;
    assert_eq!(whole["label"], layers[1]["label"]);
}

#[tokio::test]
async fn a_report_is_the_same_until_a_layer_that_it_looks_at_changes() {
    let place = network();
    let state = place.open(Settings::default());
    let first = get(&state, "/api/quality/valve", "").await;
    let tag = first.header("etag").to_owned();
    assert_eq!(get(&state, "/api/quality/valve", &tag).await.status, 304);
    assert_eq!(get(&state, "/api/quality/valve?f=html", &tag).await.status, 200);
    // A pipe where the valve is: the valves have not changed, but their report has.
    let pipes = [(pipes(), vec![pipe("P2", 37.0 + 2.0 / 111_000.0)])];
    place.deliver(DeliveryMode::Upsert, &pipes, "2026-01-03T03:04:05Z".parse().unwrap());
    state.refresh().unwrap();
    let second = get(&state, "/api/quality/valve", &tag).await;
    assert_eq!(second.status, 200);
    assert_eq!(check(&second.json(), "OFF_PIPE")["found"], 0);
}

#[tokio::test]
async fn reports_are_pages_too() {
    let place = network();
    let state = place.open(Settings::default());
    for (uri, words) in [
        ("/api/quality?f=html", "관로에서 벗어난 시설 1"),
        ("/api/quality/valve?f=html", "가장 가까운 관로 pipe/P1에서 2.00 m 벗어남"),
    ] {
        let answer = send_to(&state, "GET", uri, &[]).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/html"));
        assert!(answer.text().contains(words), "{}", answer.text());
    }
    let unknown = send_to(&state, "GET", "/api/quality?layer=valve", &[]).await;
    assert_eq!(unknown.status, 400);
}
