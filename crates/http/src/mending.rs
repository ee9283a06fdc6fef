//! What was found, with its places, for the file in which it is mended.

use crate::resident::{LoadError, load};
use jiff::Timestamp;
use siseol_model::{Check, Fault, LayerName, Shape, ShapeKind};
use siseol_query::{LayerView, Snapshot};
use siseol_store::{Access, FindingRow, MendingFile, Register, StoreError, StoredIssue};
use std::path::Path;

/// Why the findings cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The rows cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The findings cannot be read, or the file cannot be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes what was found in one layer, or in all, and the rows that are kept aside, to a new GeoPackage. A finding lies
/// where its feature is, what a check across rows has found where the fault is.
pub fn export_findings(
    register: &Path,
    to: &Path,
    layer: Option<&LayerName>,
    now: Timestamp,
) -> Result<MendingFile, ExportError> {
    let resident = load(register)?;
    let snapshot = &*resident.snapshot;
    let register = Register::open(register, Access::Read)?;
    let mut findings: Vec<FindingRow> =
        register.issues(layer)?.into_iter().map(|issue| of_issue(snapshot, issue)).collect();
    for (at, view) in snapshot.layers().iter().enumerate() {
        if layer.is_none_or(|wanted| *wanted == view.layer().name) {
            let checks = snapshot.survey(at);
            let faults = checks.iter().flat_map(|check| {
                check.examples.iter().map(move |fault| of_fault(view, check, fault))
            });
            findings.extend(faults);
        }
    }
    Ok(register.write_mending_file(to, layer, &findings, now)?)
}

fn of_issue(snapshot: &Snapshot, stored: StoredIssue) -> FindingRow {
    let StoredIssue { layer, source, issue, facility_key, quarantined, .. } = stored;
    let view = snapshot.layer(layer.as_str()).map(|(_, view)| view);
    let key = facility_key.as_ref().filter(|_| !quarantined);
    // Of several rows with the key nobody knows which one was meant.
    let feature =
        view.zip(key).and_then(|(view, key)| match view.rows_with_key(key.as_str())[..] {
            [row] => Some((view, row)),
            _ => None,
        });
    FindingRow {
        layer,
        source: Some(source),
        row: issue.row,
        fid: feature.map(|(view, row)| view.fid(row)),
        facility_key: facility_key.map(|key| key.to_string()),
        kind: issue.kind,
        column: issue.column,
        value: issue.value,
        text: issue.text,
        geometry: feature.and_then(|(view, row)| Some(view.shape(row)?.to_wkb())),
    }
}

fn of_fault(view: &LayerView, check: &Check, fault: &Fault) -> FindingRow {
    let place = fault.place.map(|place| {
        let coords = vec![[place.lon, place.lat]];
        let point =
            Shape { kind: ShapeKind::Point, coords, path_ends: vec![1], polygon_ends: Vec::new() };
        point.as_ref().to_wkb()
    });
    FindingRow {
        layer: view.layer().name.clone(),
        source: None,
        row: None,
        fid: Some(fault.fid),
        facility_key: fault.facility_key.clone(),
        kind: check.kind,
        column: None,
        value: fault.distance_m.map(|metres| format!("{metres} m")),
        text: format!(
            "{}. {} / {}. {}",
            fault.text.ko, check.advice.ko, fault.text.en, check.advice.en
        ),
        geometry: place,
    }
}
