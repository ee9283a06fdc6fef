//! Ways out of the grids, kept by each thread.
//!
//! Making one costs about 10 ms, and PROJ's objects belong to the thread that made them.

use siseol_crs::{Error, LonLatTransform};
use siseol_model::Crs;
use std::cell::RefCell;
use std::rc::Rc;

thread_local! {
    /// A city delivers in two or three grids, so that a list is short enough to look through.
    static KEPT: RefCell<Vec<Rc<LonLatTransform>>> = const { RefCell::new(Vec::new()) };
}

/// This thread's way out of a grid.
pub(crate) fn out_of(crs: Crs) -> Result<Rc<LonLatTransform>, Error> {
    KEPT.with_borrow_mut(|kept| {
        if let Some(known) = kept.iter().find(|transform| transform.crs() == crs) {
            return Ok(Rc::clone(known));
        }
        let made = Rc::new(LonLatTransform::new(crs)?);
        kept.push(Rc::clone(&made));
        Ok(made)
    })
}
