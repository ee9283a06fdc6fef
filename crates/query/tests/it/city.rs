//! A random layer, and the plain list it was made from.

use geographiclib_rs::{DirectGeodesic as _, Geodesic};
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use siseol_model::{
    CodeList, Crs, FacilityClass, FacilityKey, Field, FieldKind, GeometryKind, Label, Layer,
    LayerName, LonLat, Revision, Stamp, Value, geojson::round_coordinate,
};
use siseol_query::{
    LayerBuilder, LayerState, LayerView, Snapshot, SnapshotState, Version, VersionEncoder,
};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const CENTRE: LonLat = LonLat { lon: 126.9352, lat: 37.3617 };

/// One row as it was made: coordinates by path, already rounded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) fid: i64,
    pub(crate) generation: i64,
    pub(crate) key: Option<String>,
    pub(crate) class: Option<&'static str>,
    pub(crate) name: String,
    /// A number, a depth, a day and whether it is open.
    pub(crate) facts: [Value; 4],
    pub(crate) paths: Vec<Vec<[f64; 2]>>,
}

impl Row {
    pub(crate) fn key(&self) -> Option<FacilityKey> {
        self.key.clone().map(FacilityKey::from)
    }

    pub(crate) fn values(&self) -> Vec<Value> {
        let class = self.class.map_or(Value::Null, Value::text);
        [class, Value::text(self.name.clone())].into_iter().chain(self.facts.clone()).collect()
    }

    pub(crate) fn wkb(&self, kind: GeometryKind) -> Option<Vec<u8>> {
        (!self.paths.is_empty()).then(|| wkb(kind, &self.paths))
    }

    pub(crate) fn version(&self, kind: GeometryKind, encoder: &mut VersionEncoder<'_>) -> Version {
        let (key, wkb) = (self.key(), self.wkb(kind));
        let (key, wkb) = (key.as_ref(), wkb.as_deref());
        encoder.encode(self.fid, self.generation, key, wkb, &self.values()).unwrap()
    }

    pub(crate) fn push(&self, kind: GeometryKind, builder: &mut LayerBuilder<'_>) {
        let (key, wkb) = (self.key(), self.wkb(kind));
        let (key, wkb) = (key.as_ref(), wkb.as_deref());
        builder.push(self.fid, self.generation, key, wkb, &self.values()).unwrap();
    }
}

/// A random row; about one in fifty has no geometry.
pub(crate) fn random_row(rng: &mut impl Rng, kind: GeometryKind, fid: i64, keys: i64) -> Row {
    let fact = |rng: &mut dyn rand::RngCore, value: Value| {
        if rng.random_bool(0.2) { Value::Null } else { value }
    };
    let day = jiff::civil::date(1970 + rng.random_range(0..60), rng.random_range(1..13), 28);
    let (number, depth) = (rng.random_range(-9..9), f64::from(rng.random_range(0..99_i32)) / 8.0);
    let open = rng.random_bool(0.5);
    Row {
        fid,
        generation: 1,
        key: rng.random_bool(0.9).then(|| format!("SA001-{}", rng.random_range(0..keys))),
        class: [None, Some("SA001"), Some("SA002"), Some("SA003")][rng.random_range(0..4)],
        name: format!("이름 {fid}"),
        facts: [
            fact(rng, Value::Integer(number)),
            fact(rng, Value::Float(depth)),
            fact(rng, Value::Date(day)),
            fact(rng, Value::Boolean(open)),
        ],
        paths: if rng.random_bool(0.02) { vec![] } else { random_paths(rng, kind) },
    }
}

pub(crate) struct City {
    pub(crate) kind: GeometryKind,
    pub(crate) rows: Vec<Row>,
    /// All rows in the base.
    pub(crate) view: LayerView,
    /// The same rows, of which two in three came or changed after the base was built.
    pub(crate) torn: LayerView,
}

