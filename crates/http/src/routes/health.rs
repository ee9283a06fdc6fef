//! `/healthz`, `/readyz`, `/metrics`.

use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

/// The recorder is one per process, as the `metrics` crate has it.
static RECORDER: LazyLock<Option<PrometheusHandle>> = LazyLock::new(|| {
    let built = PrometheusBuilder::new()
        .set_buckets(&[0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0]);
    match built.map(PrometheusBuilder::install_recorder) {
        Ok(Ok(handle)) => Some(handle),
        Ok(Err(error)) => {
            tracing::warn!(%error, "no metrics: another recorder is there");
            None
        }
        Err(error) => {
            tracing::warn!(%error, "no metrics: the buckets are not accepted");
            None
        }
    }
});

/// `GET /healthz`: the process answers.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// From now on, what is measured is kept.
pub(crate) fn keep_metrics() {
    LazyLock::force(&RECORDER);
}

/// `GET /readyz`: a state is resident and the server is not on its way out.
pub(crate) async fn ready(State(state): State<Arc<AppState>>) -> Response {
    if state.is_draining() {
        return ApiError::Busy.into_response();
    }
    format!("ready: generation {}\n", state.resident().snapshot.state.generation).into_response()
}

/// `GET /metrics`, in the text form of Prometheus.
pub(crate) async fn metrics(State(state): State<Arc<AppState>>) -> Response {
    let Some(recorder) = RECORDER.as_ref() else {
        return StatusCode::NO_CONTENT.into_response();
    };
    let resident = state.resident();
    gauge!("siseol_generation").set(resident.snapshot.state.generation as f64);
    for layer in resident.snapshot.layers() {
        let name = layer.layer().name.to_string();
        gauge!("siseol_features", "layer" => name.clone()).set(f64::from(layer.len()));
        gauge!("siseol_delta_rows", "layer" => name).set(layer.delta_len() as f64);
    }
    let text = recorder.render();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// Counts and times each request, by route and status, never by the address that was asked for.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    keep_metrics();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "page".to_owned(), |path| path.as_str().to_owned());
    let begin = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_str().to_owned();
    counter!("siseol_requests_total", "route" => route.clone(), "status" => status).increment(1);
    histogram!("siseol_request_seconds", "route" => route).record(begin.elapsed().as_secs_f64());
    response
}
