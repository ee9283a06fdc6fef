//! `/api/quality/{layer}`: the ingest report of a layer.

use super::ask::Ask;
use crate::media::JSON;
use crate::problem::ApiError;
use axum::extract::Path;
use axum::response::Response;
use serde_json::json;

/// `GET /api/quality/{layer}`: what became of each row when the layer came in, and what was found.
pub(crate) async fn quality(Path(id): Path<String>, ask: Ask) -> Result<Response, ApiError> {
    let found = ask.served.resident.quality.get(id.as_str());
    let report = found.ok_or_else(|| ApiError::no_collection(&id))?;
    ask.json(ask.stamp(), JSON, || json!(report))
}
