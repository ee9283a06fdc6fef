//! `/` and the files of the web map, from the binary itself.

use crate::problem::ApiError;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;

/// The web build. It is made by `npm run build` in `crates/http/web`; without it, the page says how to get it.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Files;

const NOT_BUILT: &str = "<!doctype html><html lang=\"ko\"><meta charset=\"utf-8\"><title>siseol</title>\
<h1>siseol 시설</h1>\
<p>지도 화면이 이 실행 파일에 들어 있지 않습니다. <code>make web</code> 다음에 다시 빌드하십시오.</p>\
<p lang=\"en\">The map is not in this binary. Run <code>make web</code> and build again.</p>\
<p><a href=\"/api/?f=html\">API</a></p></html>";

/// The style of the API's own pages, which must look right without the web build too.
pub(crate) async fn api_style() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, include_str!("../html/api.css")).into_response()
}

/// A file of the web map. What is not there is a 404, never the page in its place: a browser that asks for a script
/// must not get HTML.
pub(crate) async fn file(uri: Uri) -> Response {
    let path = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        path => path,
    };
    let Some(file) = Files::get(path) else {
        if path == "index.html" {
            return ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
                .into_response();
        }
        return ApiError::NotFound("there is nothing at this address".to_owned()).into_response();
    };
    // The build puts a hash of its content into each asset's name, so that it never changes under its name.
    let cache = if path.starts_with("assets/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = file.data.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
