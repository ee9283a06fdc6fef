//! One layer at one state.

use crate::base::LayerBase;
use crate::delta::Delta;
use crate::hits::Hits;
use crate::region::Region;
use crate::related::Naming;
use crate::state::LayerState;
use crate::summary::Summary;
use crate::version::Version;
use bytes::Bytes;
use jiff::Timestamp;
use siseol_model::{Layer, LonLatBox, ShapeRef, Stamp, Value};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// One layer at one state: a base, what became of its rows since, and a generation. A clone is the same view, and
/// costs nothing.
///
/// A *row* is a number that names a feature within this view: [`Self::rows`] and [`Self::search`] give them out. It
/// means nothing to another view, and the methods that take one panic if the view has no such row. Rows of the base
/// come first, then the versions of the delta.
#[derive(Debug, Clone)]
pub struct LayerView {
    pub(crate) base: Arc<LayerBase>,
    pub(crate) delta: Arc<Delta>,
    at: Arc<At>,
}

/// The state of a view.
#[derive(Debug)]
struct At {
    state: Arc<LayerState>,
    generation: i64,
    len: u32,
    /// Once it was asked for.
    extent: OnceLock<LonLatBox>,
    /// Once it was asked for.
    naming: OnceLock<Naming>,
}

impl LayerView {
    /// The rows of `base` at the last of the revisions.
    pub fn new(state: LayerState, base: LayerBase) -> Self {
        let generation = state.revisions.last().generation;
        let delta = Delta::new(generation);
        Self::of(Arc::new(base), Arc::new(delta), Arc::new(state), generation)
    }

    fn of(
        base: Arc<LayerBase>,
        delta: Arc<Delta>,
        state: Arc<LayerState>,
        generation: i64,
    ) -> Self {
        let (versions, dead) = delta.count(generation);
        let len = u32::try_from(base.len() as usize + versions - dead).unwrap_or(u32::MAX);
        let at = At { state, generation, len, extent: OnceLock::new(), naming: OnceLock::new() };
        Self { base, delta, at: Arc::new(at) }
    }

    /// The layer after one more change, which named these rows.
    pub(crate) fn advanced(
        &self,
        state: LayerState,
        generation: i64,
        rows: Vec<(i64, Option<Version>)>,
    ) -> Self {
        let delta = self.delta.advanced(&self.base, generation, rows);
        Self::of(Arc::clone(&self.base), Arc::new(delta), Arc::new(state), generation)
    }

    /// The layer as it was at an earlier generation; none if the base is younger.
    pub(crate) fn at(&self, generation: i64) -> Option<Self> {
        if generation >= self.at.generation {
            return Some(self.clone());
        }
        let state = Arc::clone(&self.at.state);
        (generation >= self.delta.since())
            .then(|| Self::of(Arc::clone(&self.base), Arc::clone(&self.delta), state, generation))
    }

    /// The same state over a base that [`Self::merged`] has made at generation `built_at`; none if that was another
    /// base's.
    pub(crate) fn rebased(&self, base: Arc<LayerBase>, built_at: i64) -> Option<Self> {
        if built_at < self.delta.since() {
            return None;
        }
        let since = self.at.state.revisions.at(built_at).generation.min(built_at);
        let delta = self.delta.rebased(&self.base, &base, built_at, since);
        let state = Arc::clone(&self.at.state);
        Some(Self::of(base, Arc::new(delta), state, self.at.generation))
    }

    /// The layer as it was at an earlier generation that is not in memory any more: `rows` are the fids that were
    /// something else then than they are in this view, and what they were, or that they were not there.
    #[must_use]
    pub fn rewound(&self, generation: i64, rows: Vec<(i64, Option<Version>)>) -> Self {
        let delta = self.delta.settled(self.at.generation, generation);
        let delta = delta.advanced(&self.base, generation, rows);
        let state = Arc::clone(&self.at.state);
        Self::of(Arc::clone(&self.base), Arc::new(delta), state, generation)
    }

    /// What is known of the layer beside its rows.
    pub fn state(&self) -> &LayerState {
        &self.at.state
    }

    /// Its fields, labels and looks.
    pub fn layer(&self) -> &Layer {
        &self.at.state.layer
    }

    /// The commit that last changed the layer: its name.
    pub fn stamp(&self) -> Stamp {
        self.at.state.revisions.at(self.at.generation).stamp
    }

    /// And its time.
    pub fn time(&self) -> Timestamp {
        self.at.state.revisions.at(self.at.generation).time
    }

