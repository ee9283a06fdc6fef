//! `/api/facilities`: what stands around a place, across layers.

use super::ask::{Ask, mark, name_crs};
use super::documents::{DEFAULT_LIMIT, FacilityQuery, LookupError, MAX_LIMIT, facilities_document};
use crate::body;
use crate::media::{Format, GEOJSON};
use crate::params::Params;
use crate::problem::ApiError;
use axum::response::Response;
use siseol_model::LayerName;
use std::sync::Arc;

pub(crate) const FACILITIES_PARAMETERS: [&str; 6] =
    ["near", "radius", "layers", "limit", "order", "f"];

/// `GET /api/facilities?near=lon,lat&radius=M`: nearest first, at most `limit`; with `order=index` everything, in
/// register order.
pub(crate) async fn facilities(ask: Ask) -> Result<Response, ApiError> {
    let query = parse(&ask.params(&FACILITIES_PARAMETERS)?)?;
    let tag = ask.tag(ask.stamp(), Format::Json);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let resident = Arc::clone(&ask.resident);
    let answer =
        ask.state.pool.run(move || facilities_document(&resident.snapshot, &query)).await?;
    let document = answer.map_err(|error| match error {
        LookupError::Radius(e) => ApiError::invalid("radius", e),
        LookupError::Layer { .. } => ApiError::invalid("layers", error),
        LookupError::Unbounded => ApiError::MissingParameter {
            name: "radius",
            reason: "order=index gives everything within it",
        },
    })?;
    let mut response = body::features(GEOJSON, document.head, document.features, document.tail);
    name_crs(&mut response);
    mark(&mut response, &tag);
    Ok(response)
}

fn parse(params: &Params<'_>) -> Result<FacilityQuery, ApiError> {
    if params.text("f").is_some_and(|f| f != "json") {
        return Err(ApiError::invalid("f", "facilities are json"));
    }
    let in_register_order = match params.text("order") {
        None | Some("distance") => false,
        Some("index") => true,
        Some(_) => return Err(ApiError::invalid("order", "it is distance or index")),
    };
    if in_register_order && params.text("limit").is_some() {
        return Err(ApiError::invalid("limit", "order=index has no limit"));
    }
    let near = params.get("near")?.ok_or(ApiError::MissingParameter {
        name: "near",
        reason: "it is the place to look around, as lon,lat",
    })?;
    let limit = params.clamped("limit", DEFAULT_LIMIT, 1, MAX_LIMIT)?;
    Ok(FacilityQuery {
        near,
        radius: params.get("radius")?,
        layers: params.text("layers").map(layer_names).transpose()?,
        limit: (!in_register_order).then_some(limit),
    })
}

fn layer_names(text: &str) -> Result<Vec<LayerName>, ApiError> {
    let mut names: Vec<LayerName> = text
        .split(',')
        .map(|name| name.trim().parse().map_err(|e| ApiError::invalid("layers", e)))
        .collect::<Result<_, _>>()?;
    // The same order and each once, however they were given: the answer is the same.
    names.sort();
    names.dedup();
    Ok(names)
}
