//! The states that memory can answer.

use crate::base::LayerBase;
use crate::snapshot::Snapshot;
use crate::state::{LayerState, SnapshotState};
use crate::version::Version;
use crate::view::LayerView;
use siseol_model::{LayerName, Revision, Stamp};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// So many states are remembered at most.
const MAX_STATES: usize = 10_000;

/// What a change set did to one layer.
#[derive(Debug)]
pub enum LayerChange {
    /// The layer is new, or so much of it has changed that all its rows were packed again. It is also the way of a
    /// layer that has other fields than before.
    New(LayerView),
    /// Some rows are not what they were.
    Rows {
        /// What is known of the layer now. Its fields are those that it had.
        state: LayerState,
        /// By fid: the row as it is now; none if it is no more.
        rows: Vec<(i64, Option<Version>)>,
    },
}

/// All states of a register that memory can answer: the present one, and past ones as far back as the bases reach.
///
/// It never changes. A writer makes a new one and puts it in the place of the old one; a clone costs nothing.
#[derive(Debug, Clone)]
pub struct Timeline {
    head: Arc<Snapshot>,
    /// The states that it knows, by generation. Each of them is answered by every layer that there was.
    states: Arc<[Revision]>,
    /// Layers over bases that were replaced, the first one first.
    past: Arc<[Epoch]>,
}

/// A layer over a base that was replaced.
#[derive(Debug, Clone)]
struct Epoch {
    view: LayerView,
    /// When.
    retired: Instant,
}

impl LayerChange {
    fn state(&self) -> &LayerState {
        match self {
            Self::New(view) => view.state(),
            Self::Rows { state, .. } => state,
        }
    }
}

impl Timeline {
    /// The timeline that begins with this state.
    pub fn new(state: SnapshotState, layers: Vec<LayerView>) -> Self {
        let states = Arc::new([state.revision()]);
        Self { head: Arc::new(Snapshot::new(state, layers)), states, past: Arc::new([]) }
    }

    /// The present state.
    pub fn head(&self) -> &Arc<Snapshot> {
        &self.head
    }

    /// The timeline after one or more commits, the last of which made `state`. Layers that are not named have not
    /// changed.
    #[must_use]
    pub fn advance(&self, state: SnapshotState, changes: Vec<LayerChange>, now: Instant) -> Self {
        let mut layers = self.head.layers().to_vec();
        let mut past = self.past.to_vec();
        for change in changes {
            let name = &change.state().layer.name;
            let place = layers.binary_search_by(|view| view.layer().name.cmp(name));
            let old = place.ok().map(|at| &layers[at]);
            let new = match change {
                LayerChange::New(view) => {
                    past.extend(old.map(|view| Epoch { view: view.clone(), retired: now }));
                    view
                }
                LayerChange::Rows { state: layer, rows } => {
                    let empty = || LayerView::new(layer.clone(), LayerBase::empty(&layer.layer));
                    let view = old.cloned().unwrap_or_else(empty);
                    view.advanced(layer, state.generation, rows)
                }
            };
            match place {
                Ok(at) => layers[at] = new,
                Err(at) => layers.insert(at, new),
            }
        }
        let first = (self.states.len() + 1).saturating_sub(MAX_STATES);
        let states = [&self.states[first..], &[state.revision()]].concat();
        let head = Arc::new(Snapshot::new(state, layers));
        Self { head, states: states.into(), past: past.into() }
    }

    /// The timeline with another base for a layer: the one that [`LayerView::merged`] has made of its state at
    /// `built_at`. What was committed since lies over it. Nothing happens if the layer's base is not the same any more.
    #[must_use]
    pub fn merge(
        &self,
        layer: &LayerName,
        base: Arc<LayerBase>,
        built_at: i64,
        now: Instant,
    ) -> Self {
        let Some((at, old)) = self.head.layer(layer.as_str()) else { return self.clone() };
        let Some(new) = old.rebased(base, built_at) else { return self.clone() };
        let mut layers = self.head.layers().to_vec();
        let epoch = Epoch { view: std::mem::replace(&mut layers[at], new), retired: now };
        Self {
            head: Arc::new(Snapshot::new(self.head.state.clone(), layers)),
            states: Arc::clone(&self.states),
            past: self.past.iter().cloned().chain([epoch]).collect(),
        }
    }

    /// The timeline without the bases that were replaced more than `max_age` ago, and without the oldest ones of those
    /// that hold more than `max_bytes` together. States that only they could answer are forgotten.
    #[must_use]
    pub fn expire(&self, now: Instant, max_age: Duration, max_bytes: u64) -> Self {
        let mut bytes = 0;
        let kept = self.past.iter().rev().take_while(|epoch| {
            bytes += epoch.view.bytes();
            bytes <= max_bytes && now.saturating_duration_since(epoch.retired) <= max_age
        });
        let (dropped, kept) = self.past.split_at(self.past.len() - kept.count());
        if dropped.is_empty() {
            return self.clone();
        }
        let oldest_left = |name: &LayerName| {
            let left = kept.iter().map(|epoch| &epoch.view).chain(self.head.layers());
            left.into_iter().find(|view| view.layer().name == *name)
        };
        let bases = dropped.iter().filter_map(|epoch| oldest_left(&epoch.view.layer().name));
        let first = bases.map(LayerView::since).max().unwrap_or(i64::MIN);
        let states = &self.states[self.states.partition_point(|state| state.generation < first)..];
        Self { head: Arc::clone(&self.head), states: states.into(), past: kept.into() }
    }

    /// The state of exactly that generation and name, if memory can still answer it.
    pub fn at(&self, generation: i64, stamp: Stamp) -> Option<Arc<Snapshot>> {
        if generation == self.head.state.generation && stamp == self.head.state.stamp {
            return Some(Arc::clone(&self.head));
        }
        let at = self.states.binary_search_by_key(&generation, |state| state.generation).ok()?;
        let Revision { time, .. } = *self.states.get(at).filter(|state| state.stamp == stamp)?;
        // A layer that has no answer for a state that is remembered was not there yet.
        let layers = self.head.layers().iter().filter_map(|head| self.answering(head, generation));
        let notice = self.head.state.notice.clone();
        let state = SnapshotState { generation, stamp, time, notice };
        Some(Arc::new(Snapshot::new(state, layers.collect())))
    }

    /// A layer as it was when that commit was the last one that had changed it, if memory can still answer one of the
    /// states from that commit until before the layer's next one.
    pub fn layer_at(&self, layer: &LayerName, revision: Revision) -> Option<LayerView> {
        let (_, head) = self.head.layer(layer.as_str())?;
        let after = |other: &Revision| other.generation > revision.generation;
        let next = head.state().revisions.iter().find(after);
        let at = self.states.partition_point(|state| state.generation < revision.generation);
        let state = self.states.get(at)?;
        if next.is_some_and(|next| next.generation <= state.generation) {
            return None;
        }
        let view = self.answering(head, state.generation)?;
        (view.stamp() == revision.stamp).then_some(view)
    }

    /// A layer at that generation, over whichever of its bases answers for it.
    fn answering(&self, head: &LayerView, generation: i64) -> Option<LayerView> {
        let past = self.past.iter().rev().map(|epoch| &epoch.view);
        let past = past.filter(|view| view.layer().name == head.layer().name);
        std::iter::once(head).chain(past).find_map(|view| view.at(generation))
    }
}
