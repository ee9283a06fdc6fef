//! Measures siseol beside other systems: the same city, the same machine, the same questions.
//!
//! It makes the city, loads it into a PostGIS of its own and into a siseol register, compares the answers of both,
//! then lets them answer in turn, several passes, and writes how many times more requests siseol serves. Everything
//! runs on the loopback address and in one scratch folder; what is there from the last run is used again.

mod equal;
mod layers;
mod limit;
mod measure;
mod places;
mod postgres;
mod report;
mod siseol;
mod tasks;
mod tool;

use crate::equal::Comparison;
use crate::measure::Run;
use crate::places::Place;
use crate::postgres::Cluster;
use crate::postgres::queries::Served;
use crate::report::{Report, Row};
use crate::siseol::{Item, Siseol};
use crate::tasks::{Answers, Task};
use anyhow::Result;
use bench_kit::city::{self, City, Size};
use bench_kit::{end, machine, median, programs, range, register, remove, say, scratch, today};
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Measures siseol beside PostGIS on one synthetic city.
#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    part: Option<Part>,
    /// About how many features the city has.
    #[arg(long, default_value_t = 1_000_000)]
    features: u32,
    /// The side of the city in km.
    #[arg(long, default_value_t = 10.0)]
    side_km: f64,
    /// How often each does each task.
    #[arg(long, default_value_t = 3)]
    passes: u32,
    /// How long each time, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// How many connections ask at once.
    #[arg(long, default_value_t = 4)]
    connections: u32,
    /// At how many places the answers are compared.
    #[arg(long, default_value_t = 200)]
    compare: usize,
    /// Which places are chosen.
    #[arg(long, default_value_t = 41_410)]
    seed: u64,
    /// The scratch folder: city, database, register.
    #[arg(long, default_value = "benches/work")]
    work: PathBuf,
    /// Where the results go.
    #[arg(long, default_value = "benches/results")]
    results: PathBuf,
    /// The first of three ports on the loopback address.
    #[arg(long, default_value_t = 55_430)]
    port: u16,
    /// The database server's own cache.
    #[arg(long, default_value = "4GB")]
    shared_buffers: String,
    /// A siseol that serves the city already, such as 127.0.0.1:8080.
    #[arg(long, conflicts_with = "peers_only")]
    siseol: Option<String>,
    /// Measure only the peers.
    #[arg(long)]
    peers_only: bool,
    /// Make everything anew.
    #[arg(long)]
    fresh: bool,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// Serves `/N`: N bytes (started by the measuring run itself).
    #[command(hide = true)]
    StaticBody {
        #[arg(long)]
        listen: String,
    },
}

fn main() -> ExitCode {
    let args = Args::parse();
    end(match &args.part {
        Some(Part::StaticBody { listen }) => limit::serve(listen),
        None => measure_all(&args),
    })
}

fn measure_all(args: &Args) -> Result<()> {
    tool::check_installed()?;
    let work = prepare(args)?;
    let programs = build(args)?;
    say("making the city");
    let size = Size { features: args.features, side_km: args.side_km };
    let city = city::make(&programs, &work, size)?;
    let cluster = Cluster::start(&work, args.port, &args.shared_buffers)?;
    postgres::load::load(&cluster, &city, &work)?;
    let file = work.join(format!("places-{}-{}-{}.csv", args.features, args.side_km, args.seed));
    let places = places::choose(&cluster, &file, args.seed)?;
    let numbered: Vec<_> = (1..).zip(&places).map(|(n, p)| (n, p.lon, p.lat)).collect();
    cluster.sql(&postgres::queries::place_table(&numbered))?;

    let siseol = start_siseol(args, &programs, &work, &city)?;
    let items = match &siseol {
        Some(siseol) => siseol.items(postgres::load::PAGED)?,
        None => Vec::new(),
    };
    let comparisons = compare(args, &cluster, siseol.as_ref(), &items, &places)?;
    let n_items = format!("select max(fid) from served.\"{}\"", postgres::load::PAGED);
    let n_items = cluster.sql(&n_items)?.trim().parse()?;
    let tasks = tasks::all(&Served::read(&cluster)?, n_items, &items, &places)?;
    let bench = Bench { args, work: &work, cluster: &cluster, siseol: siseol.as_ref() };
    let mut rows = Vec::new();
    for task in &tasks {
        rows.extend(bench.measure(task, &comparisons)?);
    }

    let report = Report {
        machine: machine::machine(),
        date: today(),
        city: city.name.clone(),
        siseol: siseol.as_ref().map(|s| s.version.clone()),
        connections: args.connections,
        passes: args.passes,
        seconds: args.seconds,
        rows,
        comparisons,
    };
    report.publish(&args.results)
}

/// The scratch folder, without what is to be made anew.
fn prepare(args: &Args) -> Result<PathBuf> {
    let work = scratch(&args.work)?;
    if args.fresh {
        for made in [city::MADE, register::LOADED, "postgres"] {
            remove(&work.join(made))?;
        }
    }
    Ok(work)
}

