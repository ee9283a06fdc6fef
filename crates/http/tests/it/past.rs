//! `datetime=`: answers as they were.

use crate::kit::{Answer, Place, ask, layer, link, row, send_to, wkb_point};
use crate::town::{town, valve, valve_at, valve_layer};
use jiff::Timestamp;
use serde_json::Value as Json;
use siseol_http::AppState;
use siseol_model::{DeliveryMode, GeometryKind};
use std::sync::Arc;

const ITEMS: &str = "/api/collections/valve/items";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Three states, a month apart, over the town of January: February moves valve 7, March lets 1 and 2 go and brings 300,
/// April has a new layer.
fn year(place: &Place) {
    let upsert = |rows, at| place.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], time(at));
    upsert(vec![valve_at(7, 127.7)], "2026-02-01T12:00:00Z");
    let march = (2..250).chain([300]).map(|i| if i == 7 { valve_at(7, 127.7) } else { valve(i) });
    let layers = [(valve_layer(), march.collect())];
    place.deliver(DeliveryMode::Replace, &layers, time("2026-03-01T12:00:00Z"));
    let tank = layer("tank", GeometryKind::Point, vec![]);
    let tanks = vec![row("T1", Some(wkb_point(127.0, 37.0)), vec![])];
    place.deliver(DeliveryMode::Upsert, &[(tank, tanks)], time("2026-04-01T12:00:00Z"));
}

/// Servers that have all states in memory, and none but the present one, which they rewind or build again.
fn servers(then: impl FnOnce(&Place)) -> (Place, Vec<Arc<AppState>>) {
    let town = town();
    let followed = town.serve();
    then(&town);
    followed.refresh().unwrap();
    let servers = vec![followed, town.serve(), town.open_merging(1)];
    (town, servers)
}

fn without_links(answer: &Answer) -> Json {
    let mut document = answer.json();
    document.as_object_mut().unwrap().remove("links");
    document
}

#[tokio::test]
async fn a_time_means_the_last_state_until_then() {
    let (_town, servers) = servers(year);
    for state in &servers {
        for (datetime, count, moved, stamp) in [
            ("2026-01-02T03:04:05Z", 250, 0, "2026-01-02T03:04:05Z"),
            ("2026-01-31", 250, 0, "2026-01-02T03:04:05Z"),
            // The whole of a day.
            ("2026-02-01", 250, 1, "2026-02-01T12:00:00Z"),
            ("2026-02-01T11:59:59Z", 250, 0, "2026-01-02T03:04:05Z"),
            ("2026-02-01T21:00:00%2B09:00", 250, 1, "2026-02-01T12:00:00Z"),
            // The end of an interval.
            ("2020-01-01/2026-02-15", 250, 1, "2026-02-01T12:00:00Z"),
            ("../2026-03-15", 249, 1, "2026-03-01T12:00:00Z"),
            ("2026-01-15T00:00:00Z/P2M", 249, 1, "2026-03-01T12:00:00Z"),
            // The present.
            ("2026-01-15/..", 249, 1, "2026-03-01T12:00:00Z"),
            ("2026-04-01T12:00:00Z", 249, 1, "2026-03-01T12:00:00Z"),
            ("9999-12-31T00:00:00Z", 249, 1, "2026-03-01T12:00:00Z"),
        ] {
            let page = ask(state, &format!("{ITEMS}?datetime={datetime}")).await;
            assert_eq!(page["numberMatched"], count, "{datetime}");
            assert_eq!(page["timeStamp"], stamp, "{datetime}");
            let east = format!("{ITEMS}?datetime={datetime}&bbox=127.6,36,128,38");
            assert_eq!(ask(state, &east).await["numberMatched"], moved, "{datetime}");
        }
    }
}

#[tokio::test]
async fn what_is_gone_is_found_then_and_what_came_later_is_not() {
    let (_town, servers) = servers(year);
    for state in &servers {
        let status = async |item: i64, datetime: &str| {
            let uri = format!("{ITEMS}/{item}?datetime={datetime}");
            send_to(state, "GET", &uri, &[]).await.status.as_u16()
        };
        assert_eq!(status(1, "2026-02-15").await, 200);
        assert_eq!(status(1, "2026-03-15").await, 404);
        assert_eq!(status(252, "2026-02-15").await, 404);
        assert_eq!(status(252, "2026-03-15").await, 200);
        assert_eq!(status(252, "2026-03-01/..").await, 200);
        let around = async |query: &str| {
            ask(state, &format!("/api/facilities?near=127,37&radius=15&{query}")).await
        };
        assert_eq!(around("datetime=2026-02-15").await["numberMatched"], 3);
        assert_eq!(around("datetime=2026-03-15").await["numberMatched"], 1);
        assert_eq!(around("datetime=2026-04-15").await["numberMatched"], 2);
        assert_eq!(around("").await["numberMatched"], 2);
        // A layer that was not there yet has nothing then, and is not unknown.
        assert_eq!(around("datetime=2026-03-15&layers=tank").await["numberMatched"], 0);
        let tanks = ask(state, "/api/collections/tank/items?datetime=2026-03-15").await;
        assert_eq!((&tanks["numberMatched"], &tanks["features"]), (&0.into(), &Json::from([0; 0])));
    }
}

