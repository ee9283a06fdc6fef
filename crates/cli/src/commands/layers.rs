//! `siseol layers`: what is in a register.

use super::thousands;
use crate::args::Layers;
use crate::exit::Outcome;
use crate::output;
use serde_json::json;
use siseol_store::{Access, Register, StoreError};

pub(crate) fn run(args: &Layers) -> anyhow::Result<Outcome> {
    let register = Register::open(&args.register, Access::Read)?;
    let (head, layers) =
        register.at_one_state(|r| Ok::<_, StoreError>((r.head()?, r.layers()?)))?;
    if args.json {
        let layers: Vec<_> = layers
            .iter()
            .map(|entry| {
                json!({
                    "layer": entry.layer.name, "label": entry.layer.class.label,
                    "rows": entry.rows, "geometry": entry.layer.geometry, "crs": entry.layer.crs,
                    "source": entry.report.source, "findings": entry.findings,
                    "quarantined": entry.quarantined, "time": entry.last.time,
                })
            })
            .collect();
        output::json(&json!({
            "generation": head.generation, "stamp": head.stamp, "time": head.time,
            "notice": head.notice, "layers": layers,
        }))?;
        return Ok(Outcome::Done);
    }
    let rows: Vec<Vec<String>> = layers
        .iter()
        .map(|entry| {
            vec![
                entry.layer.name.to_string(),
                entry.layer.class.label.ko.clone(),
                thousands(entry.rows),
                entry.layer.crs.to_string(),
                entry.last.time.strftime("%Y-%m-%d").to_string(),
                thousands(entry.findings),
                thousands(entry.quarantined),
                entry.report.source.clone(),
            ]
        })
        .collect();
    let head_row = ["layer", "이름", "rows", "grid", "loaded", "findings", "aside", "source"];
    output::table(&head_row, &rows)?;
    let total: u64 = layers.iter().map(|entry| entry.rows).sum();
    output::note(&format!(
        "{} layers, {} rows, generation {}{}",
        layers.len(),
        thousands(total),
        head.generation,
        head.notice.map(|n| format!(" · {n}")).unwrap_or_default(),
    ));
    Ok(Outcome::Done)
}
