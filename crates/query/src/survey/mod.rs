//! Checks of a layer against itself and against the layers that it belongs with: one file each.
//!
//! A check asks each row of its layer the same question and keeps the rows for which the answer is a fault, in an order
//! that depends on the rows alone. What lies near a place is found by the layers' trees, so that a survey costs about as
//! much as one small search per row, whatever the size of the layer.

mod crossings;
mod ends;
mod fields;
mod findings;
mod geometry;
mod keys;
mod off_pipe;
mod references;
mod rises;
mod utility;

pub use findings::MAX_FAULTS;

use crate::snapshot::Snapshot;
use siseol_model::{Check, Layer};
use utility::Utility;

/// Nearer than this, two things are at one place, metres. The Korean tool that looks for valves to close joins pipes and
/// valves within 0.01 m; deliveries rounded to centimetres or brought into another grid are off by two or three of those
/// on either side.
const TOUCH: f64 = 0.05;

impl Snapshot {
    /// Checks one of [`layers`](Self::layers) across its rows: the checks that its class has something to ask for, each
    /// with how many rows it was asked of and what it found, at most [`MAX_FAULTS`] of them one by one.
    pub fn survey(&self, layer: usize) -> Vec<Check> {
        let Some(view) = self.layers().get(layer) else { return Vec::new() };
        let mut checks = vec![keys::check(view), geometry::check(view)];
        if let Some(utility) = Utility::of(self, layer) {
            checks.push(ends::check(self, &utility, layer));
            checks.push(off_pipe::check(self, &utility, layer));
            checks.push(crossings::check(self, &utility, layer));
            checks.push(rises::check(&utility, layer));
        }
        checks.push(references::check(self, view));
        checks.into_iter().flatten().collect()
    }

    /// The layers that [`survey`](Self::survey) looks at for one of [`layers`](Self::layers), itself among them: what it
    /// finds is the same for as long as these are.
    pub fn surveyed_with(&self, layer: usize) -> Vec<usize> {
        let Some(view) = self.layers().get(layer) else { return Vec::new() };
        let layers = self.layers().iter().enumerate();
        let seen = layers.filter(|(_, other)| is_surveyed_with(view.layer(), other.layer()));
        seen.map(|(at, _)| at).collect()
    }
}

/// Whether a survey of `own` looks at `other`: at itself, at the layers of its utility, and at those that it refers to.
pub fn is_surveyed_with(own: &Layer, other: &Layer) -> bool {
    let utility = |layer: &'_ Layer| layer.class.network.as_ref().map(|role| role.utility.clone());
    let mut meant = own.class.references.iter().flat_map(|reference| &reference.classes);
    other.name == own.name
        || (utility(own).is_some() && utility(own) == utility(other))
        || meant.any(|class| *class == other.class.id)
}
