//! `siseol issues`: what was found when files came in, and what the checks across rows find now.

use super::{resident, thousands};
use crate::args::Issues;
use crate::exit::Outcome;
use crate::output;
use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use siseol_model::{Check, CodeCoverage, Fault, FieldCompleteness, LayerName};
use siseol_query::MAX_FAULTS;
use siseol_store::{Access, MendingFile, Register, StoredIssue};
use std::path::Path;

/// How a layer stands now.
struct Standing {
    layer: LayerName,
    features: u64,
    checks: Vec<Check>,
    completeness: Vec<FieldCompleteness>,
    codes: Vec<CodeCoverage>,
}

pub(crate) fn run(args: &Issues) -> anyhow::Result<Outcome> {
    if let Some(to) = &args.export {
        return export(args, to);
    }
    let register = Register::open(&args.register, Access::Read)?;
    let layer = args.layer.as_ref();
    let issues = if args.all { register.all_issues(layer)? } else { register.issues(layer)? };
    drop(register);
    let standings = if args.no_survey { Vec::new() } else { standings(args)? };
    if args.json {
        let issues: Vec<Json> = issues.iter().map(issue_document).collect();
        let layers: Vec<Json> = standings.iter().map(standing_document).collect();
        output::json(&json!({ "issues": issues, "layers": layers }))?;
    } else {
        print_issues(&issues, args.all)?;
        print_faults(&standings)?;
        if layer.is_some() {
            standings.iter().try_for_each(print_fields)?;
        }
    }
    let found = standings.iter().flat_map(|s| &s.checks).any(|check| check.found > 0);
    Ok(if issues.is_empty() && !found { Outcome::NothingFound } else { Outcome::Done })
}

fn export(args: &Issues, to: &Path) -> anyhow::Result<Outcome> {
    let written =
        siseol_http::export_findings(&args.register, to, args.layer.as_ref(), Timestamp::now())
            .with_context(|| format!("cannot write {}", to.display()))?;
    let MendingFile { findings, quarantined } = written;
    if args.json {
        output::json(&written)?;
    } else {
        output::line(&format!(
            "{}: {} findings, {} quarantined rows; mend the rows and load them: siseol ingest {} {}",
            to.display(),
            thousands(findings),
            thousands(quarantined),
            args.register.display(),
            to.display()
        ))?;
    }
    Ok(if findings + quarantined == 0 { Outcome::NothingFound } else { Outcome::Done })
}

fn standings(args: &Issues) -> anyhow::Result<Vec<Standing>> {
    let resident = resident(&args.register, None)?;
    let snapshot = &resident.snapshot;
    let layers = snapshot.layers().iter().enumerate();
    let wanted =
        layers.filter(|(_, view)| args.layer.as_ref().is_none_or(|l| *l == view.layer().name));
    let standing = |(at, view): (usize, &siseol_query::LayerView)| Standing {
        layer: view.layer().name.clone(),
        features: view.len().into(),
        checks: snapshot.survey(at),
        completeness: view.completeness(),
        codes: view.code_coverage(),
    };
    Ok(wanted.map(standing).collect())
}

fn issue_document(stored: &StoredIssue) -> Json {
    json!({
        "id": stored.id, "change_set": stored.change_set, "cleared": stored.cleared,
        "layer": stored.layer, "source": stored.source, "kind": stored.issue.kind,
        "severity": stored.issue.kind.severity(), "row": stored.issue.row,
        "facility_key": stored.facility_key, "column": stored.issue.column,
        "value": stored.issue.value, "text": stored.issue.text,
        "quarantined": stored.quarantined,
    })
}

fn standing_document(standing: &Standing) -> Json {
    json!({
        "layer": standing.layer, "features": standing.features, "checks": standing.checks,
        "completeness": standing.completeness, "codes": standing.codes,
    })
}

fn print_issues(issues: &[StoredIssue], all: bool) -> anyhow::Result<()> {
    let row = |stored: &StoredIssue| {
        let issue = &stored.issue;
        let mut row = vec![
            stored.layer.to_string(),
            issue.row.map(|row| row.to_string()).unwrap_or_default(),
            issue.kind.code().to_owned(),
            issue.kind.label().ko,
            issue.column.clone().unwrap_or_default(),
            issue.value.clone().unwrap_or_default(),
            issue.text.clone(),
        ];
        if all {
            let cleared = stored.cleared.map(|set| format!("#{set}")).unwrap_or_default();
            row.splice(1..1, [format!("#{}", stored.change_set), cleared]);
        }
        row
    };
    let rows: Vec<Vec<String>> = issues.iter().map(row).collect();
    let mut head = vec!["layer", "row", "kind", "뜻", "column", "value", "text"];
    if all {
        head.splice(1..1, ["found", "settled"]);
    }
    output::table(&head, &rows)
}

/// The faults that the checks across rows have found, one by one.
fn print_faults(standings: &[Standing]) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut untold = Vec::new();
    for Standing { layer, checks, .. } in standings {
        for check in checks {
            rows.extend(check.examples.iter().map(|fault| fault_row(layer, check, fault)));
            if check.found > check.examples.len() as u64 {
                untold.push(format!(
                    "{layer} [{}]: {} in all, the first {MAX_FAULTS} are listed",
                    check.kind.code(),
                    thousands(check.found)
                ));
            }
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    output::line("")?;
    output::table(&["layer", "fid", "key", "kind", "뜻", "lon,lat", "text"], &rows)?;
    untold.iter().try_for_each(|line| output::line(line))
}

fn fault_row(layer: &LayerName, check: &Check, fault: &Fault) -> Vec<String> {
    let place = fault.place.map(|place| format!("{:.6},{:.6}", place.lon, place.lat));
    vec![
        layer.to_string(),
        fault.fid.to_string(),
        fault.facility_key.clone().unwrap_or_default(),
        check.kind.code().to_owned(),
        check.label.ko.clone(),
        place.unwrap_or_default(),
        fault.text.to_string(),
    ]
}

/// Fields that not every row fills, and codes that nobody has confirmed: a line each.
fn print_fields(standing: &Standing) -> anyhow::Result<()> {
    let Standing { layer, features, completeness, codes, .. } = standing;
    let lacking = |field: &&FieldCompleteness| field.filled < *features;
    if completeness.iter().any(|field| lacking(&field)) {
        output::line(&format!("\n{layer}: 덜 채운 필드 / fields that not every row fills"))?;
    }
    for field in completeness.iter().filter(lacking) {
        #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
        let percent = 100.0 * field.filled as f64 / *features as f64;
        let label = field.label.as_ref().map(ToString::to_string).unwrap_or_default();
        output::line(&format!(
            "  {}: {percent:.1} % ({} of {}) {label}",
            field.field,
            thousands(field.filled),
            thousands(*features)
        ))?;
    }
    if !codes.is_empty() {
        output::line(&format!("\n{layer}: 코드 / codes"))?;
    }
    for field in codes {
        let unknown: Vec<String> = field
            .unknown_codes
            .iter()
            .map(|code| format!("{} × {}", code.code, thousands(code.rows)))
            .collect();
        output::line(&format!(
            "  {} ({}): 확인 {} · 추정 {} · 모름 {} / {} verified, {} provisional, {} unknown {}",
            field.field,
            field.code_list,
            field.verified.codes,
            field.provisional.codes,
            field.unknown.codes,
            field.verified.codes,
            field.provisional.codes,
            field.unknown.codes,
            unknown.join(", ")
        ))?;
    }
    Ok(())
}
