//! How far a delivery would lie from what a register has, in each grid that it could be in.
//!
//! A wrong grid moves a city by 100 m to 400 m, which looks right on a map. It does not look right beside the same city:
//! a facility that is there under the same key lies elsewhere, and pipes and buildings lie off the others.

use crate::check::bounds;
use crate::identity::Planned;
use crate::source::{Halt, RawRow};
use crate::values::Cleaner;
use serde::Serialize;
use siseol_crs::{Extent, LonLatTransform};
use siseol_model::{
    Crs, DisasterRole, FacilityKey, LayerName, LonLat, Metres, NetworkPart, Shape, ShapeKind,
    ShapeRef, ToLonLat as _,
};
use siseol_query::{Disk, LayerView, Snapshot};
use std::collections::BTreeMap;

/// How many rows are held against the register, spread over the file.
const ROWS: usize = 200;

/// How many rows have to be there under their key, so that they tell more than their neighbours do.
const SAME_KEYS: usize = 10;

/// Of an area and those around it, the outline that is nearest may be another's.
const NEIGHBOURS: usize = 3;

/// Farther than this a place is not where the register has anything: the grid is another one.
const FAR: f64 = 5_000.0;

/// How far a layer would lie from one of a register, in metres.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Misfit {
    /// The register's layer that it was held against.
    pub against: LayerName,
    /// Between what the distances are.
    pub means: MisfitMeans,
    /// How many rows were measured.
    pub rows: usize,
    /// Half of them lie no farther.
    pub median_m: f64,
    /// The root of the mean of their squares.
    pub rms_m: f64,
}

/// Between what the distances of a misfit are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MisfitMeans {
    /// A row and the facility of its key.
    SameKey,
    /// A row and the nearest feature.
    Nearest,
}

/// Some rows, in the file's numbers.
#[derive(Debug, Default)]
pub(super) struct Sample(Vec<Taken>);

/// What is taken of a row.
#[derive(Debug)]
struct Taken {
    at: Spots<[f64; 2]>,
    key: Option<FacilityKey>,
}

/// Two places of a row.
#[derive(Debug, Clone, Copy)]
struct Spots<T> {
    /// One of its vertices.
    vertex: T,
    /// The mean of its vertices, which the order of them does not change.
    middle: T,
}

/// The places of rows in a grid, as far as they are on the globe.
type Placed = [Option<Spots<LonLat>>];

impl Sample {
    /// Rows spread over the whole file.
    pub(super) fn read(plan: &Planned) -> Result<Self, Halt> {
        let mut rows = Vec::new();
        let (mut passed, mut due, mut stride) = (0_usize, 0_usize, 1_usize);
        let mut taker = Taker::new(plan);
        plan.open.rows.read(&mut |row| {
            if passed >= due
                && let Some(taken) = taker.take(row)
            {
                rows.push(taken);
                due = passed + stride;
            }
            passed += 1;
            if rows.len() == 2 * ROWS {
                // Every other one, and from here on half as often.
                rows = std::mem::take(&mut rows).into_iter().step_by(2).collect();
                stride *= 2;
            }
            Ok(true)
        })?;
        Ok(Self(rows))
    }

    /// The first rows.
    pub(super) fn first(plan: &Planned, rows: usize) -> Result<Self, Halt> {
        let mut sample = Self::default();
        let mut taker = Taker::new(plan);
        let mut looked_at = 0;
        plan.open.rows.read(&mut |row| {
            looked_at += 1;
            sample.0.extend(taker.take(row));
            Ok(looked_at < rows)
        })?;
        Ok(sample)
    }

    /// The box around it; none if it is empty.
    pub(super) fn bounds(&self) -> Option<Extent> {
        let vertices: Vec<[f64; 2]> = self.0.iter().map(|row| row.at.vertex).collect();
        (!vertices.is_empty()).then(|| bounds(&vertices))
    }

    /// How far it lies from the register in each of the grids. They are all held against one layer: that in which the same
    /// facilities are, else that which one of the grids brings it nearest to.
    pub(super) fn misfits(
        &self,
        plan: &Planned,
        grids: &[Crs],
        register: &Snapshot,
    ) -> BTreeMap<Crs, Misfit> {
        let placed: Vec<(Crs, Box<Placed>)> =
            grids.iter().filter_map(|&crs| Some((crs, self.in_grid(crs)?))).collect();
        let in_all = |measure: &dyn Fn(&Placed) -> Option<Misfit>| {
            let measured = placed.iter().filter_map(|(crs, at)| Some((*crs, measure(at)?)));
            measured.collect::<BTreeMap<Crs, Misfit>>()
        };
        let fitting: Vec<&LayerView> =
            register.layers().iter().filter(|view| is_comparable(plan, view)).collect();
        for view in &fitting {
            let by_key = in_all(&|spots| self.by_key(spots, view));
            if !by_key.is_empty() {
                return by_key;
            }
        }
        let nearest = |misfits: &BTreeMap<Crs, Misfit>| {
            misfits.values().map(|m| m.median_m).fold(f64::INFINITY, f64::min)
        };
        let by_layer = fitting.iter().map(|view| in_all(&|spots| by_nearest(spots, view)));
        by_layer.min_by(|a, b| nearest(a).total_cmp(&nearest(b))).unwrap_or_default()
    }

