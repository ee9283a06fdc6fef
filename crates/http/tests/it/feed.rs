//! The change feed: each change once and in order, whatever happens in between.

use crate::kit::{ask, begin, link, send_to, thorough};
use crate::story::{LAYERS, PlainLayers, PlainRow, STEP, Story};
use crate::stream::{Event, Stream};
use crate::town::{town, valve, valve_at, valve_layer, zone_layer};
use jiff::Timestamp;
use rand::Rng as _;
use rand::seq::IteratorRandom as _;
use serde_json::{Value as Json, json};
use siseol_http::AppState;
use siseol_model::DeliveryMode;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change as the maps of two states tell it: operation, layer, fid, and the row after it.
type Told = (String, String, i64, Option<PlainRow>);

/// What differs between two states, by layer and fid.
fn difference(before: &PlainLayers, after: &PlainLayers) -> Vec<Told> {
    let mut told = Vec::new();
    for name in LAYERS {
        let (old, new) = (before.get(name), &after[name]);
        let old = old.cloned().unwrap_or_default();
        let mut fids: Vec<_> = old.keys().chain(new.keys()).copied().collect();
        fids.sort_unstable();
        fids.dedup();
        for fid in fids {
            let operation = match (old.get(&fid), new.get(&fid)) {
                (None, _) => "insert",
                (_, None) => "delete",
                (a, b) if a != b => "update",
                _ => continue,
            };
            told.push((operation.to_owned(), name.to_owned(), fid, new.get(&fid).cloned()));
        }
    }
    told
}

/// All changes of a story, by generation; those of which the filter takes the row before or after.
fn expected(story: &Story, takes: impl Fn(&str, &PlainRow) -> bool) -> BTreeMap<i64, Vec<Told>> {
    let mut all = BTreeMap::new();
    let nothing = PlainLayers::new();
    let mut before = &nothing;
    for state in &story.states {
        let mut told = difference(before, &state.layers);
        told.retain(|(_, name, fid, after)| {
            let was = before.get(name).and_then(|rows| rows.get(fid));
            was.into_iter().chain(after).any(|row| takes(name, row))
        });
        all.insert(state.commit.generation, told);
        before = &state.layers;
    }
    all
}

/// A change as the feed tells it.
fn told(change: &Json) -> Told {
    let text = |name: &str| change[name].as_str().unwrap().to_owned();
    let fid = change["fid"].as_i64().unwrap();
    let feature = &change["feature"];
    let row = (!feature.is_null()).then(|| {
        assert_eq!(feature["id"], fid);
        let properties = &feature["properties"];
        assert_eq!(properties["layer"], change["layer"]);
        assert_eq!(properties["facility_key"], change["facility_key"]);
        let point = |json: &Json| [0, 1].map(|i| (json[i].as_f64().unwrap() * STEP).round() / STEP);
        let coordinates = &feature["geometry"]["coordinates"];
        PlainRow {
            key: properties["facility_key"].as_str().map(str::to_owned),
            path: match feature["geometry"]["type"].as_str() {
                None => None,
                Some("Point") => Some(vec![point(coordinates)]),
                Some(_) => Some(coordinates.as_array().unwrap().iter().map(point).collect()),
            },
            class: properties["CLS"].as_str().map(str::to_owned),
            number: properties["N"].as_i64().unwrap(),
        }
    });
    (text("operation"), text("layer"), fid, row)
}

/// Changes in the order in which they came: each generation's set of them is the expected one, each id comes once, and
/// ids and generations ascend.
fn assert_told(changes: &[Json], expected: &BTreeMap<i64, Vec<Told>>) {
    let mut by_generation: BTreeMap<i64, Vec<Told>> = BTreeMap::new();
    let place = |change: &Json| -> (i64, u64) {
        let id = change["id"].as_str().unwrap();
        let mut parts = id.split('-');
        let generation = parts.next().unwrap().parse().unwrap();
        (generation, parts.nth(1).unwrap().parse().unwrap())
    };
    assert!(changes.is_sorted_by(|a, b| place(a) < place(b)));
    for change in changes {
        assert_eq!(place(change).0, change["generation"].as_i64().unwrap());
        by_generation.entry(place(change).0).or_default().push(told(change));
    }
    for (generation, expected) in expected {
        let mut found = by_generation.remove(generation).unwrap_or_default();
        found.sort_by(|a, b| (&a.1, a.2).cmp(&(&b.1, b.2)));
        assert_eq!(found, *expected, "generation {generation}");
    }
    assert!(by_generation.is_empty(), "{by_generation:?}");
}

