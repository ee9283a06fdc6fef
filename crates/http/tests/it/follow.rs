//! What others commit is seen, whatever they do to the file.

use crate::kit::{Place, ask, layer, link, row, send_to, wkb_point};
use crate::town::{town, valve, valve_at, valve_layer};
use jiff::Timestamp;
use serde_json::Value as Json;
use siseol_http::{AppState, LoadError};
use siseol_model::{DeliveryMode, Feature, GeometryKind, Value};
use siseol_store::StoreError;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

async fn count(state: &Arc<AppState>) -> u64 {
    ask(state, "/api/collections/valve/items?limit=1").await["numberMatched"].as_u64().unwrap()
}

/// How many changes lie over the base of the valves.
fn delta(state: &AppState) -> usize {
    state.resident().snapshot.layer("valve").unwrap().1.delta_len()
}

fn generation(state: &AppState) -> i64 {
    state.resident().snapshot.state.generation
}

/// Looks until what is done in the background is done.
fn refresh_until(state: &AppState, done: impl Fn(&AppState) -> bool) {
    let begin = Instant::now();
    while !done(state) {
        assert!(begin.elapsed() < Duration::from_mins(1), "it is never done");
        std::thread::sleep(Duration::from_millis(5));
        state.refresh().unwrap();
    }
}

fn valves(numbers: impl IntoIterator<Item = i32>) -> Vec<Feature> {
    numbers.into_iter().map(valve).collect()
}

#[tokio::test]
async fn deliveries_and_undos_of_others_are_seen_after_a_look() {
    let town = town();
    let state = town.serve();
    let before = send_to(&state, "GET", "/api/collections/valve/items?limit=500", &[]).await;

    // Two go, one moves, three come.
    let mut rows = valves(2..253);
    rows[5] = valve_at(7, 128.0);
    let layers = [(valve_layer(), rows)];
    let commit = town.deliver(DeliveryMode::Replace, &layers, Timestamp::now());
    assert_eq!(count(&state).await, 250, "not before a look");
    state.refresh().unwrap();
    assert_eq!((count(&state).await, generation(&state)), (251, commit.generation));
    let items = ask(&state, "/api/collections/valve/items?bbox=127.9,36,128.1,38").await;
    assert_eq!(items["features"][0]["properties"]["facility_key"], "SA200-7");
    assert_eq!(items["features"][0]["id"], 8);
    let gone = send_to(&state, "GET", "/api/collections/valve/items/1", &[]).await;
    assert_eq!(gone.status, 404);
    let around = ask(&state, "/api/facilities?near=128,37&radius=1&layers=valve").await;
    assert_eq!(around["summary"][0]["count"], 1);
    let quality = ask(&state, "/api/quality/valve").await;
    assert_eq!(quality["changes"]["deleted"], 2);
    assert!(delta(&state) > 0, "a few changes need no new base");

    town.undo(commit.change_set, Timestamp::now());
    state.refresh().unwrap();
    let after = send_to(&state, "GET", "/api/collections/valve/items?limit=500", &[]).await;
    let features = |answer: &crate::kit::Answer| answer.json()["features"].to_string();
    assert_eq!(features(&after), features(&before));
    state.refresh().unwrap();
    assert_eq!(generation(&state), 3, "no news, no change");
}

#[tokio::test]
async fn several_commits_and_new_layers_are_one_step() {
    let town = town();
    let state = town.serve();
    let tank = layer("tank", GeometryKind::Point, vec![]);
    let tanks = vec![row("T1", Some(wkb_point(127.0, 37.0)), vec![])];
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), valves(249..260))], Timestamp::now());
    town.deliver(DeliveryMode::Upsert, &[(tank, tanks)], Timestamp::now());
    town.deliver(DeliveryMode::Append, &[(valve_layer(), valves(300..305))], Timestamp::now());
    state.refresh().unwrap();
    assert_eq!((count(&state).await, generation(&state)), (265, 4));
    let names = ask(&state, "/api/collections").await;
    assert_eq!(names["numberMatched"], 3);
    assert_eq!(ask(&state, "/api/collections/tank/items").await["numberMatched"], 1);
}

