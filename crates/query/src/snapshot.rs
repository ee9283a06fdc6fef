//! One state of a register, resident.

use crate::disk::Disk;
use crate::hits::Hits;
use crate::nearest::{self, Neighbour};
use crate::state::SnapshotState;
use crate::text;
use crate::view::LayerView;
use siseol_model::{FacilityRef, LayerName, LonLat, LonLatBox};

/// One state of a register. A request takes one at its start and never sees another.
#[derive(Debug)]
pub struct Snapshot {
    /// Which state.
    pub state: SnapshotState,
    /// In the order of their names.
    layers: Vec<LayerView>,
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
    pub fn new(state: SnapshotState, mut layers: Vec<LayerView>) -> Self {
        layers.sort_by(|a, b| a.layer().name.cmp(&b.layer().name));
        Self { state, layers }
    }

    /// All layers, in the order of their names.
    pub fn layers(&self) -> &[LayerView] {
        &self.layers
    }

    /// The layer with that name, and its place in [`Self::layers`].
    pub fn layer(&self, name: &str) -> Option<(usize, &LayerView)> {
        let at = self.layers.binary_search_by(|l| l.layer().name.as_str().cmp(name)).ok()?;
        Some((at, &self.layers[at]))
    }

    /// The box around everything.
    pub fn extent(&self) -> LonLatBox {
        self.layers.iter().map(LayerView::extent).fold(LonLatBox::EMPTY, LonLatBox::union)
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
                let (layer, view) = self
                    .layer(name.as_str())
                    .ok_or_else(|| ReferenceError::NoLayer(name.clone()))?;
                let rows = view.rows_with_key(key.as_str()).into_iter();
                places.extend(rows.map(|row| Place { layer, row }));
            }
            FacilityRef::Key { layer: None, key } => {
                for (layer, view) in self.layers.iter().enumerate() {
                    let rows = view.rows_with_key(key.as_str()).into_iter();
                    places.extend(rows.map(|row| Place { layer, row }));
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
    pub(crate) fn reference(&self, place: Place) -> String {
        let view = &self.layers[place.layer];
        let fid = view.fid(place.row);
        match view.key(place.row) {
            Some(key) if view.rows_with_key(key).len() == 1 => {
                format!("{}/{key}", view.layer().name)
            }
            Some(key) => format!("fid:{fid} ({}/{key})", view.layer().name),
            None => format!("fid:{fid}"),
        }
    }

    /// The `k` features nearest to a place over some layers, nearest first; within a disk around that place if one
    /// is given. At the same distance they come in the order of the layers, then of their fids.
    pub fn nearest(
        layers: &[&LayerView],
        centre: LonLat,
        disk: Option<&Disk>,
        k: usize,
    ) -> Vec<Neighbour> {
        nearest::nearest(layers, centre, disk, k)
    }

    /// The `k` nearest of features that a search has found, in the same order as [`Self::nearest`]'s. It looks at each
    /// of them, which is the cheaper way where they are few.
    pub fn nearest_of(
        layers: &[&LayerView],
        hits: &[Hits],
        centre: LonLat,
        k: usize,
    ) -> Vec<Neighbour> {
        nearest::nearest_of(layers, hits, centre, k)
    }

    /// The features whose key or a text attribute contains `needle`, whatever its case, layer by layer.
    pub fn find_text<'a>(&'a self, needle: &str) -> impl Iterator<Item = Place> + use<'a> {
        let needle = needle.to_owned();
        self.layers.iter().enumerate().flat_map(move |(layer, view)| {
            text::rows_with_text(view, &needle).map(move |row| Place { layer, row })
        })
    }
}
