//! Small cities for the tests.

use std::path::Path;

use crate::generate;
use crate::plan::Plan;
use crate::streets::City;

/// A city that is laid out but not written.
pub(crate) fn with_city<T>(features: u32, then: impl FnOnce(&City<'_>) -> T) -> T {
    generate::build(Path::new("unwritten"), &Plan::new(features, None, 7), then)
}
