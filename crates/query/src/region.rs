//! What can be asked for: areas.

use crate::planar;
use siseol_model::{LonLatBox, ShapeRef};

/// How a box lies to a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Whatever has its vertices in the box touches the region.
    Inside,
    /// Nothing in the box touches the region.
    Outside,
    /// Not known: look closer.
    Partial,
}

/// An area to search.
///
/// [`relation`](Self::relation) may always answer [`Relation::Partial`]; its other answers have to be true.
/// [`touches`](Self::touches) is the exact test, rim included.
pub trait Region: Sync {
    /// How a box lies to it. The box never crosses the antimeridian.
    fn relation(&self, bounds: &LonLatBox) -> Relation;

    /// Whether what has its vertices in the box may touch it: a quick test before [`touches`](Self::touches), which
    /// may always say yes.
    fn may_touch(&self, bounds: &LonLatBox) -> bool {
        self.relation(bounds) != Relation::Outside
    }

    /// Whether the shape has a point in it.
    fn touches(&self, shape: ShapeRef<'_>) -> bool;
}

impl<R: Region> Region for &R {
    fn relation(&self, bounds: &LonLatBox) -> Relation {
        R::relation(self, bounds)
    }

    fn may_touch(&self, bounds: &LonLatBox) -> bool {
        R::may_touch(self, bounds)
    }

    fn touches(&self, shape: ShapeRef<'_>) -> bool {
        R::touches(self, shape)
    }
}

/// A box in longitude and latitude, planar, edges included. It may cross the antimeridian.
#[derive(Debug, Clone, Copy)]
pub struct BoxRegion {
    first: LonLatBox,
    second: Option<LonLatBox>,
}

impl BoxRegion {
    /// The region of `bounds`.
    pub fn new(bounds: LonLatBox) -> Self {
        let (first, second) = bounds.split_at_antimeridian();
        Self { first, second }
    }

    fn parts(&self) -> impl Iterator<Item = &LonLatBox> {
        std::iter::once(&self.first).chain(self.second.as_ref())
    }
}

impl Region for BoxRegion {
    fn relation(&self, bounds: &LonLatBox) -> Relation {
        if self.parts().any(|part| part.contains(bounds)) {
            Relation::Inside
        } else if self.parts().any(|part| part.intersects(bounds)) {
            Relation::Partial
        } else {
            Relation::Outside
        }
    }

    fn touches(&self, shape: ShapeRef<'_>) -> bool {
        self.parts().any(|part| planar::intersects_box(shape, part))
    }
}
