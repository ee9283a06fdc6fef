//! A layer that gets a new base in the background.

use metrics::histogram;
use siseol_model::LayerName;
use siseol_query::{BuildError, LayerBase, LayerView};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

/// A layer that gets a new base, on a thread of its own, while following goes on.
#[derive(Debug)]
pub(crate) struct Merging {
    layer: LayerName,
    /// The state whose rows the base will have.
    generation: i64,
    thread: JoinHandle<Result<LayerBase, BuildError>>,
}

impl Merging {
    /// Begins; none if there is no thread to be had, which may be otherwise in a moment.
    pub(crate) fn begin(view: LayerView, generation: i64) -> Option<Self> {
        let layer = view.layer().name.clone();
        let builder = std::thread::Builder::new().name("merge".to_owned());
        match builder.spawn(move || merge(&view)) {
            Ok(thread) => Some(Self { layer, generation, thread }),
            Err(error) => {
                tracing::warn!(%layer, %error, "no thread to merge on");
                None
            }
        }
    }

    pub(crate) fn layer(&self) -> &LayerName {
        &self.layer
    }

    pub(crate) fn generation(&self) -> i64 {
        self.generation
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.thread.is_finished()
    }

    /// The new base; none if there is none, which is logged.
    pub(crate) fn finish(self) -> Option<Arc<LayerBase>> {
        let Self { layer, thread, .. } = self;
        match thread.join() {
            Ok(Ok(base)) => Some(Arc::new(base)),
            Ok(Err(error)) => {
                tracing::error!(%layer, error = &error as &dyn std::error::Error, "cannot merge");
                None
            }
            Err(_panic) => {
                tracing::error!(%layer, "merging panicked");
                None
            }
        }
    }
}

/// A base of the rows of that view.
pub(crate) fn merge(view: &LayerView) -> Result<LayerBase, BuildError> {
    let begin = Instant::now();
    let base = view.merged();
    histogram!("siseol_merge_seconds").record(begin.elapsed().as_secs_f64());
    base
}
