//! What came out, as one JSON document and as Markdown.

use crate::changing::{Pass, Plan};
use crate::growth::{Following, Growth, Stage};
use crate::past::Past;
use crate::readers::Reading;
use anyhow::Result;
use bench_kit::{median, range, short, with_range};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

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
    pub(crate) options: String,
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
    /// Writes the document and the Markdown into the folder, and prints this.
    pub(crate) fn publish(&self, folder: &Path) -> Result<()> {
        bench_kit::publish(folder, "under-change", self, &self.markdown()?)
    }

    fn markdown(&self) -> Result<String> {
        let mut out = String::new();
        writeln!(
            out,
            "{}, {}. City: {}. {}, options: {}.\n",
            self.machine, self.date, self.city, self.siseol, self.options
        )?;
        self.change.write(&mut out)?;
        self.growth.write(&mut out)?;
        write_past(&self.past, &mut out)?;
        Ok(out)
    }
}

impl Change {
    /// The value of each pass.
    fn by_pass(&self, of: impl Fn(&Pass) -> f64) -> Vec<f64> {
        self.passes.iter().map(of).collect()
    }

    /// The median of the passes.
    fn middle(&self, of: impl Fn(&Pass) -> f64) -> f64 {
        median(&self.by_pass(of))
    }

    /// All parts of all passes.
    fn readings(&self) -> impl Iterator<Item = &Reading> {
        self.passes.iter().flat_map(|pass| [&pass.idle, &pass.elsewhere, &pass.changing])
    }

    fn sum(&self, of: impl Fn(&Reading) -> u64) -> String {
        self.readings().map(of).sum::<u64>().to_string()
    }

    fn write(&self, out: &mut String) -> Result<()> {
        let Self { plan, readers, rate, .. } = self;
        writeln!(
            out,
            "{readers} readers, {} requests a second each. {} passes, each of {} s without changes and of {} change \
             sets of {} rows; medians of the passes.\n",
            short(*rate),
            plan.passes,
            plan.idle_seconds,
            plan.commits,
            plan.rows
        )?;
        self.write_latencies(out)?;
        write_figures(out, &self.figures())?;
        for fault in self.readings().flat_map(|reading| &reading.told) {
            writeln!(out, "* {fault}")?;
        }
        Ok(())
    }

    fn write_latencies(&self, out: &mut String) -> Result<()> {
        writeln!(
            out,
            "| question | idle p50 | idle p99 | changing p50 | changing p99 | p99 ratio (passes) | target | met | ratio, elsewhere |"
        )?;
        writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- | ---: |")?;
        let kinds = self.passes.first().map(|pass| pass.idle.answered.keys());
        for kind in kinds.into_iter().flatten() {
            let idle = |pass: &Pass| pass.idle.answered[kind];
            let changing = |pass: &Pass| pass.changing.answered[kind];
            let ratios = self.by_pass(|pass| changing(pass).p99 / idle(pass).p99);
            let ratio = median(&ratios);
            let met = yes_no(ratio <= RATIO_TARGET);
            let ratio = with_range(ratio, range(&ratios));
            let elsewhere = self.middle(|p| p.elsewhere.answered[kind].p99 / idle(p).p99);
            writeln!(
                out,
                "| {kind} | {} ms | {} ms | {} ms | {} ms | {ratio} | <= {RATIO_TARGET} | {met} | {} |",
                short(self.middle(|pass| idle(pass).p50)),
                short(self.middle(|pass| idle(pass).p99)),
                short(self.middle(|pass| changing(pass).p50)),
                short(self.middle(|pass| changing(pass).p99)),
                short(elsewhere),
            )?;
        }
        Ok(())
    }

