//! The feed of changes: each once and in order, whatever happens to the connection and to the server.

use crate::answers::link;
use crate::binary::{Server, folder};
use crate::giver::{Giver, LAYERS, State};
use crate::points::{Point, read_one, thorough};
use crate::sse::{Address, Event, Habit, PATIENCE, Subscriber};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A row before and after a change set.
#[derive(PartialEq)]
struct Change {
    before: Option<Point>,
    after: Option<Point>,
}

/// What a change set did, by layer and key.
type Changes = BTreeMap<(&'static str, u32), Change>;

impl Change {
    fn operation(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, _) => "insert",
            (_, None) => "delete",
            _ => "update",
        }
    }

    /// Whether it was in the western half of the city, or is now.
    fn is_west(&self) -> bool {
        [&self.before, &self.after].into_iter().flatten().any(|point| point.place[0] <= 126_950_000)
    }
}

const WEST: &str = "bbox=126.9,37.3,126.95,37.4";

fn difference(before: &State, after: &State) -> Changes {
    let mut changes = Changes::new();
    for (layer, points) in before {
        for (key, point) in points {
            let before = Some(point.clone());
            changes.insert((*layer, *key), Change { before, after: None });
        }
    }
    for (layer, points) in after {
        for (key, point) in points {
            let change = changes.entry((*layer, *key));
            change.or_insert(Change { before: None, after: None }).after = Some(point.clone());
        }
    }
    changes.retain(|_, change| change.before != change.after);
    changes
}

