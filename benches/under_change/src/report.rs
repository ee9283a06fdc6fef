//! What came out, as one JSON document and as Markdown.

use crate::changing::{Pass, Plan};
use crate::growth::{Following, Growth};
use crate::past::Past;
use anyhow::Result;
use bench_kit::{median, short};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// How many times its idle value a reader's p99 may be while change sets are committed.
const RATIO_TARGET: f64 = 1.5;

/// How long after its acknowledgement a commit may become visible, in milliseconds.
const VISIBLE_TARGET_MS: f64 = 1000.0;

/// The document.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: String,
    pub(crate) date: String,
    /// The options that it was run with.
    pub(crate) command: String,
    pub(crate) city: String,
    pub(crate) siseol: String,
    pub(crate) change: Change,
    pub(crate) growth: Growth,
    pub(crate) past: Vec<Past>,
}

/// The first part.
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    #[serde(flatten)]
    pub(crate) plan: Plan,
    pub(crate) readers: usize,
    /// Requests a second of each reader.
    pub(crate) rate: f64,
    #[serde(rename = "by_pass")]
    pub(crate) passes: Vec<Pass>,
    pub(crate) register_mb_before: f64,
    pub(crate) register_mb_after: f64,
}

impl Report {
    /// Writes both files and gives the Markdown and where the document is.
    pub(crate) fn write(&self, folder: &Path) -> Result<(String, PathBuf)> {
        fs_err::create_dir_all(folder)?;
        let markdown = self.markdown()?;
        fs_err::write(folder.join("under-change.md"), &markdown)?;
        let json = folder.join("under-change.json");
        fs_err::write(&json, serde_json::to_vec_pretty(self)?)?;
        Ok((markdown, json))
    }

    fn markdown(&self) -> Result<String> {
        let mut out = String::new();
        writeln!(
            out,
            "{}, {}. City: {}. {}, options: {}.\n",
            self.machine,
            self.date,
            self.city,
            self.siseol,
            if self.command.is_empty() { "none" } else { &self.command }
        )?;
        self.change.write(&mut out)?;
        self.growth.write(&mut out)?;
        writeln!(out, "\n| question | present | past, first answer | past, second answer |")?;
        writeln!(out, "| --- | ---: | ---: | ---: |")?;
        for Past { question, present_ms, first_ms, second_ms } in &self.past {
            writeln!(
                out,
                "| {question} | {} ms | {} ms | {} ms |",
                short(*present_ms),
                short(*first_ms),
                short(*second_ms)
            )?;
        }
        Ok(out)
    }
}

impl Change {
    /// The median over the passes.
    fn middle(&self, of: impl Fn(&Pass) -> f64) -> f64 {
        median(&self.passes.iter().map(of).collect::<Vec<_>>())
    }

    /// The largest of the passes.
    fn most(&self, of: impl Fn(&Pass) -> f64) -> f64 {
        self.passes.iter().map(of).fold(0.0, f64::max)
    }

