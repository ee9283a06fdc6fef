//! Making a delivery part of a register.

use crate::delivery::{Delivery, refused};
use crate::identity::plan;
use crate::open::open_all;
use crate::stage::stage;
use crate::{IngestError, Options, Progress, profile};
use jiff::Timestamp;
use siseol_model::{IngestReport, Issue, IssueKind, Profile, Provenance};
use siseol_store::{Access, Register, Staging, StoreError, commit};
use std::path::{Path, PathBuf};

/// The profile by the options, else by the manifest, else the first one that is built in.
pub(crate) fn chosen_profile(
    delivery: &Delivery,
    options: &Options,
) -> Result<Profile, IngestError> {
    let name = options.profile.as_deref().or(delivery.profile.as_deref()).unwrap_or("kr-uis");
    profile(name)
}

/// Checks a delivery and commits it to the register as one change set, whole or not at all. The register is made if
/// there is none. A file that is turned away stops all of it, unless `skip_refused`; a rehearsal (`dry_run`) does
/// everything but write.
pub fn ingest(
    register: &Path,
    sources: &[PathBuf],
    options: &Options,
    provenance: Provenance,
    now: Timestamp,
    progress: &mut dyn Progress,
) -> Result<IngestReport, IngestError> {
    let mut delivery = Delivery::find(sources)?;
    let profile = chosen_profile(&delivery, options)?;
    // Asked early: what is no register is never written to, and a long read is not for nothing.
    let taken = match Register::open(register, Access::Read) {
        Ok(open) => open.layers()?.into_iter().map(|entry| entry.layer.name).collect(),
        Err(StoreError::Missing { .. }) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let layers = open_all(&mut delivery, options);
    let (mut planned, mut clashes) = plan(layers, &profile, options)?;
    delivery.refused.append(&mut clashes);
    planned.retain(|plan| {
        let is_new = !taken.contains(&plan.name);
        if !is_new {
            let text = format!(
                "the register has the layer {} already; give another name with --layer, or begin a new register",
                plan.name
            );
            let issue = Issue::file(IssueKind::LayerTaken, text);
            delivery.refused.push(refused(&plan.open.source, issue));
        }
        is_new
    });
    let mut report = IngestReport {
        change_set: None,
        generation: None,
        stamp: None,
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
        match stage(&mut staging, plan, progress)? {
            Ok(layer) => report.layers.push(layer),
            Err(refusal) => report.refused.push(refused(&plan.open.source, refusal.0)),
        }
    }
    let stopped = !report.refused.is_empty() && !options.skip_refused;
    if stopped || report.layers.is_empty() {
        return Err(IngestError::Refused { report: Box::new(report) });
    }
    if !options.dry_run {
        let info = commit(register, staging, provenance, delivery.notice.take(), now)?;
        report.set_commit(&info);
    }
    Ok(report)
}
