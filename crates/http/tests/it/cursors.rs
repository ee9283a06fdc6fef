//! A walk keeps to the state that it began in.

use crate::kit::{Place, ask, link, send_to};
use crate::town::{town, valve, valve_at, valve_layer, zone_layer};
use jiff::Timestamp;
use serde_json::Value as Json;
use siseol_http::{AppState, Settings};
use siseol_model::DeliveryMode;
use std::sync::Arc;
use std::time::Duration;

/// Walks on from a page to the last one, doing something before each; gives the features of all pages.
async fn walk(state: &Arc<AppState>, first: Json, mut before_each: impl FnMut()) -> Vec<Json> {
    let told = |page: &Json| (page["timeStamp"].clone(), page["numberMatched"].clone());
    let mut features = first["features"].as_array().unwrap().clone();
    let mut next = link(&first, "next");
    while let Some(at) = next {
        before_each();
        let page = ask(state, &at).await;
        assert_eq!(told(&page), told(&first), "{at}");
        features.extend(page["features"].as_array().unwrap().iter().cloned());
        next = link(&page, "next");
    }
    features
}

/// Moves a few valves, lets one go and makes one new.
fn disturb(place: &Place, state: &AppState, step: i32) {
    let kept = (0..250).filter(|&i| i != step);
    let mut rows: Vec<_> =
        kept.map(|i| if i % 50 == step { valve_at(i, 127.5) } else { valve(i) }).collect();
    rows.push(valve(1000 + step));
    place.deliver(DeliveryMode::Replace, &[(valve_layer(), rows)], Timestamp::now());
    state.refresh().unwrap();
}

#[tokio::test]
async fn a_walk_sees_one_state_while_others_commit_and_bases_are_replaced() {
    for merge_from in [1_000, 20] {
        let town = town();
        let state = town.open_merging(merge_from);
        for (limit, query) in [(17, ""), (7, "&bbox=127.001,36,127.0101,38")] {
            let items = |limit| format!("/api/collections/valve/items?limit={limit}{query}");
            let whole = ask(&state, &items(500)).await;
            let first = ask(&state, &items(limit)).await;
            let mut step = 0;
            let features = walk(&state, first, || {
                disturb(&town, &state, step);
                step += 1;
            })
            .await;
            assert!(step > 5);
            assert_eq!(features.len() as u64, whole["numberMatched"].as_u64().unwrap());
            assert_eq!(features, *whole["features"].as_array().unwrap(), "{query}");
        }
    }
}

#[tokio::test]
async fn commits_to_other_layers_leave_a_cursor_as_it_is() {
    let town = town();
    let state = town.serve();
    let first = "/api/collections/valve/items?limit=100";
    let next = link(&ask(&state, first).await, "next");
    let zones = vec![crate::kit::row("Z", Some(crate::kit::wkb_square(127.5, 37.0, 1e-3)), vec![])];
    town.deliver(DeliveryMode::Upsert, &[(zone_layer(), zones)], Timestamp::now());
    state.refresh().unwrap();
    assert_eq!(link(&ask(&state, first).await, "next"), next);
    // Not even a new server notices.
    let restarted = town.serve();
    let second = ask(&restarted, &next.unwrap()).await;
    assert_eq!(second["numberReturned"], 100);
}

#[tokio::test]
async fn a_cursor_of_a_state_that_is_not_in_memory_says_where_to_begin_again() {
    let town = town();
    let state = town.serve();
    let first = ask(&state, "/api/collections/valve/items?limit=7&bbox=127,36,127.02,38").await;
    let next = link(&first, "next").unwrap();
    disturb(&town, &state, 1);
    assert_eq!(send_to(&state, "GET", &next, &[]).await.status, 200);

    let check = async |state: &Arc<AppState>| {
        let gone = send_to(state, "GET", &next, &[]).await;
        assert_eq!(gone.status, 410);
        assert_eq!(gone.header("content-type"), "application/problem+json");
        let start = link(&gone.json(), "start").unwrap();
        assert!(start.contains("limit=7") && start.contains("bbox=") && !start.contains("cursor"));
        assert_eq!(ask(state, &start).await["numberReturned"], 7);
    };
    // A new server has the present state only.
    check(&town.serve()).await;
    // A restored backup is another lineage.
    let other = crate::town::town();
    let state = other.serve();
    check(&state).await;
    let gone = send_to(&state, "GET", &format!("{next}&f=html"), &[]).await;
    assert_eq!(gone.status, 410);
    assert!(link(&gone.json(), "start").unwrap().ends_with("&f=html"));
}

#[tokio::test]
async fn cursors_last_for_as_long_as_what_was_replaced_is_kept() {
    for (keep_for, status) in [(Duration::from_mins(10), 200), (Duration::ZERO, 410)] {
        let town = town();
        let state = town.open(Settings { merge_from: 20, keep_for, ..Settings::default() });
        let first = ask(&state, "/api/collections/valve/items?limit=7").await;
        let next = link(&first, "next").unwrap();
        let rows = (0..15).map(|i| valve_at(i, 127.5)).collect();
        town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now());
        state.refresh().unwrap();
        while state.resident().snapshot.layers()[0].delta_len() > 0 {
            assert_eq!(send_to(&state, "GET", &next, &[]).await.status, 200);
            std::thread::sleep(Duration::from_millis(5));
            state.refresh().unwrap();
        }
        assert_eq!(send_to(&state, "GET", &next, &[]).await.status, status, "{keep_for:?}");
    }
}

#[tokio::test]
async fn what_is_no_cursor_is_refused_and_offsets_stay() {
    let town = town();
    let state = town.serve();
    let items = "/api/collections/valve/items";
    let first = ask(&state, &format!("{items}?limit=10")).await;
    let next = link(&first, "next").unwrap();
    let (_, cursor) = next.split_once("cursor=").unwrap();
    for query in [
        "cursor=",
        "cursor=x",
        "cursor=1",
        "cursor=1-0123456789abcdef",
        &format!("cursor={cursor}0x"),
        &format!("cursor={cursor}&offset=10"),
    ] {
        let refused = send_to(&state, "GET", &format!("{items}?{query}"), &[]).await;
        assert_eq!(refused.status, 400, "{query}");
    }
    let by_offset = ask(&state, &format!("{items}?limit=10&offset=10")).await;
    let by_cursor = ask(&state, &next).await;
    assert_eq!(by_offset["features"], by_cursor["features"]);
    // Whatever way it came, a page says where it is and where it goes on.
    assert_eq!(link(&by_cursor, "self").unwrap(), format!("{next}&f=json"));
    assert_eq!(link(&by_offset, "next"), link(&by_cursor, "next"));
}
