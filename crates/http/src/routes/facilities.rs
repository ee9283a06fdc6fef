//! `/api/facilities`: what stands around a place, across layers.

use super::ask::{Ask, mark, name_crs};
use super::documents::{DEFAULT_LIMIT, FacilityQuery, MAX_LIMIT, chosen_layers, facilities_among};
use crate::as_of::AsOf;
use crate::body;
use crate::media::{Format, GEOJSON};
use crate::params::Params;
use crate::problem::ApiError;
use axum::response::Response;
use siseol_model::Revision;
use siseol_query::LayerView;

pub(crate) const FACILITIES_PARAMETERS: [&str; 7] =
    ["near", "radius", "layers", "datetime", "limit", "order", "f"];

/// `GET /api/facilities?near=lon,lat&radius=M`: nearest first, at most `limit`; with `order=index` everything, in
/// register order.
pub(crate) async fn facilities(ask: Ask) -> Result<Response, ApiError> {
    let params = ask.params(&FACILITIES_PARAMETERS)?;
    let query = parse(&params)?;
    let as_of = ask.as_of(&params)?.unwrap_or(AsOf::Present);
    let layers = chosen_layers(ask.snapshot(), query.layers.as_deref())?;
    // Layers that were not there yet are not among them.
    let layers: Vec<(&LayerView, Revision)> = layers
        .into_iter()
        .filter_map(|layer| Some((layer, as_of.revision(&layer.state().revisions)?)))
        .collect();
    let newest = layers.iter().map(|(_, revision)| revision).max_by_key(|r| r.generation);
    let tag = ask.tag(newest.map_or(ask.stamp(), |revision| revision.stamp), Format::Json);
    if tag.is_known_by(&ask.headers) {
        return Ok(tag.not_modified());
    }
    let mut views = Vec::with_capacity(layers.len());
    for (layer, revision) in layers {
        views.push(ask.layer_at(layer, revision).await?);
    }
    let notice = ask.notice().cloned();
    let work = move || {
        let views: Vec<&LayerView> = views.iter().collect();
        facilities_among(&views, notice.as_ref(), &query)
    };
    let document = ask.state.pool.run(work).await??;
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
        layers: params.layers()?,
        limit: (!in_register_order).then_some(limit),
    })
}
