//! `siseol ingest`: files into a register.

use super::{survey, thousands};
use crate::args::Ingest;
use crate::exit::{Outcome, Usage};
use crate::output;
use crate::progress::Teller;
use anyhow::Context as _;
use siseol_ingest::{IngestError, Options};
use siseol_model::{ChangeCounts, Grade, IngestReport, LayerReport, Provenance};
use siseol_store::{Access, Register};
use std::path::{Path, PathBuf};

/// How much less of a processor an ingest gets where somebody else wants it: a server on the same machine answers first.
const NICENESS: i32 = 10;

pub(crate) fn run(args: Ingest) -> anyhow::Result<Outcome> {
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the ingest keeps its priority");
    }
    refuse_swapped(&args.register, &args.sources)?;
    let options = Options {
        mode: args.mode,
        allow_deletes: args.allow_deletes,
        allow_quarantined: args.allow_quarantined,
        reproject: args.reproject,
        skip_refused: args.skip_refused,
        dry_run: args.dry_run,
        ..Options::from(args.reading)
    };
    let provenance =
        Provenance { author: args.author, comment: args.comment, source: names(&args.sources) };
    let now = jiff::Timestamp::now();
    let outcome = siseol_ingest::ingest(
        &args.register,
        &args.sources,
        &options,
        &provenance,
        now,
        &mut Teller::new(),
    );
    let (mut report, outcome) = match outcome {
        Ok(report) => (report, Outcome::Done),
        Err(IngestError::Refused { report }) => (*report, Outcome::Findings),
        Err(error) => return Err(error.into()),
    };
    let unchecked =
        if args.no_survey { Vec::new() } else { survey::survey(&mut report, &args.register) };
    if let Some(path) = &args.report {
        fs_err::write(path, serde_json::to_vec_pretty(&report)?)
            .context("the report cannot be written")?;
    }
    if args.json {
        output::json(&report)?;
    } else {
        print(&report, &args.register)?;
        survey::print(&report, &unchecked, &args.register)?;
    }
    Ok(outcome)
}

/// The register comes first. Who gives it last would have files loaded into a file: say what was meant.
fn refuse_swapped(register: &Path, sources: &[PathBuf]) -> Result<(), Usage> {
    let is_register = |path: &Path| Register::open(path, Access::Read).is_ok();
    if let Some(other) = sources.iter().find(|source| is_register(source))
        && !is_register(register)
    {
        let rest: Vec<_> = std::iter::once(register.display().to_string())
            .chain(sources.iter().filter(|s| *s != other).map(|s| s.display().to_string()))
            .collect();
        return Err(Usage(format!(
            "the register comes first: siseol ingest {} {}",
            other.display(),
            rest.join(" ")
        )));
    }
    let is_source = register.is_dir()
        || register.extension().is_some_and(|e| {
            ["shp", "dbf", "zip", "geojson", "json", "csv", "xlsx", "fgb", "osm", "pbf", "dxf"]
                .iter()
                .any(|known| e.eq_ignore_ascii_case(known))
        });
    if is_source {
        return Err(Usage(format!(
            "the register comes first, and {} is no register: siseol ingest city.siseol.gpkg {}",
            register.display(),
            register.display()
        )));
    }
    Ok(())
}

fn names(sources: &[PathBuf]) -> String {
    let name = |path: &PathBuf| {
        path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
    };
    sources.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// The report for people: a line per layer, then what was found.
pub(super) fn print(report: &IngestReport, register: &Path) -> anyhow::Result<()> {
    for layer in &report.layers {
        probable(layer)?;
    }
    for refused in &report.refused {
        let issue = &refused.issue;
        let label = issue.kind.label();
        output::line(&format!(
            "거부 / refused: {} [{}] {label}",
            refused.source,
            issue.kind.code()
        ))?;
        output::line(&format!("    {}", issue.text))?;
    }
    let rows: Vec<Vec<String>> = report.layers.iter().map(summary).collect();
    if !rows.is_empty() {
        let head = [
            "layer", "read", "accepted", "repaired", "aside", "flagged", "grid", "encoding",
            "source",
        ];
        output::table(&head, &rows)?;
    }
    for layer in &report.layers {
        findings(layer)?;
    }
    let met = |c: &ChangeCounts| c.updated + c.deleted + c.unchanged + c.missing > 0;
    if report.layers.iter().any(|layer| met(&layer.changes)) {
        let rows: Vec<Vec<String>> = report.layers.iter().map(changes).collect();
        output::table(
            &["changes", "inserted", "updated", "deleted", "unchanged", "missing"],
            &rows,
        )?;
    }
    let sum = |count: fn(&ChangeCounts) -> u64| {
        thousands(report.layers.iter().map(|layer| count(&layer.changes)).sum())
    };
    let done = format!(
        "{} inserted, {} updated, {} deleted, {} unchanged",
        sum(|c| c.inserted),
        sum(|c| c.updated),
        sum(|c| c.deleted),
        sum(|c| c.unchanged)
    );
    let verdict = match (report.generation, report.dry_run) {
        (Some(generation), _) => format!(
            "{}: change set {}, generation {generation}: {done}",
            register.display(),
            report.change_set.unwrap_or_default(),
        ),
        (None, true) => format!("dry run: it would be {done}; nothing was written"),
        (None, false) => "아무것도 쓰지 않았습니다 / nothing was written".to_owned(),
    };
    output::line(&verdict)
}

fn changes(layer: &LayerReport) -> Vec<String> {
    let ChangeCounts { inserted, updated, deleted, unchanged, missing } = layer.changes;
    let counts = [inserted, updated, deleted, unchanged, missing].map(thousands);
    std::iter::once(layer.layer.to_string()).chain(counts).collect()
}

fn summary(layer: &LayerReport) -> Vec<String> {
    let rows = &layer.rows;
    vec![
        layer.layer.to_string(),
        thousands(rows.read),
        thousands(rows.accepted),
        thousands(rows.repaired),
        thousands(rows.quarantined),
        thousands(rows.deleted),
        layer.crs.to_string(),
        layer.encoding.clone(),
        layer.source.clone(),
    ]
}

/// What the contents say and the file does not: a person should look.
fn probable(layer: &LayerReport) -> anyhow::Result<()> {
    let class = layer.class.clone().unwrap_or_default();
    let things = [
        ("시설 종류 / class", class, layer.class_grade, &layer.class_evidence),
        ("좌표계 / grid", layer.crs.to_string(), Some(layer.crs_grade), &layer.crs_evidence),
        (
            "인코딩 / encoding",
            layer.encoding.clone(),
            Some(layer.encoding_grade),
            &layer.encoding_evidence,
        ),
    ];
    for (what, value, _, evidence) in things.iter().filter(|t| t.2 == Some(Grade::Probable)) {
        output::line(&format!("추정 / probable: {}: {what} {value}: {evidence}", layer.source))?;
    }
    Ok(())
}

fn findings(layer: &LayerReport) -> anyhow::Result<()> {
    for finding in &layer.findings {
        output::line(&format!(
            "  {}: {} × {} [{}]",
            layer.layer,
            thousands(finding.count),
            finding.kind.label(),
            finding.kind.code()
        ))?;
        // One for each column where values were counted, else the first.
        let shown = if finding.columns.is_empty() { 1 } else { finding.columns.len() };
        for example in finding.examples.iter().take(shown) {
            let row = example.row.map(|row| format!("row {row}: ")).unwrap_or_default();
            output::line(&format!("      {row}{}", example.text))?;
        }
    }
    Ok(())
}
