//! `/api/openapi`: the whole API as OpenAPI 3.0.

use super::ask::Ask;
use super::changes::{DEFAULT_CHANGES, MAX_CHANGES};
use super::documents::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::links::{Base, encode_segment};
use crate::media::OPENAPI;
use crate::problem::ApiError;
use crate::resident::Resident;
use axum::response::Response;
use serde_json::{Map, Value as Json, json};
use siseol_query::MAX_RADIUS;

/// `GET /api/openapi`.
pub(crate) async fn openapi(ask: Ask) -> Result<Response, ApiError> {
    ask.json(ask.stamp(), OPENAPI, || describe(&ask.served.resident, &ask.base()))
}

/// The description. Collections are spelled out, one path each: GDAL reads the page size and the filters of a
/// collection from its own path only.
fn describe(resident: &Resident, base: &Base) -> Json {
    let mut paths = Map::new();
    let f = "#/components/parameters/f";
    let mut add = |path: &str, id: &str, summary: &str, parameters: &[&str], answer: &str| {
        paths.insert(path.to_owned(), operation(id, summary, parameters, answer));
    };
    add("/", "getLandingPage", "Where everything is", &[f], "application/json");
    add("/conformance", "getConformance", "The OGC classes", &[f], "application/json");
    add("/openapi", "getApi", "This document", &[], "application/vnd.oai.openapi+json;version=3.0");
    add("/collections", "getCollections", "The collections", &[f], "application/json");
    let p = |name: &str| format!("#/components/parameters/{name}");
    let facilities = ["near", "radius", "layers", "datetime", "facilitiesLimit", "order"].map(p);
    let facilities: Vec<&str> = facilities.iter().map(String::as_str).collect();
    add(
        "/facilities",
        "getFacilities",
        "Facilities around a place, across collections",
        &facilities,
        "application/geo+json",
    );
    let changes = ["since", "layers", "bbox", "changesLimit", "detail", "changesF"].map(p);
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    let summary = "What changed, in order: pages, or a stream of server-sent events";
    add("/changes", "getChanges", summary, &changes, "application/json");
    let summary = "How good the data are: counts by outcome, findings and checks, by collection";
    add("/quality", "getQuality", summary, &[f], "application/json");
    let items = ["bbox", "datetime", "limit", "offset", "cursor", "f"].map(p);
    let items: Vec<&str> = items.iter().map(String::as_str).collect();
    let item = ["fid", "datetime", "f"].map(p);
    let item: Vec<&str> = item.iter().map(String::as_str).collect();
    let fid = p("fid");
    for layer in resident.snapshot.layers() {
        let name = layer.layer().name.as_str();
        let title = layer.layer().class.label.to_string();
        let at = format!("/collections/{}", encode_segment(name));
        let id = |verb: &str| format!("{name}.{verb}");
        add(&at, &id("describe"), &title, &[f], "application/json");
        let schema = format!("{at}/schema");
        add(&schema, &id("getSchema"), &title, &[], "application/schema+json");
        let quality = format!("/quality/{}", encode_segment(name));
        add(&quality, &id("getQuality"), &title, &[f], "application/json");
        let path = format!("{at}/items");
        add(&path, &id("getFeatures"), &title, &items, "application/geo+json");
        let path = format!("{path}/{{featureId}}");
        add(&path, &id("getFeature"), &title, &item, "application/geo+json");
        let path = format!("{path}/related");
        add(&path, &id("getRelated"), &title, &[&fid], "application/geo+json");
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "siseol 시설",
            "description": "도시 시설물 자료 / Urban facilities",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": base.server() }],
        "paths": paths,
        "components": { "parameters": parameters(), "responses": responses() },
    })
}