#[tokio::test]
async fn before_the_first_state_there_is_nothing() {
    let (_town, servers) = servers(year);
    for state in &servers {
        let page = ask(state, &format!("{ITEMS}?datetime=2025-12-31")).await;
        assert_eq!((&page["numberMatched"], &page["numberReturned"]), (&0.into(), &0.into()));
        assert!(page.get("timeStamp").is_none());
        let html = send_to(state, "GET", &format!("{ITEMS}?datetime=2025-12-31&f=html"), &[]).await;
        assert_eq!(html.status, 200);
        let item = send_to(state, "GET", &format!("{ITEMS}/6?datetime=2025-12-31"), &[]).await;
        assert_eq!(item.status, 404);
        let facilities = "/api/facilities?near=127,37&radius=500&datetime=2025-12-31";
        assert_eq!(ask(state, facilities).await["numberMatched"], 0);
    }
}

#[tokio::test]
async fn a_past_answer_is_the_one_that_was_given_then_with_its_tag() {
    let town = town();
    let state = town.serve();
    let uris = [
        format!("{ITEMS}?limit=1000"),
        format!("{ITEMS}?bbox=127,36,127.7,38&limit=20"),
        format!("{ITEMS}/8"),
        "/api/facilities?near=127.01,37&radius=800".to_owned(),
        "/api/facilities?near=127.01,37&radius=800&layers=valve&order=index".to_owned(),
    ];
    let mut given = Vec::new();
    for step in 0..6 {
        let now = time("2026-02-01T00:00:00Z") + jiff::SignedDuration::from_hours(i64::from(step));
        let rows =
            (step..250 - step).map(|i| if i == 7 + step { valve_at(i, 127.2) } else { valve(i) });
        town.deliver(DeliveryMode::Replace, &[(valve_layer(), rows.collect())], now);
        state.refresh().unwrap();
        for uri in &uris {
            given.push((now, uri, send_to(&state, "GET", uri, &[]).await));
        }
    }
    for state in [state, town.serve(), town.open_merging(1)] {
        for (time, uri, then) in &given {
            let joint = if uri.contains('?') { '&' } else { '?' };
            let uri = format!("{uri}{joint}datetime={time}");
            let now = send_to(&state, "GET", &uri, &[]).await;
            assert_eq!(now.status, then.status, "{uri}");
            assert_eq!(without_links(&now), without_links(then), "{uri}");
            if now.status == 200 {
                let tag = then.header("etag");
                assert_eq!(now.header("etag"), tag, "{uri}");
                let known = send_to(&state, "GET", &uri, &[("if-none-match", tag)]).await;
                assert_eq!(known.status, 304, "{uri}");
            }
        }
    }
}

#[tokio::test]
async fn a_walk_over_a_past_state_outlives_the_server() {
    let town = town();
    year(&town);
    let first = format!("{ITEMS}?limit=100&datetime=2026-01-15");
    let mut next = Some(first.clone());
    let mut ids = Vec::new();
    while let Some(at) = next {
        // Each page from another server.
        let page = ask(&town.serve(), &at).await;
        assert_eq!(
            (&page["numberMatched"], &page["timeStamp"]),
            (&250.into(), &"2026-01-02T03:04:05Z".into())
        );
        ids.extend(page["features"].as_array().unwrap().iter().map(|f| f["id"].as_i64().unwrap()));
        next = link(&page, "next");
    }
    ids.sort_unstable();
    assert_eq!(ids, (1..=250).collect::<Vec<_>>());

    let state = town.serve();
    let next = link(&ask(&state, &first).await, "next").unwrap();
    let other = next.replace("2026-01-15", "2026-02-15");
    assert_eq!(send_to(&state, "GET", &other, &[]).await.status, 400, "another state");
    // A walk over the present keeps to its state although the time asked for is still to come.
    let page = ask(&state, &format!("{ITEMS}?limit=100&datetime=2099-01-01")).await;
    let next = link(&page, "next").unwrap();
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), vec![valve(0)])], Timestamp::now());
    state.refresh().unwrap();
    assert_eq!(ask(&state, &next).await["numberMatched"], 249);
}

#[tokio::test]
async fn past_states_wait_for_nobody_who_writes() {
    let (town, servers) = servers(year);
    let mut other = rusqlite::Connection::open(town.register()).unwrap();
    let lock = other.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive).unwrap();
    let uri = format!("{ITEMS}?datetime=2026-01-15");
    // Memory has it ..
    assert_eq!(send_to(&servers[0], "GET", &uri, &[]).await.status, 200);
    // .. or the register would have to be read.
    let busy = send_to(&servers[1], "GET", &uri, &[]).await;
    assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (503, "1"));
    drop(lock);
    assert_eq!(send_to(&servers[1], "GET", &uri, &[]).await.status, 200);
}
