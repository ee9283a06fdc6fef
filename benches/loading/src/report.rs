//! What came out, as one JSON document and as Markdown.

use crate::run::Run;
use anyhow::Result;
use bench_kit::{median, range, short, with_range};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

/// How many times as fast as ogr2ogr siseol has to be.
const TARGET: f64 = 1.0;
/// How many times as fast it wants to be.
const WISH: f64 = 2.0;

/// The document.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: String,
    pub(crate) date: String,
    /// The options that it was run with.
    pub(crate) options: String,
    pub(crate) siseol: String,
    pub(crate) ogr2ogr: String,
    /// How many tasks wanted a processor over the minute before, as the kernel counts them: other programs make it
    /// greater than 0.
    pub(crate) load_before: f64,
    pub(crate) loads: Vec<Load>,
}

/// One layer at one size.
#[derive(Debug, Serialize)]
pub(crate) struct Load {
    pub(crate) shapes: &'static str,
    pub(crate) rows: usize,
    pub(crate) file_mb: f64,
    /// Until the rows are committed.
    pub(crate) siseol: Vec<Run>,
    /// Until they are checked against each other, too.
    pub(crate) with_survey: Vec<Run>,
    pub(crate) ogr2ogr: Vec<Run>,
    pub(crate) register_mb: f64,
    pub(crate) geopackage_mb: f64,
}

impl Report {
    /// Writes the document and the Markdown into the folder, and prints this.
    pub(crate) fn publish(&self, folder: &Path) -> Result<()> {
        bench_kit::publish(folder, "loading", self, &self.markdown()?)
    }

    fn markdown(&self) -> Result<String> {
        let mut out = String::new();
        writeln!(
            out,
            "{}, {}; load before: {}. {} beside {}, options: {}. Alternating runs, medians.\n",
            self.machine,
            self.date,
            short(self.load_before),
            self.siseol,
            self.ogr2ogr,
            self.options
        )?;
        writeln!(
            out,
            "| file | rows | times as fast (passes) | target / wish | met | processor time, ratio | with checks across rows | peak memory: siseol / with checks across rows / ogr2ogr | file written: siseol / ogr2ogr |"
        )?;
        writeln!(out, "| --- | ---: | ---: | --- | --- | ---: | ---: | ---: | ---: |")?;
        for load in &self.loads {
            load.write(&mut out)?;
        }
        Ok(out)
    }
}

impl Load {
    fn write(&self, out: &mut String) -> Result<()> {
        let seconds = |run: &Run| run.seconds;
        let ratios: Vec<_> = self
            .ogr2ogr
            .iter()
            .zip(&self.siseol)
            .map(|(peer, own)| peer.seconds / own.seconds)
            .collect();
        let peer = |of: fn(&Run) -> f64| middle(&self.ogr2ogr, of);
        let ratio = peer(seconds) / middle(&self.siseol, seconds);
        let met = match ratio {
            r if r >= WISH => "yes, and the wish",
            r if r >= TARGET => "yes",
            _ => "no",
        };
        writeln!(
            out,
            "| {}, {:.0} MB | {} | {} | >= {TARGET} / {WISH} | {met} | {} | {} | {:.0} / {:.0} / {:.0} MB | {:.0} / {:.0} MB |",
            self.shapes,
            self.file_mb,
            self.rows,
            with_range(ratio, range(&ratios)),
            short(peer(|run| run.cpu_seconds) / middle(&self.siseol, |run| run.cpu_seconds)),
            short(peer(seconds) / middle(&self.with_survey, seconds)),
            middle(&self.siseol, |run| run.peak_mb),
            middle(&self.with_survey, |run| run.peak_mb),
            peer(|run| run.peak_mb),
            self.register_mb,
            self.geopackage_mb,
        )?;
        Ok(())
    }
}

/// The median of the runs.
fn middle(runs: &[Run], of: impl Fn(&Run) -> f64) -> f64 {
    median(&runs.iter().map(of).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(seconds: &[f64]) -> Vec<Run> {
        let run = |&seconds| Run { seconds, cpu_seconds: 2.0 * seconds, peak_mb: 64.0 };
        seconds.iter().map(run).collect()
    }

    #[test]
    fn a_load_shows_how_many_times_as_fast_it_was() {
        let load = Load {
            shapes: "lines",
            rows: 7,
            file_mb: 1.0,
            siseol: runs(&[2.0, 4.0, 3.0]),
            with_survey: runs(&[8.0, 8.0, 8.0]),
            ogr2ogr: runs(&[4.0, 4.0, 6.0]),
            register_mb: 3.0,
            geopackage_mb: 2.0,
        };
        let mut out = String::new();
        load.write(&mut out).unwrap();
        let expected = "| lines, 1 MB | 7 | 1.33 (1.00 to 2.00) | >= 1 / 2 | yes | 1.33 | 0.50 | 64 / 64 / 64 MB | 3 / 2 MB |\n";
        assert_eq!(out, expected);
    }
}
