//! What the handlers share: a request, the one state that it sees, and answers that depend on that state alone.

use super::documents::CRS84;
use crate::as_of::AsOf;
use crate::etag::ETag;
use crate::links::Base;
use crate::media::{Format, HTML, JSON};
use crate::params::Params;
use crate::problem::ApiError;
use crate::served::Served;
use crate::state::AppState;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;
use serde_json::Value as Json;
use siseol_model::{Label, Revision, Stamp};
use siseol_query::{LayerView, Snapshot};
use std::convert::Infallible;
use std::sync::Arc;

/// The grid of the coordinates in an answer, as Part 2 of the standard wants it said.
pub(crate) const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");

/// A request, with what was served when it came: it never sees a later state.
pub(crate) struct Ask {
    pub(crate) state: Arc<AppState>,
    pub(crate) served: Arc<Served>,
    query: Option<String>,
    pub(crate) headers: HeaderMap,
}

impl FromRequestParts<Arc<AppState>> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AppState>,
    ) -> Result<Self, Infallible> {
        Ok(Self {
            state: Arc::clone(state),
            served: state.served(),
            query: parts.uri.query().map(str::to_owned),
            // Nobody else reads them any more.
            headers: std::mem::take(&mut parts.headers),
        })
    }
}

impl Ask {
    /// The parameters, of which only those `allowed` may stand.
    pub(crate) fn params(&self, allowed: &[&'static str]) -> Result<Params<'_>, ApiError> {
        Params::parse(self.query.as_deref(), allowed)
    }

    /// The API's root as the client sees it.
    pub(crate) fn base(&self) -> Base {
        Base::of(&self.state.settings, &self.headers)
    }

    /// The present state.
    pub(crate) fn snapshot(&self) -> &Snapshot {
        self.served.snapshot()
    }

    /// The name of the whole state.
    pub(crate) fn stamp(&self) -> Stamp {
        self.snapshot().state.stamp
    }

    /// What must be said of everything.
    pub(crate) fn notice(&self) -> Option<&Label> {
        self.snapshot().state.notice.as_ref()
    }

    /// The collection with that id.
    pub(crate) fn collection(&self, id: &str) -> Result<&LayerView, ApiError> {
        let found = self.snapshot().layer(id);
        found.map(|(_, layer)| layer).ok_or_else(|| ApiError::no_collection(id))
    }

    /// The time that the parameter `datetime` asks about; none if it is absent.
    pub(crate) fn as_of(&self, params: &Params<'_>) -> Result<Option<AsOf>, ApiError> {
        let as_of: Option<AsOf> = params.get("datetime")?;
        Ok(as_of.map(|as_of| as_of.seen_from(self.snapshot().state.time)))
    }

    /// A layer as it was when that commit was the last one that had changed it, from wherever it is to be had.
    pub(crate) async fn layer_at(
        &self,
        present: &LayerView,
        revision: Revision,
    ) -> Result<LayerView, ApiError> {
        match self.served.remembered(present, revision) {
            Some(view) => Ok(view),
            None => self.state.past.view(&self.state, present, revision).await,
        }
    }

    /// The tag of an answer that depends on what `stamp` names.
    pub(crate) fn tag(&self, stamp: Stamp, format: Format) -> ETag {
        ETag::new(stamp, &self.served.mark, format)
    }

    /// The answer 304, if the client has the [document](Self::document) already.
    pub(crate) fn known(&self, stamp: Stamp) -> Result<Option<Response>, ApiError> {
        let format = Format::of(&self.params(&["f"])?, &self.headers)?;
        let tag = self.tag(stamp, format);
        Ok(tag.is_known_by(&self.headers).then(|| tag.not_modified()))
    }

    /// A document that has `f` for its only parameter: as JSON, as a page, or 304.
    pub(crate) fn document(
        &self,
        stamp: Stamp,
        describe: impl FnOnce(Format) -> Json,
        page: fn(&Json) -> Markup,
    ) -> Result<Response, ApiError> {
        let format = Format::of(&self.params(&["f"])?, &self.headers)?;
        let tag = self.tag(stamp, format);
        if tag.is_known_by(&self.headers) {
            return Ok(tag.not_modified());
        }
        let document = describe(format);
        Ok(match format {
            Format::Json => marked(JSON, &tag, document.to_string()),
            Format::Html => marked(HTML, &tag, page(&document).into_string()),
        })
    }

    /// A document that is JSON and nothing else, or 304.
    pub(crate) fn json(
        &self,
        stamp: Stamp,
        media_type: HeaderValue,
        describe: impl FnOnce() -> Json,
    ) -> Result<Response, ApiError> {
        if self.params(&["f"])?.text("f").is_some_and(|f| f != "json") {
            return Err(ApiError::invalid("f", "this resource is json"));
        }
        let tag = self.tag(stamp, Format::Json);
        if tag.is_known_by(&self.headers) {
            return Ok(tag.not_modified());
        }
        Ok(marked(media_type, &tag, describe().to_string()))
    }
}

fn marked(media_type: HeaderValue, tag: &ETag, body: String) -> Response {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    mark(&mut response, tag);
    response
}

/// Marks an answer as one that depends on the state alone: its tag, and word to caches that they must ask again.
pub(crate) fn mark(response: &mut Response, tag: &ETag) {
    let headers = response.headers_mut();
    headers.insert(header::ETAG, tag.value());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
}

/// Says in which grid the coordinates of an answer are.
pub(crate) fn name_crs(response: &mut Response) {
    if let Ok(value) = HeaderValue::from_str(&format!("<{CRS84}>")) {
        response.headers_mut().insert(CONTENT_CRS, value);
    }
}