/// All pages from an address on.
async fn pages(state: &Arc<AppState>, uri: &str) -> Vec<Json> {
    let mut changes = Vec::new();
    let mut next = Some(uri.to_owned());
    while let Some(at) = next {
        let page = ask(state, &at).await;
        let some = page["changes"].as_array().unwrap();
        assert_eq!(page["numberReturned"], some.len());
        changes.extend(some.iter().cloned());
        next = link(&page, "next");
        assert_ne!(next.as_deref(), Some(&*at), "it gets no further");
    }
    changes
}

#[tokio::test]
async fn pages_tell_every_change_once_and_in_order() {
    let mut story = Story::begin("pages of changes");
    for _ in 0..if thorough() { 100 } else { 12 } {
        story.go_on();
    }
    let state = story.place.serve();
    let all = expected(&story, |_, _| true);
    for limit in [1_000, 7] {
        assert_told(&pages(&state, &format!("/api/changes?limit={limit}")).await, &all);
    }
    // From any generation, and from any change on.
    let changes = pages(&state, "/api/changes").await;
    for _ in 0..5 {
        let from = story.random.random_range(1..=story.present().commit.generation);
        let later = all.iter().filter(|(g, _)| **g > from).map(|(g, told)| (*g, told.clone()));
        let since = pages(&state, &format!("/api/changes?since={from}&limit=50")).await;
        assert_told(&since, &later.collect());
        let at = story.random.random_range(0..changes.len());
        let id = changes[at]["id"].as_str().unwrap();
        let since = pages(&state, &format!("/api/changes?since={id}&limit=50")).await;
        assert_eq!(since, changes[at + 1..]);
        let last = [("last-event-id", id)];
        let by_header = send_to(&state, "GET", "/api/changes?since=0&limit=10000", &last).await;
        assert_eq!(by_header.json()["changes"], Json::from(changes[at + 1..].to_vec()));
    }
    let page = ask(&state, "/api/changes?limit=10000").await;
    let commit = &story.present().commit;
    assert_eq!(page["generation"], commit.generation);
    assert_eq!(page["stamp"], commit.stamp.to_string());
    assert_eq!(page["timeStamp"], commit.time.to_string());
}

#[tokio::test]
async fn filters_take_what_touches_the_box_before_or_after() {
    let mut story = Story::begin("filters");
    for _ in 0..8 {
        story.go_on();
    }
    let state = story.place.serve();
    for _ in 0..10 {
        let random = &mut story.random;
        let mut corner = |from: i32| {
            let a = random.random_range(0..300);
            let b = a + random.random_range(1..200);
            [a, b].map(|v| f64::from(from + v) / STEP)
        };
        let ([west, east], [south, north]) = (corner(1_270_000), corner(370_000));
        let count = random.random_range(1..=3);
        let names = LAYERS.into_iter().choose_multiple(random, count);
        let boxed = expected(&story, |name, row| {
            names.contains(&name)
                && row.path.as_ref().is_some_and(|path| {
                    let ([first, y], [last, _]) = (path[0], path[path.len() - 1]);
                    first <= east && west <= last && south <= y && y <= north
                })
        });
        let names = names.join(",");
        let uri = format!("/api/changes?layers={names}&bbox={west},{south},{east},{north}&limit=9");
        assert_told(&pages(&state, &uri).await, &boxed);
    }
    let notes = expected(&story, |name, _| name == "note");
    assert_told(&pages(&state, "/api/changes?layers=note&limit=9").await, &notes);
}

