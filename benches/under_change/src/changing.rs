//! The first part: readers at a steady rate, while nothing changes, while the machine is busy with change sets of another
//! register, and while the same change sets are committed to the one that they read.

use crate::latency::Quantiles;
use crate::readers::{Readers, Reading};
use crate::rows::Rows;
use crate::siseol::{Commit, Server, Siseol};
use crate::watch::{self, Seen};
use anyhow::Result;
use bench_kit::say;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How much of the machine the readers and the server use while nothing changes.
const IDLE_LOAD: f64 = 0.25;

/// Where the search for the rate that uses as much begins, in requests a second of each reader ..
const FIRST_RATE: f64 = 5.0;

/// .. and how long each of its steps takes.
const STEP: Duration = Duration::from_secs(5);

/// What is done.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Plan {
    pub(crate) passes: u32,
    /// How long nothing changes, in each pass.
    pub(crate) idle_seconds: u64,
    /// How many change sets are committed, in each pass ..
    pub(crate) commits: usize,
    /// .. of so many rows.
    pub(crate) rows: usize,
}

/// What came of it once.
#[derive(Debug, Serialize)]
pub(crate) struct Pass {
    /// Nothing is committed.
    pub(crate) idle: Reading,
    /// Change sets are committed to a register that nobody reads: what the machine's other work costs a reader.
    pub(crate) elsewhere: Reading,
    /// They are committed to the register that is read.
    pub(crate) changing: Reading,
    pub(crate) commits: Commits,
    /// Layers that got a new base while change sets were committed.
    pub(crate) merges: f64,
}

/// What became of the commits of a pass.
#[derive(Debug, Serialize)]
pub(crate) struct Commits {
    pub(crate) per_second: f64,
    /// How long `siseol ingest` took, in milliseconds.
    pub(crate) took: Quantiles,
    /// From the end of `siseol ingest` until the server answers from the new state, in milliseconds.
    pub(crate) visible: Quantiles,
}

/// The rate at which the readers and the server use a quarter of the machine.
pub(crate) fn fitting_rate(readers: &Readers) -> Result<f64> {
    let mut rate = FIRST_RATE;
    for _ in 0..3 {
        let trial = Readers { rate, ..readers.clone() };
        let ((), reading) = trial.during(|| rest(STEP))?;
        rate = (rate * IDLE_LOAD / reading.busy.machine).clamp(1.0, 200.0);
    }
    Ok(rate)
}

/// Measures once, with rows that nobody has changed yet.
pub(crate) fn pass(
    siseol: &Siseol,
    unread: &Siseol,
    server: &Server,
    readers: &Readers,
    rows: &mut [Rows],
    plan: Plan,
    work: &Path,
) -> Result<Pass> {
    let deliveries = deliveries(rows, plan, work)?;
    let commit_all = |siseol: &Siseol| -> Result<Vec<Commit>> {
        deliveries.iter().map(|(layer, file)| siseol.commit(layer, file, plan.rows)).collect()
    };
    say(&format!("nothing changes for {} s", plan.idle_seconds));
    let idle = || watch::during(server, || rest(Duration::from_secs(plan.idle_seconds)));
    let (_, idle) = readers.during(idle)?;
    say(&format!("{} change sets of {} rows, elsewhere", plan.commits, plan.rows));
    let (_, elsewhere) = readers.during(|| watch::during(server, || commit_all(unread)))?;
    say("the same, to the register that is read");
    let change = || {
        watch::during(server, || {
            let begun = Instant::now();
            let (commits, seconds) = (commit_all(siseol)?, begun.elapsed().as_secs_f64());
            wait_for_all(server, &commits)?;
            Ok((commits, seconds))
        })
    };
    let merges = || Ok::<_, anyhow::Error>(server.metrics()?.value("siseol_merge_seconds_count"));
    let before = merges()?;
    let (((commits, seconds), seen), changing) = readers.during(change)?;
    let commits = summary(&commits, seconds, &seen)?;
    Ok(Pass { idle, elsewhere, changing, commits, merges: merges()? - before })
}

#[expect(clippy::unnecessary_wraps, reason = "it is work like any other, and other work can fail")]
fn rest(time: Duration) -> Result<()> {
    sleep(time);
    Ok(())
}

/// Writes the deliveries, by turns of the one layer and the other. A fifth of each is new, the rest is changed.
fn deliveries(rows: &mut [Rows], plan: Plan, work: &Path) -> Result<Vec<(&'static str, PathBuf)>> {
    let inserts = plan.rows / 5;
    let layers = rows.len();
    (0..plan.commits)
        .map(|nth| {
            let rows = &mut rows[nth % layers];
            let file = work.join(format!("{nth:03}.geojson"));
            rows.deliver(&file, plan.rows - inserts, inserts)?;
            Ok((rows.layer().name, file))
        })
        .collect()
}

/// Waits until the last commit is visible, and the look-out has seen it, too.
fn wait_for_all(server: &Server, commits: &[Commit]) -> Result<()> {
    let Some(last) = commits.last() else { return Ok(()) };
    server.wait_for(last)?;
    rest(Duration::from_millis(100))
}

fn summary(commits: &[Commit], seconds: f64, seen: &Seen) -> Result<Commits> {
    let visible: Result<Vec<Duration>> = commits.iter().map(|c| seen.delay(c)).collect();
    Ok(Commits {
        per_second: commits.len() as f64 / seconds,
        took: Quantiles::of(commits.iter().map(|commit| commit.took).collect()),
        visible: Quantiles::of(visible?),
    })
}
