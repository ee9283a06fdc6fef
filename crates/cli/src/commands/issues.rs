//! `siseol issues`: what was found when files came in.

use crate::args::Issues;
use crate::exit::Outcome;
use crate::output;
use serde_json::json;
use siseol_store::{Access, Register};

pub(crate) fn run(args: &Issues) -> anyhow::Result<Outcome> {
    let register = Register::open(&args.register, Access::Read)?;
    let issues = register.issues(args.layer.as_ref())?;
    if args.json {
        let issues: Vec<_> = issues
            .iter()
            .map(|stored| {
                json!({
                    "layer": stored.layer, "source": stored.source, "kind": stored.issue.kind,
                    "severity": stored.issue.kind.severity(), "row": stored.issue.row,
                    "column": stored.issue.column, "value": stored.issue.value,
                    "text": stored.issue.text, "quarantined": stored.quarantined,
                })
            })
            .collect();
        output::json(&json!({ "issues": issues }))?;
    } else {
        let rows: Vec<Vec<String>> = issues
            .iter()
            .map(|stored| {
                let issue = &stored.issue;
                vec![
                    stored.layer.to_string(),
                    issue.row.map(|row| row.to_string()).unwrap_or_default(),
                    issue.kind.code().to_owned(),
                    issue.kind.label().ko,
                    issue.column.clone().unwrap_or_default(),
                    issue.value.clone().unwrap_or_default(),
                    issue.text.clone(),
                ]
            })
            .collect();
        output::table(&["layer", "row", "kind", "뜻", "column", "value", "text"], &rows)?;
    }
    Ok(if issues.is_empty() { Outcome::NothingFound } else { Outcome::Done })
}
