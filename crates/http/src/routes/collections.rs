//! `/api/collections` and `/api/collections/{id}`.

use super::documents::CRS84;
use super::landing::respond;
use super::lookup;
use crate::etag::ETag;
use crate::html;
use crate::links::{Base, Link, self_and_alternate};
use crate::media::Format;
use crate::params::Params;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Value as Json, json};
use siseol_model::Label;
use siseol_query::LayerBase;
use std::sync::Arc;

/// `GET /api/collections`.
pub(crate) async fn collections(
    State(state): State<Arc<AppState>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let params = Params::parse(query.as_deref(), &["f"])?;
    let format = Format::of(&params, &headers)?;
    let resident = state.resident();
    let tag = ETag::of(&state, resident.snapshot.state.stamp, format);
    if tag.is_known_by(&headers) {
        return Ok(tag.not_modified());
    }
    let base = Base::of(&state.settings, &headers);
    let layers = resident.snapshot.layers();
    let document = json!({
        "links": self_and_alternate(format, "application/json", &base.at("collections"), ""),
        "timeStamp": resident.snapshot.state.time.to_string(),
        "numberMatched": layers.len(),
        "numberReturned": layers.len(),
        "collections": layers.iter().map(|layer| describe(layer, &base)).collect::<Vec<_>>(),
    });
    Ok(respond(format, &tag, &document, html::collections))
}

/// `GET /api/collections/{id}`.
pub(crate) async fn collection(
    State(state): State<Arc<AppState>>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let params = Params::parse(query.as_deref(), &["f"])?;
    let format = Format::of(&params, &headers)?;
    let resident = state.resident();
    let layer = lookup::collection(&resident, &id)?;
    let tag = ETag::of(&state, layer.state().stamp, format);
    if tag.is_known_by(&headers) {
        return Ok(tag.not_modified());
    }
    let document = describe(layer, &Base::of(&state.settings, &headers));
    Ok(respond(format, &tag, &document, html::collection))
}

/// One collection. It is the same document in the list and alone, as the standard's tests want it.
fn describe(base: &LayerBase, api: &Base) -> Json {
    let layer = base.layer();
    let href = api.collection(layer.name.as_str());
    let items = format!("{href}/items");
    let label = &layer.class.label;
    let mut links = self_and_alternate(Format::Json, "application/json", &href, "").to_vec();
    links.extend([
        Link::new("items", "application/geo+json", items.clone()).titled(label.ko.clone()),
        Link::new("items", "text/html", format!("{items}?f=html")).titled(label.ko.clone()),
        Link::new(
            "http://www.opengis.net/def/rel/ogc/1.0/schema",
            "application/schema+json",
            format!("{href}/schema"),
        )
        .titled("The fields"),
    ]);
    let classes: Vec<Json> = layer
        .class_field()
        .and_then(|(_, list)| list)
        .map(|list| {
            list.codes
                .iter()
                .map(|(code, c)| json!({ "code": code, "label": Label::new(&c.ko, &c.en) }))
                .collect()
        })
        .unwrap_or_default();
    let mut document = json!({
        "id": layer.name,
        "title": label.to_string(),
        "itemType": "feature",
        "itemCount": base.len(),
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": links,
        "siseol": {
            "label": label,
            "geometry": layer.geometry,
            "look": layer.class.look,
            "role": layer.class.role,
            "class_field": layer.class_field().map(|(i, _)| &layer.fields[i].name),
            "classes": classes,
            "crs": layer.crs,
            "timeStamp": base.state().time.to_string(),
        },
    });
    if let Some(notice) = &base.state().notice {
        document["description"] = notice.to_string().into();
    }
    let extent = base.extent();
    if !extent.is_empty() {
        document["extent"] = json!({
            "spatial": {
                "bbox": [[extent.west, extent.south, extent.east, extent.north]],
                "crs": CRS84,
            }
        });
    }
    document
}
