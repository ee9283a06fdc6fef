//! A survey finds what looking at all pairs finds.

use crate::city::{self, Row, random};
use crate::oracle;
use geo::line_intersection::{LineIntersection, line_intersection};
use geographiclib_rs::{DirectGeodesic as _, Geodesic, InverseGeodesic as _};
use rand::Rng;
use siseol_model::{
    FacilityClass, Field, FieldKind, GeometryKind, IssueKind, Layer, NetworkPart, NetworkRole,
    Reference, ReferenceMeaning, Value, geojson::round_coordinate,
};
use siseol_query::{LayerBuilder, LayerView, Snapshot, SnapshotState, VersionEncoder};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const TOUCH: f64 = 0.05;
const NEAR: f64 = 1.0;

/// The layers of a small town: mains and service lines of one utility, valves on them, manholes, and the pipes of
/// another utility, which are not to be mixed up with them.
const LAYERS: [(&str, GeometryKind, &str, NetworkPart); 5] = [
    ("a_gas_pipe", GeometryKind::Line, "gas", NetworkPart::Pipe),
    ("manhole", GeometryKind::Point, "water", NetworkPart::Manhole),
    ("pipe", GeometryKind::Line, "water", NetworkPart::Pipe),
    ("service", GeometryKind::Line, "water", NetworkPart::Pipe),
    ("valve", GeometryKind::Point, "water", NetworkPart::IsolatingValve),
];

/// The code of a valve that sits on no pipe, by its kind.
const OUTFALL_CODE: &str = "SA003";

