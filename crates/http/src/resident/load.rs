//! Reading a whole state of a register.

use super::{Delivered, Quality, Resident, read_base};
use jiff::Timestamp;
use siseol_model::{Check, Label, Layer, LayerName, OpenFindings, Revision, Stamp};
use siseol_query::{
    BuildError, LayerState, LayerView, Revisions, Snapshot, SnapshotState, is_surveyed_with,
};
use siseol_store::{Access, LayerEntry, Register, StoreError};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How often reading begins again when another register is put in the place of the one being read.
const ATTEMPTS: usize = 3;

/// Why a register cannot be made resident.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The register cannot be read.
    #[error("the register cannot be read")]
    Store(#[from] StoreError),
    /// PROJ does not know a layer's grid.
    #[error("layer `{layer}` is in a grid that cannot be left")]
    Grid {
        /// The layer.
        layer: LayerName,
        /// What PROJ says.
        source: siseol_crs::Error,
    },
    /// A row of the register does not fit into the snapshot.
    #[error("layer `{layer}` cannot be made resident")]
    Build {
        /// The layer.
        layer: LayerName,
        /// Which row and why.
        source: BuildError,
    },
    /// The register had no state yet at the time asked for.
    #[error("the register has no state before {first}")]
    BeforeFirst {
        /// The time of its first state.
        first: Timestamp,
    },
    /// Another register was put in its place while it was read; trying again may work.
    #[error("the register was replaced while it was read")]
    Replaced,
}

/// A state of a register, with all rows.
pub(crate) struct Loaded {
    pub(crate) state: SnapshotState,
    pub(crate) layers: Vec<LayerView>,
    pub(crate) quality: Quality,
}

/// Reads the present state of a register into memory, several layers at a time.
pub fn load(path: &Path) -> Result<Resident, LoadError> {
    load_present(path).map(Loaded::into_resident)
}

/// Reads the state that a register was in at that time.
pub fn load_at(path: &Path, time: Timestamp) -> Result<Resident, LoadError> {
    persist(|| load_state(path, |register| state_at(register, time))).map(Loaded::into_resident)
}

/// Checks these layers of a register across their rows, each against itself and the layers that it belongs with. Only
/// those are read. What a register does not have is left out.
pub fn survey(
    path: &Path,
    wanted: &[LayerName],
) -> Result<BTreeMap<LayerName, Vec<Check>>, LoadError> {
    let register = Register::open(path, Access::Read)?;
    let (state, mut entries) = register.at_one_state(|register| {
        Ok::<_, LoadError>((present_state(register)?, register.layers()?))
    })?;
    let own = entries.iter().filter(|entry| wanted.contains(&entry.layer.name));
    let own: Vec<Layer> = own.map(|entry| entry.layer.clone()).collect();
    entries.retain(|entry| own.iter().any(|own| is_surveyed_with(own, &entry.layer)));
    let layers = load_layers(path, &state, &entries)?;
    let snapshot = Snapshot::new(state, layers);
    let place = |name: &LayerName| snapshot.layer(name.as_str()).map(|(at, _)| at);
    let surveyed = wanted.iter().filter_map(|name| Some((name.clone(), place(name)?)));
    Ok(surveyed.map(|(name, at)| (name, snapshot.survey(at))).collect())
}

pub(crate) fn load_present(path: &Path) -> Result<Loaded, LoadError> {
    persist(|| load_state(path, present_state))
}

/// Whether this file is one of those in which the state with that name came about.
pub(crate) fn has_state(
    register: &Register,
    generation: i64,
    stamp: Stamp,
) -> Result<bool, StoreError> {
    Ok(register.commit_of(generation)?.is_some_and(|commit| commit.stamp == stamp))
}

/// What is on record of the deliveries of these layers.
pub(crate) fn quality(entries: Vec<LayerEntry>) -> Quality {
    let delivered = entries.into_iter().map(|entry| {
        let open = OpenFindings { findings: entry.findings, quarantined: entry.quarantined };
        (entry.layer.name, Delivered { report: entry.report, open })
    });
    Arc::new(delivered.collect())
}

