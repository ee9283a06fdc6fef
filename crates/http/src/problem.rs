//! Errors as clients see them: problem documents (RFC 9457), one variant one status.

use crate::resident::LoadError;
use crate::routes::documents::LookupError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use siseol_store::StoreError;
use std::fmt::Display;

/// Everything that can go wrong with a request.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// A parameter that this resource does not have.
    #[error("`{name}` is not a parameter of this resource; it has: {allowed}")]
    UnknownParameter { name: String, allowed: String },
    /// A parameter whose value does not do.
    #[error("parameter `{name}`: {reason}")]
    InvalidParameter { name: &'static str, reason: String },
    /// A parameter that is needed and absent.
    #[error("parameter `{name}` is missing: {reason}")]
    MissingParameter { name: &'static str, reason: &'static str },
    /// Nothing there.
    #[error("{0}")]
    NotFound(String),
    /// A place in a state that this server does not have, or not any more.
    #[error("{what} is of a state that this server does not have any more; begin again")]
    Gone { what: &'static str, start: String },
    /// Another method than the resource has.
    #[error("this resource can only be read (GET)")]
    MethodNotAllowed,
    /// No token, or one that nobody has.
    #[error("this server asks for a token: send it as `Authorization: Bearer ...`")]
    Unauthorized,
    /// Too many requests at once, or somebody is writing the register that has to be read.
    #[error("the server is busy; try again in a moment")]
    Busy,
    /// A fault of ours. What it was is logged and not sent.
    #[error("internal error")]
    Internal,
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<[Start<'a>; 1]>,
}

/// Where to begin again.
#[derive(Serialize)]
struct Start<'a> {
    rel: &'static str,
    href: &'a str,
}

impl ApiError {
    /// The one status of this error.
    fn status(&self) -> StatusCode {
        match self {
            Self::UnknownParameter { .. }
            | Self::InvalidParameter { .. }
            | Self::MissingParameter { .. } => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Gone { .. } => StatusCode::GONE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A parameter whose value does not do, and why.
    pub(crate) fn invalid(name: &'static str, reason: impl Display) -> Self {
        Self::InvalidParameter { name, reason: format!("{reason}") }
    }

    /// A layer that is not there.
    pub(crate) fn no_collection(id: &str) -> Self {
        Self::NotFound(format!("there is no collection `{}`", shorten(id)))
    }
}

impl From<LookupError> for ApiError {
    fn from(error: LookupError) -> Self {
        match error {
            LookupError::Radius(error) => Self::invalid("radius", error),
            LookupError::Layer { .. } => Self::invalid("layers", error),
            LookupError::Unbounded => Self::MissingParameter {
                name: "radius",
                reason: "order=index gives everything within it",
            },
        }
    }
}

/// What was read from the register for a request. Somebody who writes it, or puts another one in its place, is done in a
/// moment; anything else is logged and not sent.
impl From<LoadError> for ApiError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Store(StoreError::Busy { .. }) | LoadError::Replaced => Self::Busy,
            error => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot read the register"
                );
                Self::Internal
            }
        }
    }
}

/// A text from outside, cut so that it cannot make an answer long.
pub(crate) fn shorten(text: &str) -> String {
    text.chars().take(80).collect()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = self.status();
        let problem = Problem {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("error"),
            status: status.as_u16(),
            detail: self.to_string(),
            links: match &self {
                Self::Gone { start, .. } => Some([Start { rel: "start", href: start }]),
                _ => None,
            },
        };
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::Unauthorized => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Busy => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::MethodNotAllowed => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
            }
            _ => {}
        }
        response
    }
}