#[tokio::test]
async fn a_stream_tells_every_change_once_and_in_order_through_cuts_and_restarts() {
    let mut story = Story::begin("stream of changes");
    let (mut state, rounds) = (story.place.open_merging(25), if thorough() { 400 } else { 40 });
    let uri = "/api/changes?since=0";
    let mut stream = Stream::open(&state, uri, None).await;
    let mut events: Vec<Event> = Vec::new();
    for round in 0..rounds {
        if round % 2 == 0 {
            story.go_on();
        }
        if story.random.random_bool(0.2) {
            state = story.place.open_merging(25);
        } else {
            state.refresh().unwrap();
        }
        if story.random.random_bool(0.5) {
            stream = Stream::open(&state, uri, stream.last_id()).await;
        }
        // Not all of what there is, so that a cut is anywhere.
        let count = story.random.random_range(0..60);
        for _ in 0..count {
            let Some(event) = stream.next_if_ready().await else { break };
            events.push(event);
        }
    }
    state = story.place.serve();
    stream = Stream::open(&state, uri, stream.last_id()).await;
    let last = story.present().commit.generation;
    while events.last().is_none_or(|e| e.kind != "state" || e.data["generation"] != last) {
        events.push(stream.next().await.unwrap());
    }
    let of = |kind: &str| -> Vec<Json> {
        events.iter().filter(|event| event.kind == kind).map(|event| event.data.clone()).collect()
    };
    assert_told(&of("change"), &expected(&story, |_, _| true));
    let states: Vec<i64> =
        of("state").iter().map(|state| state["generation"].as_i64().unwrap()).collect();
    assert_eq!(states, (1..=last).collect::<Vec<_>>());
    // A state comes after its changes.
    let mut generations = events.iter().map(|event| event.data["generation"].as_i64().unwrap());
    assert!(generations.by_ref().is_sorted());
}

#[tokio::test]
async fn a_state_event_says_what_the_change_set_was() {
    let town = town();
    let state = town.serve();
    let mut stream = Stream::open(&state, "/api/changes?f=sse&detail=states", None).await;
    let mut rows: Vec<_> = (2..252).map(valve).collect();
    rows[3] = valve_at(5, 127.5);
    let commit = town.deliver(DeliveryMode::Replace, &[(valve_layer(), rows)], Timestamp::now());
    assert!(stream.next_if_ready().await.is_none(), "not before it can be seen");
    state.refresh().unwrap();
    let event = stream.next().await.unwrap();
    let id = format!("{}-{}", commit.generation, &commit.stamp.to_string()[..16]);
    assert_eq!((event.kind.as_str(), event.id.as_str()), ("state", id.as_str()));
    let expected = json!({
        "generation": 2, "stamp": commit.stamp, "time": commit.time, "change_set": 2,
        "kind": "delivery", "author": "김 기사", "comment": null, "source": "town",
        "layers": [{ "layer": "valve", "inserted": 2, "updated": 1, "deleted": 2 }],
    });
    assert_eq!(event.data, expected);
    town.undo(commit.change_set, Timestamp::now());
    state.refresh().unwrap();
    let event = stream.next().await.unwrap();
    assert_eq!((&event.data["kind"], &event.data["undoes"]), (&"undo".into(), &2.into()));
    assert_eq!(event.data["layers"][0]["inserted"], 2);
}

#[tokio::test]
async fn states_are_told_whatever_the_filters_leave_out() {
    let town = town();
    let state = town.serve();
    let uri = "/api/changes?f=sse&layers=zone";
    let mut stream = Stream::open(&state, uri, None).await;
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), vec![valve(900)])], Timestamp::now());
    state.refresh().unwrap();
    let event = stream.next().await.unwrap();
    assert_eq!((event.kind.as_str(), &event.data["generation"]), ("state", &2.into()));
    assert!(stream.next_if_ready().await.is_none());
}

#[tokio::test]
async fn a_client_that_is_cut_before_the_first_event_misses_nothing() {
    let town = town();
    let state = town.serve();
    let mut stream = Stream::open(&state, "/api/changes", None).await;
    assert!(stream.next_if_ready().await.is_none());
    let id = stream.last_id();
    assert!(id.is_some(), "it knows already where it is");
    drop(stream);
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), vec![valve(900)])], Timestamp::now());
    let restarted = town.serve();
    let mut stream = Stream::open(&restarted, "/api/changes", id).await;
    let change = stream.next().await.unwrap();
    assert_eq!(change.data["facility_key"], "SA200-900");
    assert_eq!(change.data["operation"], "insert");
    assert_eq!(stream.next().await.unwrap().kind, "state");
}

