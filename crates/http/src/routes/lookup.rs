//! From a request to the collection and the state that it is about.

use crate::problem::ApiError;
use crate::resident::Resident;
use siseol_query::LayerBase;
use std::sync::Arc;

/// The collection with that id.
pub(crate) fn collection<'r>(
    resident: &'r Resident,
    id: &str,
) -> Result<&'r Arc<LayerBase>, ApiError> {
    resident.snapshot.layer(id).map(|(_, base)| base).ok_or_else(|| ApiError::no_collection(id))
}
