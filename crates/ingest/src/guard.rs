//! What a delivery may do to the layers that the register has: the guards of its mode, and what is said of rows that the
//! delivery no longer has.

use crate::delivery::refused;
use crate::options::Options;
use siseol_model::{DeliveryMode, Finding, Issue, IssueKind, LayerReport, RefusedSource};
use siseol_store::Difference;

/// Without a number given, `replace` deletes no more than one row of a layer in so many.
const ONE_IN: u64 = 5;

/// Refuses a layer whose rows would go against the delivery's mode.
pub(crate) fn judge(
    difference: &Difference,
    source: &str,
    options: &Options,
) -> Option<RefusedSource> {
    let layer = &difference.layer;
    let issue = match options.mode {
        DeliveryMode::Append if difference.taken > 0 => {
            let examples: Vec<_> =
                difference.taken_examples.iter().map(ToString::to_string).collect();
            let text = format!(
                "{} rows have keys that the layer {layer} has already ({}, ..); --mode upsert updates them",
                difference.taken,
                examples.join(", ")
            );
            Issue::file(IssueKind::KeyTaken, text)
        }
        DeliveryMode::Replace => {
            let (deletes, rows) = (difference.changes.deleted, difference.rows_before);
            let allowed = options.allow_deletes.unwrap_or(rows / ONE_IN);
            if deletes <= allowed {
                return None;
            }
            let text = format!(
                "{deletes} of the {rows} rows of the layer {layer} are not in the delivery and would be deleted, more than {allowed}; \
                 --allow-deletes {deletes} allows it, --mode upsert keeps them"
            );
            Issue::file(IssueKind::TooManyDeletes, text)
        }
        _ => return None,
    };
    Some(refused(source, issue))
}

/// A finding for each row that stays in the register though the delivery no longer has it; one for all of them where the
/// delivery is a part of the layer. They join the report, too.
pub(crate) fn tell_missing(difference: &Difference, report: &mut LayerReport) -> Vec<Issue> {
    let missing = difference.changes.missing;
    if missing == 0 {
        return Vec::new();
    }
    if difference.missing.is_empty() {
        let text = format!(
            "{missing} of the {} rows of the layer {} are not in the delivery, which is a part of the layer; they stay and are not listed",
            difference.rows_before, difference.layer
        );
        let issue = Issue::file(IssueKind::MissingFromDelivery, text);
        Finding::add(&mut report.findings, &issue);
        return vec![issue];
    }
    let issues: Vec<Issue> = difference
        .missing
        .iter()
        .map(|row| {
            let name = match &row.key {
                Some(key) => format!("{}/{key}", difference.layer),
                None => format!("fid:{}", row.fid),
            };
            let text = format!("{name} is in the register and not in the delivery");
            Issue { value: Some(name), ..Issue::file(IssueKind::MissingFromDelivery, text) }
        })
        .collect();
    for issue in &issues {
        Finding::add(&mut report.findings, issue);
    }
    issues
}
