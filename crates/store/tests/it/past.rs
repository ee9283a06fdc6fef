//! Past states, differences, changes and lives of registers with any history.

use crate::chronicle::{Chronicle, State};
use crate::hand::{Hand, table};
use crate::kit::{
    Place, deliver, feature, layer, line, multi, now, point, point_z, provenance, stage,
};
use crate::random::{seeded, thorough};
use jiff::{SignedDuration, Timestamp};
use rand::Rng as _;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand_chacha::ChaCha8Rng;
use siseol_model::{
    DeliveryMode, Feature, Field, FieldKind, GeometryKind, Layer, LayerName, Value,
};
use siseol_store::{Staging, undo};
use std::path::Path;

fn row(rng: &mut ChaCha8Rng) -> Feature {
    let mut values = vec![
        Value::Integer(rng.random_range(-3..3)),
        Value::Float(f64::from(rng.random_range(-4..4)) / 4.0),
        Value::text(["", "군포시", "o'clock"].choose(rng).copied().unwrap()),
        Value::Date(jiff::civil::date(rng.random_range(1900..2030), 2, rng.random_range(1..29))),
        Value::Boolean(rng.random()),
    ];
    for value in &mut values {
        if rng.random_ratio(1, 5) {
            *value = Value::Null;
        }
    }
    let key = if rng.random_ratio(1, 4) {
        String::new()
    } else {
        format!("K-{}", rng.random_range(0..9))
    };
    feature(&key, None, values)
}

#[test]
fn the_past_is_as_it_was() {
    let mut rng = seeded("the past");
    for _ in 0..if thorough() { 60 } else { 4 } {
        let place = Place::new();
        let mut layers = [table("codes"), table("행정동")];
        let mut chronicle = Chronicle::new(&place.register());
        for layer in &layers {
            let rows = (0..rng.random_range(0..12)).map(|_| row(&mut rng)).collect();
            deliver(&place.register(), &[(layer.clone(), rows)]).unwrap();
            chronicle.note();
        }
        let mut time = now();
        for _ in 0..rng.random_range(0..if thorough() { 14 } else { 7 }) {
            // Some at the same time, and whole seconds among others.
            time +=
                SignedDuration::from_millis([0, 500, 1, 1000].choose(&mut rng).copied().unwrap());
            let (live, gone) = (chronicle.now().clone(), chronicle.gone());
            chronicle.by_hand(time, rng.random::<bool>().then_some(1), |hand| {
                layers.shuffle(&mut rng);
                let named = rng.random_range(1..=layers.len());
                for layer in &layers[..named] {
                    change(hand, &layer.name, (&live, &gone), &mut rng);
                }
            });
        }
        chronicle.compare(&mut rng);
    }
}

/// Random changes to one layer, in the order of chance.
fn change(
    hand: &mut Hand<'_>,
    layer: &LayerName,
    (live, gone): (&State, &State),
    rng: &mut ChaCha8Rng,
) {
    hand.name(layer);
    let mut places: Vec<_> =
        live.iter().chain(gone).filter(|((name, _), _)| name == layer).collect();
    places.shuffle(rng);
    places.truncate(rng.random_range(0..=places.len()));
    for (place, (_, old)) in places {
        let fid = place.1;
        if gone.contains_key(place) {
            let back = if rng.random() { old.clone() } else { row(rng) };
            hand.bring_back(layer, fid, &back);
        } else if rng.random_ratio(1, 3) {
            hand.delete(layer, fid);
        } else {
            hand.update(layer, fid, &row(rng));
        }
    }
    for _ in 0..rng.random_range(0..4) {
        hand.insert(layer, &row(rng));
    }
}

const MODES: [DeliveryMode; 3] =
    [DeliveryMode::Append, DeliveryMode::Replace, DeliveryMode::Upsert];

/// A layer, and how its geometries are delivered.
struct Kind {
    layer: Layer,
    geometry: fn(&mut ChaCha8Rng) -> Option<Vec<u8>>,
}

fn spot(rng: &mut ChaCha8Rng) -> Vec<u8> {
    point(f64::from(rng.random_range(0..5)), 2.0)
}

fn pipe(rng: &mut ChaCha8Rng) -> Vec<u8> {
    line(&[f64::from(rng.random_range(0..5)), 1.0, 7.0, 8.0])
}

