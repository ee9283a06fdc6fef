//! A small town of random rows.

use crate::city::{self, Row};
use geographiclib_rs::{DirectGeodesic as _, Geodesic};
use rand::Rng;
use siseol_model::{
    FacilityClass, Field, FieldKind, GeometryKind, Layer, NetworkPart, NetworkRole, Reference,
    ReferenceMeaning, Value, geojson::round_coordinate,
};
use siseol_query::{LayerBuilder, LayerView, Snapshot, SnapshotState, VersionEncoder};
use std::sync::Arc;

/// The layers of a small town: mains and service lines of one utility, valves on them, manholes, and the pipes of
/// another utility, which are not to be mixed up with them.
pub(super) const LAYERS: [(&str, GeometryKind, &str, NetworkPart); 5] = [
    ("a_gas_pipe", GeometryKind::Line, "gas", NetworkPart::Pipe),
    ("manhole", GeometryKind::Point, "water", NetworkPart::Manhole),
    ("pipe", GeometryKind::Line, "water", NetworkPart::Pipe),
    ("service", GeometryKind::Line, "water", NetworkPart::Pipe),
    ("valve", GeometryKind::Point, "water", NetworkPart::IsolatingValve),
];

/// The code of a valve that sits on no pipe, by its kind.
pub(super) const OUTFALL_CODE: &str = "SA003";

pub(super) struct Town {
    pub(super) rows: Vec<(usize, Row)>,
    pub(super) snapshot: Snapshot,
}

fn layer(at: usize) -> Layer {
    let (name, kind, utility, part) = LAYERS[at];
    let mut layer = city::layer(name, kind);
    let by_code = (part == NetworkPart::IsolatingValve)
        .then(|| (OUTFALL_CODE.to_owned(), NetworkPart::Outfall));
    layer.class = FacilityClass {
        key: vec!["FTR_CDE".into(), "NAME".into()],
        class_field: Some("FTR_CDE".into()),
        network: Some(NetworkRole {
            utility: utility.into(),
            part,
            by_code: by_code.into_iter().collect(),
            levels: (part == NetworkPart::Pipe).then(|| ["UP".into(), "DOWN".into()]),
            direction: Vec::new(),
        }),
        references: vec![Reference {
            fields: vec!["HOST".into()],
            classes: vec!["pipe".into(), "absent".into()],
            means: ReferenceMeaning::Host,
        }],
        ..FacilityClass::unknown(name, name)
    };
    layer.fields = vec![
        Field::new("FTR_CDE", FieldKind::Text),
        Field::new("NAME", FieldKind::Text),
        Field::new("UP", FieldKind::Float),
        Field::new("DOWN", FieldKind::Integer),
        Field::new("HOST", FieldKind::Text),
    ];
    layer
}

fn moved(from: [f64; 2], azimuth: f64, metres: f64) -> [f64; 2] {
    let (lat, lon): (f64, f64) = Geodesic::wgs84().direct(from[1], from[0], azimuth, metres);
    [round_coordinate(lon), round_coordinate(lat)]
}

/// A place: anywhere, at a place that there is, or a little beside one, on a pipe or not.
fn random_place(rng: &mut impl Rng, known: &[[f64; 2]]) -> [f64; 2] {
    let old = known.get(rng.random_range(0..known.len().max(1)));
    let gap = [0.01, 0.2, 0.7, 1.5][rng.random_range(0..4)];
    match (old, rng.random_range(0..4)) {
        (Some(&old), 0) => old,
        (Some(&old), 1) => moved(old, rng.random_range(0.0..360.0), gap),
        _ => city::place(rng, 60.0),
    }
}

fn random_line(rng: &mut impl Rng, known: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut line = vec![random_place(rng, known)];
    // Some are longer than what is looked up at a time.
    let middle =
        if rng.random_bool(0.1) { rng.random_range(17..40) } else { rng.random_range(0..4) };
    for _ in 0..middle {
        let last = line[line.len() - 1];
        line.push(moved(last, rng.random_range(0.0..90.0), rng.random_range(1.0..9.0)));
    }
    line.push(random_place(rng, known));
    line
}