#[tokio::test]
async fn many_changes_get_a_new_base_before_they_are_seen_and_few_ones_later() {
    let town = town();
    let state = town.open_merging(100);
    // Few: they lie over the base ..
    let moved = |numbers: std::ops::Range<i32>| -> Vec<Feature> {
        numbers.map(|i| valve_at(i, 128.0 + f64::from(i) * 1e-4)).collect()
    };
    let upsert =
        |rows| town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now());
    upsert(moved(0..40));
    state.refresh().unwrap();
    assert_eq!(delta(&state), 80, "40 versions and 40 dead rows");
    // .. until they have become many; then a new base is made in the background.
    upsert(moved(40..60));
    state.refresh().unwrap();
    refresh_until(&state, |state| delta(state) == 0);
    assert_eq!(count(&state).await, 250);
    let east = ask(&state, "/api/collections/valve/items?bbox=128,36,129,38").await;
    assert_eq!(east["numberMatched"], 60);
    // Many: the base is new when they are seen.
    upsert(moved(60..200));
    state.refresh().unwrap();
    assert_eq!(delta(&state), 0);
    let east = ask(&state, "/api/collections/valve/items?bbox=128,36,129,38").await;
    assert_eq!(east["numberMatched"], 200);
    // More than there were.
    upsert(valves(0..900));
    state.refresh().unwrap();
    assert_eq!((delta(&state), count(&state).await), (0, 900));
}

#[tokio::test]
async fn what_is_committed_while_a_base_is_made_lies_over_the_new_one() {
    let town = town();
    let state = town.open_merging(10);
    for step in 0..60 {
        let rows = vec![valve_at(step, 128.0), valve_at(step + 100, 128.0)];
        town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now());
        state.refresh().unwrap();
        let east = ask(&state, "/api/collections/valve/items?bbox=128,36,129,38").await;
        assert_eq!(east["numberMatched"], 2 * (step + 1));
    }
    assert_eq!(count(&state).await, 250);
    refresh_until(&state, |state| delta(state) < 10);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_reads_meanwhile_sees_whole_states() {
    let town = town();
    // A new base now and then: in the background and before a commit is seen.
    for merge_from in [200, 600] {
        let state = town.open_merging(merge_from);
        let done = Arc::new(AtomicBool::new(false));
        let readers: Vec<_> = (0..4)
            .map(|_| tokio::spawn(read_whole_states(Arc::clone(&state), Arc::clone(&done))))
            .collect();
        for version in 0..15 {
            let rows = (0..250).map(|i| {
                let mut row = valve_at(i, 127.0 + f64::from(i + version) * 1e-4);
                row.values[2] = Value::Integer(version.into());
                row
            });
            let layers = [(valve_layer(), rows.collect())];
            town.deliver(DeliveryMode::Upsert, &layers, Timestamp::now());
            tokio::task::block_in_place(|| state.refresh()).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            reader.await.unwrap();
        }
    }
}

/// Walks over the valves time and again: all of them have one and the same version.
async fn read_whole_states(state: Arc<AppState>, done: Arc<AtomicBool>) {
    let sizes = |page: &Json| -> Vec<Json> {
        let features = page["features"].as_array().unwrap().iter();
        features.map(|feature| feature["properties"]["DIP"].clone()).collect()
    };
    while !done.load(Ordering::Relaxed) {
        let mut next = Some("/api/collections/valve/items?limit=60".to_owned());
        let mut seen = Vec::new();
        while let Some(at) = next {
            let page = ask(&state, &at).await;
            seen.extend(sizes(&page));
            next = link(&page, "next");
        }
        assert_eq!(seen.len(), 250);
        // As the town was delivered at first, each valve has a size of its own.
        let versions: BTreeSet<String> = seen.iter().map(Json::to_string).collect();
        assert!([1, 250].contains(&versions.len()), "{versions:?}");
        let around =
            ask(&state, "/api/facilities?near=127.01,37&radius=5000&layers=valve&limit=999");
        let around: BTreeSet<String> = sizes(&around.await).iter().map(Json::to_string).collect();
        assert!([1, 250].contains(&around.len()), "{around:?}");
    }
}

