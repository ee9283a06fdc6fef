//! ETags: computed from the state, never from the answer, so that `304` costs nothing.

use crate::media::Format;
use crate::state::AppState;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use siseol_model::Stamp;

/// The tag of one representation of one state. The content coding is added where the answer is compressed
/// ([`crate::headers`]).
#[derive(Debug, Clone)]
pub(crate) struct ETag(String);

impl ETag {
    /// The tag of a document that depends on what `stamp` names and on this build alone.
    pub(crate) fn of(state: &AppState, stamp: Stamp, format: Format) -> Self {
        Self(format!("{stamp}.{}.{}", state.build, format.name()))
    }

    /// The tag of a single feature: its own last change, within the state that last changed its layer.
    pub(crate) fn of_row(state: &AppState, stamp: Stamp, generation: i64, format: Format) -> Self {
        // The stamp makes the generation unambiguous across a restored backup.
        Self(format!("{stamp}-{generation}.{}.{}", state.build, format.name()))
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

/// Whether the rest of a tag is a content coding that the server has put there.
fn is_coding(rest: &str) -> bool {
    matches!(rest, "-gzip" | "-zstd")
}
