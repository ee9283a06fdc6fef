//! `/api/facilities`.

use crate::town::get;

#[tokio::test]
async fn facilities_come_nearest_first_with_layer_distance_and_a_summary() {
    let answer = get("/api/facilities?near=127,37&radius=100").await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let document = answer.json();
    let features = document["features"].as_array().unwrap();
    // 0.0001 degrees of longitude are 8.90 m here, so 11 further valves lie within 100 m; and the square.
    assert_eq!(document["numberMatched"], 13);
    assert_eq!(features.len(), 13);
    let distances: Vec<f64> =
        features.iter().map(|f| f["properties"]["distance_m"].as_f64().unwrap()).collect();
    assert!(distances.is_sorted());
    assert!(distances[0] < 1e-3);
    assert!((distances[2] - 8.901).abs() < 0.01, "{distances:?}");
    assert!(features.iter().any(|f| f["properties"]["layer"] == "zone"));
    let summary = document["summary"].as_array().unwrap();
    let valves = summary.iter().find(|s| s["layer"] == "valve").unwrap();
    assert_eq!(valves["count"], 12);
    let by_class = valves["by_class"].as_array().unwrap();
    assert_eq!(by_class[0]["class"], "SA200");
    assert_eq!(by_class[0]["label"]["ko"], "제수변");
    assert_eq!(by_class[0]["count"], 9);
    assert_eq!(by_class[1]["label"]["ko"], "SA201", "a code that no list knows shows as itself");
    let zone = summary.iter().find(|s| s["layer"] == "zone").unwrap();
    assert!(zone["area_m2"].as_f64().unwrap() > 300.0);
    assert_eq!(document["notice"]["en"], "synthetic data");
}

#[tokio::test]
async fn limits_cut_the_list_and_not_the_count() {
    let document = get("/api/facilities?near=127,37&radius=100&limit=3&layers=valve").await.json();
    assert_eq!(document["numberMatched"], 12);
    assert_eq!(document["numberReturned"], 3);
    let nearest = get("/api/facilities?near=127.5,37&limit=1&layers=valve").await.json();
    assert_eq!(nearest["features"][0]["id"], 250);
    assert_eq!(nearest["numberMatched"], 250);
}

#[tokio::test]
async fn everything_in_register_order_has_no_limit_and_no_distance() {
    let document = get("/api/facilities?near=127,37&radius=5000&order=index").await.json();
    assert_eq!(document["numberMatched"], 251);
    let features = document["features"].as_array().unwrap();
    assert_eq!(features.len(), 251);
    assert!(features[0]["properties"].get("distance_m").is_none());
}
