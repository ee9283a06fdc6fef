//! Making a delivery part of a register.

use crate::delivery::{Delivery, refused};
use crate::guard::{judge, tell_missing};
use crate::identity::{meet, plan};
use crate::open::open_all;
use crate::stage::stage;
use crate::{DEFAULT_PROFILE, IngestError, Options, Progress, profile};
use jiff::Timestamp;
use siseol_model::{IngestReport, Layer, LayerName, Profile, Provenance};
use siseol_store::{Access, Comparison, Register, Staging, StoreError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The profile by the options, else by the manifest, else the usual one.
pub(crate) fn chosen_profile(
    delivery: &Delivery,
    options: &Options,
) -> Result<Profile, IngestError> {
    let named = options.profile.as_deref().or(delivery.profile.as_deref());
    profile(named.unwrap_or(DEFAULT_PROFILE))
}

/// How often a delivery is read again because somebody else changed its layers meanwhile.
const ATTEMPTS: u32 = 3;

/// Checks a delivery and commits it to the register as one change set, whole or not at all. The register is made if
/// there is none; a layer that it has already gets the differences, as the mode says. A file that is turned away stops
/// all of it, unless `skip_refused`; a rehearsal (`dry_run`) does everything but write.
pub fn ingest(
    register: &Path,
    sources: &[PathBuf],
    options: &Options,
    provenance: &Provenance,
    now: Timestamp,
    progress: &mut dyn Progress,
) -> Result<IngestReport, IngestError> {
    options.reading.probe()?;
    let mut attempt = 1;
    loop {
        let outcome = ingest_once(register, sources, options, provenance, now, progress);
        match outcome {
            Err(IngestError::Store(StoreError::Moved { layer })) if attempt < ATTEMPTS => {
                tracing::info!(%layer, "somebody else has changed the layer; comparing again");
                attempt += 1;
            }
            other => return other,
        }
    }
}

fn ingest_once(
    register: &Path,
    sources: &[PathBuf],
    options: &Options,
    provenance: &Provenance,
    now: Timestamp,
    progress: &mut dyn Progress,
) -> Result<IngestReport, IngestError> {
    let mut delivery = Delivery::find(sources)?;
    let profile = chosen_profile(&delivery, options)?;
    // Asked early: what is no register is never written to, and a long read is not for nothing.
    let known: BTreeMap<LayerName, Layer> = match Register::open(register, Access::Read) {
        Ok(open) => open.layers()?.into_iter().map(|e| (e.layer.name.clone(), e.layer)).collect(),
        Err(StoreError::Missing { .. }) => BTreeMap::new(),
        Err(error) => return Err(error.into()),
    };
    let layers = open_all(&mut delivery, options);
    let (mut planned, mut clashes) = plan(layers, &profile, &known, options)?;
    delivery.refused.append(&mut clashes);
    planned.retain_mut(|plan| {
        let Some(layer) = known.get(&plan.name) else { return true };
        match meet(plan, layer, options) {
            Ok(()) => true,
            Err(refusal) => {
                delivery.refuse(plan.open.source.clone(), refusal);
                false
            }
        }
    });
    let mut report = IngestReport {
        change_set: None,
        generation: None,
        stamp: None,
        mode: options.mode,
        dry_run: options.dry_run,
        layers: Vec::new(),
        refused: std::mem::take(&mut delivery.refused),
    };
    if !report.refused.is_empty() && !options.skip_refused {
        return Err(IngestError::Refused { report: Box::new(report) });
    }
    let mut staging =
        if options.dry_run { Staging::temporary()? } else { Staging::beside(register)? };
    for plan in &planned {
        match stage(&mut staging, plan, options, progress)? {
            Ok(layer) => report.layers.push(layer),
            Err(refusal) => report.refused.push(refused(&plan.open.source, refusal.0)),
        }
    }
    let stopped = !report.refused.is_empty() && !options.skip_refused;
    if stopped || report.layers.is_empty() {
        return Err(IngestError::Refused { report: Box::new(report) });
    }
    let comparison = compare(staging, register, options, &mut report)?;
    if !options.dry_run {
        let info = comparison.commit(provenance.clone(), delivery.notice.take(), now)?;
        report.set_commit(&info);
    }
    Ok(report)
}

/// Compares the delivery with the register, says in the report what it does to each layer, and stops where that is more
/// than its mode allows.
fn compare(
    staging: Staging,
    register: &Path,
    options: &Options,
    report: &mut IngestReport,
) -> Result<Comparison, IngestError> {
    let mut comparison = staging.compare(register, options.mode)?;
    let mut stopped = false;
    let mut told = Vec::new();
    for difference in comparison.differences() {
        let Some(layer) = report.layers.iter_mut().find(|l| l.layer == difference.layer) else {
            continue;
        };
        layer.changes = difference.changes;
        if let Some(refusal) = judge(difference, &layer.source, options) {
            report.refused.push(refusal);
            stopped = true;
        }
        let missing = tell_missing(difference, layer);
        told.push((layer.clone(), missing));
    }
    if stopped {
        return Err(IngestError::Refused { report: Box::new(report.clone()) });
    }
    for (layer, missing) in told {
        comparison.amend(&layer, &missing)?;
    }
    Ok(comparison)
}
