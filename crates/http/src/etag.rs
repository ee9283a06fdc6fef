//! ETags: computed from the state, never from the answer, so that `304` costs nothing.

use crate::media::Format;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use siseol_model::{Label, Stamp};
use std::sync::LazyLock;

/// The tag of one representation of one state. The content coding is added where the answer is compressed
/// ([`crate::headers`]).
#[derive(Debug, Clone)]
pub(crate) struct ETag(String);

impl ETag {
    /// The tag of an answer that depends on what `stamp` names and on what is in the [`mark`] alone.
    pub(crate) fn new(stamp: Stamp, mark: &str, format: Format) -> Self {
        Self(format!("{stamp}.{mark}.{}", format.name()))
    }

    /// Whether the client says that it has this very representation.
    pub(crate) fn is_known_by(&self, headers: &HeaderMap) -> bool {
        let lists = headers.get_all(header::IF_NONE_MATCH);
        lists.iter().filter_map(|v| v.to_str().ok()).flat_map(|list| list.split(',')).any(|tag| {
            let tag = tag.trim();
            let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
            tag == "*" || tag == self.0 || tag.strip_prefix(&self.0).is_some_and(is_coding)
        })
    }

    /// The header's value.
    pub(crate) fn value(&self) -> HeaderValue {
        HeaderValue::from_str(&format!("\"{}\"", self.0))
            .unwrap_or(HeaderValue::from_static("\"\""))
    }

    /// The answer "you have it already".
    pub(crate) fn not_modified(&self) -> Response {
        (StatusCode::NOT_MODIFIED, [(header::ETAG, self.value())]).into_response()
    }
}

/// Eight digits for what answers depend on beside the rows: the build, because another one may write the same state
/// otherwise, and the notice, which a commit may change without touching a row.
pub(crate) fn mark(notice: Option<&Label>) -> String {
    let mut hasher = BUILD.clone();
    for text in notice.iter().flat_map(|label| [&label.ko, &label.en]) {
        hasher.update(&text.len().to_le_bytes()).update(text.as_bytes());
    }
    hasher.finalize().to_hex().chars().take(8).collect()
}

/// The hash of the program's file so far, or of its version where the file cannot be read.
static BUILD: LazyLock<blake3::Hasher> = LazyLock::new(|| {
    let file = std::env::current_exe().and_then(fs_err::File::open);
    let mut hasher = blake3::Hasher::new();
    if !file.is_ok_and(|file| hasher.update_reader(file).is_ok()) {
        hasher.reset().update(env!("CARGO_PKG_VERSION").as_bytes());
    }
    hasher
});

/// Whether the rest of a tag is a content coding that the server has put there.
fn is_coding(rest: &str) -> bool {
    matches!(rest, "-gzip" | "-zstd")
}
