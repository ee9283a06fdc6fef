//! From a register on disk to a snapshot in memory.

use siseol_crs::LonLatTransform;
use siseol_model::{CommitInfo, Label, LayerName, LayerReport, LonLat, Revision, Value};
use siseol_query::{
    BuildError, LayerBuilder, LayerState, LayerView, Revisions, Snapshot, SnapshotState,
};
use siseol_store::{Access, Head, LayerEntry, Register, StoreError};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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
}

/// What a server holds of a register: one state, and what was reported when it came in.
#[derive(Debug)]
pub struct Resident {
    /// The state.
    pub snapshot: Snapshot,
    /// The ingest report of each layer.
    pub quality: BTreeMap<LayerName, LayerReport>,
    /// Where a map opens.
    pub home: Option<Home>,
}

/// A place to begin: the city hall, or the middle of everything.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Home {
    /// Where it is.
    #[serde(flatten)]
    pub place: LonLat,
    /// What it is called.
    pub label: Label,
}

/// Reads a whole register into memory, several layers at a time.
pub fn load(path: &Path) -> Result<Resident, LoadError> {
    let register = Register::open(path, Access::Read)?;
    // One read transaction for the catalogue. The threads open the file themselves and are told to expect this state.
    let (head, entries) =
        register.at_one_state(|r| Ok::<_, LoadError>((r.head()?, r.layers()?)))?;
    let layers = load_layers(path, &head, &entries)?;
    let state = SnapshotState {
        generation: head.generation,
        stamp: head.stamp,
        time: head.time,
        notice: head.notice,
    };
    let snapshot = Snapshot::new(state, layers);
    let home = home(&snapshot);
    let quality = entries.into_iter().map(|entry| (entry.layer.name, entry.report)).collect();
    Ok(Resident { snapshot, quality, home })
}

/// One thread per processor takes the next layer, largest first, until none is left.
fn load_layers(
    path: &Path,
    head: &Head,
    entries: &[LayerEntry],
) -> Result<Vec<LayerView>, LoadError> {
    let mut order: Vec<&LayerEntry> = entries.iter().collect();
    order.sort_by_key(|entry| std::cmp::Reverse(entry.rows));
    let next = AtomicUsize::new(0);
    let loaded = Mutex::new(Vec::with_capacity(order.len()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    while let Some(entry) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let view = load_layer(path, head, entry)?;
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

/// Carries either error out of the row callback.
enum RowError {
    Store(StoreError),
    Build(BuildError),
}

impl From<StoreError> for RowError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

fn load_layer(path: &Path, head: &Head, entry: &LayerEntry) -> Result<LayerView, LoadError> {
    let layer = &entry.layer;
    let build = |source| LoadError::Build { layer: layer.name.clone(), source };
    let transform = LonLatTransform::new(layer.crs)
        .map_err(|source| LoadError::Grid { layer: layer.name.clone(), source })?;
    let CommitInfo { generation, stamp, time, .. } = entry.last;
    let last = Revision { generation, stamp, time };
    let state = LayerState {
        layer: Arc::new(layer.clone()),
        notice: head.notice.clone(),
        revisions: Revisions::new(entry.revisions.clone()).unwrap_or_else(|| last.into()),
    };
    let mut builder = LayerBuilder::new(Arc::clone(&state.layer), &transform);
    let register = Register::open(path, Access::Read)?;
    let read = register.read_layer(layer, &mut |row| {
        builder
            .push(row.fid, row.generation, row.key, row.geometry, row.values)
            .map_err(RowError::Build)
    });
    match read {
        Ok(()) => Ok(LayerView::new(state, builder.finish().map_err(build)?)),
        Err(RowError::Store(error)) => Err(error.into()),
        Err(RowError::Build(source)) => Err(build(source)),
    }
}

/// The city hall if a layer holds one, else the middle of everything.
fn home(snapshot: &Snapshot) -> Option<Home> {
    let offices = snapshot
        .layers()
        .iter()
        .filter(|view| view.layer().class.role.as_deref() == Some("city_office"));
    let halls = offices.flat_map(|view| {
        view.rows().filter_map(|row| {
            let &[lon, lat] = view.shape(row)?.coords.first()?;
            let label = name_of(view, row).unwrap_or_else(|| view.layer().class.label.ko.clone());
            Some(Home { place: LonLat { lon, lat }, label: Label::same(label) })
        })
    });
    // A layer of public offices may hold many; the one that calls itself the city hall wins.
    let hall = halls.reduce(|best, other| {
        if !best.label.ko.contains("시청") && other.label.ko.contains("시청") {
            other
        } else {
            best
        }
    });
    hall.or_else(|| {
        let extent = snapshot.extent();
        (!extent.is_empty()).then(|| Home {
            place: LonLat {
                lon: f64::midpoint(extent.west, extent.east),
                lat: f64::midpoint(extent.south, extent.north),
            },
            label: Label::new("자료의 한가운데", "the middle of the data"),
        })
    })
}

/// What a feature is called, if its class has a field for that.
pub(crate) fn name_of(view: &LayerView, row: u32) -> Option<String> {
    let layer = view.layer();
    let field = layer.field_index(layer.class.look.label_field.as_deref()?)?;
    match view.value(row, field) {
        Value::Null => None,
        value => Some(value.to_string()),
    }
}
