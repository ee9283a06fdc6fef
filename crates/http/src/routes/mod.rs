//! The resources: one file each.

mod ask;
mod changes;
mod collections;
pub(crate) mod documents;
mod facilities;
mod health;
mod items;
mod landing;
mod openapi;
mod page;
mod quality;
mod related;
mod schema;
mod stream;

pub(crate) use health::keep_metrics;

use crate::problem::ApiError;
use crate::state::AppState;
use crate::{auth, headers};
use axum::body::{Body, HttpBody};
use axum::http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{BoxError, Router};
use bytes::Bytes;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tower::{Service, ServiceBuilder};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::timeout::TimeoutLayer;

/// The longest that a request may take until its answer begins.
const DEADLINE: Duration = Duration::from_secs(30);

/// Everything that the server answers, without a socket, with what holds for every answer around it: compression,
/// headers, origins, the deadline.
pub fn service(
    state: Arc<AppState>,
) -> impl Service<
    Request<Body>,
    Response = Response<impl HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + 'static>,
    Error = Infallible,
    Future: Send,
> + Clone
+ Send
+ 'static {
    // Around the router and not in it: each layer of a router is a boxed service of its own on each of its routes,
    // and costs every request an allocation or two.
    ServiceBuilder::new()
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, DEADLINE))
        .layer(cors(&state.settings.cors_origins))
        .map_response(headers::finish)
        .layer(CompressionLayer::new())
        .service(router(state))
}

/// Every address. What a handler does not do itself (compression and the like) is around it, in [`service`].
fn router(state: Arc<AppState>) -> Router {
    let api = Router::new()
        .route("/", get(landing::landing))
        .route("/conformance", get(landing::conformance))
        .route("/openapi", get(openapi::openapi))
        .route("/collections", get(collections::collections))
        .route("/collections/{id}", get(collections::collection))
        .route("/collections/{id}/schema", get(schema::schema))
        .route("/collections/{id}/items", get(items::items))
        .route("/collections/{id}/items/{fid}", get(items::item))
        .route("/collections/{id}/items/{fid}/related", get(related::related))
        .route("/facilities", get(facilities::facilities))
        .route("/changes", get(changes::changes))
        .route("/quality", get(quality::overview))
        .route("/quality/{layer}", get(quality::quality))
        .fallback(async || ApiError::NotFound("there is nothing at this address".to_owned()))
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed);

    let open = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/api.css", get(page::api_style))
        .fallback(page::file)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed);

    let mut guarded = Router::new()
        .nest("/api", api)
        // The root with and without its slash is one resource to every client.
        .route("/api/", get(landing::landing))
        .route("/metrics", get(health::metrics));
    if state.settings.tokens.is_some() {
        guarded = guarded.layer(from_fn_with_state(Arc::clone(&state), auth::require));
    }
    open.merge(guarded).layer(from_fn(health::measure)).with_state(state)
}

fn panicked(_panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    use axum::response::IntoResponse as _;
    tracing::error!("a handler panicked");
    ApiError::Internal.into_response()
}

/// Pages of exactly these origins may read answers. There are no cookies, so no credentials either.
fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|o| o.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::AUTHORIZATION,
            header::IF_NONE_MATCH,
            header::ACCEPT,
            changes::LAST_EVENT_ID,
        ])
        .expose_headers([header::ETAG, header::LINK, HeaderName::from_static("content-crs")])
        .max_age(Duration::from_hours(1))
}
