//! Which representation a client wants.

use crate::params::Params;
use crate::problem::ApiError;
use axum::http::{HeaderMap, HeaderValue, header};

/// A representation of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// JSON or GeoJSON: the default.
    Json,
    /// A page for people.
    Html,
}

pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
pub(crate) const GEOJSON: HeaderValue = HeaderValue::from_static("application/geo+json");
pub(crate) const SCHEMA: HeaderValue = HeaderValue::from_static("application/schema+json");
pub(crate) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
pub(crate) const OPENAPI: HeaderValue =
    HeaderValue::from_static("application/vnd.oai.openapi+json;version=3.0");

impl Format {
    /// `f=` decides; else a client that names HTML before JSON (a browser does) gets HTML.
    pub(crate) fn of(params: &Params<'_>, headers: &HeaderMap) -> Result<Self, ApiError> {
        match params.text("f") {
            Some("json") => Ok(Self::Json),
            Some("html") => Ok(Self::Html),
            Some(_) => Err(ApiError::invalid("f", "it is json or html")),
            None => Ok(Self::of_accept(headers)),
        }
    }

    fn of_accept(headers: &HeaderMap) -> Self {
        let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("");
        let first = accept.split(',').find_map(|part| {
            let media = part.split(';').next().unwrap_or("").trim();
            match media {
                "text/html" | "application/xhtml+xml" => Some(Self::Html),
                _ if media.ends_with("json") => Some(Self::Json),
                _ => None,
            }
        });
        first.unwrap_or(Self::Json)
    }

    /// Its name in `f=` and in ETags.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_everyone_else_json() {
        let of = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            Format::of_accept(&headers)
        };
        assert_eq!(of("text/html,application/xhtml+xml,*/*;q=0.8"), Format::Html);
        for accept in ["*/*", "application/geo+json, application/json", "", "image/png", "\u{7f}"] {
            if let Ok(value) = HeaderValue::from_str(accept) {
                let mut headers = HeaderMap::new();
                headers.insert(header::ACCEPT, value);
                assert_eq!(Format::of_accept(&headers), Format::Json, "{accept}");
            }
        }
    }
}