pub(crate) fn random(seed: u64) -> ChaCha8Rng {
    println!("seed {seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// A place at most `metres` from the centre, uniformly over the disk.
pub(crate) fn place(rng: &mut impl Rng, metres: f64) -> [f64; 2] {
    let distance = metres * rng.random_range(0.0_f64..1.0).sqrt();
    let (lat, lon): (f64, f64) =
        Geodesic::wgs84().direct(CENTRE.lat, CENTRE.lon, rng.random_range(0.0..360.0), distance);
    [round_coordinate(lon), round_coordinate(lat)]
}

fn near(rng: &mut impl Rng, [lon, lat]: [f64; 2], spread: f64) -> [f64; 2] {
    [
        round_coordinate(lon + rng.random_range(-spread..spread)),
        round_coordinate(lat + rng.random_range(-spread..spread)),
    ]
}

pub(crate) fn random_paths(rng: &mut impl Rng, kind: GeometryKind) -> Vec<Vec<[f64; 2]>> {
    let at = place(rng, 3_000.0);
    match kind {
        GeometryKind::Point => vec![vec![at]],
        GeometryKind::Line => {
            let n = if rng.random_bool(0.2) { 2 } else { 1 };
            (0..n)
                .map(|_| (0..rng.random_range(2..6)).map(|_| near(rng, at, 0.002)).collect())
                .collect()
        }
        _ => {
            // A ring around the place, without crossings: corners by angle. Sometimes with a hole, which lies inside
            // because the corners are many enough to surround it.
            let ring = |rng: &mut dyn rand::RngCore, size: f64, n: i32| -> Vec<[f64; 2]> {
                let mut ring: Vec<_> = (0..n)
                    .map(|i| {
                        let angle = (f64::from(i) + rng.random_range(0.1..0.9)) / f64::from(n)
                            * std::f64::consts::TAU;
                        let r = size * rng.random_range(0.5..1.0);
                        [
                            round_coordinate(at[0] + r * angle.cos()),
                            round_coordinate(at[1] + r * angle.sin()),
                        ]
                    })
                    .collect();
                ring.push(ring[0]);
                ring
            };
            let corners = rng.random_range(3..7);
            if rng.random_bool(0.2) {
                return vec![ring(rng, 0.001, 6), ring(rng, 0.0002, corners)];
            }
            vec![ring(rng, 0.001, corners)]
        }
    }
}

pub(crate) fn wkb(kind: GeometryKind, paths: &[Vec<[f64; 2]>]) -> Vec<u8> {
    let mut out = Vec::new();
    let head = |out: &mut Vec<u8>, code: u32| {
        out.push(1);
        out.extend_from_slice(&code.to_le_bytes());
    };
    let count = |out: &mut Vec<u8>, n: usize| {
        out.extend_from_slice(&u32::try_from(n).unwrap().to_le_bytes());
    };
    let coords = |out: &mut Vec<u8>, path: &[[f64; 2]]| {
        out.extend(path.iter().flatten().flat_map(|v| v.to_le_bytes()));
    };
    match kind {
        GeometryKind::Point => {
            head(&mut out, 1);
            coords(&mut out, &paths[0]);
        }
        GeometryKind::Line if paths.len() == 1 => {
            head(&mut out, 2);
            count(&mut out, paths[0].len());
            coords(&mut out, &paths[0]);
        }
        GeometryKind::Line => {
            head(&mut out, 5);
            count(&mut out, paths.len());
            for path in paths {
                head(&mut out, 2);
                count(&mut out, path.len());
                coords(&mut out, path);
            }
        }
        _ => {
            head(&mut out, 3);
            count(&mut out, paths.len());
            for path in paths {
                count(&mut out, path.len());
                coords(&mut out, path);
            }
        }
    }
    out
}

pub(crate) fn layer(name: &str, kind: GeometryKind) -> Layer {
    let mut class = FacilityClass::unknown(name, name);
    class.class_field = Some("FTR_CDE".into());
    let mut class_field = Field::new("FTR_CDE", FieldKind::Text);
    class_field.code_list = Some("FTR".into());
    Layer {
        name: LayerName::from_stem(name),
        class,
        crs: Crs::WGS84,
        geometry: kind,
        has_z: false,
        fields: vec![
            class_field,
            Field::new("NAME", FieldKind::Text),
            Field::new("COUNT", FieldKind::Integer),
            Field::new("DEPTH", FieldKind::Float),
            Field::new("BUILT", FieldKind::Date),
            Field::new("OPEN", FieldKind::Boolean),
        ],
        code_lists: BTreeMap::from([(
            "FTR".into(),
            CodeList { label: Label::same("FTR"), codes: BTreeMap::new() },
        )]),
    }
}

pub(crate) fn state(layer: Layer) -> LayerState {
    LayerState {
        layer: Arc::new(layer),
        notice: None,
        revisions: Revision {
            generation: 1,
            stamp: Stamp::from_bits(7),
            time: jiff::Timestamp::UNIX_EPOCH,
        }
        .into(),
    }
}

/// `n` random rows. Fids start at `first_fid` and are shuffled.
pub(crate) fn city(seed: u64, name: &str, kind: GeometryKind, n: i64, first_fid: i64) -> City {
    let mut rng = random(seed);
    let mut rows: Vec<Row> =
        (0..n).map(|i| random_row(&mut rng, kind, first_fid + i, n * 4)).collect();
    rand::seq::SliceRandom::shuffle(&mut rows[..], &mut rng);
    let view = view(name, kind, &rows);
    let torn = torn(&mut rng, name, kind, &rows);
    City { kind, rows, view, torn }
}

fn view<'a>(name: &str, kind: GeometryKind, rows: impl IntoIterator<Item = &'a Row>) -> LayerView {
    let state = state(layer(name, kind));
    let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &());
    for row in rows {
        row.push(kind, &mut builder);
    }
    LayerView::new(state, builder.finish().unwrap())
}

fn torn(rng: &mut impl Rng, name: &str, kind: GeometryKind, rows: &[Row]) -> LayerView {
    let mut before: Vec<Row> = rows.iter().skip(rows.len() / 3).cloned().collect();
    for row in before.iter_mut().step_by(2) {
        row.paths = random_paths(rng, kind);
        row.class = None;
    }
    let base = view(name, kind, &before);
    let mut encoder = VersionEncoder::new(Arc::clone(&base.state().layer), &());
    let changed = rows.iter().filter(|row| !before.contains(row));
    let versions = changed.map(|row| (row.fid, Some(row.version(kind, &mut encoder)))).collect();
    base.rewound(1, versions)
}

pub(crate) fn snapshot(cities: Vec<City>) -> Snapshot {
    Snapshot::new(
        SnapshotState {
            generation: 1,
            stamp: Stamp::from_bits(7),
            time: jiff::Timestamp::UNIX_EPOCH,
            notice: None,
        },
        cities.into_iter().map(|c| c.view).collect(),
    )
}
