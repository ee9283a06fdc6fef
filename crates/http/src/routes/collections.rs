//! `/api/collections` and `/api/collections/{id}`.

use super::ask::Ask;
use super::documents::CRS84;
use crate::html;
use crate::links::{Base, Link, self_and_alternate};
use crate::media::Format;
use crate::problem::ApiError;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value as Json, json};
use siseol_model::Label;
use siseol_query::LayerView;

/// `GET /api/collections`.
pub(crate) async fn collections(ask: Ask) -> Result<Response, ApiError> {
    let describe = |format| {
        let base = ask.base();
        let layers = ask.snapshot().layers();
        json!({
            "links": self_and_alternate(format, "application/json", &base.at("collections"), ""),
            "timeStamp": ask.snapshot().state.time.to_string(),
            "numberMatched": layers.len(),
            "numberReturned": layers.len(),
            "collections": layers
                .iter()
                .map(|layer| describe(layer, ask.notice(), &base))
                .collect::<Vec<_>>(),
        })
    };
    ask.document(ask.stamp(), describe, html::collections)
}

/// `GET /api/collections/{id}`.
pub(crate) async fn collection(Path(id): Path<String>, ask: Ask) -> Result<Response, ApiError> {
    let layer = ask.collection(&id)?;
    ask.document(layer.stamp(), |_| describe(layer, ask.notice(), &ask.base()), html::collection)
}

/// One collection. It is the same document in the list and alone, as the standard's tests want it.
fn describe(view: &LayerView, notice: Option<&Label>, api: &Base) -> Json {
    let layer = view.layer();
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
        "itemCount": view.len(),
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": links,
        "siseol": {
            "label": label,
            "geometry": layer.geometry,
            "look": layer.class.look,
            "network": layer.class.network,
            "disaster": layer.class.disaster,
            "class_field": layer.class_field().map(|(i, _)| &layer.fields[i].name),
            "classes": classes,
            "crs": layer.crs,
            "timeStamp": view.time().to_string(),
        },
    });
    if let Some(notice) = notice {
        document["description"] = notice.to_string().into();
    }
    let extent = view.extent();
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
