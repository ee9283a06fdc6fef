//! One state of a register, resident.

use crate::base::LayerBase;
use crate::disk::Disk;
use crate::hits::Hits;
use crate::nearest::{self, Neighbour};
use crate::text;
use jiff::Timestamp;
use siseol_model::{FacilityRef, Label, LayerName, LonLat, LonLatBox, Stamp};
use std::sync::Arc;

/// Which state it is.
#[derive(Debug, Clone)]
pub struct SnapshotState {
    /// How many commits made it.
    pub generation: i64,
    /// Its name.
    pub stamp: Stamp,
    /// The time of the last commit.
    pub time: Timestamp,
    /// What must be said wherever it is shown.
    pub notice: Option<Label>,
}

/// One state of a register. A request takes one at its start and never sees another.
#[derive(Debug)]
pub struct Snapshot {
    /// Which state.
    pub state: SnapshotState,
    /// In the order of their names.
    layers: Vec<Arc<LayerBase>>,
}

/// A row of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which of [`Snapshot::layers`].
    pub layer: usize,
    /// The row in it.
    pub row: u32,
}

/// A reference that points at no feature, or at several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// No such layer.
    #[error("there is no layer `{0}`")]
    NoLayer(LayerName),
    /// No such feature.
    #[error("there is no facility `{0}`")]
    NotFound(String),
    /// More than one feature.
    #[error("`{reference}` is the key of {} facilities: {}", candidates.len(), candidates.join(", "))]
    Ambiguous {
        /// The reference as given.
        reference: String,
        /// A reference to each of them, at most 20.
        candidates: Vec<String>,
    },
}

impl Snapshot {
    /// The snapshot of these layers.
    pub fn new(state: SnapshotState, mut layers: Vec<Arc<LayerBase>>) -> Self {
        layers.sort_by(|a, b| a.layer().name.cmp(&b.layer().name));
        Self { state, layers }
    }

    /// All layers, in the order of their names.
    pub fn layers(&self) -> &[Arc<LayerBase>] {
        &self.layers
    }

    /// The layer with that name, and its place in [`Self::layers`].
    pub fn layer(&self, name: &str) -> Option<(usize, &Arc<LayerBase>)> {
        let at = self.layers.binary_search_by(|l| l.layer().name.as_str().cmp(name)).ok()?;
        Some((at, &self.layers[at]))
    }

    /// The box around everything.
    pub fn extent(&self) -> LonLatBox {
        self.layers.iter().map(|l| l.extent()).fold(LonLatBox::EMPTY, LonLatBox::union)
    }

    /// The one feature that a reference points at.
    pub fn resolve(&self, reference: &FacilityRef) -> Result<Place, ReferenceError> {
        let mut places = Vec::new();
        match reference {
            FacilityRef::Fid(fid) => places.extend(
                self.layers
                    .iter()
                    .enumerate()
                    .find_map(|(layer, l)| Some(Place { layer, row: l.row_of(*fid)? })),
            ),
            FacilityRef::Key { layer: Some(name), key } => {
                let (layer, base) = self
                    .layer(name.as_str())
                    .ok_or_else(|| ReferenceError::NoLayer(name.clone()))?;
                places.extend(
                    base.rows_with_key(key.as_str()).iter().map(|&row| Place { layer, row }),
                );
            }
            FacilityRef::Key { layer: None, key } => {
                for (layer, base) in self.layers.iter().enumerate() {
                    let rows = base.rows_with_key(key.as_str()).iter();
                    places.extend(rows.map(|&row| Place { layer, row }));
                }
            }
        }
        match places.as_slice() {
            [] => Err(ReferenceError::NotFound(reference.to_string())),
            [only] => Ok(*only),
            several => Err(ReferenceError::Ambiguous {
                reference: reference.to_string(),
                candidates: several.iter().take(20).map(|&p| self.reference(p)).collect(),
            }),
        }
    }

    /// A reference that points at a feature for certain: its layer and key, with its fid where the key is not alone.
    fn reference(&self, place: Place) -> String {
        let base = &self.layers[place.layer];
        let fid = base.fid(place.row);
        match base.key(place.row) {
            Some(key) if base.rows_with_key(key).len() == 1 => {
                format!("{}/{key}", base.layer().name)
            }
            Some(key) => format!("fid:{fid} ({}/{key})", base.layer().name),
            None => format!("fid:{fid}"),
        }
    }

    /// The `k` features nearest to a place over some layers, nearest first; within a disk around that place if one
    /// is given. At the same distance they come in the order of the layers, then of their fids.
    pub fn nearest(
        layers: &[&LayerBase],
        centre: LonLat,
        disk: Option<&Disk>,
        k: usize,
    ) -> Vec<Neighbour> {
        nearest::nearest(layers, centre, disk, k)
    }

    /// The `k` nearest of features that a search has found, in the same order as [`Self::nearest`]'s. It looks at each
    /// of them, which is the cheaper way where they are few.
    pub fn nearest_of(
        layers: &[&LayerBase],
        hits: &[Hits],
        centre: LonLat,
        k: usize,
    ) -> Vec<Neighbour> {
        nearest::nearest_of(layers, hits, centre, k)
    }

    /// The features whose key or a text attribute contains `needle`, whatever its case, layer by layer.
    pub fn find_text<'a>(&'a self, needle: &str) -> impl Iterator<Item = Place> + use<'a> {
        let needle = needle.to_owned();
        self.layers.iter().enumerate().flat_map(move |(layer, base)| {
            text::rows_with_text(base, &needle).map(move |row| Place { layer, row })
        })
    }
}