#[tokio::test]
async fn a_backup_restored_over_a_served_register_is_loaded_anew() {
    for in_place in [false, true] {
        let town = town();
        let backup = town.backup("monday.gpkg");
        let upsert = |rows: Vec<Feature>| {
            town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now())
        };
        upsert(valves(250..260));
        let state = town.serve();
        let tag = |answer: &crate::kit::Answer| answer.header("etag").to_owned();
        let item = "/api/collections/valve/items";
        let tuesday = send_to(&state, "GET", item, &[]).await;

        if in_place {
            let mut target = rusqlite::Connection::open(town.register()).unwrap();
            let source = rusqlite::Connection::open(&backup).unwrap();
            rusqlite::backup::Backup::new(&source, &mut target).unwrap().step(-1).unwrap();
        } else {
            fs_err::rename(&backup, town.register()).unwrap();
        }
        state.refresh().unwrap();
        assert_eq!((count(&state).await, generation(&state)), (250, 1), "in place: {in_place}");
        // The same generation as before, but another state.
        upsert(valves(260..263));
        state.refresh().unwrap();
        assert_eq!((count(&state).await, generation(&state)), (253, 2), "in place: {in_place}");
        let other = send_to(&state, "GET", item, &[("if-none-match", &tag(&tuesday))]).await;
        assert_eq!(other.status, 200);
        assert_ne!(tag(&other), tag(&tuesday));
    }
}

#[tokio::test]
async fn another_register_under_the_name_is_another_city() {
    let (town, other) = (town(), Place::new());
    let state = town.serve();
    let tank = layer("tank", GeometryKind::Point, vec![]);
    let tanks = vec![row("T1", Some(wkb_point(129.0, 35.0)), vec![])];
    other.deliver(DeliveryMode::Upsert, &[(tank, tanks)], Timestamp::now());
    fs_err::rename(other.register(), town.register()).unwrap();
    state.refresh().unwrap();
    let names = ask(&state, "/api/collections").await;
    assert_eq!(names["collections"][0]["id"], "tank");
    assert_eq!(send_to(&state, "GET", "/api/collections/valve", &[]).await.status, 404);
}

#[tokio::test]
async fn a_register_that_cannot_be_read_for_the_moment_is_no_news() {
    let town = town();
    let state = town.serve();
    // Somebody writes.
    let mut other = rusqlite::Connection::open(town.register()).unwrap();
    let lock = other.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive).unwrap();
    assert!(matches!(state.refresh(), Err(LoadError::Store(StoreError::Busy { .. }))));
    assert_eq!(count(&state).await, 250, "the state from before is served meanwhile");
    assert_eq!(send_to(&state, "GET", "/readyz", &[]).await.status, 200);
    drop(lock);
    state.refresh().unwrap();
    // It is not there.
    let aside = town.file("aside.gpkg");
    fs_err::rename(town.register(), &aside).unwrap();
    assert!(matches!(state.refresh(), Err(LoadError::Store(StoreError::Missing { .. }))));
    // It is something else.
    fs_err::write(town.register(), "not a register").unwrap();
    assert!(matches!(state.refresh(), Err(LoadError::Store(StoreError::NotAGeoPackage { .. }))));
    assert_eq!(count(&state).await, 250);
    fs_err::rename(&aside, town.register()).unwrap();
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), valves(250..251))], Timestamp::now());
    state.refresh().unwrap();
    assert_eq!(count(&state).await, 251);
}

#[tokio::test]
async fn what_following_costs_is_measured() {
    let town = town();
    let state = town.open_merging(10);
    send_to(&state, "GET", "/metrics", &[]).await;
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), valves(250..254))], Timestamp::now());
    state.refresh().unwrap();
    let metrics = send_to(&state, "GET", "/metrics", &[]).await;
    assert!(metrics.text().contains("siseol_delta_rows{layer=\"valve\"} 4"));
    assert!(metrics.text().contains("siseol_follow_seconds_count"));
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), valves(254..263))], Timestamp::now());
    state.refresh().unwrap();
    refresh_until(&state, |state| delta(state) == 0);
    let metrics = send_to(&state, "GET", "/metrics", &[]).await;
    assert!(metrics.text().contains("siseol_merge_seconds_count"));
}
