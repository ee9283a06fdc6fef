//! `/api/` and `/api/conformance`.

use super::ask::Ask;
use crate::html;
use crate::links::{Base, Link, self_and_alternate};
use crate::media::Format;
use crate::problem::ApiError;
use crate::resident::Resident;
use axum::response::Response;
use serde_json::{Value as Json, json};

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
pub(crate) async fn landing(ask: Ask) -> Result<Response, ApiError> {
    let describe = |format| landing_document(&ask.served.resident, &ask.base(), format);
    ask.document(ask.stamp(), describe, html::landing)
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
        Link::new("monitor", "application/json", base.at("changes"))
            .titled("What changed, in order"),
        Link::new("related", "application/json", base.at("quality"))
            .titled("How good the data are"),
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
pub(crate) async fn conformance(ask: Ask) -> Result<Response, ApiError> {
    let describe = |format| {
        let href = ask.base().at("conformance");
        json!({
            "conformsTo": CONFORMANCE,
            "links": self_and_alternate(format, "application/json", &href, ""),
        })
    };
    ask.document(ask.stamp(), describe, html::conformance)
}
