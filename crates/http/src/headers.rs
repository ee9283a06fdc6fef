//! Headers that every answer carries.

use axum::http::{HeaderName, HeaderValue, Response, header};

/// The page loads its own files and data and nothing else; nobody may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
     img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; \
     object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const FIXED: [(HeaderName, HeaderValue); 4] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Adds what every answer carries, and names the content coding in the ETag: two codings of one document are two
/// sequences of bytes, which a strong tag must tell apart (RFC 9110, section 8.8.3.3).
pub(crate) fn finish<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(name).or_insert(value);
    }
    if let (Some(coding), Some(tag)) =
        (headers.get(header::CONTENT_ENCODING), headers.get(header::ETAG))
        && let (Ok(coding), Ok(tag)) = (coding.to_str(), tag.to_str())
        && let Ok(tag) = HeaderValue::from_str(&format!("\"{}-{coding}\"", tag.trim_matches('"')))
    {
        headers.insert(header::ETAG, tag);
    }
    response
}
