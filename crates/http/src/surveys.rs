//! What the checks across a layer's rows find: made once for each state of the layers that they look at.

use crate::cache::{Bounds, Cache};
use crate::pool::Pool;
use crate::problem::ApiError;
use crate::served::Served;
use siseol_model::{Check, CodeCoverage, FieldCompleteness, LayerName, Stamp};
use siseol_query::{LayerView, Snapshot};
use std::convert::Infallible;
use std::sync::Arc;

/// All layers of a large city.
const BOUNDS: Bounds = Bounds { entries: 256, weight: 256 };

/// How a layer stands at one state.
#[derive(Debug)]
pub(crate) struct Survey {
    pub(crate) completeness: Vec<FieldCompleteness>,
    pub(crate) codes: Vec<CodeCoverage>,
    pub(crate) checks: Vec<Check>,
}

/// Surveys, each by the last commit that changed one of the layers that it looks at.
#[derive(Debug)]
pub(crate) struct Surveys(Cache<(LayerName, Stamp), Arc<Survey>>);

impl Survey {
    fn of(snapshot: &Snapshot, layer: usize, view: &LayerView) -> Self {
        Self {
            completeness: view.completeness(),
            codes: view.code_coverage(),
            // The report shows the first few; the command line tells all.
            checks: snapshot.survey(layer).iter().map(Check::shortened).collect(),
        }
    }
}

impl Surveys {
    pub(crate) fn new() -> Self {
        Self(Cache::new(BOUNDS))
    }

    /// The survey of one of the layers that are served.
    pub(crate) async fn get(
        &self,
        pool: &Pool,
        served: &Arc<Served>,
        layer: usize,
    ) -> Result<Arc<Survey>, ApiError> {
        let layers = served.snapshot().layers();
        let seen = served.snapshot().surveyed_with(layer).into_iter();
        let last = seen.map(|at| layers[at].state().revisions.last());
        let last = last.max_by_key(|revision| revision.generation);
        let last = last.map_or(served.snapshot().state.stamp, |revision| revision.stamp);
        let key = (layers[layer].layer().name.clone(), last);
        let served = Arc::clone(served);
        let make = move || {
            let snapshot = served.snapshot();
            let survey = Survey::of(snapshot, layer, &snapshot.layers()[layer]);
            Ok::<_, Infallible>((Arc::new(survey), 1))
        };
        let Ok(survey) = self.0.get(pool, key, make).await?;
        Ok(survey)
    }
}