fn random_rows(rng: &mut impl Rng) -> Vec<(usize, Row)> {
    let mut known: Vec<[f64; 2]> = Vec::new();
    let mut rows: Vec<(usize, Row)> = Vec::new();
    for fid in 1..=rng.random_range(10..60) {
        let at = rng.random_range(0..LAYERS.len());
        let kind = LAYERS[at].1;
        let n = if rng.random_bool(0.1) { 2 } else { 1 };
        let mut paths: Vec<Vec<[f64; 2]>> = (0..n)
            .map(|_| match kind {
                GeometryKind::Line => random_line(rng, &known),
                _ => vec![random_place(rng, &known)],
            })
            .collect();
        paths.truncate(if kind == GeometryKind::Line { n } else { 1 });
        let twin = rows.iter().rev().find(|(other, _)| *other == at).filter(|_| fid % 7 == 0);
        if let Some((_, twin)) = twin {
            paths.clone_from(&twin.paths);
            if kind == GeometryKind::Line {
                for path in &mut paths {
                    path.reverse();
                }
            }
        }
        if rng.random_bool(0.05) {
            paths.clear();
        }
        known.extend(paths.iter().flatten());
        let class = [None, Some("SA001"), Some(OUTFALL_CODE)][rng.random_range(0..3)];
        let name = rng.random_range(0..40).to_string();
        let key = class.map(|class| format!("{class}-{name}"));
        let host = rng.random_bool(0.5).then(|| format!("SA001-{}", rng.random_range(0..40)));
        let level = rng.random_bool(0.8).then(|| f64::from(rng.random_range(0..9_i32)) / 2.0);
        let facts = [
            level.map_or(Value::Null, Value::Float),
            Value::Integer(rng.random_range(0..5)),
            host.map_or(Value::Null, Value::text),
            Value::Null,
        ];
        rows.push((at, Row { fid, generation: 1, key, class, name, facts, paths }));
    }
    rows
}

/// The rows of a layer; where `torn`, two in three have come after the base was built, and one more has gone.
fn view(at: usize, rows: &[&Row], torn: bool) -> LayerView {
    let kind = LAYERS[at].1;
    let values = |row: &Row| row.values()[..5].to_vec();
    let state = city::state(layer(at));
    let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &());
    let mut push = |row: &Row, fid: i64| {
        let (key, wkb) = (row.key(), row.wkb(kind));
        builder.push(fid, 1, key.as_ref(), wkb.as_deref(), &values(row)).unwrap();
    };
    let (early, late) = rows.split_at(if torn { rows.len() / 3 } else { rows.len() });
    for row in early {
        push(row, row.fid);
    }
    let gone = late.first().map(|row| (row, 1_000_000));
    if let Some((row, fid)) = gone {
        push(row, fid);
    }
    let base = LayerView::new(state, builder.finish().unwrap());
    let mut encoder = VersionEncoder::new(Arc::clone(&base.state().layer), &());
    let mut encode = |row: &Row| {
        let (key, wkb) = (row.key(), row.wkb(kind));
        encoder.encode(row.fid, 1, key.as_ref(), wkb.as_deref(), &values(row)).unwrap()
    };
    let came = late.iter().map(|row| (row.fid, Some(encode(row))));
    let changes = came.chain(gone.map(|(_, fid)| (fid, None))).collect();
    if torn { base.rewound(1, changes) } else { base }
}

pub(super) fn town(rng: &mut impl Rng, torn: bool) -> Town {
    let rows = random_rows(rng);
    let layers = (0..LAYERS.len()).map(|at| {
        let own: Vec<&Row> =
            rows.iter().filter(|(layer, _)| *layer == at).map(|(_, r)| r).collect();
        view(at, &own, torn)
    });
    let state = SnapshotState {
        generation: 1,
        stamp: siseol_model::Stamp::from_bits(7),
        time: jiff::Timestamp::UNIX_EPOCH,
        notice: None,
    };
    let snapshot = Snapshot::new(state, layers.collect());
    Town { rows, snapshot }
}