fn kinds() -> [Kind; 4] {
    let kind = |name: &str, geometry, deliver| {
        let fields = vec![Field::new("관경", FieldKind::Integer)];
        Kind { layer: layer(name, geometry, fields), geometry: deliver }
    };
    [
        kind("codes", GeometryKind::None, |_| None),
        // Single ones, later also multi ones, heights and none at all.
        kind("spot", GeometryKind::Point, |rng| match rng.random_range(0..24) {
            0 => Some(multi(4, &[spot(rng)])),
            1 => Some(multi(4, &[spot(rng), spot(rng)])),
            2 => Some(point_z(1.0, 2.0, f64::from(rng.random_range(0..9)))),
            3 => None,
            _ => Some(spot(rng)),
        }),
        // All multi, and it stays so.
        kind("pipe", GeometryKind::Line, |rng| match rng.random_range(0..3) {
            0 => Some(multi(5, &[pipe(rng), pipe(rng)])),
            _ => Some(multi(5, &[pipe(rng)])),
        }),
        // Mostly multi, with the single ones that come some time.
        kind("road", GeometryKind::Line, |rng| match rng.random_range(0..12) {
            0 => Some(pipe(rng)),
            1..4 => Some(multi(5, &[pipe(rng), pipe(rng)])),
            _ => Some(multi(5, &[pipe(rng)])),
        }),
    ]
}

/// The next delivery of a layer: rows as they are, changed ones, and new ones; some are left out.
fn next_rows(live: &State, kind: &Kind, rng: &mut ChaCha8Rng) -> Vec<Feature> {
    let fresh = |rng: &mut ChaCha8Rng| {
        let key = if rng.random_ratio(1, 5) {
            String::new()
        } else {
            format!("K-{}", rng.random_range(0..16))
        };
        feature(&key, (kind.geometry)(rng), vec![Value::Integer(rng.random_range(0..3))])
    };
    let mut rows = Vec::new();
    for (_, (_, row)) in live.iter().filter(|((name, _), _)| *name == kind.layer.name) {
        let mut row = row.clone();
        match rng.random_range(0..8) {
            0 => continue,
            1 => row.values = vec![Value::Integer(rng.random_range(0..3))],
            2 => row.geometry = (kind.geometry)(rng),
            _ => {}
        }
        rows.push(row);
    }
    rows.extend((0..rng.random_range(0..5)).map(|_| fresh(rng)));
    rows.shuffle(rng);
    rows
}

fn hand_over(path: &Path, layers: &[(&Layer, Vec<Feature>)], mode: DeliveryMode, time: Timestamp) {
    let mut staging = Staging::beside(path).unwrap();
    for (layer, rows) in layers {
        let high = |row: &Feature| row.geometry.as_ref().is_some_and(|wkb| wkb[2] == 3);
        let layer = Layer { has_z: rows.iter().any(high), ..(*layer).clone() };
        stage(&mut staging, &layer, rows).unwrap();
    }
    staging.compare(path, mode).unwrap().commit(provenance(), None, time).unwrap();
}

#[test]
fn deliveries_and_undos_leave_the_past_as_it_was() {
    let mut rng = seeded("deliveries and undos");
    for _ in 0..if thorough() { 60 } else { 4 } {
        let place = Place::new();
        let path = place.register();
        let kinds = kinds();
        let mut chronicle = Chronicle::new(&path);
        let mut time = now();
        for _ in 0..rng.random_range(2..if thorough() { 16 } else { 9 }) {
            time += SignedDuration::from_millis(rng.random_range(-400..1000));
            if rng.random_ratio(1, 3) && !chronicle.now().is_empty() {
                let undone = rng.random_range(1..=chronicle.commits());
                let rehearse = rng.random_ratio(1, 5);
                undo(&path, i64::try_from(undone).unwrap(), provenance(), time, rehearse).unwrap();
            } else {
                let named = rng.random_range(1..=kinds.len());
                let layers: Vec<_> = kinds
                    .choose_multiple(&mut rng.clone(), named)
                    .map(|kind| (&kind.layer, next_rows(chronicle.now(), kind, &mut rng)))
                    .collect();
                let mode = *MODES.choose(&mut rng).unwrap();
                hand_over(&path, &layers, mode, time);
            }
            chronicle.note();
        }
        chronicle.compare(&mut rng);
    }
}
