//! A random layer, and the plain list it was made from.

use geographiclib_rs::{DirectGeodesic as _, Geodesic};
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use siseol_model::{
    CodeList, Crs, FacilityClass, FacilityKey, Field, FieldKind, GeometryKind, Label, Layer,
    LayerName, LonLat, Revision, Stamp, Value, geojson::round_coordinate,
};
use siseol_query::{LayerBuilder, LayerState, LayerView, Snapshot, SnapshotState};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const CENTRE: LonLat = LonLat { lon: 126.9352, lat: 37.3617 };

/// One row as it was made: coordinates by path, already rounded.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) fid: i64,
    pub(crate) key: Option<String>,
    pub(crate) class: Option<&'static str>,
    pub(crate) paths: Vec<Vec<[f64; 2]>>,
}

pub(crate) struct City {
    pub(crate) kind: GeometryKind,
    pub(crate) rows: Vec<Row>,
    pub(crate) view: LayerView,
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

fn random_paths(rng: &mut impl Rng, kind: GeometryKind) -> Vec<Vec<[f64; 2]>> {
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
            // A ring around the place, without crossings: corners by angle. Sometimes with a hole.
            let ring = |rng: &mut dyn rand::RngCore, size: f64| -> Vec<[f64; 2]> {
                let n = rng.random_range(3..7);
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
            let mut rings = vec![ring(rng, 0.001)];
            if rng.random_bool(0.2) {
                rings.push(ring(rng, 0.0002));
            }
            rings
        }
    }
}

fn wkb(kind: GeometryKind, paths: &[Vec<[f64; 2]>]) -> Vec<u8> {
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

fn layer(name: &str, kind: GeometryKind) -> Layer {
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
        fields: vec![class_field, Field::new("NAME", FieldKind::Text)],
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

/// `n` random rows; about one in fifty without geometry. Fids start at `first_fid` and are shuffled.
pub(crate) fn city(seed: u64, name: &str, kind: GeometryKind, n: i64, first_fid: i64) -> City {
    let mut rng = random(seed);
    let mut rows: Vec<Row> = (0..n)
        .map(|i| Row {
            fid: first_fid + i,
            key: rng.random_bool(0.9).then(|| format!("SA001-{}", rng.random_range(0..n * 4))),
            class: [None, Some("SA001"), Some("SA002"), Some("SA003")][rng.random_range(0..4)],
            paths: if rng.random_bool(0.02) { vec![] } else { random_paths(&mut rng, kind) },
        })
        .collect();
    rand::seq::SliceRandom::shuffle(&mut rows[..], &mut rng);
    let state = state(layer(name, kind));
    let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &());
    for row in &rows {
        let key = row.key.clone().map(FacilityKey::from);
        let blob = (!row.paths.is_empty()).then(|| wkb(kind, &row.paths));
        let values =
            [row.class.map_or(Value::Null, Value::text), Value::text(format!("이름 {}", row.fid))];
        builder.push(row.fid, 1, key.as_ref(), blob.as_deref(), &values).unwrap();
    }
    City { kind, rows, view: LayerView::new(state, builder.finish().unwrap()) }
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
