//! How many requests a second: `wrk` for HTTP, `pgbench` for SQL.

use crate::postgres::Cluster;
use anyhow::{Context as _, Result, ensure};
use bench_kit::{command, run};
use serde::Deserialize;
use std::path::Path;

const ROTATE: &str = include_str!("rotate.lua");

/// How one run is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) seconds: u32,
    pub(crate) connections: u32,
    /// Where the run begins among the places, and what pgbench draws.
    pub(crate) seed: u32,
}

/// What an HTTP run came to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub(crate) per_second: f64,
    /// The bytes of an answer, head and body.
    pub(crate) bytes_each: f64,
}

#[derive(Debug, Deserialize)]
struct WrkResult {
    requests: u64,
    microseconds: u64,
    bytes: u64,
    failed: u64,
}

/// Asks an HTTP server for the paths of a file in turn.
pub(crate) fn wrk(address: &str, paths: &Path, how: Run) -> Result<Rate> {
    let script = paths.with_file_name("rotate.lua");
    fs_err::write(&script, ROTATE)?;
    let Run { seconds, connections, seed } = how;
    let output = run(command("wrk", ["-t1", "--timeout", "30s"])
        .args([format!("-c{connections}"), format!("-d{seconds}s")])
        .arg("-s")
        .arg(&script)
        .arg(format!("http://{address}"))
        .arg("--")
        .arg(paths)
        .arg(seed.to_string()))?;
    let line = output.lines().find_map(|l| l.strip_prefix("RESULT "));
    let result: WrkResult = serde_json::from_str(line.context("wrk printed no result")?)?;
    ensure!(result.failed == 0, "{} of {} answers failed", result.failed, result.requests);
    ensure!(result.requests > 0, "no answer came");
    Ok(Rate {
        per_second: result.requests as f64 / result.microseconds as f64 * 1e6,
        bytes_each: result.bytes as f64 / result.requests as f64,
    })
}

/// Runs a script as prepared statements.
pub(crate) fn pgbench(cluster: &Cluster, script: &Path, how: Run) -> Result<f64> {
    let Run { seconds, connections, seed } = how;
    let output = run(command("pgbench", ["-n", "-M", "prepared", "-j2"])
        .args([format!("-c{connections}"), format!("-T{seconds}")])
        .arg(format!("--random-seed={seed}"))
        .arg("-f")
        .arg(script)
        .args(cluster.address())
        .arg(Cluster::database()))?;
    per_second(&output).with_context(|| format!("pgbench printed no rate:\n{output}"))
}

fn per_second(output: &str) -> Option<f64> {
    let line = output.lines().find_map(|l| l.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_what_pgbench_prints() {
        let output = "number of clients: 4\ntps = 1234.5 (without initial connection time)\n";
        assert_eq!(per_second(output), Some(1234.5));
        assert_eq!(per_second("pgbench: error"), None);
    }
}
