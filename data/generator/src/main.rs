//! Makes a synthetic city: shapefiles and tables as a Korean city's contractors deliver them, with their faults.
//!
//! The same arguments give the same bytes.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::many_single_char_names,
    reason = "counts and coordinates of a city fit all types used; x, y, a, b name coordinates"
)]

mod buildings;
mod calendar;
mod csv;
mod dirt;
mod dongs;
mod generate;
mod geo;
mod grid;
mod places;
mod plan;
mod population;
mod roads;
#[cfg(test)]
mod sample;
mod sewer;
mod shapefile;
mod sheet;
mod streets;
mod terrain;
#[cfg(test)]
mod tests;
mod utilities;
mod water;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use crate::generate::Report;
use crate::plan::{DEFAULT_FEATURES, Plan};

/// Makes a synthetic city of shapefiles and tables.
#[derive(Debug, Parser)]
struct Args {
    /// The folder to write into.
    #[arg(long)]
    out: PathBuf,
    /// About how many features.
    #[arg(long, default_value_t = DEFAULT_FEATURES, value_parser = clap::value_parser!(u32).range(1_000..=20_000_000))]
    features: u32,
    /// The side of the city in km; without it the density stays as in the default city of 7 km.
    #[arg(long)]
    side_km: Option<f64>,
    /// Where chance begins.
    #[arg(long, default_value_t = 41_410)]
    seed: u64,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let begun = Instant::now();
    let plan = Plan::new(args.features, args.side_km, args.seed);
    let done = generate::write(&args.out, &plan).and_then(|report| tell(&report, begun.elapsed()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where stderr is gone too, the exit code still tells.
            writeln!(io::stderr(), "error: {error}").unwrap_or_default();
            ExitCode::FAILURE
        }
    }
}

/// Says on stderr what was written.
fn tell(report: &Report, took: Duration) -> io::Result<()> {
    let mut out = io::stderr().lock();
    for (name, features) in &report.layers {
        writeln!(out, "{features:>9}  {name}")?;
    }
    let total: u64 = report.layers.iter().map(|(_, features)| features).sum();
    writeln!(out, "{total:>9}  features in {} files, {:.1} s", report.files, took.as_secs_f64())?;
    writeln!(out, "\n| count | dirt |\n| ---: | --- |")?;
    for line in report.dirt.lines() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
