//! `siseol inspect`: what a delivery is, before it is loaded.

use super::thousands;
use crate::args::Inspect;
use crate::exit::Outcome;
use crate::output;
use siseol_ingest::{Inspection, LayerInspection, Options};

pub(crate) fn run(args: Inspect) -> anyhow::Result<Outcome> {
    let inspection = siseol_ingest::inspect(&args.sources, &Options::from(args.reading))?;
    if args.json {
        output::json(&inspection)?;
    } else {
        print(&inspection)?;
    }
    Ok(if inspection.refused.is_empty() { Outcome::Done } else { Outcome::Findings })
}

fn print(inspection: &Inspection) -> anyhow::Result<()> {
    if let Some(notice) = &inspection.notice {
        output::line(&notice.to_string())?;
    }
    for layer in &inspection.layers {
        print_layer(layer)?;
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
    output::line("")?;
    output::line("싣는 명령 / to load it")?;
    output::line(&format!("  {}", inspection.command))
}

fn print_layer(layer: &LayerInspection) -> anyhow::Result<()> {
    let rows = layer.rows.map_or_else(|| "?".to_owned(), thousands);
    let known = if layer.known { "" } else { " (not in the profile)" };
    output::line(&format!("{} -> {} · {}{known}", layer.source, layer.layer, layer.label))?;
    output::line(&format!("    rows      {rows}"))?;
    if let Some(crs) = layer.grid.crs {
        output::line(&format!("    grid      {crs}: {}", layer.grid.evidence))?;
    }
    output::line(&format!("    encoding  {}: {}", layer.encoding, layer.encoding_evidence))?;
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
            [format!("    {}", field.name), label].into_iter().chain(shown).collect()
        })
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    output::table(&head, &rows)
}
