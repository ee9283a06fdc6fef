//! Measures how fast a shapefile becomes a register, beside ogr2ogr, which makes a plain GeoPackage of it.
//!
//! Two layers of the made city are repeated until they have as many rows as are asked for; siseol and ogr2ogr load the
//! same files in turn, each into a file that is not there yet. siseol checks every row and sets aside what is broken, and
//! in further runs checks the rows against each other once they are committed; ogr2ogr copies. That both have seen the
//! same rows is checked before anything is told.

mod delivery;
mod report;
mod run;

use crate::delivery::{Delivery, LAYERS, Layer};
use crate::report::{Load, Report};
use crate::run::{Run, watch};
use anyhow::{Context as _, Result, ensure};
use bench_kit::city::{self, Size};
use bench_kit::{
    command, end, machine, options, programs, remove, run as run_quietly, say, scratch, today,
};
use clap::Parser;
use serde_json::Value as Json;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Measures siseol ingest beside ogr2ogr.
#[derive(Debug, Parser)]
struct Args {
    /// How many rows the files have; with more than one number it shows whether memory grows with the file.
    #[arg(long, value_delimiter = ',', default_value = "100000,1000000")]
    rows: Vec<usize>,
    /// How often each program loads each file.
    #[arg(long, default_value_t = 5)]
    passes: usize,
    /// The scratch folder.
    #[arg(long, default_value = "benches/work")]
    work: PathBuf,
    /// Where the results go.
    #[arg(long, default_value = "benches/results")]
    results: PathBuf,
}

/// The city whose layers are repeated.
const CITY: Size = Size { features: 1_000_000, side_km: 10.0 };

fn main() -> ExitCode {
    end(measure(&Args::parse()))
}

fn measure(args: &Args) -> Result<()> {
    ensure!(args.passes > 0 && args.rows.iter().all(|&rows| rows > 0), "nothing would be measured");
    let ogr2ogr = run_quietly(&mut command("ogr2ogr", ["--version"]))
        .context("ogr2ogr is needed: apt-get install --no-install-recommends gdal-bin time")?;
    let work = scratch(&args.work)?;
    let load_before = load()?;
    let programs = programs::build(&["sample-city", "siseol-cli"])?;
    say("making the files");
    let city = city::make(&programs, &work, CITY)?;
    let siseol = programs.join("siseol");
    let work = work.join("loading");
    let mut loads = Vec::new();
    for layer in LAYERS {
        for &rows in &args.rows {
            let made = delivery::make(&city.folder, layer, rows, &work.join("delivery"))?;
            say(&format!("loading {rows} {}", layer.shapes));
            loads.push(load_in_turn(&siseol, layer, rows, &made, args.passes, &work)?);
        }
    }
    remove(&work)?;
    let report = Report {
        machine: machine::machine(),
        date: today(),
        options: options(),
        siseol: run_quietly(&mut command(&siseol, ["--version"]))?.trim().to_owned(),
        ogr2ogr: ogr2ogr.split(',').next().unwrap_or_default().to_owned(),
        load_before,
        loads,
    };
    report.publish(&args.results)
}

/// Loads a file by both programs in turn, by siseol without and with the checks across rows. The first time, which is not
/// counted, brings the file into memory.
fn load_in_turn(
    siseol: &Path,
    layer: Layer,
    rows: usize,
    delivery: &Delivery,
    passes: usize,
    work: &Path,
) -> Result<Load> {
    let (register, geopackage) = (work.join("r.gpkg"), work.join("g.gpkg"));
    let delivered = delivery.path.as_os_str();
    let ingest: [&OsStr; 4] = ["ingest".as_ref(), "--json".as_ref(), register.as_ref(), delivered];
    let load: [&OsStr; 5] = [
        "ingest".as_ref(),
        "--json".as_ref(),
        "--no-survey".as_ref(),
        register.as_ref(),
        delivered,
    ];
    let copy: [&OsStr; 4] = ["-f".as_ref(), "GPKG".as_ref(), geopackage.as_ref(), delivered];
    let mut runs: [Vec<Run>; 3] = Default::default();
    for pass in 0..=passes {
        remove(&register)?;
        let (surveyed, _) = watch(siseol.as_ref(), &ingest, work)?;
        remove(&register)?;
        let (loaded, report) = watch(siseol.as_ref(), &load, work)?;
        remove(&geopackage)?;
        let (copied, _) = watch("ogr2ogr".as_ref(), &copy, work)?;
        if pass == 0 {
            check(&report, layer, delivery, &geopackage)?;
        } else {
            for (runs, run) in runs.iter_mut().zip([loaded, surveyed, copied]) {
                runs.push(run);
            }
        }
    }
    let mb = |path: &Path| Ok::<_, std::io::Error>(fs_err::metadata(path)?.len() as f64 / 1e6);
    let [siseol, with_survey, ogr2ogr] = runs;
    Ok(Load {
        shapes: layer.shapes,
        rows,
        file_mb: delivery.bytes as f64 / 1e6,
        siseol,
        with_survey,
        ogr2ogr,
        register_mb: mb(&register)?,
        geopackage_mb: mb(&geopackage)?,
    })
}

/// Both have seen every row that is not flagged as deleted.
fn check(report: &str, layer: Layer, delivery: &Delivery, geopackage: &Path) -> Result<()> {
    let report: Json = serde_json::from_str(report)?;
    let rows = &report["layers"][0]["rows"];
    let count = |name: &str| rows[name].as_u64().with_context(|| format!("no {name} in {report}"));
    let seen = count("accepted")? + count("repaired")? + count("quarantined")?;
    let sql = format!("SELECT count(*) AS n FROM {}", layer.table);
    let told = run_quietly(command("ogrinfo", ["-q", "-sql", &sql]).arg(geopackage))?;
    let copied = told.split(" = ").nth(1).and_then(|n| n.trim().parse::<u64>().ok());
    ensure!(
        seen == delivery.rows && copied == Some(delivery.rows),
        "{} rows were delivered, siseol saw {seen}, ogr2ogr copied {copied:?}",
        delivery.rows
    );
    Ok(())
}

/// The load over the last minute.
fn load() -> Result<f64> {
    let text = fs_err::read_to_string("/proc/loadavg")?;
    text.split(' ').next().and_then(|n| n.parse().ok()).context("cannot read /proc/loadavg")
}
