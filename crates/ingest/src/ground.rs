//! Whether coordinates of a grid are a place on the globe.

use crate::check::{bounds, holds};
use siseol_crs::{Extent, LonLatTransform};
use siseol_model::{Crs, ToLonLat as _, TransformError};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What is known of a grid.
pub(crate) struct Ground {
    transform: LonLatTransform,
    /// A box that is known to lie on the globe, so that most rows need no transformation.
    safe: Option<Extent>,
    /// Whether the grid is one of metres; then a file whose numbers are all those of degrees is in another.
    pub(crate) plane: bool,
}

impl Ground {
    /// The grid's; made once a thread, since a delivery has many layers in few grids.
    pub(crate) fn of(crs: Crs) -> Result<Rc<Self>, siseol_crs::Error> {
        thread_local! {
            static KNOWN: RefCell<BTreeMap<Crs, Rc<Ground>>> = const { RefCell::new(BTreeMap::new()) };
        }
        if let Some(known) = KNOWN.with_borrow(|known| known.get(&crs).map(Rc::clone)) {
            return Ok(known);
        }
        let transform = LonLatTransform::new(crs)?;
        let safe = safe_box(&transform);
        let plane = siseol_crs::definition(crs)?.wkt.starts_with("PROJ");
        let made = Rc::new(Self { transform, safe, plane });
        KNOWN.with_borrow_mut(|known| known.insert(crs, Rc::clone(&made)));
        Ok(made)
    }

    /// Refuses coordinates that are no place on the globe. `extent` is their box; `room` is to work in.
    pub(crate) fn hold(
        &self,
        extent: &Extent,
        coords: &[[f64; 2]],
        room: &mut Vec<[f64; 2]>,
    ) -> Result<(), TransformError> {
        if self.safe.is_some_and(|safe| holds(&safe, extent)) {
            return Ok(());
        }
        room.clear();
        room.extend_from_slice(coords);
        self.transform.to_lon_lat(room)
    }
}

/// The box around Korea in the grid, if all of it transforms.
fn safe_box(transform: &LonLatTransform) -> Option<Extent> {
    const STEPS: u32 = 16;
    let mut corners = [[124.0, 33.0], [132.0, 33.0], [124.0, 39.0], [132.0, 39.0]];
    transform.from_lon_lat(&mut corners).ok()?;
    let found = bounds(&corners);
    if !found.min_x.is_finite() || !found.max_x.is_finite() {
        return None;
    }
    let mut lattice = Vec::new();
    for i in 0..=STEPS {
        for j in 0..=STEPS {
            let part =
                |min: f64, max: f64, k: u32| min + (max - min) * f64::from(k) / f64::from(STEPS);
            lattice.push([part(found.min_x, found.max_x, i), part(found.min_y, found.max_y, j)]);
        }
    }
    transform.to_lon_lat(&mut lattice).ok()?;
    Some(found)
}
