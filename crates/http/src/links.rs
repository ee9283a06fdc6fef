//! Links: where things are, as the client sees the server.

use crate::state::Settings;
use axum::http::{HeaderMap, header};
use serde::Serialize;

/// A link of an OGC API document.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) rel: &'static str,
    #[serde(rename = "type")]
    pub(crate) media_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
}

impl Link {
    pub(crate) fn new(rel: &'static str, media_type: &'static str, href: String) -> Self {
        Self { href, rel, media_type, title: None }
    }

    pub(crate) fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }
}

/// The address of the API's root, without a slash at the end.
#[derive(Debug, Clone)]
pub(crate) struct Base(String);

impl Base {
    /// From the settings, else from the request's `Host`. A `Host` that is no plain authority (letters, digits, dots,
    /// colons, brackets, hyphens) is not repeated: links are relative to the server then.
    pub(crate) fn of(settings: &Settings, headers: &HeaderMap) -> Self {
        if let Some(url) = &settings.public_url {
            return Self(format!("{url}/api"));
        }
        let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or("");
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b);
        if host.is_empty() || !host.bytes().all(plain) {
            return Self("/api".to_owned());
        }
        Self(format!("http://{host}/api"))
    }

    /// The address of the root itself.
    pub(crate) fn root(&self) -> String {
        format!("{}/", self.0)
    }

    /// The address of a path below the root.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.0)
    }

    /// The address of a collection; its name may be of any script, so it is percent-encoded.
    pub(crate) fn collection(&self, id: &str) -> String {
        self.at(&format!("collections/{}", encode_segment(id)))
    }

    /// The server's own address, for the API description.
    pub(crate) fn server(&self) -> &str {
        &self.0
    }
}

/// A path segment, percent-encoded but for what RFC 3986 calls unreserved.
pub(crate) fn encode_segment(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _written = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The links to a document in each representation: itself, and the other as `alternate`.
pub(crate) fn self_and_alternate(
    format: crate::media::Format,
    json_type: &'static str,
    href: &str,
    query: &str,
) -> [Link; 2] {
    use crate::media::Format;
    let with = |f: Format| {
        let joint = if query.is_empty() { "" } else { "&" };
        format!("{href}?{query}{joint}f={}", f.name())
    };
    let (own, other) = match format {
        Format::Json => ((json_type, Format::Json), ("text/html", Format::Html)),
        Format::Html => (("text/html", Format::Html), (json_type, Format::Json)),
    };
    [
        Link::new("self", own.0, with(own.1)).titled("This document"),
        Link::new("alternate", other.0, with(other.1)).titled("The same in another form"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn links_follow_the_public_url_or_a_plain_host() {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("127.0.0.1:8080"));
        let mut settings = Settings::default();
        assert_eq!(Base::of(&settings, &headers).root(), "http://127.0.0.1:8080/api/");
        headers.insert(header::HOST, HeaderValue::from_static("evil.example/\"><script>"));
        assert_eq!(Base::of(&settings, &headers).root(), "/api/");
        settings.public_url = Some("https://gis.example.kr/siseol".to_owned());
        assert_eq!(
            Base::of(&settings, &headers).collection("행정동"),
            "https://gis.example.kr/siseol/api/collections/%ED%96%89%EC%A0%95%EB%8F%99"
        );
    }
}