#[tokio::test]
async fn places_that_this_register_does_not_have_are_gone() {
    let (one, other) = (town(), town());
    let state = one.serve();
    let foreign = ask(&other.serve(), "/api/changes?limit=1").await;
    let foreign = foreign["changes"][0]["id"].as_str().unwrap();
    for uri in [
        format!("/api/changes?since={foreign}&limit=3"),
        format!("/api/changes?since={foreign}&f=sse"),
        "/api/changes?since=2&limit=3".to_owned(),
        "/api/changes?since=2-0123456789abcdef&limit=3".to_owned(),
    ] {
        let gone = send_to(&state, "GET", &uri, &[]).await;
        assert_eq!(gone.status, 410, "{uri}");
        let start = link(&gone.json(), "start").unwrap();
        assert!(start.starts_with("/api/changes?") && !start.contains("since"), "{start}");
    }
    let accept = [("accept", "text/event-stream"), ("last-event-id", foreign)];
    assert_eq!(send_to(&state, "GET", "/api/changes?since=0", &accept).await.status, 410);
    // A backup restored under a stream ends it; coming back says why.
    let mut stream = Stream::open(&state, "/api/changes", None).await;
    assert!(stream.next_if_ready().await.is_none());
    fs_err::rename(other.register(), one.register()).unwrap();
    state.refresh().unwrap();
    assert!(stream.next().await.is_none());
    let last = stream.last_id().unwrap();
    let again = [("accept", "text/event-stream"), ("last-event-id", &*last)];
    assert_eq!(send_to(&state, "GET", "/api/changes", &again).await.status, 410);
}

#[tokio::test]
async fn what_the_feed_does_not_know_is_refused() {
    let town = town();
    let state = town.serve();
    for query in [
        "since=yesterday",
        "since=-1",
        "since=1-x",
        "layers=nowhere",
        "bbox=1,2,3",
        "limit=0",
        "f=html",
        "detail=states",
        "f=sse&detail=all",
        "f=sse&limit=5",
        "f=sse&detail=states&layers=valve",
        "f=sse&detail=states&bbox=1,2,3,4",
        "datetime=2026-01-01",
    ] {
        let refused = send_to(&state, "GET", &format!("/api/changes?{query}"), &[]).await;
        assert_eq!(refused.status, 400, "{query}");
    }
    let bad = [("last-event-id", "x")];
    assert_eq!(send_to(&state, "GET", "/api/changes", &bad).await.status, 400);
}

#[tokio::test]
async fn a_large_change_set_comes_in_pieces_and_a_page_always_gets_further() {
    let town = town();
    let rows = (0..3_000).map(|i| valve_at(i, 127.0 + f64::from(i) * 1e-5)).collect();
    town.deliver(DeliveryMode::Upsert, &[(valve_layer(), rows)], Timestamp::now());
    let state = town.serve();
    let changes = pages(&state, "/api/changes?since=1&limit=10000").await;
    assert_eq!(changes.len(), 2_999, "the first one stays where it was");
    // Nothing of it is taken until the last rows.
    let bbox = "bbox=127.0298,36,127.03,38";
    let some = pages(&state, &format!("/api/changes?since=1&limit=5&{bbox}")).await;
    let far: Vec<_> = changes
        .iter()
        .filter(|c| c["feature"]["geometry"]["coordinates"][0].as_f64().unwrap() >= 127.0298)
        .collect();
    assert_eq!(some.iter().collect::<Vec<_>>(), far);
    assert!(!far.is_empty());
}

#[tokio::test]
async fn when_the_register_is_busy_pages_say_so_and_streams_wait() {
    let town = town();
    let state = town.serve();
    let mut stream = Stream::open(&state, "/api/changes?since=0&f=sse", None).await;
    let mut other = rusqlite::Connection::open(town.register()).unwrap();
    let lock = other.transaction_with_behavior(rusqlite::TransactionBehavior::Exclusive).unwrap();
    let busy = send_to(&state, "GET", "/api/changes", &[]).await;
    assert_eq!((busy.status.as_u16(), busy.header("retry-after")), (503, "1"));
    assert!(stream.next_if_ready().await.is_none());
    drop(lock);
    assert_eq!(stream.next().await.unwrap().kind, "change");
}

#[tokio::test]
async fn seats_are_limited_and_free_again() {
    let town = town();
    let state = town.serve();
    let mut streams = Vec::new();
    for _ in 0..256 {
        streams.push(Stream::open(&state, "/api/changes?f=sse", None).await);
    }
    let full = send_to(&state, "GET", "/api/changes?f=sse", &[]).await;
    assert_eq!((full.status.as_u16(), full.header("retry-after")), (503, "1"));
    drop(streams.pop());
    let (status, headers, _body) = begin(&state, "GET", "/api/changes?f=sse", &[]).await;
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "text/event-stream");
    // Zones have no changes: the others wait, and cost nothing.
    town.deliver(DeliveryMode::Upsert, &[(zone_layer(), vec![])], Timestamp::now());
    state.refresh().unwrap();
    for stream in &mut streams {
        assert_eq!(stream.next().await.unwrap().kind, "state");
    }
}
