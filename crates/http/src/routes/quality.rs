//! `/api/quality/{layer}`: the ingest report of a layer.

use super::landing::with_headers;
use crate::etag::ETag;
use crate::media::{Format, JSON};
use crate::params::Params;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::json;
use std::sync::Arc;

/// `GET /api/quality/{layer}`: what became of each row when the layer came in, and what was found.
pub(crate) async fn quality(
    State(state): State<Arc<AppState>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let params = Params::parse(query.as_deref(), &["f"])?;
    if params.text("f").is_some_and(|f| f != "json") {
        return Err(ApiError::invalid("f", "a report is json"));
    }
    let resident = state.resident();
    let report = resident.quality.get(id.as_str()).ok_or_else(|| ApiError::no_collection(&id))?;
    let tag = ETag::of(&state, resident.snapshot.state.stamp, Format::Json);
    if tag.is_known_by(&headers) {
        return Ok(tag.not_modified());
    }
    Ok(with_headers(JSON, &tag, json!(report).to_string()))
}
