//! Layers as they were in states that memory does not have any more: built again from the register.

use crate::cache::{Bounds, Cache};
use crate::problem::ApiError;
use crate::resident::{LoadError, has_state, read_base, read_versions};
use crate::state::AppState;
use siseol_model::{LayerName, Revision, Stamp};
use siseol_query::{LayerState, LayerView, Revisions};
use siseol_store::{Access, Register};
use std::path::Path;

/// What is kept of them: a few walks over past states, or a look at one state of every layer.
const BOUNDS: Bounds = Bounds { entries: 64, weight: 256 << 20 };

/// Past layers, each by the commit that was the last one that had changed it.
#[derive(Debug)]
pub(crate) struct Past {
    views: Cache<(LayerName, Stamp), LayerView>,
}

impl Past {
    pub(crate) fn new() -> Self {
        Self { views: Cache::new(BOUNDS) }
    }

    /// The layer when `revision` was the last commit that had changed it.
    pub(crate) async fn view(
        &self,
        state: &AppState,
        present: &LayerView,
        revision: Revision,
    ) -> Result<LayerView, ApiError> {
        let key = (present.layer().name.clone(), revision.stamp);
        let (path, present) = (state.register.clone(), present.clone());
        let few = state.settings.merge_from as u64;
        let build = move || build(&path, &present, revision, few);
        let view = self.views.get(&state.readers, key, build);
        Ok(view.await??)
    }

    /// Lets go of a layer's views, which hold on to the base that it had.
    pub(crate) fn forget(&self, layer: &LayerName) {
        self.views.retain(|(name, _)| name != layer);
    }

    pub(crate) fn forget_all(&self) {
        self.views.retain(|_| false);
    }
}

/// The layer in that state, and how many bytes it holds beside the present one. Where only a few rows differ, it is the
/// present one but for those.
fn build(
    path: &Path,
    present: &LayerView,
    revision: Revision,
    few: u64,
) -> Result<(LayerView, u64), LoadError> {
    let state = present.state();
    let (layer, last) = (&state.layer, state.revisions.last());
    let register = Register::open(path, Access::Read)?;
    register.at_one_state(|register| {
        for Revision { generation, stamp, .. } in [last, revision] {
            if !has_state(register, generation, stamp)? {
                return Err(LoadError::Replaced);
            }
        }
        let (now, then) = (last.generation, revision.generation);
        if register.difference_size(&layer.name, now, then)? <= few {
            let view = present.rewound(then, read_versions(register, layer, now, then)?);
            let bytes = view.bytes().saturating_sub(present.bytes());
            return Ok((view, bytes));
        }
        let until = state.revisions.iter().filter(|revision| revision.generation <= then);
        let revisions = Revisions::new(until.collect()).unwrap_or_else(|| revision.into());
        let base = read_base(register, layer, then)?;
        let view = LayerView::new(LayerState { revisions, ..state.clone() }, base);
        let bytes = view.bytes();
        Ok((view, bytes))
    })
}