/// The events are those of each change set after a state that are wanted, each once, in order, with the state that
/// they made behind them.
fn assert_told(
    giver: &Giver,
    events: &[Event],
    since: usize,
    wanted: impl Fn(&'static str, &Change) -> bool,
) {
    let history = giver.city.history();
    let mut events = events.iter();
    for (generation, pair) in (1..).zip(giver.states.windows(2)).skip(since) {
        let set = &history[generation - 1];
        let name = format!("{generation}-{}", &set["stamp"].as_str().unwrap()[..16]);
        let all = difference(&pair[0], &pair[1]);
        let mut expected = BTreeMap::new();
        for ((layer, key), change) in &all {
            if wanted(layer, change) {
                expected.insert((*layer, *key), (change.operation(), change.after.clone()));
            }
        }
        let mut numbers = Vec::new();
        while !expected.is_empty() {
            let event = events.next().unwrap();
            assert_eq!(event.kind, "change", "{}: changes are lacking before it", event.id);
            let number = event.number().unwrap();
            assert_eq!(event.id, format!("{name}-{number}"));
            assert_eq!(
                (&event.data["id"], &event.data["time"]),
                (&event.id.clone().into(), &set["time"])
            );
            numbers.push(number);
            let layer = LAYERS.into_iter().find(|layer| event.data["layer"] == *layer).unwrap();
            let key = event.data["facility_key"].as_str().unwrap().parse().unwrap();
            let feature = &event.data["feature"];
            let after = (!feature.is_null()).then(|| read_one(feature));
            assert!(after.as_ref().is_none_or(|(k, _)| *k == key), "{}", event.id);
            let told = (event.data["operation"].as_str().unwrap(), after.map(|(_, point)| point));
            assert_eq!(expected.remove(&(layer, key)), Some(told), "{}", event.id);
        }
        assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
        let places = 1..=u64::try_from(all.len()).unwrap();
        assert!(numbers.iter().all(|number| places.contains(number)), "{numbers:?}");
        let state = events.next().unwrap();
        assert_eq!((&*state.kind, &state.id), ("state", &name));
        for member in ["generation", "stamp", "time", "change_set", "kind"] {
            assert_eq!(state.data[member], set[member], "{member}");
        }
        assert_eq!(state.data.get("undoes"), set.get("undoes"));
        assert_eq!(sums(&state.data["layers"]), counts(&all), "{name}");
    }
    assert_eq!(events.next(), None);
}

/// All pages of the feed as JSON.
fn pages(server: &Server, query: &str) -> Vec<Json> {
    let mut changes = Vec::new();
    let mut next = Some(format!("/api/changes?{query}"));
    while let Some(path) = next {
        let page = server.get(&path);
        changes.extend(page["changes"].as_array().unwrap().iter().cloned());
        next = link(&page, "next").map(|href| href.strip_prefix(&server.url).unwrap().to_owned());
    }
    changes
}

/// How many rows came, changed and went in each layer in which any did.
fn counts(changes: &Changes) -> BTreeMap<String, [u64; 3]> {
    let mut sums = BTreeMap::new();
    for ((layer, _), change) in changes {
        let sum: &mut [u64; 3] = sums.entry((*layer).to_owned()).or_default();
        let operations = ["insert", "update", "delete"];
        sum[operations.iter().position(|name| *name == change.operation()).unwrap()] += 1;
    }
    sums
}

fn sums(layers: &Json) -> BTreeMap<String, [u64; 3]> {
    let sum = |layer: &Json| {
        let counts = ["inserted", "updated", "deleted"].map(|name| layer[name].as_u64().unwrap());
        (layer["layer"].as_str().unwrap().to_owned(), counts)
    };
    layers.as_array().unwrap().iter().map(sum).filter(|(_, counts)| *counts != [0; 3]).collect()
}

#[test]
fn every_change_comes_once_and_in_order_through_cuts_and_restarts() {
    let mut giver = Giver::new("a stream that is cut");
    let commits = if thorough() { 100 } else { 10 };
    let until = giver.last() + commits;
    let mut server = Server::start(&giver.city.register, &[]);
    let address: Address = Arc::new(Mutex::new(server.url.clone()));
    let mut cutting = || Habit::Cutting(Box::new(ChaCha8Rng::from_rng(&mut giver.random)));
    let start = |query: &str, habit| Subscriber::start(&address, query, habit, until);
    let steady = start("since=0", Habit::Steady);
    let from_now = start("", Habit::Steady).placed();
    let cut = [start("since=0", cutting()), start("since=0", cutting())];
    let slow = start("since=0", Habit::Slow);
    let one_layer = start("since=0&layers=lamps", cutting());
    let west = start(&format!("since=0&{WEST}"), cutting());
    let states = start("since=0&detail=states", cutting());

    for _ in 0..commits {
        giver.commit();
        if giver.random.random_ratio(1, 4) {
            std::thread::sleep(Duration::from_millis(giver.random.random_range(0..300)));
            drop(server);
            server = Server::start(&giver.city.register, &[]);
            address.lock().unwrap().clone_from(&server.url);
        }
    }

    let all = steady.events();
    assert_told(&giver, &all, 0, |_, _| true);
    for other in cut.into_iter().chain([slow]) {
        assert!(other.events() == all, "clients are told differently");
    }
    assert_told(&giver, &from_now.events(), 1, |_, _| true);
    let (one_layer, west) = (one_layer.events(), west.events());
    assert_told(&giver, &one_layer, 0, |layer, _| layer == "lamps");
    assert_told(&giver, &west, 0, |_, change| change.is_west());
    assert_told(&giver, &states.events(), 0, |_, _| false);

    // The same as pages.
    server.until(until);
    for (query, events) in [
        ("since=0&limit=17", &all),
        ("limit=10000", &all),
        ("limit=7&layers=lamps", &one_layer),
        (&format!("limit=7&{WEST}"), &west),
    ] {
        let changes = events.iter().filter(|e| e.kind == "change").map(|e| e.data.clone());
        assert!(pages(&server, query) == changes.collect::<Vec<_>>(), "{query}");
    }
    giver.city.check();
}

#[test]
fn what_is_told_of_can_be_seen() {
    let mut giver = Giver::new("a stream and its states");
    let server = Server::start(&giver.city.register, &[]);
    let address: Address = Arc::new(Mutex::new(server.url.clone()));
    for _ in 0..5 {
        let next = Subscriber::start(&address, "", Habit::Steady, giver.last() + 1).placed();
        giver.commit();
        next.events();
        assert_eq!(server.generation(), giver.last());
    }
}

#[test]
fn a_restored_backup_ends_old_streams_and_says_where_to_begin_again() {
    let mut giver = Giver::new("a stream and a backup");
    giver.commit();
    let backups = folder();
    let backup = backups.path().join("backup.gpkg");
    giver.city.told("backup", &[backup.to_str().unwrap()]);
    giver.commit();
    let server = Server::start(&giver.city.register, &[]);
    let address: Address = Arc::new(Mutex::new(server.url.clone()));
    let last = pages(&server, "").pop().unwrap()["id"].as_str().unwrap().to_owned();
    let state = last.rsplit_once('-').unwrap().0.to_owned();
    let open = ureq::get(format!("{}/api/changes?since={state}", server.url))
        .header("accept", "text/event-stream")
        .call()
        .unwrap();

    fs_err::rename(&backup, &giver.city.register).unwrap();
    giver.states.pop();
    server.until(giver.last());
    let gone = |when: &str| {
        for id in [&last, &state] {
            let (status, text) = server.answer(&format!("/api/changes?since={id}"));
            assert_eq!(status, 410, "{when}: {text}");
            let start = link(&serde_json::from_str(&text).unwrap(), "start").unwrap();
            assert_eq!(server.status(start.strip_prefix(&server.url).unwrap()), 200);
            let stream = ureq::get(format!("{}/api/changes", server.url))
                .header("accept", "text/event-stream")
                .header("last-event-id", id);
            let refused = stream.call().unwrap_err();
            assert!(matches!(refused, ureq::Error::StatusCode(410)), "{when}: {refused}");
        }
    };
    gone("restored");
    // The state that has the number now is another one.
    giver.commit();
    server.until(giver.last());
    gone("restored and gone on");
    // The stream that was open has ended without a word of what came after.
    let (told, rest) = channel();
    std::thread::spawn(move || drop(told.send(open.into_body().read_to_string())));
    let rest = rest.recv_timeout(PATIENCE).unwrap().unwrap();
    assert!(!rest.contains("data:"), "{rest}");

    let all = Subscriber::start(&address, "since=0", Habit::Steady, giver.last()).events();
    assert_told(&giver, &all, 0, |_, _| true);
}
