//! `siseol undo`: commits the reverse of a change set.

use super::thousands;
use crate::args::Undo;
use crate::exit::Outcome;
use crate::output;
use siseol_model::Provenance;
use siseol_store::{KeptReason, KeptRow, UndoReport, undo};

/// How many rows that were left alone are listed for people; `--json` lists all.
const SHOWN: usize = 20;

pub(crate) fn run(args: &Undo) -> anyhow::Result<Outcome> {
    let provenance = Provenance {
        author: args.author.clone(),
        comment: args.comment.clone(),
        source: format!("undo {}", args.change_set),
    };
    let now = jiff::Timestamp::now();
    let report = undo(&args.register, args.change_set, provenance, now, args.dry_run)?;
    if args.json {
        output::json(&report)?;
    } else {
        tell(&report, args)?;
    }
    let reversed = report
        .layers
        .iter()
        .any(|l| l.changes.inserted + l.changes.updated + l.changes.deleted > 0);
    Ok(if reversed { Outcome::Done } else { Outcome::NothingFound })
}

fn tell(report: &UndoReport, args: &Undo) -> anyhow::Result<()> {
    let rows: Vec<Vec<String>> = report
        .layers
        .iter()
        .map(|layer| {
            vec![
                layer.layer.to_string(),
                thousands(layer.changes.inserted),
                thousands(layer.changes.updated),
                thousands(layer.changes.deleted),
            ]
        })
        .collect();
    output::table(&["layer", "inserted", "updated", "deleted"], &rows)?;
    if !report.kept.is_empty() {
        output::line(&format!(
            "그대로 둔 시설 / left as they are: {}",
            thousands(report.kept.len() as u64)
        ))?;
        for row in report.kept.iter().take(SHOWN) {
            output::line(&format!("  {}", kept(row)))?;
        }
        if report.kept.len() > SHOWN {
            output::line("  .. (--json lists all)")?;
        }
    }
    output::line(&match (&report.commit, args.dry_run) {
        (Some(commit), _) => format!(
            "{}: change set {} reverses change set {}, generation {}",
            args.register.display(),
            commit.change_set,
            report.undoes,
            commit.generation
        ),
        (None, true) => "dry run: nothing was written".to_owned(),
        (None, false) => "되돌릴 것이 없습니다 / nothing is left to undo".to_owned(),
    })
}

fn kept(row: &KeptRow) -> String {
    let name = match &row.facility_key {
        Some(key) => format!("{}/{key} (fid:{})", row.layer, row.fid),
        None => format!("{} fid:{}", row.layer, row.fid),
    };
    match row.reason {
        KeptReason::ChangedSince { change_set } => {
            format!("{name}: changed since by change set {change_set}")
        }
        KeptReason::KeyTaken { fid } => format!("{name}: its key is that of fid:{fid} now"),
    }
}
