//! `/api/quality` and `/api/quality/{layer}`: what became of each row that came in, and how the layers stand now.

use super::ask::Ask;
use crate::html;
use crate::links::{Base, Link, encode_segment, self_and_alternate};
use crate::problem::ApiError;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Value as Json, json};
use siseol_model::{LayerReport, QualityReport};
use siseol_query::LayerView;

/// `GET /api/quality`: for each layer, the rows by what became of them, and how often each kind of fault was found.
pub(crate) async fn overview(ask: Ask) -> Result<Response, ApiError> {
    if let Some(known) = ask.known(ask.stamp())? {
        return Ok(known);
    }
    let mut reports = Vec::new();
    for at in 0..ask.snapshot().layers().len() {
        reports.extend(report(&ask, at).await?);
    }
    let describe = |format| {
        let base = ask.base();
        let state = &ask.snapshot().state;
        json!({
            "generation": state.generation,
            "stamp": state.stamp,
            "timeStamp": state.time.to_string(),
            "notice": state.notice,
            "layers": reports.iter().map(|report| summary(report, &base)).collect::<Vec<_>>(),
            "links": self_and_alternate(format, "application/json", &base.at("quality"), ""),
        })
    };
    ask.document(ask.stamp(), describe, html::quality_overview)
}

/// `GET /api/quality/{layer}`: the report of the layer's last delivery, the checks across its rows, and how well its
/// fields are filled.
pub(crate) async fn quality(Path(id): Path<String>, ask: Ask) -> Result<Response, ApiError> {
    let (at, _) = ask.snapshot().layer(&id).ok_or_else(|| ApiError::no_collection(&id))?;
    if let Some(known) = ask.known(ask.stamp())? {
        return Ok(known);
    }
    let report = report(&ask, at).await?.ok_or_else(|| ApiError::no_collection(&id))?;
    let describe = |format| {
        let base = ask.base();
        let mut document = json!(report);
        let mut links =
            self_and_alternate(format, "application/json", &href(&base, &id), "").to_vec();
        links.push(Link::new("collection", "application/json", base.collection(&id)));
        document["notice"] = json!(ask.notice());
        document["links"] = json!(links);
        document
    };
    ask.document(ask.stamp(), describe, html::quality)
}

/// The report of a layer; none if no delivery of it is on record.
async fn report(ask: &Ask, at: usize) -> Result<Option<QualityReport>, ApiError> {
    let view: &LayerView = &ask.snapshot().layers()[at];
    let layer = view.layer();
    let Some(delivery) = ask.served.resident.quality.get(&layer.name) else { return Ok(None) };
    let survey = ask.state.surveys.get(&ask.state.pool, &ask.served, at).await?;
    let state = &ask.snapshot().state;
    Ok(Some(QualityReport {
        generation: state.generation,
        stamp: state.stamp,
        label: layer.class.label.clone(),
        features: view.len().into(),
        open: delivery.open,
        completeness: survey.completeness.clone(),
        codes: survey.codes.clone(),
        delivery: LayerReport { checks: survey.checks.clone(), ..delivery.report.clone() },
    }))
}

/// A report without its examples.
fn summary(report: &QualityReport, base: &Base) -> Json {
    let delivery = &report.delivery;
    let findings = delivery.findings.iter().map(|finding| {
        json!({
            "kind": finding.kind, "severity": finding.severity, "label": finding.kind.label(),
            "count": finding.count,
        })
    });
    let checks = delivery.checks.iter().map(|check| {
        json!({
            "kind": check.kind, "severity": check.severity, "label": check.label,
            "checked": check.checked, "found": check.found,
        })
    });
    let href = href(base, delivery.layer.as_str());
    json!({
        "layer": delivery.layer,
        "label": report.label,
        "source": delivery.source,
        "features": report.features,
        "open": report.open,
        "rows": delivery.rows,
        "findings": findings.collect::<Vec<_>>(),
        "checks": checks.collect::<Vec<_>>(),
        "links": [
            Link::new("item", "application/json", format!("{href}?f=json")),
            Link::new("alternate", "text/html", format!("{href}?f=html")),
        ],
    })
}

fn href(base: &Base, layer: &str) -> String {
    base.at(&format!("quality/{}", encode_segment(layer)))
}
