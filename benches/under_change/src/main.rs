//! Measures a register that changes while it is served.
//!
//! It serves the register of a city of a million features with the program as it is delivered, and lets others commit to
//! it: first many small change sets, while eight readers go on reading and check that they see whole states only; then
//! ever larger ones, for what the delta and its merge cost; at last it asks for the past. Everything runs on the loopback
//! address and in one scratch folder; what is there from the last run is used again.

mod answers;
mod changing;
mod client;
mod growth;
mod latency;
mod metrics;
mod past;
mod reader;
mod readers;
mod report;
mod rows;
mod siseol;
mod usage;
mod walk;
mod watch;

use crate::changing::{Pass, Plan};
use crate::readers::Readers;
use crate::report::{Change, Report};
use crate::rows::{LARGE, Layer, Place, READ, Rows};
use crate::siseol::Siseol;
use anyhow::{Context as _, Result, ensure};
use bench_kit::city::{self, Size};
use bench_kit::{end, machine, options, programs, register, remove, say, scratch, today};
use clap::Parser;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// So many places of each layer are read around.
const PLACES: usize = 500;

/// Measures a register of a synthetic city that changes while it is served.
#[derive(Debug, Parser)]
struct Args {
    /// About how many features the city has.
    #[arg(long, default_value_t = 1_000_000)]
    features: u32,
    /// The side of the city in km.
    #[arg(long, default_value_t = 10.0)]
    side_km: f64,
    /// How often it is measured with and without changes.
    #[arg(long, default_value_t = 5)]
    passes: u32,
    /// How long nothing changes, in each pass.
    #[arg(long, default_value_t = 20)]
    idle_seconds: u64,
    /// How many change sets are committed, in each pass.
    #[arg(long, default_value_t = 100)]
    commits: usize,
    /// How many rows a change set has.
    #[arg(long, default_value_t = 100)]
    rows: usize,
    /// Requests a second of each reader; if nothing is said, as many as use a quarter of the machine.
    #[arg(long)]
    rate: Option<f64>,
    /// How long the server rests after the large change set, before its memory is read a last time.
    #[arg(long, default_value_t = 12)]
    rest_minutes: u64,
    /// Which rows are changed and which places are read.
    #[arg(long, default_value_t = 41_410)]
    seed: u64,
    /// The scratch folder: city and registers.
    #[arg(long, default_value = "benches/work")]
    work: PathBuf,
    /// Where the results go.
    #[arg(long, default_value = "benches/results")]
    results: PathBuf,
    /// Where the register is served.
    #[arg(long, default_value = "127.0.0.1:18440")]
    listen: String,
    /// Make everything anew.
    #[arg(long)]
    fresh: bool,
}

fn main() -> ExitCode {
    end(measure(&Args::parse()))
}

fn measure(args: &Args) -> Result<()> {
    let work = scratch(&args.work)?;
    if args.fresh {
        for made in [city::MADE, register::LOADED] {
            remove(&work.join(made))?;
        }
    }
    let programs = programs::build(&["sample-city", "siseol-cli"])?;
    say("making the city and its register");
    let size = Size { features: args.features, side_km: args.side_km };
    let city = city::make(&programs, &work, size)?;
    let loaded = register::make(&programs, &work, &city)?;
    let changes = work.join("changes");
    remove(&changes)?;
    fs_err::create_dir(&changes)?;
    let siseol = Siseol {
        program: programs.join("siseol"),
        register: changes.join("city.siseol.gpkg"),
        address: args.listen.clone(),
    };
    fs_err::copy(&loaded, &siseol.register)?;
    let mut random = ChaCha8Rng::seed_from_u64(args.seed);
    let mut read = |layer: Layer| {
        let export = changes.join(format!("{}.geojsonl", layer.name));
        siseol.export(layer.name, &export)?;
        Rows::read(layer, &export, &mut random)
    };
    let (points, lines, large) = (read(READ[0])?, read(READ[1])?, read(LARGE)?);
    ensure!(
        large.len() >= growth::ROWS,
        "{} has {} rows, and {} are needed: a larger city",
        LARGE.name,
        large.len(),
        growth::ROWS
    );
    let mut places = points.places(PLACES, &mut random)?;
    places.extend(lines.places(PLACES, &mut random)?);
    let place = *places.first().context("a city without places")?;

    let before = past::present(&siseol.serve()?)?;
    let change = change(args, &siseol, &mut [points, lines], places, &changes)?;
    let growth = growth::measure(&siseol, large, args.rest_minutes, &changes)?;
    let past = past::measure(&siseol, before, place)?;
    let report = Report {
        machine: machine::machine(),
        date: today(),
        options: options(),
        city: city.name,
        siseol: siseol.version()?,
        change,
        growth,
        past,
    };
    report.publish(&args.results)
}

/// The first part.
fn change(
    args: &Args,
    siseol: &Siseol,
    rows: &mut [Rows],
    places: Vec<Place>,
    work: &Path,
) -> Result<Change> {
    let plan = Plan {
        passes: args.passes,
        idle_seconds: args.idle_seconds,
        commits: args.commits,
        rows: args.rows,
    };
    let register_mb_before = siseol.register_mb()?;
    let unread = Siseol { register: work.join("unread.siseol.gpkg"), ..siseol.clone() };
    fs_err::copy(&siseol.register, &unread.register)?;
    let server = siseol.serve()?;
    let mut readers = Readers {
        address: siseol.address.clone(),
        process: server.process(),
        places: places.into(),
        rate: 1.0,
        seed: args.seed,
    };
    readers.rate = match args.rate {
        Some(rate) => rate,
        None => changing::fitting_rate(&readers)?,
    };
    say(&format!("{} readers, {:.1} requests a second each", readers::COUNT, readers.rate));
    let passes = (1..=plan.passes).map(|nth| {
        say(&format!("pass {nth} of {}", plan.passes));
        changing::pass(siseol, &unread, &server, &readers, rows, plan, work)
    });
    let passes: Vec<Pass> = passes.collect::<Result<_>>()?;
    Ok(Change {
        plan,
        readers: readers::COUNT,
        rate: readers.rate,
        passes,
        register_mb_before,
        register_mb_after: siseol.register_mb()?,
    })
}
