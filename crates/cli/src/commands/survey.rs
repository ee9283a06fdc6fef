//! The checks across rows, after an ingest.

use super::thousands;
use crate::output;
use siseol_model::{Check, IngestReport, LayerName, LayerReport};
use std::path::Path;

/// Checks the layers that the delivery has brought, and puts what was found into their reports. A delivery of less than
/// half of a layer is not worth reading all of the layer for: those layers are given back.
///
/// The delivery is committed by now, whatever happens here.
pub(super) fn survey(report: &mut IngestReport, register: &Path) -> Vec<LayerName> {
    if report.generation.is_none() {
        return Vec::new();
    }
    let name = |layer: &&LayerReport| layer.layer.clone();
    let (whole, parts): (Vec<_>, Vec<_>) = report.layers.iter().partition(|layer| is_whole(layer));
    let (whole, parts): (Vec<_>, Vec<_>) =
        (whole.iter().map(name).collect(), parts.iter().map(name).collect());
    if whole.is_empty() {
        return parts;
    }
    match siseol_http::survey(register, &whole) {
        Ok(surveyed) => {
            for layer in &mut report.layers {
                if let Some(checks) = surveyed.get(&layer.layer) {
                    layer.checks = checks.iter().map(Check::shortened).collect();
                }
            }
            parts
        }
        Err(error) => {
            output::note(&format!("the rows are loaded, but were not checked: {error}"));
            report.layers.iter().map(|layer| layer.layer.clone()).collect()
        }
    }
}

/// Whether a delivery has at least half of the rows that its layer has now.
fn is_whole(layer: &LayerReport) -> bool {
    let changes = &layer.changes;
    let rows = changes.inserted + changes.updated + changes.unchanged + changes.missing;
    2 * (layer.rows.accepted + layer.rows.repaired) >= rows
}

/// What the checks have found: a line for each kind, and its first example.
pub(super) fn print(
    report: &IngestReport,
    unchecked: &[LayerName],
    register: &Path,
) -> anyhow::Result<()> {
    for layer in &report.layers {
        for check in layer.checks.iter().filter(|check| check.found > 0) {
            output::line(&format!(
                "  {}: {} of {} × {} [{}]",
                layer.layer,
                thousands(check.found),
                thousands(check.checked),
                check.label,
                check.kind.code()
            ))?;
            if let Some(fault) = check.examples.first() {
                let key =
                    fault.facility_key.clone().unwrap_or_else(|| format!("fid:{}", fault.fid));
                output::line(&format!("      {key}: {}", fault.text))?;
            }
            output::line(&format!("      → {}", check.advice))?;
        }
    }
    for layer in unchecked {
        output::line(&format!(
            "  {layer}: 일부만 납품되어 행 사이를 점검하지 않음 / not checked across its rows: siseol issues {} --layer {layer}",
            register.display()
        ))?;
    }
    Ok(())
}
