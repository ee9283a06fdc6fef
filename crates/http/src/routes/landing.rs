//! `/api/` and `/api/conformance`.

use super::documents::CRS84;
use crate::etag::ETag;
use crate::html;
use crate::links::{Base, Link, self_and_alternate};
use crate::media::{Format, HTML, JSON};
use crate::params::Params;
use crate::problem::ApiError;
use crate::resident::Resident;
use crate::state::AppState;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// The classes that this server conforms to.
pub(crate) const CONFORMANCE: [&str; 9] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
];

/// `GET /api/`: where everything is.
pub(crate) async fn landing(
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
    let document = landing_document(&resident, &Base::of(&state.settings, &headers), format);
    Ok(respond(format, &tag, &document, html::landing))
}

fn landing_document(resident: &Resident, base: &Base, format: Format) -> Json {
    let state = &resident.snapshot.state;
    let extent = resident.snapshot.extent();
    let mut links = self_and_alternate(format, "application/json", &base.root(), "").to_vec();
    links.extend([
        Link::new(
            "service-desc",
            "application/vnd.oai.openapi+json;version=3.0",
            base.at("openapi"),
        )
        .titled("The API, as OpenAPI 3.0"),
        Link::new("conformance", "application/json", base.at("conformance"))
            .titled("The OGC classes that this API conforms to"),
        Link::new("data", "application/json", base.at("collections")).titled("The collections"),
        Link::new("search", "application/geo+json", base.at("facilities"))
            .titled("Facilities around a place, across collections"),
    ]);
    json!({
        "title": "siseol 시설",
        "description": "도시 시설물 자료 / Urban facilities",
        "links": links,
        "siseol": {
            "version": env!("CARGO_PKG_VERSION"),
            "generation": state.generation,
            "stamp": state.stamp,
            "timeStamp": state.time.to_string(),
            "home": resident.home,
            "notice": state.notice,
            "extent": (!extent.is_empty())
                .then_some([extent.west, extent.south, extent.east, extent.north]),
        },
    })
}

/// `GET /api/conformance`.
pub(crate) async fn conformance(
    State(state): State<Arc<AppState>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let params = Params::parse(query.as_deref(), &["f"])?;
    let format = Format::of(&params, &headers)?;
    let tag = ETag::of(&state, state.resident().snapshot.state.stamp, format);
    if tag.is_known_by(&headers) {
        return Ok(tag.not_modified());
    }
    let href = Base::of(&state.settings, &headers).at("conformance");
    let document = json!({
        "conformsTo": CONFORMANCE,
        "links": self_and_alternate(format, "application/json", &href, ""),
    });
    Ok(respond(format, &tag, &document, html::conformance))
}

/// A document in the form that was asked for.
pub(crate) fn respond(
    format: Format,
    tag: &ETag,
    document: &Json,
    page: impl FnOnce(&Json) -> maud::Markup,
) -> Response {
    match format {
        Format::Json => with_headers(JSON, tag, document.to_string()),
        Format::Html => with_headers(HTML, tag, page(document).into_string()),
    }
}

/// A text with its media type, its ETag, and word to caches that they must ask again.
pub(crate) fn with_headers(media_type: HeaderValue, tag: &ETag, body: String) -> Response {
    let mut response = body.into_response();
    mark(response.headers_mut(), tag);
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    response
}

/// The headers of an answer that depends on the state alone.
pub(crate) fn mark(headers: &mut HeaderMap, tag: &ETag) {
    headers.insert(header::ETAG, tag.value());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
}

/// The grid of the coordinates in an answer, as Part 2 wants it said.
pub(crate) fn content_crs() -> HeaderValue {
    HeaderValue::from_str(&format!("<{CRS84}>")).unwrap_or(HeaderValue::from_static(""))
}
