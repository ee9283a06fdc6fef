//! Everything that is answered, in every state, beside plain maps.

use crate::kit::{ask, link, send_to, thorough};
use crate::story::{LAYERS, PlainRow, PlainState, STEP, Story};
use geographiclib_rs::{Geodesic, InverseGeodesic as _};
use rand::Rng as _;
use rand::seq::IteratorRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value as Json, json};
use siseol_http::AppState;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[tokio::test]
async fn every_answer_in_every_state_is_what_a_plain_map_says() {
    let rounds = if thorough() { 400 } else { 60 };
    let mut story = Story::begin("states");
    let mut state = story.place.open_merging(25);
    // What was answered when a state was the present one.
    let mut given = Vec::new();
    for round in 0..rounds {
        let commits = if round == 0 { 0 } else { story.random.random_range(1..=3) };
        let before = story.states.len();
        (0..commits).for_each(|_| story.go_on());
        if story.random.random_bool(0.1) {
            state = story.place.open_merging(25);
        }
        state.refresh().unwrap();
        let plain = story.present().clone();
        check(&state, &plain, "", &mut story.random).await;
        if round == 0 || story.states.len() > before {
            for name in LAYERS {
                let items = format!("/api/collections/{name}/items?limit=10000");
                let answer = send_to(&state, "GET", &items, &[]).await;
                given.push((plain.commit.generation, items, features(answer.text()).to_owned()));
            }
        }
        let count = story.states.len();
        let past = story.random.random_range(0..count);
        let plain = story.states[past].clone();
        // Of several states of one moment, a time means the last one.
        if story.states.get(past + 1).is_none_or(|next| next.commit.time > plain.commit.time) {
            let datetime = format!("&datetime={}", plain.commit.time);
            check(&state, &plain, &datetime, &mut story.random).await;
            for (_, items, then) in given.iter().filter(|(g, ..)| *g == plain.commit.generation) {
                let answer = send_to(&state, "GET", &format!("{items}{datetime}"), &[]).await;
                assert_eq!(features(answer.text()), then, "{items}{datetime}");
            }
        }
    }
}

/// The features of a page, byte for byte.
fn features(page: &str) -> &str {
    &page[page.find("\"features\":").unwrap()..]
}

async fn check(state: &Arc<AppState>, plain: &PlainState, datetime: &str, random: &mut ChaCha8Rng) {
    for name in LAYERS {
        let rows = &plain.layers[name];
        look_up(state, name, rows, plain, datetime, random).await;
        walk(state, name, rows, datetime, random).await;
    }
    add_up(state, plain, datetime).await;
    around(state, plain, datetime, random).await;
}

/// Features by their fids, also of those that are in another layer or in another state.
async fn look_up(
    state: &Arc<AppState>,
    name: &str,
    rows: &BTreeMap<i64, PlainRow>,
    plain: &PlainState,
    datetime: &str,
    random: &mut ChaCha8Rng,
) {
    let last = plain.layers.values().filter_map(|rows| rows.keys().last()).max().unwrap_or(&0);
    for _ in 0..5 {
        let fid = random.random_range(1..last + 5);
        let uri = format!("/api/collections/{name}/items/{fid}?f=json{datetime}");
        let answer = send_to(state, "GET", &uri, &[]).await;
        match rows.get(&fid) {
            None => assert_eq!(answer.status, 404, "{uri}"),
            Some(row) => {
                assert_eq!(answer.status, 200, "{uri}");
                assert_is(&answer.json(), name, fid, row);
            }
        }
    }
}

/// All pages within a box, or of everything.
async fn walk(
    state: &Arc<AppState>,
    name: &str,
    rows: &BTreeMap<i64, PlainRow>,
    datetime: &str,
    random: &mut ChaCha8Rng,
) {
    let mut edge = |from: i32| f64::from(from + random.random_range(0..500)) / STEP;
    let (xs, ys) = ([edge(1_270_000), edge(1_270_000)], [edge(370_000), edge(370_000)]);
    let [west, east] = [xs[0].min(xs[1]), xs[0].max(xs[1])];
    let [south, north] = [ys[0].min(ys[1]), ys[0].max(ys[1])];
    let boxed = random.random_bool(0.7);
    let within = |row: &PlainRow| match &row.path {
        // Lines lie from west to east.
        Some(path) => {
            let ([first, y], [last, _]) = (path[0], path[path.len() - 1]);
            first <= east && west <= last && south <= y && y <= north
        }
        None => false,
    };
    let expected: BTreeMap<i64, &PlainRow> = rows
        .iter()
        .filter(|(_, row)| !boxed || within(row))
        .map(|(fid, row)| (*fid, row))
        .collect();
    let bbox = if boxed { format!("&bbox={west},{south},{east},{north}") } else { String::new() };
    let limit = random.random_range(5..60);
    let mut next = Some(format!("/api/collections/{name}/items?limit={limit}{bbox}{datetime}"));
    let mut found = BTreeSet::new();
    while let Some(uri) = next {
        let page = ask(state, &uri).await;
        assert_eq!(page["numberMatched"], expected.len(), "{uri}");
        for feature in page["features"].as_array().unwrap() {
            let fid = feature["id"].as_i64().unwrap();
            let row = expected.get(&fid).unwrap_or_else(|| unreachable!("{fid} at {uri}"));
            assert_is(feature, name, fid, row);
            assert!(found.insert(fid), "{fid} twice at {uri}");
        }
        next = link(&page, "next");
    }
    assert_eq!(found.len(), expected.len(), "{name} {bbox} {datetime}");
}

