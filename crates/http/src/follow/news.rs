//! What the register says that is not yet served.

use super::merging::merge;
use crate::resident::{
    LoadError, has_state, layer_state, load_layers, present_state, quality, read_versions,
};
use crate::served::Served;
use siseol_model::LayerName;
use siseol_query::{LayerChange, LayerView, Snapshot, SnapshotState, Timeline};
use siseol_store::{LayerEntry, Register};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What the register says, seen from a state.
pub(crate) enum News {
    /// It is in that state.
    Nothing,
    /// It is in a later one.
    Later(Later),
    /// It never was in that state: a backup was restored over it, or it is another register.
    Other,
}

/// A later state, and what is needed to get there.
pub(crate) struct Later {
    state: SnapshotState,
    entries: Vec<LayerEntry>,
    /// The rows that differ, layer by layer.
    changes: Vec<LayerChange>,
    /// Of these layers, the ones where they are so many that it gets a new base at once.
    many: Vec<LayerName>,
    /// Layers that are cheaper to read whole, because they are new or most of their rows differ.
    whole: Vec<LayerName>,
}

impl News {
    /// What the register says, seen from that state; more than `many` rows are many.
    pub(crate) fn since(
        register: &Register,
        snapshot: &Snapshot,
        many: usize,
    ) -> Result<Self, LoadError> {
        register.at_one_state(|register| {
            let (state, known) = (present_state(register)?, &snapshot.state);
            if (state.generation, state.stamp) == (known.generation, known.stamp) {
                return Ok(Self::Nothing);
            }
            if !has_state(register, known.generation, known.stamp)? {
                return Ok(Self::Other);
            }
            let mut later = Later::new(state, register.layers()?);
            later.compare(register, snapshot, many)?;
            Ok(Self::Later(later))
        })
    }
}

impl Later {
    fn new(state: SnapshotState, entries: Vec<LayerEntry>) -> Self {
        Self { state, entries, changes: Vec::new(), many: Vec::new(), whole: Vec::new() }
    }

    fn compare(
        &mut self,
        register: &Register,
        snapshot: &Snapshot,
        many: usize,
    ) -> Result<(), LoadError> {
        let (from, to) = (snapshot.state.generation, self.state.generation);
        for entry in &self.entries {
            let name = &entry.layer.name;
            let state = layer_state(entry, self.state.notice.as_ref());
            let Some((_, view)) = snapshot.layer(name.as_str()) else {
                self.whole.push(name.clone());
                continue;
            };
            if is_as_it_was(view, entry) && view.state().notice == self.state.notice {
                continue;
            }
            let rows = register.difference_size(name, from, to)?;
            if rows > entry.rows.max(many as u64) || view.layer().fields != entry.layer.fields {
                self.whole.push(name.clone());
                continue;
            }
            if rows > many as u64 {
                self.many.push(name.clone());
            }
            let rows = read_versions(register, &state.layer, from, to)?;
            self.changes.push(LayerChange::Rows { state, rows });
        }
        Ok(())
    }

    /// Whether layers get another base.
    pub(crate) fn replaces_bases(&self) -> bool {
        !self.many.is_empty() || !self.whole.is_empty()
    }

    /// What is to be served then. What takes long is done before anybody sees any of it.
    pub(crate) fn after(self, timeline: &Timeline, path: &Path) -> Result<Served, LoadError> {
        let Self { state, entries, mut changes, many, whole } = self;
        let whole = entries.iter().filter(|entry| whole.contains(&entry.layer.name));
        changes.extend(load_layers(path, &state, whole)?.into_iter().map(LayerChange::New));
        let (now, generation) = (Instant::now(), state.generation);
        let mut timeline = timeline.advance(state, changes, now);
        for name in &many {
            let Some((_, view)) = timeline.head().layer(name.as_str()) else { continue };
            let base = merge(view);
            let base = base.map_err(|source| LoadError::Build { layer: name.clone(), source })?;
            timeline = timeline.merge(name, Arc::new(base), generation, now);
        }
        Ok(Served::new(timeline, quality(entries)))
    }
}

fn is_as_it_was(view: &LayerView, entry: &LayerEntry) -> bool {
    entry.revisions.last().is_none_or(|last| *last == view.state().revisions.last())
}
