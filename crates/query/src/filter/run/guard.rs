//! A search that can be stopped.

use crate::region::{Region, Relation};
use siseol_model::{LonLatBox, ShapeRef};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A region that says of everything that it lies outside, once it was told to stop.
pub(super) struct Guarded<'r> {
    region: &'r dyn Region,
    /// What a look at one vertex costs, in steps.
    weight: usize,
    go_on: &'r (dyn Fn() -> bool + Sync),
    steps: AtomicUsize,
    stopped: AtomicBool,
}

impl<'r> Guarded<'r> {
    pub(super) fn new(
        region: &'r dyn Region,
        weight: usize,
        go_on: &'r (dyn Fn() -> bool + Sync),
    ) -> Self {
        let (steps, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
        Self { region, weight, go_on, steps, stopped }
    }

    /// Whether it was told to stop, so that what was found is not all.
    pub(super) fn was_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Counts looks at so many vertices, and asks from time to time. Whether to go on.
    fn goes_on(&self, vertices: usize) -> bool {
        if self.was_stopped() {
            return false;
        }
        let steps = vertices.saturating_mul(self.weight);
        if self.steps.fetch_add(steps, Ordering::Relaxed) >= super::STEPS {
            self.steps.store(0, Ordering::Relaxed);
            if !(self.go_on)() {
                self.stopped.store(true, Ordering::Relaxed);
            }
        }
        !self.was_stopped()
    }
}

impl Region for Guarded<'_> {
    fn relation(&self, bounds: &LonLatBox) -> Relation {
        if self.goes_on(1) { self.region.relation(bounds) } else { Relation::Outside }
    }

    fn may_touch(&self, bounds: &LonLatBox) -> bool {
        !self.was_stopped() && self.region.may_touch(bounds)
    }

    fn touches(&self, shape: ShapeRef<'_>) -> bool {
        self.goes_on(shape.coords.len()) && self.region.touches(shape)
    }
}