/// Builds the programs that are measured.
fn build(args: &Args) -> Result<PathBuf> {
    let with_siseol = !args.peers_only && args.siseol.is_none();
    programs::build(if with_siseol { &["sample-city", "siseol-cli"] } else { &["sample-city"] })
}

fn start_siseol(args: &Args, programs: &Path, work: &Path, city: &City) -> Result<Option<Siseol>> {
    match &args.siseol {
        _ if args.peers_only => Ok(None),
        Some(address) => Siseol::at(address.clone()).map(Some),
        None => {
            say("siseol: loading and serving");
            Siseol::start(programs, work, city, args.port + 1).map(Some)
        }
    }
}

fn compare(
    args: &Args,
    cluster: &Cluster,
    siseol: Option<&Siseol>,
    items: &[Item],
    places: &[Place],
) -> Result<BTreeMap<&'static str, Comparison>> {
    let mut comparisons = BTreeMap::new();
    if let Some(siseol) = siseol {
        say("comparing answers");
        let some = &places[..args.compare.min(places.len())];
        comparisons.insert(
            Answers::Item.name(),
            equal::items(cluster, siseol, items, args.seed, args.compare)?,
        );
        comparisons.insert(Answers::Page.name(), equal::pages(cluster, siseol, some)?);
        let (geodesic, planar) = equal::radius(cluster, siseol, some)?;
        comparisons.insert(Answers::Geodesic.name(), geodesic);
        comparisons.insert(Answers::Planar.name(), planar);
    }
    Ok(comparisons)
}

/// What is measured with.
#[derive(Debug)]
struct Bench<'a> {
    args: &'a Args,
    work: &'a Path,
    cluster: &'a Cluster,
    siseol: Option<&'a Siseol>,
}

impl Bench<'_> {
    /// Lets all do the task in turn, pass by pass.
    fn measure(
        &self,
        task: &Task,
        comparisons: &BTreeMap<&'static str, Comparison>,
    ) -> Result<Vec<Row>> {
        let paths = self.work.join("paths.txt");
        let body = self.work.join("body.txt");
        fs_err::write(&paths, task.paths.join("\n"))?;
        let scripts: Vec<_> =
            (0..task.peers.len()).map(|i| self.work.join(format!("peer{i}.sql"))).collect();
        for (script, peer) in scripts.iter().zip(&task.peers) {
            fs_err::write(script, &peer.script)?;
        }
        let limit = match self.siseol {
            Some(_) => Some(limit::start(self.args.port + 2)?),
            None => None,
        };
        let mut siseols = Vec::new();
        let mut limits = Vec::new();
        let mut peers = vec![Vec::new(); task.peers.len()];
        // Pass 0 warms the caches and is not counted.
        for pass in 0..=self.args.passes {
            say(&format!("{}: pass {pass} of {}", task.name, self.args.passes));
            let seconds = if pass == 0 { 2 } else { self.args.seconds };
            let how = Run { seconds, connections: self.args.connections, seed: pass * 97 + 13 };
            if let Some((siseol, (_, limit))) = self.siseol.zip(limit.as_ref()) {
                let rate = measure::wrk(&siseol.address, &paths, how)?;
                siseols.push(rate.per_second);
                // The head of an answer is some hundred bytes of either.
                fs_err::write(&body, format!("/{:.0}", (rate.bytes_each - 200.0).max(1.0)))?;
                limits.push(measure::wrk(limit, &body, how)?.per_second);
            }
            for (rates, script) in peers.iter_mut().zip(&scripts) {
                rates.push(measure::pgbench(self.cluster, script, how)?);
            }
        }
        let version = self.cluster.version()?;
        let mut rows = Vec::new();
        for (peer, rates) in task.peers.iter().zip(&peers) {
            rows.push(Row {
                peer: peer.name,
                peer_version: version.clone(),
                target: peer.target,
                equal_answers: comparisons.get(peer.answers.name()).map(Comparison::is_equal),
                ..row(task, &siseols, rates)
            });
        }
        if self.siseol.is_some() {
            rows.push(Row {
                peer: "limit: the same bytes, static",
                peer_version: "hyper".to_owned(),
                target: Some(task.limit_target),
                ..row(task, &siseols, &limits)
            });
        }
        Ok(rows)
    }
}

/// The rates of siseol and of a peer, pass by pass, the first of which does not count.
fn row(task: &Task, siseol: &[f64], peer: &[f64]) -> Row {
    let (siseol, peer) = (siseol.get(1..).unwrap_or_default(), peer.get(1..).unwrap_or_default());
    let ratios: Vec<_> = siseol.iter().zip(peer).map(|(s, p)| s / p).collect();
    let of_siseol = (!siseol.is_empty()).then(|| median(siseol));
    let of_peer = median(peer);
    Row {
        task: task.name,
        peer: "",
        peer_version: String::new(),
        ratio: of_siseol.map(|s| s / of_peer),
        ratio_passes: of_siseol.map(|_| range(&ratios)),
        target: None,
        equal_answers: None,
        siseol_per_second: of_siseol,
        peer_per_second: of_peer,
    }
}
