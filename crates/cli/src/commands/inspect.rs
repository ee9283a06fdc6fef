//! `siseol inspect`: what a delivery is, before it is loaded.

use super::{resident, thousands};
use crate::args::Inspect;
use crate::exit::Outcome;
use crate::output;
use siseol_ingest::{
    GridCandidate, Inspection, LayerInspection, Misfit, MisfitMeans, Options, inspect,
    inspect_against,
};
use siseol_model::Grade;

pub(crate) fn run(args: Inspect) -> anyhow::Result<Outcome> {
    let options = Options::from(args.reading);
    let held = args.against.is_some();
    let inspection = match args.against {
        None => inspect(&args.sources, &options)?,
        Some(register) => {
            inspect_against(&args.sources, &options, &resident(&register, None)?.snapshot)?
        }
    };
    if args.json {
        output::json(&inspection)?;
    } else {
        print(&inspection, held)?;
    }
    Ok(if inspection.refused.is_empty() { Outcome::Done } else { Outcome::Findings })
}

fn print(inspection: &Inspection, held: bool) -> anyhow::Result<()> {
    if let Some(notice) = &inspection.notice {
        output::line(&notice.to_string())?;
    }
    for layer in &inspection.layers {
        print_layer(layer, held)?;
    }
    for refused in &inspection.refused {
        let issue = &refused.issue;
        output::line(&format!(
            "거부될 것 / would be refused: {} [{}] {}",
            refused.source,
            issue.kind.code(),
            issue.kind.label()
        ))?;
        output::line(&format!("    {}", issue.text))?;
    }
    for question in &inspection.questions {
        output::line(&format!(
            "{} -> {}: 등록부와의 거리 / how far from the register, by grid",
            question.source, question.layer
        ))?;
        print_candidates(&question.candidates)?;
    }
    output::line("")?;
    output::line("싣는 명령 / to load it")?;
    output::line(&format!("  {}", inspection.command))
}

/// `held`: against a register.
fn print_layer(layer: &LayerInspection, held: bool) -> anyhow::Result<()> {
    let rows = layer.rows.map_or_else(|| "?".to_owned(), thousands);
    let known = if layer.class.is_some() { "" } else { " (not in the profile)" };
    output::line(&format!("{} -> {} · {}{known}", layer.source, layer.layer, layer.label))?;
    output::line(&format!("    rows      {rows}"))?;
    let graded = |grade: Grade| if grade == Grade::Probable { " 추정 / probable" } else { "" };
    if let (Some(class), Some(grade)) = (&layer.class, layer.class_grade) {
        output::line(&format!("    class     {class}{}: {}", graded(grade), layer.class_evidence))?;
    }
    if let Some(crs) = layer.grid.crs {
        let grid = &layer.grid;
        output::line(&format!("    grid      {crs}{}: {}", graded(grid.grade), grid.evidence))?;
        if let Some(misfit) = &grid.misfit {
            output::line(&format!("              {}", told(misfit)))?;
        }
        if held {
            print_candidates(&grid.candidates)?;
        }
    }
    output::line(&format!(
        "    encoding  {}{}: {}",
        layer.encoding,
        graded(layer.encoding_grade),
        layer.encoding_evidence
    ))?;
    if !layer.key.is_empty() {
        output::line(&format!("    key       {}", layer.key.join(" + ")))?;
    }
    for note in &layer.notes {
        output::line(&format!("    note      [{}] {}", note.kind.code(), note.text))?;
    }
    let head: Vec<String> = std::iter::once("    field".to_owned())
        .chain(["뜻".to_owned()])
        .chain((1..=layer.sample.len()).map(|n| format!("row {n}")))
        .collect();
    let rows: Vec<Vec<String>> = layer
        .fields
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let label = field.label.as_ref().map(|l| l.ko.clone()).unwrap_or_default();
            let shown = layer.sample.iter().map(|row| {
                let text = row.get(i).and_then(Option::as_deref).unwrap_or("–");
                text.chars().take(32).collect()
            });
            let delivered = field.delivered.as_ref().map(|d| format!(" ({d})")).unwrap_or_default();
            let name = format!("    {}{delivered}", field.name);
            [name, label].into_iter().chain(shown).collect()
        })
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    output::table(&head, &rows)
}

/// The grids that a layer could be in, that which fits the register best first.
fn print_candidates(candidates: &[GridCandidate]) -> anyhow::Result<()> {
    for candidate in candidates {
        if let Some(misfit) = &candidate.misfit {
            let GridCandidate { crs, name, .. } = candidate;
            output::line(&format!("    {:<10} {name}: {}", crs.to_string(), told(misfit)))?;
        }
    }
    let elsewhere = candidates.iter().filter(|candidate| candidate.misfit.is_none());
    let elsewhere: Vec<String> = elsewhere.map(|candidate| candidate.crs.to_string()).collect();
    if !elsewhere.is_empty() {
        output::line(&format!(
            "    등록부에서 멂 / far from the register: {}",
            elsewhere.join(", ")
        ))?;
    }
    Ok(())
}

/// How far a layer lies from the register.
fn told(misfit: &Misfit) -> String {
    let what = match misfit.means {
        MisfitMeans::SameKey => "같은 관리번호 / of the same key",
        MisfitMeans::Nearest => "가장 가까운 시설 / nearest",
    };
    format!(
        "{:.2} m (median), {:.2} m (RMS) {what}: {} × {}",
        misfit.median_m, misfit.rms_m, misfit.against, misfit.rows
    )
}