struct Town {
    rows: Vec<(usize, Row)>,
    snapshot: Snapshot,
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

fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    Geodesic::wgs84().inverse(a[1], a[0], b[1], b[0])
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

fn town(rng: &mut impl Rng, torn: bool) -> Town {
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

/// A fault as both sides tell it: what, whose, and the other row or, for an end, its longitude.
type Plain = (&'static str, i64, Option<i64>);

#[expect(clippy::cast_possible_truncation, reason = "at most 180e8")]
fn digits(degrees: f64) -> i64 {
    (degrees * 1e8).round() as i64
}

impl Town {
    fn of(&self, utility: &str) -> impl Iterator<Item = &(usize, Row)> {
        self.rows.iter().filter(move |(at, row)| LAYERS[*at].2 == utility && !row.paths.is_empty())
    }

    fn part((at, row): &(usize, Row)) -> NetworkPart {
        let (.., part) = LAYERS[*at];
        let is_outfall = row.class == Some(OUTFALL_CODE) && part == NetworkPart::IsolatingValve;
        if is_outfall { NetworkPart::Outfall } else { part }
    }

    fn pipes(&self, utility: &str) -> impl Iterator<Item = &(usize, Row)> {
        self.of(utility).filter(|row| Self::part(row) == NetworkPart::Pipe)
    }

    /// Metres from a place to a row; none if a box around it says that it is far.
    fn distance(place: [f64; 2], row: &Row) -> Option<f64> {
        let coords = || row.paths.iter().flatten();
        let reach = |axis: usize| {
            let (low, high) = coords()
                .fold((f64::MAX, f64::MIN), |(low, high), c| (low.min(c[axis]), high.max(c[axis])));
            low - 1e-4 <= place[axis] && place[axis] <= high + 1e-4
        };
        (reach(0) && reach(1)).then(|| oracle::distance(place, &row.paths, false))
    }

    /// What the survey of one layer has to find, by looking at everything; none where a distance is so near to a limit
    /// that rounding decides.
    fn faults(&self, layer: usize) -> Option<BTreeMap<Plain, f64>> {
        let mut faults = BTreeMap::new();
        let mut clear = true;
        let mut is_clear = |d: f64| clear &= (d - TOUCH).abs() > 2e-3 && (d - NEAR).abs() > 2e-3;
        let own: Vec<&(usize, Row)> = self.rows.iter().filter(|(at, _)| *at == layer).collect();
        let (.., utility, part) = LAYERS[layer];
        for (i, (_, row)) in own.iter().enumerate() {
            let same_key =
                own.iter().find(|(_, r)| r.key.is_some() && r.key == row.key).unwrap_or(&own[i]);
            if same_key.1.fid < row.fid {
                faults.insert((IssueKind::KeyDuplicate.code(), row.fid, Some(same_key.1.fid)), 0.0);
            }
            let flipped = |r: &Row| -> Vec<Vec<[f64; 2]>> {
                r.paths.iter().map(|p| p.iter().rev().copied().collect()).collect()
            };
            let twin = own.iter().find(|(_, r)| {
                !r.paths.is_empty()
                    && r.class == row.class
                    && (r.paths == row.paths
                        || (part == NetworkPart::Pipe && flipped(r) == row.paths))
            });
            if let Some((_, twin)) = twin.filter(|(_, twin)| twin.fid < row.fid) {
                faults.insert((IssueKind::GeometryDuplicate.code(), row.fid, Some(twin.fid)), 0.0);
            }
            if part == NetworkPart::Pipe
                && let (Value::Float(up), Value::Integer(down)) = (&row.facts[0], &row.facts[1])
                && *down as f64 > *up
            {
                faults.insert((IssueKind::Rises.code(), row.fid, None), *down as f64 - up);
            }
            let host = match &row.facts[2] {
                Value::Text(key) => Some(key.to_string()),
                _ => None,
            };
            let is_there = self.rows.iter().any(|(at, r)| LAYERS[*at].0 == "pipe" && r.key == host);
            if host.is_some() && !is_there {
                faults.insert((IssueKind::ReferenceBroken.code(), row.fid, None), 0.0);
            }
        }
        for own in own.iter().filter(|(_, row)| !row.paths.is_empty()) {
            let row = &own.1;
            let others = || self.of(utility).filter(|(_, other)| other.fid != row.fid);
            if Self::part(own) == NetworkPart::IsolatingValve
                && self.pipes(utility).next().is_some()
            {
                let all: Vec<_> =
                    self.pipes(utility).flat_map(|(_, pipe)| pipe.paths.clone()).collect();
                let distance = oracle::distance(row.paths[0][0], &all, false);
                is_clear(distance);
                if distance > TOUCH {
                    faults.insert((IssueKind::OffPipe.code(), row.fid, None), distance);
                }
            }
            if part != NetworkPart::Pipe {
                continue;
            }
            for (line, path) in row.paths.iter().enumerate() {
                for end in [path[0], path[path.len() - 1]] {
                    let inner = row.paths.iter().enumerate().any(|(other, path)| {
                        other != line
                            && [path[0], path[path.len() - 1]]
                                .iter()
                                .any(|&at| metres(at, end) <= TOUCH)
                    });
                    let near: Vec<_> = others()
                        .filter_map(|other| Some((Self::distance(end, &other.1)?, other)))
                        .collect();
                    for (distance, _) in &near {
                        is_clear(*distance);
                    }
                    let nearest = near
                        .iter()
                        .filter(|(_, other)| Self::part(other) == NetworkPart::Pipe)
                        .min_by(|a, b| a.0.total_cmp(&b.0));
                    if let Some((distance, _)) = nearest
                        && *distance <= NEAR
                        && !inner
                        && near.iter().all(|(d, _)| *d > TOUCH)
                    {
                        let place = Some(digits(end[0]));
                        faults.insert((IssueKind::EndNear.code(), row.fid, place), *distance);
                    }
                }
            }
            for other in others().filter(|other| Self::part(other) == NetworkPart::Pipe) {
                if other.0 == layer && other.1.fid < row.fid {
                    continue;
                }
                let vertices = || row.paths.iter().chain(&other.1.paths).flatten();
                for at in crossings(&row.paths, &other.1.paths) {
                    let nodes =
                        self.of(utility).filter(|node| Self::part(node) != NetworkPart::Pipe);
                    let nodes = nodes.flat_map(|(_, node)| node.paths.iter().flatten());
                    let nearest =
                        vertices().chain(nodes).map(|&v| metres(v, at)).fold(f64::MAX, f64::min);
                    is_clear(nearest);
                    if nearest > TOUCH {
                        faults
                            .insert((IssueKind::Crossing.code(), row.fid, Some(other.1.fid)), 0.0);
                    }
                }
            }
        }
        clear.then_some(faults)
    }
}

/// Where two sets of lines cross properly, by another library.
fn crossings(a: &[Vec<[f64; 2]>], b: &[Vec<[f64; 2]>]) -> Vec<[f64; 2]> {
    let edges = |paths: &[Vec<[f64; 2]>]| -> Vec<geo::Line> {
        let edges = paths.iter().flat_map(|path| path.windows(2));
        edges
            .map(|edge| geo::Line::new((edge[0][0], edge[0][1]), (edge[1][0], edge[1][1])))
            .collect()
    };
    let mut places = Vec::new();
    for p in edges(a) {
        for q in edges(b) {
            if let Some(LineIntersection::SinglePoint { intersection, is_proper: true }) =
                line_intersection(p, q)
            {
                places.push([intersection.x, intersection.y]);
            }
        }
    }
    places
}

#[test]
fn a_survey_finds_what_all_pairs_tell() {
    let towns = if std::env::var_os("SISEOL_THOROUGH").is_some() { 2_000 } else { 60 };
    let mut rng = random(41_413);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut compared, mut tried) = (0, 0);
    while compared < towns {
        tried += 1;
        assert!(tried < 4 * towns, "most towns are clear");
        let torn = rng.random_bool(0.5);
        let town = town(&mut rng, torn);
        let expected: Option<Vec<_>> = (0..LAYERS.len()).map(|at| town.faults(at)).collect();
        let Some(expected) = expected else { continue };
        compared += 1;
        for (layer, expected) in expected.into_iter().enumerate() {
            let checks = town.snapshot.survey(layer);
            let mut found: BTreeMap<Plain, f64> = BTreeMap::new();
            for check in &checks {
                assert_eq!(check.found, check.examples.len() as u64);
                assert!(check.checked <= u64::from(town.snapshot.layers()[layer].len()));
                for fault in &check.examples {
                    // The nearest pipe may be one of several at the same distance.
                    let other = match check.kind {
                        IssueKind::OffPipe => None,
                        IssueKind::EndNear => fault.place.map(|place| digits(place.lon)),
                        _ => fault.other,
                    };
                    let metres = fault.distance_m.unwrap_or(0.0);
                    found.insert((check.kind.code(), fault.fid, other), metres);
                }
            }
            let keys =
                |faults: &BTreeMap<Plain, f64>| faults.keys().copied().collect::<BTreeSet<_>>();
            assert_eq!(keys(&found), keys(&expected), "town {tried}, {}", LAYERS[layer].0);
            for (fault, metres) in &found {
                assert!(
                    (metres - expected[fault]).abs() < 1e-3,
                    "{fault:?}: {metres} {}",
                    expected[fault]
                );
                *kinds.entry(fault.0).or_default() += 1;
            }
        }
    }
    println!("{kinds:?} in {compared} of {tried} towns");
    assert_eq!(kinds.len(), 7, "every kind of fault occurs: {kinds:?}");
}