    fn figures(&self) -> Vec<(&'static str, String)> {
        let of_each = |of: &dyn Fn(&Reading) -> f64, unit: &str| {
            let parts: [fn(&Pass) -> &Reading; 3] =
                [|p| &p.idle, |p| &p.elsewhere, |p| &p.changing];
            let parts = parts.map(|part| format!("{} {unit}", short(self.middle(|p| of(part(p))))));
            parts.join(" / ")
        };
        let slowest = self.by_pass(|pass| pass.commits.visible.max).into_iter().fold(0.0, f64::max);
        let met = yes_no(slowest <= VISIBLE_TARGET_MS);
        let ms = |value: f64| format!("{} ms", short(value));
        vec![
            (
                "machine busy, idle / elsewhere / changing",
                of_each(&|r| r.busy.machine * 100.0, "%"),
            ),
            ("of this the server", of_each(&|r| r.busy.server * 100.0, "%")),
            ("requests sent late, p99", of_each(&|r| r.sent.p99, "ms")),
            ("commits a second", short(self.middle(|pass| pass.commits.per_second))),
            ("`siseol ingest`, p50", ms(self.middle(|pass| pass.commits.took.p50))),
            ("acknowledged to visible, p50", ms(self.middle(|pass| pass.commits.visible.p50))),
            (
                "acknowledged to visible, max (target 1,000 ms)",
                format!("{}, met: {met}", ms(slowest)),
            ),
            ("merges meanwhile", self.by_pass(|pass| pass.merges).iter().sum::<f64>().to_string()),
            ("requests", self.sum(|r| r.answered.values().map(|q| q.count as u64).sum())),
            ("walks to the last page", self.sum(|reading| reading.walks)),
            ("faults (target 0)", self.sum(|reading| reading.faults)),
            ("register before", mb(self.register_mb_before)),
            ("register after", mb(self.register_mb_after)),
        ]
    }
}

impl Growth {
    fn write(&self, out: &mut String) -> Result<()> {
        writeln!(out, "\nLayer `{}`, {} rows; medians.\n", self.layer, self.rows)?;
        writeln!(
            out,
            "| entries of the delta before | rows committed | `siseol ingest` | followed in | visible after |"
        )?;
        writeln!(out, "| ---: | ---: | ---: | ---: | ---: |")?;
        let many: Stage = vec![self.many];
        for stage in self.small.iter().chain([&many]) {
            let [Some(first), Some(last)] = [stage.first(), stage.last()] else { continue };
            let span = if first.delta < last.delta {
                format!("{} to {}", first.delta, last.delta)
            } else {
                first.delta.to_string()
            };
            let ms = |of: fn(&Following) -> f64| {
                short(median(&stage.iter().map(of).collect::<Vec<_>>()))
            };
            writeln!(
                out,
                "| {span} | {} | {} ms | {} ms | {} ms |",
                first.rows,
                ms(|following| following.commit_ms),
                ms(|following| following.follow_ms),
                ms(|following| following.visible_ms),
            )?;
        }
        write_figures(out, &self.figures())
    }

    fn figures(&self) -> Vec<(&'static str, String)> {
        let merge = format!("{} ms, {} entries", short(self.merge_ms), self.merged_entries);
        vec![
            ("merge of the layer", merge),
            ("resident, delta empty", mb(self.before.resident)),
            ("resident, delta full", mb(self.with_delta.resident)),
            ("peak of the merge", mb(self.merged.peak)),
            ("resident after the merge", mb(self.merged.resident)),
            ("peak of the large change set", mb(self.after_many.peak)),
            ("resident after it", mb(self.after_many.resident)),
            ("minutes of rest", self.rest_minutes.to_string()),
            ("resident after the rest", mb(self.rested.resident)),
            ("register before", mb(self.register_mb_before)),
            ("register after", mb(self.register_mb_after)),
        ]
    }
}

fn write_past(past: &[Past], out: &mut String) -> Result<()> {
    writeln!(out, "\n| question | present | past, first answer | past, second answer |")?;
    writeln!(out, "| --- | ---: | ---: | ---: |")?;
    for Past { question, present_ms, first_ms, second_ms } in past {
        let [present, first, second] = [*present_ms, *first_ms, *second_ms].map(short);
        writeln!(out, "| {question} | {present} ms | {first} ms | {second} ms |")?;
    }
    Ok(())
}

fn write_figures(out: &mut String, figures: &[(&str, String)]) -> Result<()> {
    writeln!(out, "\n| | |\n| --- | ---: |")?;
    for (what, value) in figures {
        writeln!(out, "| {what} | {value} |")?;
    }
    Ok(())
}

fn mb(value: f64) -> String {
    format!("{value:.0} MB")
}

const fn yes_no(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}
