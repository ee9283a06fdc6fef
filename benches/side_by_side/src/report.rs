//! What came out, as one JSON document and one Markdown table.

use crate::equal::Comparison;
use anyhow::Result;
use bench_kit::{short, with_range};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The document.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: String,
    pub(crate) date: String,
    pub(crate) city: String,
    pub(crate) siseol: Option<String>,
    pub(crate) connections: u32,
    pub(crate) passes: u32,
    pub(crate) seconds: u32,
    pub(crate) rows: Vec<Row>,
    /// What was compared, by kind of answer.
    pub(crate) comparisons: BTreeMap<&'static str, Comparison>,
}

/// One task and one peer.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) task: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) peer_version: String,
    /// How many times more requests a second siseol serves: the ratio of the medians; null without siseol.
    pub(crate) ratio: Option<f64>,
    /// The smallest and the largest ratio of one pass.
    pub(crate) ratio_passes: Option<[f64; 2]>,
    pub(crate) target: Option<f64>,
    /// Whether both gave the same answers; null if there is nothing to compare.
    pub(crate) equal_answers: Option<bool>,
    /// Requests a second, medians. Not stable from run to run: quote the ratio.
    pub(crate) siseol_per_second: Option<f64>,
    pub(crate) peer_per_second: f64,
}

impl Report {
    /// Writes the document and the Markdown into the folder, and prints this.
    pub(crate) fn publish(&self, folder: &Path) -> Result<()> {
        bench_kit::publish(folder, "side-by-side", self, &self.markdown()?)
    }

    fn markdown(&self) -> Result<String> {
        let mut out = String::new();
        writeln!(
            out,
            "{}, {}. City: {}. {} connections, {} interleaved passes of {} s, medians.\n",
            self.machine, self.date, self.city, self.connections, self.passes, self.seconds
        )?;
        writeln!(
            out,
            "| task | peer | times more requests (passes) | target | met | equal answers |"
        )?;
        writeln!(out, "| --- | --- | ---: | ---: | --- | --- |")?;
        for row in &self.rows {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} |",
                row.task,
                row.peer,
                row.ratio_text(),
                row.target.map_or_else(|| "-".to_owned(), |t| format!(">= {t}")),
                yes_no(row.ratio.zip(row.target).map(|(ratio, target)| ratio >= target)),
                yes_no(row.equal_answers),
            )?;
        }
        for (kind, comparison) in &self.comparisons {
            writeln!(
                out,
                "\n{kind}: {} answers with {} features compared, {} differences, {} features on a rim.",
                comparison.answers,
                comparison.features,
                comparison.differences,
                comparison.at_the_rim
            )?;
            for difference in &comparison.shown {
                writeln!(out, "* {difference}")?;
            }
        }
        Ok(out)
    }
}

impl Row {
    fn ratio_text(&self) -> String {
        match (self.ratio, self.ratio_passes) {
            (Some(ratio), Some(passes)) => with_range(ratio, passes),
            _ => format!("{} a second", short(self.peer_per_second)),
        }
    }
}

const fn yes_no(value: Option<bool>) -> &'static str {
    match value {
        Some(true) => "yes",
        Some(false) => "no",
        None => "-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_shows_its_ratio_and_whether_the_target_is_met() {
        let row = Row {
            task: "t",
            peer: "p",
            peer_version: "1".to_owned(),
            ratio: Some(123.4),
            ratio_passes: Some([99.9, 130.2]),
            target: Some(100.0),
            equal_answers: Some(true),
            siseol_per_second: Some(1234.0),
            peer_per_second: 10.0,
        };
        let report = Report {
            machine: "m".to_owned(),
            date: "2026-01-01".to_owned(),
            city: "c".to_owned(),
            siseol: None,
            connections: 4,
            passes: 3,
            seconds: 5,
            rows: vec![row],
            comparisons: BTreeMap::new(),
        };
        let text = report.markdown().unwrap();
        assert!(text.contains("| t | p | 123 (99.9 to 130) | >= 100 | yes | yes |"), "{text}");
    }
}
