//! One layer at one state.

use crate::base::LayerBase;
use crate::hits::{Hits, Summary};
use crate::region::Region;
use crate::state::LayerState;
use bytes::Bytes;
use jiff::Timestamp;
use siseol_model::{Layer, LonLatBox, ShapeRef, Stamp, Value};
use std::ops::Range;
use std::sync::Arc;

/// One layer at one state. A clone is the same view, and costs nothing.
///
/// A *row* is a number that names a feature within this view: [`Self::rows`] and [`Self::search`] give them out. It
/// means nothing to another view, and the methods that take one panic if the view has no such row.
#[derive(Debug, Clone)]
pub struct LayerView {
    pub(crate) base: Arc<LayerBase>,
    state: Arc<LayerState>,
    generation: i64,
}

impl LayerView {
    /// The rows of `base` at the last of the revisions.
    pub fn new(state: LayerState, base: LayerBase) -> Self {
        let generation = state.revisions.last().generation;
        Self { base: Arc::new(base), state: Arc::new(state), generation }
    }

    /// What is known of the layer beside its rows.
    pub fn state(&self) -> &LayerState {
        &self.state
    }

    /// Its fields, labels and looks.
    pub fn layer(&self) -> &Layer {
        &self.state.layer
    }

    /// The commit that last changed the layer: its name.
    pub fn stamp(&self) -> Stamp {
        self.state.revisions.at(self.generation).stamp
    }

    /// And its time.
    pub fn time(&self) -> Timestamp {
        self.state.revisions.at(self.generation).time
    }

    /// How many rows.
    pub fn len(&self) -> u32 {
        self.base.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The box around all geometry; [`LonLatBox::EMPTY`] if there is none.
    pub fn extent(&self) -> LonLatBox {
        self.base.tree.extent()
    }

    /// All rows in their order.
    pub fn rows(&self) -> impl Iterator<Item = u32> + use<> {
        self.search(None).into_rows()
    }

    /// The row with that fid.
    pub fn row_of(&self, fid: i64) -> Option<u32> {
        self.base.row_of(fid)
    }

    /// The rows with that facility key, by fid; more than one if the city has given it twice.
    pub fn rows_with_key(&self, key: &str) -> Vec<u32> {
        self.base.rows_with_key(key).to_vec()
    }

    /// A row's fid.
    pub fn fid(&self, row: u32) -> i64 {
        self.base.fid(row)
    }

    /// The generation of the commit that last changed a row.
    pub fn generation(&self, row: u32) -> i64 {
        self.base.generation(row)
    }

    /// The name of the commit that last changed a row.
    pub fn revision_of(&self, row: u32) -> Stamp {
        self.state.revisions.at(self.generation(row)).stamp
    }

    /// A row's facility key.
    pub fn key(&self, row: u32) -> Option<&str> {
        self.base.key(row)
    }

    /// A row's geometry in longitude and latitude, rounded to eight decimals.
    pub fn shape(&self, row: u32) -> Option<ShapeRef<'_>> {
        self.base.shape(row)
    }

    /// What a row holds in a field, by the field's place in the layer.
    pub fn value(&self, row: u32, field: usize) -> Value {
        self.base.value(row, field)
    }

    /// The encoded features of one range of [`Hits`], separated by commas, without copying.
    pub fn geojson(&self, rows: Range<u32>) -> Bytes {
        self.base.geojson(rows)
    }

    /// The rows that touch a region; with none, all rows, also those without geometry.
    pub fn search(&self, region: Option<&dyn Region>) -> Hits {
        if let Some(region) = region {
            return self.base.search(region);
        }
        let mut hits = Hits::default();
        hits.push(0..self.base.len());
        hits
    }

    /// What some rows add up to.
    pub fn summarise(&self, hits: &Hits) -> Summary {
        self.base.summarise(hits)
    }
}