fn assert_is(feature: &Json, name: &str, fid: i64, row: &PlainRow) {
    assert_eq!(feature["id"], fid);
    let PlainRow { key, path, class, number } = row;
    let properties = json!({ "layer": name, "facility_key": key, "CLS": class, "N": number });
    assert_eq!(feature["properties"], properties, "{name} {fid}");
    let coordinates = &feature["geometry"]["coordinates"];
    let numbers = |json: &Json| [json[0].as_f64().unwrap(), json[1].as_f64().unwrap()];
    let found = match path.as_deref() {
        None => {
            assert!(feature["geometry"].is_null(), "{name} {fid}");
            return;
        }
        Some([_]) => vec![numbers(coordinates)],
        Some(_) => coordinates.as_array().unwrap().iter().map(numbers).collect(),
    };
    let near = found.iter().flatten().zip(path.iter().flatten().flatten());
    assert!(near.into_iter().all(|(a, b)| (a - b).abs() < 1e-9), "{name} {fid}: {found:?}");
}

/// Counts and lengths of everything, by class.
async fn add_up(state: &Arc<AppState>, plain: &PlainState, datetime: &str) {
    let uri = format!("/api/facilities?near=127,37&radius=20000&limit=1{datetime}");
    let document = ask(state, &uri).await;
    for name in ["pipe", "valve"] {
        let mut expected: BTreeMap<Option<&str>, (u64, f64)> = BTreeMap::new();
        for row in plain.layers[name].values() {
            let Some(path) = &row.path else { continue };
            let sum = expected.entry(row.class.as_deref()).or_default();
            sum.0 += 1;
            sum.1 += path.windows(2).map(|ends| distance(ends[0], ends[1])).sum::<f64>();
        }
        let summaries = document["summary"].as_array().unwrap();
        let Some(summary) = summaries.iter().find(|summary| summary["layer"] == name) else {
            assert!(expected.is_empty(), "{uri}");
            continue;
        };
        let total: u64 = expected.values().map(|(count, _)| count).sum();
        assert_eq!(summary["count"], total, "{uri}");
        let by_class = summary["by_class"].as_array().unwrap();
        assert_eq!(by_class.len(), expected.len(), "{uri}");
        for class in by_class {
            let (count, length) = expected[&class["class"].as_str()];
            assert_eq!(class["count"], count, "{uri}");
            let found = class["length_m"].as_f64().unwrap_or(0.0);
            assert!((found - length).abs() < 0.002, "{uri}: {found} {length}");
        }
    }
}

/// The nearest valves around a place.
async fn around(
    state: &Arc<AppState>,
    plain: &PlainState,
    datetime: &str,
    random: &mut ChaCha8Rng,
) {
    let valves = &plain.layers["valve"];
    let Some(centre) = valves.values().filter_map(|row| row.path.as_ref()).choose(random) else {
        return;
    };
    let [lon, lat] = centre[0];
    let radius = random.random_range(100.0..3_000.0);
    let uri = format!(
        "/api/facilities?near={lon},{lat}&radius={radius}&layers=valve&limit=1000{datetime}"
    );
    let placed = valves.values().filter_map(|row| row.path.as_ref());
    let distances: Vec<f64> = placed.map(|path| distance([lon, lat], path[0])).collect();
    // Nobody can say on which side of the rim a point within a millimetre of it lies.
    if distances.iter().any(|d| (d - radius).abs() < 0.001) {
        return;
    }
    let mut expected: Vec<f64> = distances.into_iter().filter(|d| *d < radius).collect();
    expected.sort_by(f64::total_cmp);
    let document = ask(state, &uri).await;
    assert_eq!(document["numberMatched"], expected.len(), "{uri}");
    let found = document["features"].as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{uri}");
    for (feature, distance) in found.iter().zip(expected) {
        let found = feature["properties"]["distance_m"].as_f64().unwrap();
        assert!((found - distance).abs() < 0.002, "{uri}: {found} {distance}");
    }
}

fn distance(from: [f64; 2], to: [f64; 2]) -> f64 {
    Geodesic::wgs84().inverse(from[1], from[0], to[1], to[0])
}