    /// How many rows.
    pub fn len(&self) -> u32 {
        self.at.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many changes lie over the base, in whatever state: from [`MERGE_FROM`](crate::MERGE_FROM) on the layer
    /// wants a new base.
    pub fn delta_len(&self) -> usize {
        self.delta.len()
    }

    /// The memory that it holds, in bytes.
    pub fn bytes(&self) -> u64 {
        self.base.bytes() + self.delta.bytes()
    }

    /// The first generation that its base and delta answer for.
    pub(crate) fn since(&self) -> i64 {
        self.delta.since()
    }

    /// The box around all geometry; [`LonLatBox::EMPTY`] if there is none.
    pub fn extent(&self) -> LonLatBox {
        *self.at.extent.get_or_init(|| {
            let living = self.delta.living(self.at.generation);
            let versions = living
                .fold(LonLatBox::EMPTY, |all, slot| all.union(self.delta.version(slot).bounds));
            let whole = |rows| self.delta.dead_within(rows, self.at.generation).next().is_none();
            self.base.tree.extent(versions, whole)
        })
    }

    /// The rows by the keys that their references name.
    pub(crate) fn naming(&self) -> &Naming {
        self.at.naming.get_or_init(|| Naming::of(self))
    }

    /// All rows in their order.
    pub fn rows(&self) -> impl Iterator<Item = u32> + use<> {
        self.search(None).into_rows()
    }

    /// The row with that fid.
    pub fn row_of(&self, fid: i64) -> Option<u32> {
        let version = self.delta.slot_of(fid, self.at.generation).map(|slot| self.row(slot));
        version.or_else(|| self.base.row_of(fid).filter(|&row| self.lives(row)))
    }

    /// The rows with that facility key, by fid; more than one if the city has given it twice.
    pub fn rows_with_key(&self, key: &str) -> Vec<u32> {
        let base = self.base.rows_with_key(key).iter().copied().filter(|&row| self.lives(row));
        let versions = self.delta.slots_with_key(key, self.at.generation);
        let mut rows: Vec<u32> = base.chain(versions.map(|slot| self.row(slot))).collect();
        rows.sort_unstable_by_key(|&row| self.fid(row));
        rows
    }

    /// A row's fid.
    pub fn fid(&self, row: u32) -> i64 {
        self.version(row).map_or_else(|| self.base.fid(row), |version| version.fid)
    }

    /// The generation of the commit that last changed a row.
    pub fn generation(&self, row: u32) -> i64 {
        let version = self.version(row);
        version.map_or_else(|| self.base.rows.generation(row), |version| version.generation)
    }

    /// The name of the commit that last changed a row.
    pub fn revision_of(&self, row: u32) -> Stamp {
        self.at.state.revisions.at(self.generation(row)).stamp
    }

    /// A row's facility key.
    pub fn key(&self, row: u32) -> Option<&str> {
        self.version(row).map_or_else(|| self.base.rows.key(row), Version::key)
    }

    /// A row's geometry in longitude and latitude, rounded to eight decimals.
    pub fn shape(&self, row: u32) -> Option<ShapeRef<'_>> {
        self.version(row).map_or_else(|| self.base.rows.shape(row), Version::shape)
    }

    /// What a row holds in a field, by the field's place in the layer.
    pub fn value(&self, row: u32, field: usize) -> Value {
        let version = self.version(row);
        version.map_or_else(|| self.base.value(row, field), |version| version.values[field].clone())
    }

    /// The encoded features of one range of [`Hits`], separated by commas, without copying.
    pub fn geojson(&self, rows: Range<u32>) -> Bytes {
        let version = self.version(rows.start);
        version.map_or_else(|| self.base.geojson(rows), |version| version.geojson.clone())
    }

    /// The rows that touch a region; with none, all rows, also those without geometry.
    pub fn search(&self, region: Option<&dyn Region>) -> Hits {
        let base = match region {
            Some(region) => self.base.search(region),
            None => Hits::all(self.base.len()),
        };
        if self.delta.len() == 0 {
            return base;
        }
        let versions = match region {
            Some(region) => self.delta.search(region, self.at.generation),
            None => self.delta.living(self.at.generation).collect(),
        };
        self.interleaved(&base, &versions)
    }

    /// The living rows among `base`, with versions, which come by rank, at their places.
    fn interleaved(&self, base: &Hits, versions: &[u32]) -> Hits {
        let mut hits = Hits::default();
        let mut versions = versions.iter().copied().peekable();
        let mut add = |rows: Range<u32>| {
            let mut start = rows.start;
            while let Some(slot) = versions.next_if(|&slot| self.delta.place(slot) < rows.end) {
                let place = self.delta.place(slot).max(start);
                hits.push(start..place);
                hits.push_alone(self.row(slot));
                start = place;
            }
            hits.push(start..rows.end);
        };
        for range in base.ranges() {
            let mut start = range.start;
            for dead in self.delta.dead_within(range.clone(), self.at.generation) {
                add(start..dead);
                start = dead + 1;
            }
            add(start..range.end);
        }
        for slot in versions {
            hits.push_alone(self.row(slot));
        }
        hits
    }

    /// What some rows add up to.
    pub fn summarise(&self, hits: &Hits) -> Summary {
        let in_base = hits.ranges().iter().filter(|range| range.start < self.base.len());
        let mut tally = self.base.tally(in_base.cloned());
        let class = self.base.class_column;
        for version in hits.ranges().iter().filter_map(|range| self.version(range.start)) {
            let code = class.and_then(|field| version.text(field));
            tally.add(code, 1, version.measure.into());
        }
        tally.into_summary()
    }

    /// The version that a row is, unless it is one of the base.
    pub(crate) fn version(&self, row: u32) -> Option<&Version> {
        row.checked_sub(self.base.len()).map(|slot| self.delta.version(slot))
    }

    /// The row of a version.
    pub(crate) fn row(&self, slot: u32) -> u32 {
        self.base.len() + slot
    }

    /// Whether a row is one of this state.
    pub(crate) fn lives(&self, row: u32) -> bool {
        match row.checked_sub(self.base.len()) {
            Some(slot) => self.delta.lives(slot, self.at.generation),
            None => !self.delta.is_dead(row, self.at.generation),
        }
    }
}
