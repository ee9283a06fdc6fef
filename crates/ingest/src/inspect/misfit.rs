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

/// Farther than this a place is not in the register's city, and how much farther says nothing.
const FAR: f64 = 50_000.0;

/// The nearest feature is looked for within so many metres, some times more than grids that look alike differ. Far from
/// everything all features are about as near, and each of them would have to be measured.
const SOUGHT_WITHIN: f64 = 2_000.0;

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

/// A vertex of each of some rows, in the file's numbers, with the row's key.
#[derive(Debug, Default)]
pub(super) struct Sample {
    places: Vec<[f64; 2]>,
    keys: Vec<Option<FacilityKey>>,
}

impl Sample {
    /// Rows spread over the whole file.
    pub(super) fn read(plan: &Planned) -> Result<Self, Halt> {
        let mut sample = Self::default();
        let (mut placed, mut stride) = (0_usize, 1_usize);
        let mut taker = Taker::new(plan);
        plan.open.rows.read(&mut |row| {
            if let Some((place, key)) = taker.take(row) {
                if placed.is_multiple_of(stride) {
                    sample.places.push(place);
                    sample.keys.push(key);
                }
                placed += 1;
            }
            if sample.places.len() == 2 * ROWS {
                // Every other one, and from here on half as often.
                sample.places = sample.places.iter().copied().step_by(2).collect();
                sample.keys = std::mem::take(&mut sample.keys).into_iter().step_by(2).collect();
                stride *= 2;
            }
            Ok(true)
        })?;
        Ok(sample)
    }

    /// The first rows.
    pub(super) fn first(plan: &Planned, rows: usize) -> Result<Self, Halt> {
        let mut sample = Self::default();
        let mut taker = Taker::new(plan);
        let mut looked_at = 0;
        plan.open.rows.read(&mut |row| {
            looked_at += 1;
            if let Some((place, key)) = taker.take(row) {
                sample.places.push(place);
                sample.keys.push(key);
            }
            Ok(looked_at < rows)
        })?;
        Ok(sample)
    }

    /// The box around it; none if it is empty.
    pub(super) fn bounds(&self) -> Option<Extent> {
        (!self.places.is_empty()).then(|| bounds(&self.places))
    }

    /// How far it lies from the register in each of the grids. They are all held against one layer: that in which the same
    /// facilities are, else that which one of the grids brings it nearest to.
    pub(super) fn misfits(
        &self,
        plan: &Planned,
        grids: &[Crs],
        register: &Snapshot,
    ) -> BTreeMap<Crs, Misfit> {
        let placed: Vec<(Crs, Vec<Option<LonLat>>)> =
            grids.iter().filter_map(|&crs| Some((crs, self.in_grid(crs)?))).collect();
        let in_all = |measure: &dyn Fn(&[Option<LonLat>]) -> Option<Misfit>| {
            let measured = placed.iter().filter_map(|(crs, at)| Some((*crs, measure(at)?)));
            measured.collect::<BTreeMap<Crs, Misfit>>()
        };
        let fitting: Vec<&LayerView> =
            register.layers().iter().filter(|view| is_comparable(plan, view)).collect();
        for view in &fitting {
            let by_key = in_all(&|places| self.by_key(places, view));
            if !by_key.is_empty() {
                return by_key;
            }
        }
        let nearest = |misfits: &BTreeMap<Crs, Misfit>| {
            misfits.values().map(|m| m.median_m).fold(f64::INFINITY, f64::min)
        };
        let by_layer = fitting.iter().map(|view| in_all(&|places| by_nearest(places, view)));
        by_layer.min_by(|a, b| nearest(a).total_cmp(&nearest(b))).unwrap_or_default()
    }

    /// Its places in that grid, as far as they are on the globe.
    fn in_grid(&self, crs: Crs) -> Option<Vec<Option<LonLat>>> {
        let transform = LonLatTransform::new(crs).ok()?;
        let place = |&at: &[f64; 2]| {
            let mut at = [at];
            transform.to_lon_lat(&mut at).ok()?;
            Some(LonLat { lon: at[0][0], lat: at[0][1] })
        };
        Some(self.places.iter().map(place).collect())
    }

    /// Between rows and the facilities of their keys, if enough of them are there.
    fn by_key(&self, places: &[Option<LonLat>], view: &LayerView) -> Option<Misfit> {
        let keyed = places.iter().zip(&self.keys).filter_map(|(&place, key)| {
            let &[row] = view.rows_with_key(key.as_ref()?.as_str()).as_slice() else { return None };
            distance(place?, view, row)
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

    fn take(&mut self, row: &mut RawRow) -> Option<([f64; 2], Option<FacilityKey>)> {
        if row.deleted || self.shape.read_wkb(&row.wkb).is_err() {
            return None;
        }
        let place = *self.shape.coords.get(self.shape.coords.len() / 2)?;
        self.cleaner.clean(row);
        let key = self.plan.key.iter().map(|&at| row.values.get(at));
        let key = key.collect::<Option<Vec<_>>>().and_then(FacilityKey::from_values);
        place.iter().all(|v| v.is_finite()).then_some((place, key))
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

fn by_nearest(places: &[Option<LonLat>], view: &LayerView) -> Option<Misfit> {
    let nearest = |&place: &LonLat| {
        let around = Disk::new(place, Metres::new(SOUGHT_WITHIN).ok()?).ok()?;
        let neighbours = Snapshot::nearest(&[view], place, Some(&around), NEIGHBOURS);
        let distances = neighbours.iter().filter_map(|n| distance(place, view, n.row));
        Some(distances.min_by(f64::total_cmp).unwrap_or(FAR))
    };
    misfit(view, MisfitMeans::Nearest, places.iter().flatten().filter_map(nearest).collect())
}

/// Metres to a feature; to the outline of an area, as all of a city lies within its districts.
fn distance(place: LonLat, view: &LayerView, row: u32) -> Option<f64> {
    let shape = view.shape(row)?;
    let outline = match shape.kind {
        ShapeKind::Polygon | ShapeKind::MultiPolygon => {
            ShapeRef { kind: ShapeKind::MultiLineString, polygon_ends: &[], ..shape }
        }
        _ => shape,
    };
    Some(Disk::new(place, Metres::new(FAR).ok()?).ok()?.distance(outline))
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred rows")]
fn misfit(view: &LayerView, means: MisfitMeans, mut distances: Vec<f64>) -> Option<Misfit> {
    distances.sort_by(f64::total_cmp);
    let median = *distances.get(distances.len() / 2)?;
    let squares: f64 = distances.iter().map(|d| d.min(FAR).powi(2)).sum();
    let rms = (squares / distances.len() as f64).sqrt();
    let centimetres = |metres: f64| (metres.min(FAR) * 100.0).round() / 100.0;
    Some(Misfit {
        against: view.layer().name.clone(),
        means,
        rows: distances.len(),
        median_m: centimetres(median),
        rms_m: centimetres(rms),
    })
}
