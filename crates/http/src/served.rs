//! What is served at a time.

use crate::etag;
use crate::resident::{Quality, Resident};
use crate::state_name::StateName;
use siseol_model::Revision;
use siseol_query::{LayerView, Snapshot, Timeline};
use std::sync::Arc;

/// The present state and the past ones that memory answers. It never changes: what comes next is another one.
#[derive(Debug)]
pub(crate) struct Served {
    pub(crate) timeline: Timeline,
    pub(crate) resident: Arc<Resident>,
    /// What every ETag depends on beside the rows.
    pub(crate) mark: String,
}

impl Served {
    pub(crate) fn new(timeline: Timeline, quality: Quality) -> Self {
        let resident = Resident::new(Arc::clone(timeline.head()), quality);
        let mark = etag::mark(resident.snapshot.state.notice.as_ref());
        Self { timeline, resident: Arc::new(resident), mark }
    }

    /// The same state, held in memory in another way.
    pub(crate) fn rearranged(&self, timeline: Timeline) -> Self {
        let resident = Resident {
            snapshot: Arc::clone(timeline.head()),
            quality: Arc::clone(&self.resident.quality),
            home: self.resident.home.clone(),
        };
        Self { timeline, resident: Arc::new(resident), mark: self.mark.clone() }
    }

    /// The present state.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        &self.resident.snapshot
    }

    /// Its name.
    pub(crate) fn name(&self) -> StateName {
        let state = &self.snapshot().state;
        StateName::new(state.generation, state.stamp)
    }

    /// A layer as it was when that commit was the last one that had changed it, if memory has it.
    pub(crate) fn remembered(&self, present: &LayerView, revision: Revision) -> Option<LayerView> {
        if present.stamp() == revision.stamp {
            return Some(present.clone());
        }
        self.timeline.layer_at(&present.layer().name, revision)
    }
}