    fn in_grid(&self, crs: Crs) -> Option<Box<Placed>> {
        let transform = LonLatTransform::new(crs).ok()?;
        let spots = |row: &Taken| {
            let mut places = [row.at.vertex, row.at.middle];
            transform.to_lon_lat(&mut places).ok()?;
            let [vertex, middle] = places.map(|[lon, lat]| LonLat { lon, lat });
            Some(Spots { vertex, middle })
        };
        Some(self.0.iter().map(spots).collect())
    }

    /// Between the middles of rows and of the facilities of their keys, if enough of them are there.
    fn by_key(&self, spots: &Placed, view: &LayerView) -> Option<Misfit> {
        let keyed = spots.iter().zip(&self.0).filter_map(|(spots, row)| {
            let key = row.key.as_ref()?;
            let &[there] = view.rows_with_key(key.as_str()).as_slice() else { return None };
            let middle = [mean(view.shape(there)?.coords)?];
            let point = ShapeRef {
                kind: ShapeKind::Point,
                coords: &middle,
                path_ends: &[1],
                first_coord: 0,
                polygon_ends: &[],
                first_path: 0,
            };
            Some(around(spots.as_ref()?.middle)?.distance(point))
        });
        let distances: Vec<f64> = keyed.collect();
        let enough = distances.len() >= SAME_KEYS;
        enough.then(|| misfit(view, MisfitMeans::SameKey, distances)).flatten()
    }
}

/// Takes a place and a key out of a row.
struct Taker<'a> {
    plan: &'a Planned,
    cleaner: Cleaner<'a>,
    shape: Shape,
}

impl<'a> Taker<'a> {
    fn new(plan: &'a Planned) -> Self {
        Self { plan, cleaner: Cleaner::new(&plan.rules), shape: Shape::default() }
    }

    fn take(&mut self, row: &mut RawRow) -> Option<Taken> {
        if row.deleted || self.shape.read_wkb(&row.wkb).is_err() {
            return None;
        }
        let coords = &self.shape.coords;
        let at = Spots { vertex: *coords.get(coords.len() / 2)?, middle: mean(coords)? };
        self.cleaner.clean(row);
        let key = self.plan.key.iter().map(|&at| row.values.get(at));
        let key = key.collect::<Option<Vec<_>>>().and_then(FacilityKey::from_values);
        let finite = at.vertex.iter().chain(&at.middle).all(|v| v.is_finite());
        finite.then_some(Taken { at, key })
    }
}

/// Whether a layer of the register lies where such a layer lies: the same facilities, the pipes that they sit on, and
/// roads and buildings, which are everywhere in a city.
fn is_comparable(plan: &Planned, view: &LayerView) -> bool {
    let layer = view.layer();
    let is_same = layer.name == plan.name || plan.known.as_ref() == Some(&layer.class.id);
    let same_pipes = match (&plan.class.network, &layer.class.network) {
        (Some(ours), Some(theirs)) => {
            ours.utility == theirs.utility && theirs.part == NetworkPart::Pipe
        }
        _ => false,
    };
    let everywhere =
        matches!(layer.class.disaster, Some(DisasterRole::Road | DisasterRole::Building));
    !view.is_empty() && (is_same || same_pipes || everywhere)
}

/// Between vertices and the nearest features.
fn by_nearest(spots: &Placed, view: &LayerView) -> Option<Misfit> {
    let nearest = |spots: &Spots<LonLat>| {
        let disk = around(spots.vertex)?;
        let neighbours = Snapshot::nearest(&[view], spots.vertex, Some(&disk), NEIGHBOURS);
        let outlines = neighbours.iter().filter_map(|n| Some(outline(view.shape(n.row)?)));
        Some(outlines.map(|outline| disk.distance(outline)).fold(f64::INFINITY, f64::min))
    };
    misfit(view, MisfitMeans::Nearest, spots.iter().flatten().filter_map(nearest).collect())
}

fn around(place: LonLat) -> Option<Disk> {
    Disk::new(place, Metres::new(FAR).ok()?).ok()
}

/// The feature, but of an area its outline: all of a city lies within its districts.
fn outline(shape: ShapeRef<'_>) -> ShapeRef<'_> {
    match shape.kind {
        ShapeKind::Polygon | ShapeKind::MultiPolygon => {
            ShapeRef { kind: ShapeKind::MultiLineString, polygon_ends: &[], ..shape }
        }
        _ => shape,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no shape has so many vertices")]
fn mean(coords: &[[f64; 2]]) -> Option<[f64; 2]> {
    let count = coords.len() as f64;
    let sum = |axis: usize| coords.iter().map(|place| place[axis]).sum::<f64>();
    (!coords.is_empty()).then(|| [sum(0) / count, sum(1) / count])
}

/// The misfit of these distances; none if most of them are beyond what says anything.
#[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
fn misfit(view: &LayerView, means: MisfitMeans, mut distances: Vec<f64>) -> Option<Misfit> {
    distances.sort_by(f64::total_cmp);
    let median = *distances.get(distances.len() / 2).filter(|median| **median < FAR)?;
    let squares: f64 = distances.iter().map(|d| d.min(FAR).powi(2)).sum();
    let rms = (squares / distances.len() as f64).sqrt();
    let centimetres = |metres: f64| (metres * 100.0).round() / 100.0;
    Some(Misfit {
        against: view.layer().name.clone(),
        means,
        rows: distances.len(),
        median_m: centimetres(median),
        rms_m: centimetres(rms),
    })
}