fn operation(id: &str, summary: &str, parameters: &[&str], answer: &str) -> Json {
    let parameters: Vec<Json> = parameters.iter().map(|p| json!({ "$ref": p })).collect();
    let mut content = Map::new();
    content.insert(answer.to_owned(), json!({ "schema": { "type": "object" } }));
    if parameters.iter().any(|p| p["$ref"] == "#/components/parameters/f") {
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
    }
    if parameters.iter().any(|p| p["$ref"] == "#/components/parameters/changesF") {
        content.insert("text/event-stream".to_owned(), json!({ "schema": { "type": "string" } }));
    }
    json!({
        "get": {
            "operationId": id,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": { "description": "The answer", "content": content },
                "304": { "description": "The client has it already (If-None-Match)" },
                "400": { "$ref": "#/components/responses/problem" },
                "404": { "$ref": "#/components/responses/problem" },
                "410": { "$ref": "#/components/responses/problem" },
                "default": { "$ref": "#/components/responses/problem" },
            },
        }
    })
}

fn parameters() -> Json {
    let query = |name: &str, required: bool, description: &str, schema: Json| {
        json!({
            "name": name, "in": "query", "required": required, "description": description,
            "schema": schema, "style": "form", "explode": false,
        })
    };
    let limit = json!({
        "type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT,
    });
    let number = json!({ "type": "number" });
    json!({
        "f": query("f", false, "The representation", json!({ "type": "string", "enum": ["json", "html"] })),
        "limit": query("limit", false, "Features of a page; more than the maximum is the maximum", limit.clone()),
        "facilitiesLimit": query("limit", false, "The nearest so many", limit),
        "since": query("since", false,
            "After this event or this generation: pages from the beginning without it, a stream from now",
            json!({ "type": "string" })),
        "changesLimit": query("limit", false, "Changes of a page; more than the maximum is the maximum",
            json!({ "type": "integer", "minimum": 1, "maximum": MAX_CHANGES, "default": DEFAULT_CHANGES })),
        "detail": query("detail", false, "Of a stream: changes and states, or states only",
            json!({ "type": "string", "enum": ["changes", "states"], "default": "changes" })),
        "changesF": query("f", false, "Pages, or a stream",
            json!({ "type": "string", "enum": ["json", "sse"], "default": "json" })),
        "offset": query("offset", false, "Features to leave out at the beginning",
            json!({ "type": "integer", "minimum": 0, "default": 0 })),
        "cursor": query("cursor", false, "Where a walk over one state goes on, as a `next` link has it; instead of offset",
            json!({ "type": "string" })),
        "bbox": query("bbox", false, "west,south,east,north in degrees (CRS84), edges included",
            json!({ "type": "array", "minItems": 4, "maxItems": 6, "items": number })),
        "datetime": query("datetime", false,
            "The state at that date-time (RFC 3339), at the end of that day (UTC), or at the end of that interval. \
             A state that was not served lately is built again first, which takes longer than the present",
            json!({ "type": "string" })),
        "near": query("near", true, "lon,lat in degrees",
            json!({ "type": "array", "minItems": 2, "maxItems": 2, "items": number })),
        "radius": query("radius", false, "Metres on the ellipsoid, rim included; without it the nearest however far",
            json!({ "type": "number", "minimum": 0, "exclusiveMinimum": true, "maximum": MAX_RADIUS })),
        "layers": query("layers", false, "Collections to look in; all without it",
            json!({ "type": "array", "items": { "type": "string" } })),
        "order": query("order", false, "distance: nearest first; index: everything within the radius, in register order, no limit",
            json!({ "type": "string", "enum": ["distance", "index"], "default": "distance" })),
        "fid": { "name": "featureId", "in": "path", "required": true, "schema": { "type": "integer" } },
    })
}

fn responses() -> Json {
    json!({
        "problem": {
            "description": "What is wrong, and what would be right (RFC 9457)",
            "content": { "application/problem+json": { "schema": {
                "type": "object",
                "properties": {
                    "type": { "type": "string" }, "title": { "type": "string" },
                    "status": { "type": "integer" }, "detail": { "type": "string" },
                    "links": { "type": "array", "items": { "type": "object" } },
                },
            } } },
        }
    })
}
