//! What a timeline keeps, and what it lets go.

use crate::city::{Row, random, random_row};
use crate::plain::{Changes, PlainLayer, check, revision, snapshot_state};
use siseol_model::GeometryKind;
use siseol_query::{LayerChange, LayerView, Snapshot, Timeline};
use std::sync::Arc;
use std::time::{Duration, Instant};

const KIND: GeometryKind = GeometryKind::Line;

/// A layer of `n` rows, and the timeline that begins with it.
fn begun(seed: u64, n: i64) -> (PlainLayer, Timeline) {
    let mut rng = random(seed);
    let mut pipe = PlainLayer::new("pipe", KIND, 1);
    pipe.rows = (0..n).map(|fid| (fid, Arc::new(random_row(&mut rng, KIND, fid, 60)))).collect();
    let timeline = Timeline::new(snapshot_state(1), vec![pipe.loaded(&mut rng)]);
    (pipe, timeline)
}

/// Deletes a row.
fn delete(pipe: &mut PlainLayer, timeline: &Timeline, fid: i64, now: Instant) -> Timeline {
    let generation = timeline.head().state.generation + 1;
    pipe.apply(&Changes::from([(fid, None)]), generation);
    let change = LayerChange::Rows { state: pipe.state(), rows: vec![(fid, None)] };
    timeline.advance(snapshot_state(generation), vec![change], now)
}

fn at(timeline: &Timeline, generation: i64) -> Option<Arc<Snapshot>> {
    timeline.at(generation, revision(generation).stamp)
}

/// A new base of the present state in the place of the old one.
fn merge(timeline: &Timeline, now: Instant) -> Timeline {
    let view = &timeline.head().layers()[0];
    let base = Arc::new(view.merged().unwrap());
    timeline.merge(&view.layer().name, base, timeline.head().state.generation, now)
}

#[test]
fn a_base_that_was_built_of_an_older_base_is_not_taken() {
    let (mut pipe, timeline) = begun(80, 40);
    let now = Instant::now();
    let name = pipe.layer.name.clone();
    let stale = Arc::new(timeline.head().layers()[0].merged().unwrap());
    let timeline = delete(&mut pipe, &timeline, 3, now);
    let packed = timeline.head().layers()[0].merged().unwrap();
    let change = LayerChange::New(LayerView::new(pipe.state(), packed));
    let timeline = timeline.advance(snapshot_state(3), vec![change], now);
    let timeline = timeline.merge(&name, stale, 1, now);
    check(&timeline.head().layers()[0], &pipe, 45, &mut random(81));
}

#[test]
fn old_bases_go_when_they_are_too_old_or_too_large_and_their_states_with_them() {
    let (mut pipe, mut timeline) = begun(82, 40);
    let start = Instant::now();
    let minute = Duration::from_mins(1);
    // States 1 to 4, with a new base after each of the last three.
    for (minutes, fid) in (1..).zip(0..3) {
        timeline = delete(&mut pipe, &timeline, fid, start + minute * minutes);
        timeline = merge(&timeline, start + minute * minutes);
    }
    let known = |timeline: &Timeline| (1..=4).filter(|&g| at(timeline, g).is_some()).collect();
    let after = |now: Instant, age: Duration, bytes: u64| -> Vec<i64> {
        known(&timeline.expire(now, age, bytes))
    };
    let end = start + minute * 3;
    assert_eq!(after(end, minute * 9, u64::MAX), [1, 2, 3, 4]);
    // A base was retired with the state that the next one begins with, so that this state stays.
    assert_eq!(after(end, minute, u64::MAX), [2, 3, 4]);
    assert_eq!(after(end + minute * 9, minute, u64::MAX), [4]);
    assert_eq!(after(end, minute * 9, 0), [4]);
    let one = timeline.head().layers()[0].merged().unwrap().bytes();
    assert_eq!(after(end, minute * 9, one * 2), [3, 4]);
}

#[test]
fn a_layer_that_is_not_known_begins_with_its_rows_and_the_last_word_on_a_row_counts() {
    let (mut pipe, timeline) = begun(83, 10);
    let mut valve = PlainLayer::new("valve", KIND, 2);
    let mut rng = random(84);
    let [first, last] = [0, 1].map(|_| {
        let row = Row { generation: 2, ..random_row(&mut rng, KIND, 100, 60) };
        Changes::from([(row.fid, Some(row))])
    });
    let versions = valve.versions(&first).into_iter().chain(valve.versions(&last)).collect();
    valve.apply(&last, 2);
    let change = LayerChange::Rows { state: valve.state(), rows: versions };
    let timeline = timeline.advance(snapshot_state(2), vec![change], Instant::now());
    check(timeline.head().layer("valve").unwrap().1, &valve, 110, &mut rng);
    assert!(at(&timeline, 1).unwrap().layer("valve").is_none());

    let timeline = delete(&mut pipe, &timeline, 5, Instant::now());
    let (_, unchanged) = timeline.head().layer("valve").unwrap();
    assert_eq!((unchanged.delta_len(), unchanged.stamp()), (1, revision(2).stamp));
    assert_eq!(timeline.head().layer("pipe").unwrap().1.delta_len(), 1);
}

#[test]
fn so_many_states_are_remembered_and_no_more() {
    let mut timeline = Timeline::new(snapshot_state(1), vec![]);
    for generation in 2..=10_003 {
        timeline = timeline.advance(snapshot_state(generation), vec![], Instant::now());
    }
    assert!(at(&timeline, 3).is_none());
    assert!(at(&timeline, 4).is_some());
}