/// What is known of a layer beside its rows.
pub(crate) fn layer_state(entry: &LayerEntry, notice: Option<&Label>) -> LayerState {
    // A layer that no commit has changed is as the commit left it that brought it.
    let last = Revision {
        generation: entry.last.generation,
        stamp: entry.last.stamp,
        time: entry.last.time,
    };
    LayerState {
        layer: Arc::new(entry.layer.clone()),
        notice: notice.cloned(),
        revisions: Revisions::new(entry.revisions.clone()).unwrap_or_else(|| last.into()),
    }
}

impl Loaded {
    fn into_resident(self) -> Resident {
        Resident::new(Arc::new(Snapshot::new(self.state, self.layers)), self.quality)
    }
}

fn persist(mut read: impl FnMut() -> Result<Loaded, LoadError>) -> Result<Loaded, LoadError> {
    for _ in 1..ATTEMPTS {
        match read() {
            Err(LoadError::Replaced) => {}
            done => return done,
        }
    }
    read()
}

pub(crate) fn present_state(register: &Register) -> Result<SnapshotState, LoadError> {
    let head = register.head()?;
    Ok(SnapshotState {
        generation: head.generation,
        stamp: head.stamp,
        time: head.time,
        notice: head.notice,
    })
}

fn state_at(register: &Register, time: Timestamp) -> Result<SnapshotState, LoadError> {
    let present = present_state(register)?;
    let Some(commit) = register.state_at(time)? else {
        let first = register.change_sets(0, Some(1))?;
        let first = first.first().map_or(present.time, |set| set.commit.time);
        return Err(LoadError::BeforeFirst { first });
    };
    Ok(SnapshotState {
        generation: commit.generation,
        stamp: commit.stamp,
        time: commit.time,
        notice: present.notice,
    })
}

fn load_state(
    path: &Path,
    choose: impl FnOnce(&Register) -> Result<SnapshotState, LoadError>,
) -> Result<Loaded, LoadError> {
    let register = Register::open(path, Access::Read)?;
    // One read transaction for the catalogue. The threads open the file themselves and are told to expect this state.
    let (state, entries) = register.at_one_state(|register| {
        let state = choose(register)?;
        let entries = register.layers_at(state.generation)?;
        Ok::<_, LoadError>((state, entries))
    })?;
    let layers = load_layers(path, &state, &entries)?;
    Ok(Loaded { state, layers, quality: quality(entries) })
}

/// Reads these layers as they are in that state. One thread per processor takes the next one, largest first, until none
/// is left.
pub(crate) fn load_layers<'e>(
    path: &Path,
    state: &SnapshotState,
    entries: impl IntoIterator<Item = &'e LayerEntry>,
) -> Result<Vec<LayerView>, LoadError> {
    let mut order: Vec<&LayerEntry> = entries.into_iter().collect();
    order.sort_by_key(|entry| std::cmp::Reverse(entry.rows));
    let next = AtomicUsize::new(0);
    let loaded = Mutex::new(Vec::with_capacity(order.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(entry) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let view = load_layer(path, state, entry)?;
                        loaded.lock().unwrap_or_else(PoisonError::into_inner).push(view);
                    }
                    Ok::<_, LoadError>(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    Ok(loaded.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn load_layer(
    path: &Path,
    state: &SnapshotState,
    entry: &LayerEntry,
) -> Result<LayerView, LoadError> {
    let layer = layer_state(entry, state.notice.as_ref());
    let register = Register::open(path, Access::Read)?;
    let base = register.at_one_state(|register| {
        if !has_state(register, state.generation, state.stamp)? {
            return Err(LoadError::Replaced);
        }
        read_base(register, &layer.layer, state.generation)
    })?;
    Ok(LayerView::new(layer, base))
}