    fn write(&self, out: &mut String) -> Result<()> {
        let Self { plan, readers, rate, .. } = self;
        writeln!(
            out,
            "{readers} readers, {} requests a second each. {} passes of {} s without changes and of {} change sets of \
             {} rows, medians.\n",
            short(*rate),
            plan.passes,
            plan.idle_seconds,
            plan.commits,
            plan.rows
        )?;
        writeln!(
            out,
            "| question | idle p50 | idle p99 | changing p50 | changing p99 | p99 ratio (passes) | target | met |"
        )?;
        writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- |")?;
        let kinds = self.passes.first().map(|pass| pass.idle.answered.keys());
        for kind in kinds.into_iter().flatten() {
            let ms = |of: &dyn Fn(&Pass) -> f64| short(self.middle(of));
            let ratio =
                |pass: &Pass| pass.changing.answered[kind].p99 / pass.idle.answered[kind].p99;
            let least = self.passes.iter().map(ratio).fold(f64::INFINITY, f64::min);
            writeln!(
                out,
                "| {kind} | {} ms | {} ms | {} ms | {} ms | {} ({} to {}) | <= {RATIO_TARGET} | {} |",
                ms(&|pass| pass.idle.answered[kind].p50),
                ms(&|pass| pass.idle.answered[kind].p99),
                ms(&|pass| pass.changing.answered[kind].p50),
                ms(&|pass| pass.changing.answered[kind].p99),
                short(self.middle(ratio)),
                short(least),
                short(self.most(ratio)),
                yes_no(self.middle(ratio) <= RATIO_TARGET)
            )?;
        }
        let percent = |of: &dyn Fn(&Pass) -> f64| format!("{:.0} %", self.middle(of) * 100.0);
        let visible = self.most(|pass| pass.commits.visible.max);
        let sum = |of: &dyn Fn(&Pass) -> u64| self.passes.iter().map(of).sum::<u64>();
        let requests = |pass: &Pass| {
            let of = |r: &crate::readers::Reading| {
                r.answered.values().map(|q| q.count as u64).sum::<u64>()
            };
            of(&pass.idle) + of(&pass.changing)
        };
        let rows = [
            (
                "machine busy, idle / changing",
                format!(
                    "{} / {}",
                    percent(&|pass| pass.idle.busy.machine),
                    percent(&|pass| pass.changing.busy.machine)
                ),
            ),
            (
                "of this the server",
                format!(
                    "{} / {}",
                    percent(&|pass| pass.idle.busy.server),
                    percent(&|pass| pass.changing.busy.server)
                ),
            ),
            (
                "requests sent late, p99, idle / changing",
                format!(
                    "{} ms / {} ms",
                    short(self.middle(|pass| pass.idle.sent.p99)),
                    short(self.middle(|pass| pass.changing.sent.p99))
                ),
            ),
            ("commits a second", short(self.middle(|pass| pass.commits.per_second))),
            (
                "`siseol ingest`, p50",
                format!("{} ms", short(self.middle(|pass| pass.commits.took.p50))),
            ),
            (
                "acknowledged to visible, p50",
                format!("{} ms", short(self.middle(|pass| pass.commits.visible.p50))),
            ),
            (
                "acknowledged to visible, max (target 1,000 ms)",
                format!("{} ms, met: {}", short(visible), yes_no(visible <= VISIBLE_TARGET_MS)),
            ),
            ("requests", sum(&requests).to_string()),
            (
                "walks to the last page",
                sum(&|pass| pass.idle.walks + pass.changing.walks).to_string(),
            ),
            ("faults (target 0)", sum(&|pass| pass.idle.faults + pass.changing.faults).to_string()),
            (
                "register before / after",
                format!(
                    "{} MB / {} MB",
                    short(self.register_mb_before),
                    short(self.register_mb_after)
                ),
            ),
        ];
        table(out, &rows)?;
        for told in
            self.passes.iter().flat_map(|pass| pass.idle.told.iter().chain(&pass.changing.told))
        {
            writeln!(out, "* {told}")?;
        }
        Ok(())
    }
}

impl Growth {
    fn write(&self, out: &mut String) -> Result<()> {
        writeln!(out, "\nLayer `{}`, {} rows.\n", self.layer, self.rows)?;
        writeln!(
            out,
            "| entries of the delta before | rows committed | `siseol ingest` | followed in | visible after |"
        )?;
        writeln!(out, "| ---: | ---: | ---: | ---: | ---: |")?;
        for Following { delta, rows, commit_ms, follow_ms, visible_ms } in
            self.small.iter().chain([&self.many])
        {
            writeln!(
                out,
                "| {delta} | {rows} | {} ms | {} ms | {} ms |",
                short(*commit_ms),
                short(*follow_ms),
                short(*visible_ms)
            )?;
        }
        let mb = |value: f64| format!("{value:.0} MB");
        let rested = format!("resident after {} minutes of rest", self.rest_minutes);
        let rows = [
            (
                "merge of the layer",
                format!("{} ms, {} entries", short(self.merge_ms), self.merged_entries),
            ),
            ("resident, delta empty", mb(self.before.resident)),
            ("resident, delta full", mb(self.with_delta.resident)),
            ("peak of the merge", mb(self.merged.peak)),
            ("resident after the merge", mb(self.merged.resident)),
            ("peak of the large change set", mb(self.after_many.peak)),
            ("resident after it", mb(self.after_many.resident)),
            (rested.as_str(), mb(self.rested.resident)),
            ("register before", mb(self.register_mb_before)),
            ("register after", mb(self.register_mb_after)),
        ];
        table(out, &rows)
    }
}

fn table(out: &mut String, rows: &[(&str, String)]) -> Result<()> {
    writeln!(out, "\n| | |\n| --- | ---: |")?;
    for (what, value) in rows {
        writeln!(out, "| {what} | {value} |")?;
    }
    Ok(())
}

const fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
